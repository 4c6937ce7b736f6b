"""A chart of links as a file: a picture, or what other tools read. Names leave as the chart shows them:
masked, unless a reason was given. Ids are running numbers, for a node's own may be a telephone number."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import stix2

from analytics.exchange.stix_objects import (
    StixObject,
    join_lines,
    make_author,
    make_marking,
    make_object,
    make_uuid,
)
from analytics.exchange.values import to_utc
from analytics.figures.link_chart import ChartNode, ChartTie, LinkChart
from analytics.figures.link_picture import draw_links
from analytics.oversight.exercise import COLUMN
from analytics.shared.safe_csv import safe_csv
from analytics.store.clock import now

# format: what it is called, the file's ending, its MIME type
LINK_FORMATS = {
    "png": ("Picture (PNG)", "png", "image/png"),
    "svg": ("Picture for print (SVG)", "svg", "image/svg+xml"),
    "graphml": ("GraphML", "graphml", "application/graphml+xml"),
    "stix": ("STIX 2.1", "stix.json", "application/stix+json;version=2.1"),
    "ftm": ("FollowTheMoney", "ftm.json", "application/x-ndjson"),
    "i2": ("i2 Analyst's Notebook (CSV)", "i2.zip", "application/zip"),
}
_GRAPHML = "http://graphml.graphdrawing.org/xmlns"
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OLDEST = (1980, 1, 1, 0, 0, 0)  # of a file in an archive: the same content gives the same bytes
# FollowTheMoney: the schema of a kind of node, and the property that holds its name.
SCHEMAS = {
    "person": ("Person", "name"),
    "organisation": ("Organization", "name"),
    "phone": ("UserAccount", "username"),
    "email": ("UserAccount", "username"),
    "handle": ("UserAccount", "username"),
    "url": ("UserAccount", "username"),
    "device": ("UserAccount", "username"),
    "account": ("BankAccount", "accountNumber"),
    "crypto": ("CryptoWallet", "publicKey"),
    "vehicle": ("Vehicle", "registrationNumber"),
    "premises": ("Address", "full"),
    "place": ("Address", "full"),
    "operation": ("Project", "name"),
    "incident": ("Event", "name"),
    "document": ("Document", "title"),
    "advert": ("Document", "title"),
    "report": ("Document", "title"),
}
_SERVICES = {"phone": "telephone", "email": "e-mail", "url": "web", "device": "handset"}
_ACCOUNTS = {"phone": "telephone", "email": "email", "handle": "contact", "url": "contact"}
_ACCOUNTS |= {"account": "financial", "crypto": "financial"}


def write_links(
    chart: LinkChart,
    form: str,
    *,
    mark: str = "",
    created: datetime | None = None,
    positions: Mapping[str, tuple[float, float]] | None = None,
) -> bytes:
    """The chart in one of LINK_FORMATS, with the `mark` of what is invented; `created` (UTC) is the time in a
    bundle, now where not given. `positions`: longitude and latitude of places, by name in small
    letters. Raises KeyError for another format, ValueError for a chart without nodes."""
    if not chart.nodes:
        raise ValueError("There is nothing on the chart.")
    makers: dict[str, Callable[[], bytes]] = {
        "png": lambda: draw_links(chart, "png", mark=mark),
        "svg": lambda: draw_links(chart, "svg", mark=mark),
        "graphml": lambda: _to_graphml(chart, mark),
        "stix": lambda: _to_stix(chart, mark, created or now(), positions or {}),
        "ftm": lambda: _to_ftm(chart, mark),
        "i2": lambda: _to_i2(chart, mark),
    }
    return makers[form]()


def _number(chart: LinkChart) -> dict[str, str]:
    """The id of each node in a file."""
    return {node.id: f"n{k}" for k, node in enumerate(chart.nodes, 1)}


def _to_graphml(chart: LinkChart, mark: str) -> bytes:
    ids = _number(chart)
    root = ElementTree.Element("graphml", {"xmlns": _GRAPHML})
    nodes = [(ids[node.id], _describe_node(node) | {"x": node.x, "y": node.y}) for node in chart.nodes]
    ties = [(tie, _describe_tie(tie)) for tie in chart.ties]
    written: dict[tuple[str, str], str] = {}
    for owner, rows in (("node", [row for _, row in nodes]), ("edge", [row for _, row in ties])):
        for name in dict.fromkeys(name for row in rows for name in row):
            kind = "double" if any(isinstance(row.get(name), float) for row in rows) else "string"
            written[owner, name] = key = f"{owner[0]}_{name}"
            about = {"id": key, "for": owner, "attr.name": name, "attr.type": kind}
            ElementTree.SubElement(root, "key", about)
    if mark:
        about = {"id": "mark", "for": "graph", "attr.name": COLUMN, "attr.type": "string"}
        ElementTree.SubElement(root, "key", about)
    graph = ElementTree.SubElement(root, "graph", {"id": "links", "edgedefault": "undirected"})
    if mark:
        ElementTree.SubElement(graph, "data", {"key": "mark"}).text = mark
    for name, row in nodes:
        _add_data(ElementTree.SubElement(graph, "node", {"id": name}), "node", row, written)
    for tie, row in ties:
        ends = {"source": ids[tie.one], "target": ids[tie.other]}
        _add_data(ElementTree.SubElement(graph, "edge", ends), "edge", row, written)
    written_out: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written_out


def _add_data(
    element: ElementTree.Element, owner: str, row: dict[str, Any], keys: dict[tuple[str, str], str]
) -> None:
    for name, value in row.items():
        if value is not None and value != "":
            data = ElementTree.SubElement(element, "data", {"key": keys[owner, name]})
            data.text = _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", str(value))


def _describe_node(node: ChartNode) -> dict[str, Any]:
    fields = ("label", "kind", "status", "group", "note")
    return {field: getattr(node, field) for field in fields}


def _describe_tie(tie: ChartTie) -> dict[str, Any]:
    fields = ("kind", "label", "probability", "weight", "first", "last")
    return {field: getattr(tie, field) for field in fields}


def _to_i2(chart: LinkChart, mark: str) -> bytes:
    """Two tables for the import of Analyst's Notebook: entities, and links with their dates."""
    ids = _number(chart)
    entities = pd.DataFrame(
        {
            "Entity ID": [ids[node.id] for node in chart.nodes],
            "Entity Type": [node.kind for node in chart.nodes],
            "Label": [node.label for node in chart.nodes],
            "Status": [node.status for node in chart.nodes],
            "Group": [node.group for node in chart.nodes],
            "Description": [node.note for node in chart.nodes],
        }
    )
    links = pd.DataFrame(
        {
            "From ID": [ids[tie.one] for tie in chart.ties],
            "To ID": [ids[tie.other] for tie in chart.ties],
            "Link Type": [tie.kind for tie in chart.ties],
            "Label": [tie.label for tie in chart.ties],
            "Strength": [_strength(tie.probability) for tie in chart.ties],
            "Probability": [tie.probability for tie in chart.ties],
            "Occurrences": [tie.weight for tie in chart.ties],
            "Start Date": [tie.first or "" for tie in chart.ties],
            "End Date": [tie.last or "" for tie in chart.ties],
        }
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, table in (("entities.csv", entities), ("links.csv", links)):
            marked = table.assign(**{COLUMN: mark}) if mark else table
            archive.writestr(zipfile.ZipInfo(name, _OLDEST), safe_csv(marked))
    return file.getvalue()


def _strength(probability: float) -> str:
    """Of Analyst's Notebook, which draws confirmed links solid and the others dashed and dotted."""
    if probability >= 0.9:
        return "Confirmed"
    return "Unconfirmed" if probability >= 0.5 else "Tentative"


def _to_ftm(chart: LinkChart, mark: str) -> bytes:
    """One entity a line: the nodes, and the ties as UnknownLink, for their direction is not known."""
    return "".join(
        f"{json.dumps(entity, ensure_ascii=False)}\n" for entity in _list_ftm(chart, mark)
    ).encode()


def _list_ftm(chart: LinkChart, mark: str) -> Iterator[dict[str, Any]]:
    ids = _number(chart)
    for node in chart.nodes:
        schema, name = SCHEMAS.get(node.kind, ("LegalEntity", "name"))
        properties = {
            name: [node.label],
            "service": [_SERVICES[node.kind]] if node.kind in _SERVICES else [],
            "notes": [text for text in (node.status, node.group, node.note) if text],
            "keywords": [mark] if mark else [],
        }
        yield {"id": ids[node.id], "schema": schema, "properties": _drop_empty(properties)}
    for number, tie in enumerate(chart.ties, 1):
        summary = f"probability {tie.probability:.2f}, seen {tie.weight:g}"
        properties = {
            "subject": [ids[tie.one]],
            "object": [ids[tie.other]],
            "role": [tie.label],
            "startDate": [tie.first] if tie.first else [],
            "endDate": [tie.last] if tie.last else [],
            "summary": [f"{mark}. {summary}" if mark else summary],
        }
        yield {"id": f"t{number}", "schema": "UnknownLink", "properties": _drop_empty(properties)}


def _drop_empty(properties: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: values for name, values in properties.items() if values}


def _to_stix(
    chart: LinkChart, mark: str, created: datetime, positions: Mapping[str, tuple[float, float]]
) -> bytes:
    """A bundle: persons and organisations are identities, contacts and accounts `user-account`s, operations
    and adverts campaigns, places of known position locations (STIX has none without), all else
    infrastructure; ties are relationships with a confidence."""
    moment = to_utc(created)
    author = make_author(moment)
    marks = [make_marking(mark, moment, author)] if mark else []
    shared: dict[str, Any] = {
        "created_by_ref": author.id,
        "object_marking_refs": [found.id for found in marks],
    }
    nodes = {node.id: _stix_node(node, k, moment, shared, positions) for k, node in enumerate(chart.nodes)}
    ties = [
        make_object(
            stix2.Relationship,
            f"tie {k} {tie.kind} {nodes[tie.one].id} {nodes[tie.other].id}",
            moment,
            relationship_type="related-to",
            source_ref=nodes[tie.one].id,
            target_ref=nodes[tie.other].id,
            description=tie.label,
            confidence=round(100 * tie.probability),
            start_time=f"{tie.first}T00:00:00Z" if tie.first else None,
            stop_time=f"{tie.last}T23:59:59Z" if tie.last else None,
            **shared,
        )
        for k, tie in enumerate(chart.ties)
    ]
    objects = [author, *marks, *nodes.values(), *ties]
    name = make_uuid("links", *(found.id for found in objects))
    bundle = stix2.Bundle(*objects, id=f"bundle--{name}")
    return str(bundle.serialize(pretty=True, ensure_ascii=False)).encode()


def _stix_node(
    node: ChartNode,
    number: int,
    moment: datetime,
    shared: dict[str, Any],
    positions: Mapping[str, tuple[float, float]],
) -> StixObject:
    key = f"node {number} {node.kind} {node.label}"
    name = join_lines(node.label) or node.kind
    if node.kind in _ACCOUNTS:
        marked = (
            {"object_marking_refs": shared["object_marking_refs"]} if shared["object_marking_refs"] else {}
        )
        account: StixObject = stix2.UserAccount(
            id=f"user-account--{make_uuid(key)}", user_id=name, account_type=_ACCOUNTS[node.kind], **marked
        )
        return account
    about = ". ".join(text for text in (node.status, node.group, node.note) if text) or None
    if node.kind in ("person", "organisation"):
        of = "individual" if node.kind == "person" else "organization"
        return make_object(
            stix2.Identity, key, moment, name=name, identity_class=of, description=about, **shared
        )
    if node.kind in ("operation", "advert"):
        return make_object(stix2.Campaign, key, moment, name=name, description=about, **shared)
    if node.kind == "place" and (position := positions.get(name.lower())) is not None:
        lon, lat = position
        return make_object(
            stix2.Location, key, moment, name=name, longitude=lon, latitude=lat, description=about, **shared
        )
    return make_object(
        stix2.Infrastructure, key, moment, name=f"{node.kind}: {name}", description=about, **shared
    )
