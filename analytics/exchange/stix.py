"""A case as a STIX 2.1 bundle (OASIS Standard, 10 June 2021), by the stix2 library's strict objects.

The brief is a `report`; a finding a `note` on the `observed-data` of its rows, a line of a report a `note`
with its grade; an incident an `incident` related to its `location`; a decision, an action and its result
`note`s on the brief. Accounts, telephones and declared contacts are `user-account`s. What has no place of its
own in STIX (the row's own columns, its source and row number; method, parameters, alternatives) is in a
property extension that names its definition, so that nothing is lost. Marked with a statement of its
handling, never with a traffic light: none of those stands for a 3x5x2 handling code. The same case gives the
same bytes: identifiers are made from what they name, times from the store."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd
import stix2

from analytics.exchange.case import CaseExport, CaseFinding, CitedLine
from analytics.exchange.stix_objects import (
    EXTENSION,
    StixObject,
    join_lines,
    make_author,
    make_marking,
    make_object,
    make_record,
    make_uuid,
)
from analytics.exchange.values import convert_row, to_utc
from analytics.tasking.actions import describe_agency
from analytics.tasking.effect import verdict_in_words
from analytics.tasking.responses import add_proposals, read_chosen

CONFIDENCE = {"low": 15, "moderate": 50, "high": 85}  # STIX 2.1, appendix A: None / Low / Med / High
_TIMES = {
    "advert": "posted_at",
    "transaction": "occurred_at",
    "communication": "started_at",
    "journey": "departed_at",
    "account": "opened",
    "premises": "let_from",
}
_ACCOUNTS = {
    "transaction": (("from_account", "financial"), ("to_account", "financial")),
    "account": (("reference", "financial"), ("phone", "telephone")),
    "communication": (("from_phone", "telephone"), ("to_phone", "telephone")),
    "journey": (("paid_by", "financial"),),
    "advert": (("contact", "contact"),),
    "premises": (),
}


RowKey = tuple[str, int, int]  # table, source_id, row_number


def to_stix(case: CaseExport) -> str:
    """The bundle as JSON text."""
    created = to_utc(case.created_at)
    author = make_author(created)
    marks = {text: make_marking(text, created, author) for text in _handlings(case)}
    shared = {"created_by_ref": author.id}
    definition = make_object(
        stix2.ExtensionDefinition,
        "extension",
        created,
        raw_id=EXTENSION,
        name="Achilles record",
        version="1.0.0",
        description="The columns, source and row number of a record, or the method and grading of a "
        "statement.",
        schema="kind: text. source: name, sha256, row_number of the file and row it comes from. content: "
        "JSON text.",
        extension_types=["property-extension"],
        **shared,
    )
    objects: dict[str, StixObject] = {item.id: item for item in (author, definition, *marks.values())}
    sources = {row["source_id"]: row for row in case.sources.to_dict("records")}
    row_refs: dict[RowKey, list[str]] = {}
    for table, frame in case.rows.items():
        for row in frame.to_dict("records"):
            source = sources[row["source_id"]]
            items = _row(
                table, row, source, created, shared | {"object_marking_refs": [marks[source["handling"]].id]}
            )
            objects |= {item.id: item for item in items}
            row_refs[table, row["source_id"], row["row_number"]] = [items[-1].id]
    notes = [_finding(found, row_refs, author, marks) for found in case.findings]
    notes += [_line(line, case, author, marks, created) for line in case.lines]
    notes += _tasking(case, author, marks)
    objects |= {item.id: item for item in notes}
    about = [reference for refs in row_refs.values() for reference in refs]
    report = make_object(
        stix2.Report,
        f"product {case.product_id} {case.version}",
        created,
        name=case.title,
        published=created,
        description=_text(case.content),
        object_refs=[*(note.id for note in notes), *about] or [author.id],
        object_marking_refs=[marks[case.handling].id],
        extensions=make_record(
            "product", case.content | {"version": case.version, "withheld": case.withheld}
        ),
        **shared,
    )
    objects[report.id] = report
    bundle = stix2.Bundle(
        *objects.values(), id=f"bundle--{make_uuid(f'bundle {report.id}', *sorted(objects))}"
    )
    return str(bundle.serialize(pretty=True, ensure_ascii=False))


def _pending(case: CaseExport) -> str:
    """The brief's own identifier, which notes on it name before it is created."""
    return f"report--{make_uuid('report', f'product {case.product_id} {case.version}')}"


def _handlings(case: CaseExport) -> list[str]:
    found = [case.handling, *case.sources.handling, *(item.finding.handling for item in case.findings)]
    return list(dict.fromkeys([*found, *(_graded(line) for line in case.lines)]))


def _graded(line: CitedLine) -> str:
    conditions = f" ({', '.join(line.grade.conditions)})" if line.grade.conditions else ""
    return f"{line.grade.handling}{conditions}"


def _row(
    table: str, row: dict[str, Any], source: dict[str, Any], created: datetime, shared: dict[str, Any]
) -> list[StixObject]:
    """The objects of one row; the last is the one to name it by."""
    name = f"{table} {source['sha256']} {row['row_number']}"
    from_file = {
        "name": str(source["file_name"]),
        "sha256": str(source["sha256"]),
        "row_number": int(row["row_number"]),
    }
    content = {key: value for key, value in row.items() if key not in ("source_id", "row_number")}
    extensions = make_record(table, convert_row(content), from_file)
    if table == "incident":
        return _incident(name, row, extensions, created, shared)
    seen = [
        stix2.UserAccount(
            user_id=join_lines(value), account_type=kind, object_marking_refs=shared["object_marking_refs"]
        )
        for column, kind in _ACCOUNTS[table]
        for value in str(row.get(column) or "").splitlines()
        if isinstance(row.get(column), str) and value.strip()
    ]
    text = base64.b64encode(
        json.dumps(convert_row(content), ensure_ascii=False, sort_keys=True).encode()
    ).decode()
    seen = list({item.id: item for item in seen}.values()) or [
        stix2.Artifact(
            mime_type="application/json", payload_bin=text, object_marking_refs=shared["object_marking_refs"]
        )
    ]
    when = row.get(_TIMES[table])
    moment = to_utc(pd.Timestamp(when).to_pydatetime()) if when is not None and not pd.isna(when) else created
    observed = make_object(
        stix2.ObservedData,
        name,
        created,
        first_observed=moment,
        last_observed=moment,
        number_observed=1,
        object_refs=[item.id for item in seen],
        extensions=extensions,
        **shared,
    )
    return [*seen, observed]


def _incident(
    name: str, row: dict[str, Any], extensions: dict[str, Any], created: datetime, shared: dict[str, Any]
) -> list[StixObject]:
    incident = make_object(
        stix2.Incident, name, created, name=row["category"], extensions=extensions, **shared
    )
    if pd.isna(row["lat"]) or pd.isna(row["lon"]):
        return [incident]
    place = make_object(
        stix2.Location,
        name,
        created,
        name=row["place"] if isinstance(row["place"], str) else None,
        latitude=float(row["lat"]),
        longitude=float(row["lon"]),
        **shared,
    )
    located = make_object(
        stix2.Relationship,
        name,
        created,
        relationship_type="related-to",
        source_ref=incident.id,
        target_ref=place.id,
        **shared,
    )
    return [place, located, incident]


def _finding(
    found: CaseFinding,
    row_refs: Mapping[RowKey, list[str]],
    author: StixObject,
    marks: Mapping[str, StixObject],
) -> StixObject:
    finding = found.finding
    keys = found.rows.itertuples(index=False)
    refs = [ref for row in keys for ref in row_refs.get((row.table, row.source_id, row.row_number), [])]
    content = {
        "method": finding.method,
        "parameters": finding.parameters,
        "period_from": finding.period_from,
        "period_to": finding.period_to,
        "result": finding.result.to_json(),
        "confidence": finding.confidence,
        "confidence_basis": finding.confidence_basis,
        "assumptions": finding.assumptions,
        "alternatives": finding.alternatives,
        "handling": finding.handling,
        "data_version": finding.data_version,
        "likelihood": finding.likelihood,
    }
    created = to_utc(found.created_at)
    return make_object(
        stix2.Note,
        f"finding {found.finding_id} {found.version}",
        created,
        abstract=finding.title,
        content=finding.statement,
        authors=[found.created_by],
        object_refs=refs or [author.id],
        confidence=CONFIDENCE.get(finding.confidence),
        object_marking_refs=[marks[finding.handling].id],
        extensions=make_record("finding", content),
        created_by_ref=author.id,
    )


def _line(
    line: CitedLine, case: CaseExport, author: StixObject, marks: Mapping[str, StixObject], created: datetime
) -> StixObject:
    return make_object(
        stix2.Note,
        f"report line {line.report_id} {line.version} {line.line}",
        created,
        abstract=f"Report {line.report_id}, line {line.line}: {line.grade}",
        content=line.text,
        object_refs=[_pending(case)],
        object_marking_refs=[marks[_graded(line)].id],
        created_by_ref=author.id,
        extensions=make_record(
            "line",
            {
                "report": line.report_id,
                "line": line.line,
                "source": line.grade.source,
                "information": line.grade.information,
                "handling": line.grade.handling,
                "conditions": line.grade.conditions,
            },
        ),
    )


def _tasking(case: CaseExport, author: StixObject, marks: Mapping[str, StixObject]) -> list[StixObject]:
    parts = [
        *(
            (
                "decision",
                row["decision_id"],
                row["decided_at"],
                f"{row['outcome'].capitalize()}: {row['reason']}",
                row,
            )
            for row in case.decisions
        ),
        *(
            (
                "action",
                row["action_id"],
                case.created_at,
                f"{row['description']} Owner: {row['owner']}. "
                f"{describe_agency(row['agency'], row['contact'])} {row['status'].capitalize()}.",
                row,
            )
            for row in case.actions
        ),
        *(
            (
                "result",
                f"{row['action_id']} {row['version']}",
                row["saved_at"],
                f"{_verdict(row)}. {row['note']}".strip(),
                row,
            )
            for row in case.results
        ),
    ]
    return [
        make_object(
            stix2.Note,
            f"{kind} {number}",
            to_utc(when),
            abstract=f"{kind.capitalize()} {number}",
            content=text,
            object_refs=[_pending(case)],
            object_marking_refs=[marks[case.handling].id],
            extensions=make_record(kind, row),
            created_by_ref=author.id,
        )
        for kind, number, when, text, row in parts
    ]


def _verdict(row: dict[str, Any]) -> str:
    words = verdict_in_words(row["verdict"], row["verdict_reason"])
    return words[:1].upper() + words[1:]


def _text(content: dict[str, Any]) -> str:
    """The brief's parts as text, in their order, then where what is known of its proposals stands."""
    chosen = read_chosen(content.get("responses", ()))
    texts = {
        name: add_proposals(name, text, chosen) for name, text in content.items() if isinstance(text, str)
    }
    lines = [f"{name}: {text}" for name, text in texts.items() if text.strip()]
    sources = [f"{response.what} {response.describe_source()}" for response in chosen]
    return "\n\n".join([*lines, *sources]) or "-"
