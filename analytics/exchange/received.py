"""What others send as STIX 2.1: checked, read, and taken in as one report whose lines people grade, with
their findings on them.

Text from a bundle is somebody else's: it stays text, graded as from an untested source that is not known
(2D), and shared by nobody before an analyst has graded it (handling C, consult the originator), whatever the
bundle claims of itself. A finding of another Achilles may be saved as a finding too: named as received, with
low confidence, resting on its line alone, for its rows are not stored here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import stix2
from stix2.exceptions import STIXError

from analytics.exchange.stix import EXTENSION
from analytics.intelligence.finding_results import ReceivedResult
from analytics.intelligence.findings import Finding, save_finding
from analytics.intelligence.grading import Grade
from analytics.intelligence.report_finding import NO_ROWS
from analytics.intelligence.reports import Line, Report, save_report
from analytics.oversight import Actor, record
from analytics.store import Store
from analytics.tasking.citations import mark_handling

MAXIMUM_BYTES, MAXIMUM_OBJECTS, MAXIMUM_LINES, MAXIMUM_CHARACTERS = 64 * 2**20, 200_000, 2_000, 20_000
GRADE = Grade("2", "D", "C", ("S2",))
_TEXTS = {
    "report": "description",
    "note": "content",
    "incident": "description",
    "grouping": "description",
    "opinion": "explanation",
    "indicator": "description",
    "campaign": "description",
    "threat-actor": "description",
    "intrusion-set": "description",
}


class NotStix(ValueError):
    """The file cannot be read as STIX 2.1; the message says why and where."""


class StixRecord(Protocol):
    """An object that stix2 has parsed: its properties by name, and those every object has as attributes."""

    id: str
    type: str

    def get(self, name: str, default: Any = None) -> Any: ...

    def __getitem__(self, name: str) -> Any: ...


@dataclass(frozen=True)
class ReceivedStatement:
    """What one object says: `kind` is its STIX type, `marking` the statements it is marked with, `finding`
    what another Achilles recorded of a finding (method, parameters, ...), None where it is none."""

    kind: str
    identifier: str
    title: str
    text: str
    marking: str
    finding: dict[str, Any] | None = None


@dataclass(frozen=True)
class ReceivedBundle:
    """A checked bundle. `counts`: objects by type; `statements`: those that say something; `records`: kind,
    source and content of every object that carries this product's own record; `refused`: identifier or
    position, and why, of what was left out."""

    counts: dict[str, int]
    statements: tuple[ReceivedStatement, ...]
    records: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...]
    refused: tuple[tuple[str, str], ...]


def read_stix(data: bytes) -> ReceivedBundle:
    """Check and read a bundle. Every object must pass the stix2 library's own checks; one that does not, or
    is no part of STIX 2.1, is refused with its reason, and the rest is read. Raises NotStix where it is no
    bundle at all."""
    if len(data) > MAXIMUM_BYTES:
        raise NotStix(f"The file has {len(data):,} bytes; at most {MAXIMUM_BYTES:,} are read.")
    try:
        bundle = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise NotStix(f"The file is not JSON text in UTF-8: {error}.") from error
    if (
        not isinstance(bundle, dict)
        or bundle.get("type") != "bundle"
        or not isinstance(bundle.get("objects"), list)
    ):
        raise NotStix("The file is no STIX bundle: it needs 'type': 'bundle' and a list of 'objects'.")
    if len(bundle["objects"]) > MAXIMUM_OBJECTS:
        raise NotStix(
            f"The bundle holds {len(bundle['objects']):,} objects; at most {MAXIMUM_OBJECTS:,} are read."
        )
    read, refused = [], []
    for at, raw in enumerate(bundle["objects"], 1):
        try:
            read.append(_parsed(raw))
        except (STIXError, ValueError, TypeError, KeyError, RecursionError) as error:
            refused.append((_named(raw, at), " ".join(str(error).split())[:300]))
    marks = {item.id: _mark(item) for item in read if item.type == "marking-definition"}
    counts: dict[str, int] = {}
    for item in read:
        counts[item.type] = counts.get(item.type, 0) + 1
    statements = tuple(
        _statement(item, marks) for item in read if (item.get(_TEXTS.get(item.type, "")) or "").strip()
    )
    return ReceivedBundle(counts, statements, tuple(_records(read)), tuple(refused))


def draft_report(
    received: ReceivedBundle,
    *,
    title: str,
    sent_by: str,
    legal_basis: str,
    purpose: str,
    retention_group: str,
    received_on: date,
    review_date: date,
) -> Report:
    """The statements as the lines of one report to be graded. Raises NotStix where the bundle says nothing,
    or too much."""
    if not received.statements:
        raise NotStix("The bundle holds no statement: no report, note, or described object.")
    if len(received.statements) > MAXIMUM_LINES:
        raise NotStix(
            f"The bundle makes {len(received.statements):,} statements; "
            f"at most {MAXIMUM_LINES:,} become lines."
        )
    lines = []
    for statement in received.statements:
        text = f"{statement.title}: {statement.text}" if statement.title else statement.text
        marking = f" [marked: {statement.marking}]" if statement.marking else ""
        lines.append(Line((text + marking)[:MAXIMUM_CHARACTERS], text[:MAXIMUM_CHARACTERS], GRADE))
    return Report(
        title=title,
        submitted_by=sent_by,
        observed_on=received_on,
        provenance=f"STIX 2.1 bundle sent by {sent_by}",
        legal_basis=legal_basis,
        purpose=purpose,
        retention_group=retention_group,
        review_date=review_date,
        lines=tuple(lines),
    )


def save_received(
    store: Store,
    actor: Actor,
    received: ReceivedBundle,
    *,
    file_name: str,
    sent_by: str,
    legal_basis: str,
    purpose: str,
    retention_group: str,
    review_date: date,
    with_findings: bool,
) -> tuple[int, list[int]]:
    """Save the statements as a report, and where asked the findings of another Achilles; their numbers.
    Audited, with how much was refused. Raises ValueError where the bundle says nothing or too much, or a
    detail is missing."""
    report = draft_report(
        received,
        title=f"Received: {file_name}"[:200],
        sent_by=sent_by,
        legal_basis=legal_basis,
        purpose=purpose,
        retention_group=retention_group,
        received_on=date.today(),
        review_date=review_date,
    )
    number, _ = save_report(store, actor, report)
    found = list_received_findings(received, number, sent_by, store.data_version()) if with_findings else []
    findings = [save_finding(store, actor, finding, NO_ROWS, lines=[line]) for finding, line in found]
    detail = {
        "file": file_name,
        "sent_by": sent_by,
        "lines": len(report.lines),
        "findings": findings,
        "refused": len(received.refused),
    }
    with store.write(changes_data=False) as cursor:
        record(cursor, actor, "receive", f"report {number}", purpose, detail)
    return number, findings


def list_received_findings(
    received: ReceivedBundle, report_id: int, sent_by: str, data_version: int
) -> list[tuple[Finding, tuple[int, int]]]:
    """The findings of another Achilles among the statements, each with the line of the report (saved by
    `draft_report`'s order) it rests on. What it claims of itself is reported, not adopted."""
    return [
        (_finding(statement, sent_by, data_version), (report_id, line))
        for line, statement in enumerate(received.statements, 1)
        if statement.finding is not None
    ]


def _finding(statement: ReceivedStatement, sent_by: str, data_version: int) -> Finding:
    received = statement.finding or {}
    parameters = received.get("parameters")
    parameters = (
        {_short(name): _short(value) for name, value in parameters.items()}
        if isinstance(parameters, dict)
        else {}
    )
    others = received.get("alternatives")
    others = [other for other in others if isinstance(other, dict)] if isinstance(others, list) else []
    return Finding(
        title=f"Received: {statement.title or statement.text}"[:200],
        statement=statement.text[:MAXIMUM_CHARACTERS],
        method=f"Received from {sent_by}: {_short(received.get('method'))}",
        parameters=parameters | {"sent by": sent_by, "STIX object": statement.identifier},
        data_version=data_version,
        area_id=None,
        period_from=_day(received.get("period_from")),
        period_to=_day(received.get("period_to")),
        result=ReceivedResult(),
        confidence="low",
        confidence_basis=f"{sent_by} states {_short(received.get('confidence'))} confidence: "
        f"{_short(received.get('confidence_basis'))} None of its rows is stored here: nothing of "
        f"it was checked.",
        assumptions=_short(received.get("assumptions")),
        alternatives=[
            {name: _short(other.get(name)) for name in ("explanation", "how to tell")}
            for other in others[:20]
        ],
        handling=mark_handling(GRADE),
    )


def _short(value: object) -> str:
    return "" if value is None else str(value)[:1000]


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _parsed(raw: object) -> StixRecord:
    if not isinstance(raw, dict):
        raise ValueError("not an object")
    item: StixRecord = stix2.parse(raw, allow_custom=False, version="2.1")
    if not hasattr(item, "id"):
        raise ValueError("not a STIX object")
    return item


def _named(raw: object, at: int) -> str:
    identifier = raw.get("id") if isinstance(raw, dict) else None
    return identifier[:120] if isinstance(identifier, str) else f"object {at}"


def _mark(item: StixRecord) -> str:
    definition = item.get("definition") or {}
    return str(definition.get("statement") or item.get("name") or definition.get("tlp") or "")


def _statement(item: StixRecord, marks: dict[str, str]) -> ReceivedStatement:
    named = "; ".join(marks.get(ref, ref) for ref in item.get("object_marking_refs", []))
    title = item.get("abstract") or item.get("name") or ""
    own = (item.get("extensions") or {}).get(EXTENSION)
    found = json.loads(own["content"]) if own is not None and own["kind"] == "finding" else None
    finding = found if isinstance(found, dict) else None
    return ReceivedStatement(item.type, item.id, title, item[_TEXTS[item.type]], named, finding)


def _records(read: Iterable[StixRecord]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for item in read:
        own = (item.get("extensions") or {}).get(EXTENSION)
        if own is not None:
            yield own["kind"], dict(own.get("source") or {}), json.loads(own["content"])
