"""A chart of links as files for other tools."""

import csv
import io
import json
import zipfile
from datetime import datetime

import pandas as pd
import pytest
import stix2

from analytics.exchange.link_files import LINK_FORMATS, write_links
from analytics.figures.link_chart import LinkChart, build_link_chart
from analytics.figures.link_marks import NODE_MARKS
from analytics.oversight.exercise import EXERCISE
from analytics.shared.graph_library import igraph

NUMBER = "447700900123"


@pytest.fixture(scope="module")
def chart():
    """A node of every kind, in a chain; labels that are masked, hostile or empty of meaning in XML."""
    kinds = [*NODE_MARKS, "unheard of"]
    labels = [f"=cmd|' /C calc'!A{k}" if k % 2 else f"Ä <b>&\x00 {k}" for k in range(len(kinds))]
    nodes = pd.DataFrame({"id": [f"{k}:+{NUMBER}" for k in kinds], "label": labels, "kind": kinds})
    links = pd.DataFrame({"node": nodes.id[:-1].tolist(), "other": nodes.id[1:].tolist(), "kind": "call"})
    links["probability"] = [0.3 if k % 2 else 1.0 for k in range(len(links))]
    links["first_at"] = links["last_at"] = pd.Timestamp("2026-03-04")
    return build_link_chart(nodes.assign(note="-1+1"), links)


@pytest.mark.parametrize("form", LINK_FORMATS)
def test_every_format_gives_the_same_bytes_without_ids_and_is_marked(chart, form):
    moment = datetime(2026, 3, 5, 12)
    written = write_links(chart, form, mark=EXERCISE, created=moment)
    assert written == write_links(chart, form, mark=EXERCISE, created=moment)
    assert written != write_links(chart, form, created=moment)
    assert NUMBER.encode() not in written


def test_graphml_is_read_with_every_node_and_tie(chart, tmp_path):
    file = tmp_path / "links.graphml"
    file.write_bytes(write_links(chart, "graphml", mark=EXERCISE))
    graph = igraph.Graph.Read_GraphML(str(file))
    assert (graph.vcount(), graph.ecount()) == (len(chart.nodes), len(chart.ties))
    assert graph["exercise"] == EXERCISE
    assert graph.es["probability"] == [tie.probability for tie in chart.ties]
    assert set(graph.es["first"]) == {"2026-03-04"}
    assert graph.vs["label"][1] == chart.nodes[1].label.replace("\x00", "\ufffd")


def test_the_tables_for_analysts_notebook_join_and_hold_no_formula(chart):
    with zipfile.ZipFile(io.BytesIO(write_links(chart, "i2", mark=EXERCISE))) as archive:
        entities, links = (
            list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
            for name in ("entities.csv", "links.csv")
        )
    known = {row["Entity ID"] for row in entities}
    assert len(known) == len(chart.nodes)
    assert {row["From ID"] for row in links} | {row["To ID"] for row in links} == known
    assert {row["Strength"] for row in links} == {"Confirmed", "Tentative"}
    assert {row["Start Date"] for row in links} == {"2026-03-04"}
    assert not [
        value for row in entities + links for value in row.values() if value[:1] in ("=", "-", "+", "@")
    ]
    assert {row["exercise"] for row in entities} == {EXERCISE}


def test_followthemoney_links_name_entities_of_the_file(chart):
    lines = [json.loads(line) for line in write_links(chart, "ftm", mark=EXERCISE).decode().splitlines()]
    entities = {line["id"]: line for line in lines if line["schema"] != "UnknownLink"}
    links = [line["properties"] for line in lines if line["schema"] == "UnknownLink"]
    assert len(entities) == len(chart.nodes)
    assert {end for link in links for end in link["subject"] + link["object"]} == set(entities)
    assert all(EXERCISE in entity["properties"]["keywords"] for entity in entities.values())
    assert all(isinstance(value, list) for line in lines for value in line["properties"].values())


def test_stix_is_read_strictly_with_confidence_and_days(chart):
    bundle = stix2.parse(write_links(chart, "stix", mark=EXERCISE).decode(), allow_custom=False)
    ties = [found for found in bundle.objects if found.type == "relationship"]
    assert len(ties) == len(chart.ties)
    assert {tie.confidence for tie in ties} == {30, 100}
    ids = {found.id for found in bundle.objects}
    assert {tie.source_ref for tie in ties} | {tie.target_ref for tie in ties} <= ids
    assert all(tie.object_marking_refs for tie in ties)


def test_a_place_of_known_position_is_a_location_of_stix(chart):
    place = next(node.label for node in chart.nodes if node.kind == "place")
    written = write_links(chart, "stix", positions={place.lower(): (-2.5, 53.4), "elsewhere": (0, 0)})
    found = [one for one in stix2.parse(written.decode()).objects if one.type == "location"]
    assert [(one.longitude, one.latitude) for one in found] == [(-2.5, 53.4)]


def test_an_empty_chart_is_no_file():
    with pytest.raises(ValueError, match="nothing"):
        write_links(LinkChart((), ()), "i2")
