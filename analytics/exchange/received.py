"""What others send as STIX 2.1: checked, read, and taken in as one report whose lines people grade, with
their findings on them.

Text from a bundle is somebody else's: it stays text, graded as from an untested source that is not known
(2D), whatever the bundle claims of itself. How it may be shared is read from its traffic light. Without one
it is shared by nobody before an analyst has graded it (handling C, consult the originator). A finding of
another Achilles may be saved as a finding too: named as received, with low confidence, resting on its line
alone, for its rows are not stored here."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from analytics.exchange.stix_objects import EXTENSION
from analytics.formats.apart import Parser, parse_apart
from analytics.formats.header import UnreadableFile
from analytics.intelligence.finding_results import ReceivedResult
from analytics.intelligence.findings import Finding, insert_finding
from analytics.intelligence.grading import Grade
from analytics.intelligence.report_finding import NO_ROWS
from analytics.intelligence.reports import Line, Report, check_report, insert_report
from analytics.oversight import Actor, record
from analytics.shared.codes import code_table
from analytics.shared.wording import counted
from analytics.store import Store, read_today
from analytics.tasking.citations import mark_handling

MAXIMUM_BYTES, MAXIMUM_LINES, MAXIMUM_CHARACTERS = 64 * 2**20, 2_000, 20_000
GRADE = Grade("2", "D", "C", ("S2",))
_PROVENANCE = "STIX 2.1 bundle sent by "
_SHOWN_CUSTOM = 2_000  # characters of the further properties beside a line
_HELPERS = ("marking-definition", "extension-definition")  # they say how others are to be read
_BUNDLE = Parser("stix_bundle:parse_bundle", "STIX bundle", "Ask for it in parts.")


class NotStix(ValueError):
    """The file cannot be read as STIX 2.1; the message says why and where."""


@dataclass(frozen=True)
class ReceivedStatement:
    """What one object says: `kind` is its STIX type, `marking` the statements it is marked with, `tlp` its
    strictest traffic light in lower case, `custom` its properties that STIX does not know. `finding`: what
    another Achilles recorded of a finding (method, parameters, ...), None where it is none."""

    kind: str
    identifier: str
    title: str
    text: str
    marking: str
    tlp: str | None = None
    custom: dict[str, Any] = field(default_factory=dict)
    finding: dict[str, Any] | None = None

    @property
    def grade(self) -> Grade:
        """From an untested source that is not known, with the handling that its traffic light asks for."""
        if self.tlp is None:
            return GRADE
        light = code_table("handling_tlp")[self.tlp]
        return Grade(GRADE.source, GRADE.information, light.more["maps_to"], tuple(light.more["conditions"]))

    def in_words(self) -> str:
        """What it says, with its title."""
        return (f"{self.title}: {self.text}" if self.title else self.text)[:MAXIMUM_CHARACTERS]

    def as_received(self) -> str:
        """The same with its markings and the properties that STIX does not know: the words that are kept."""
        marking = f" [marked: {self.marking}]" if self.marking else ""
        further = f" [further properties: {self.further()}]" if self.custom else ""
        return self.in_words() + marking + further

    def further(self) -> str:
        """The properties that STIX does not know, in words, cut where they are long."""
        words = "; ".join(f"{name}: {_short(value)}" for name, value in self.custom.items())
        return words if len(words) <= _SHOWN_CUSTOM else f"{words[:_SHOWN_CUSTOM]} …"


@dataclass(frozen=True)
class ReceivedBundle:
    """A checked bundle. `counts`: objects by type; `statements`: those that say something; `left_out`: how
    many of each type say nothing of their own; `custom`: how many objects have each property that STIX does
    not know; `records`: kind, source and content of every object that carries this product's own record;
    `refused`: identifier or position, and why, of what was left out; `notes`: what else was done."""

    counts: dict[str, int]
    statements: tuple[ReceivedStatement, ...]
    left_out: dict[str, int]
    custom: dict[str, int]
    records: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...]
    refused: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()


def read_stix_file(path: Path) -> ReceivedBundle:
    """Check and read a bundle in a file, as `read_stix` does."""
    _check_size(path.stat().st_size)
    return read_stix(path.read_bytes())


def read_stix(data: bytes) -> ReceivedBundle:
    """Check and read a bundle, in a process of its own. Every object must pass the stix2 library's own checks
    once the properties of its platform are set aside; one that does not is refused with its reason, and the
    rest is read. Raises NotStix where it is no bundle at all."""
    _check_size(len(data))
    try:
        parsed = parse_apart(_BUNDLE, data, extension=EXTENSION)
        table, notes, refused = parsed.table(), parsed.notes, parsed.refused
    except UnreadableFile as error:
        raise NotStix(str(error)) from error
    except ValueError as error:
        raise NotStix(f"The file cannot be read as a STIX bundle: {error}") from error
    counts: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    custom: Counter[str] = Counter()
    statements, records = [], []
    for row in table.to_pylist():
        counts[row["kind"]] += 1
        further = json.loads(row["custom"] or "{}")
        custom.update(further.keys())
        own = _read_record(row["record"])
        if own is not None:
            records.append(own)
        if row["text"] is None:
            left_out[row["kind"]] += row["kind"] not in _HELPERS
            continue
        finding = own[2] if own is not None and own[0] == "finding" else None
        statements.append(
            ReceivedStatement(
                kind=row["kind"],
                identifier=row["identifier"],
                title=row["title"],
                text=row["text"],
                marking=row["marking"],
                tlp=row["tlp"],
                custom=further,
                finding=finding,
            )
        )
    return ReceivedBundle(
        dict(counts),
        tuple(statements),
        dict(+left_out),
        dict(custom),
        tuple(records),
        tuple((identifier or f"object {position}", reason) for position, reason, identifier in refused),
        notes,
    )


def list_counts(counts: dict[str, int]) -> str:
    """'identity (2), location (1)', in the order of the alphabet."""
    return ", ".join(f"{name} ({count:,})" for name, count in sorted(counts.items()))


def list_grades(received: ReceivedBundle) -> str:
    """The grades that the lines get, and how many get each."""
    return list_counts(Counter(str(statement.grade) for statement in received.statements))


def _check_size(size: int) -> None:
    if size > MAXIMUM_BYTES:
        raise NotStix(f"The file has {size:,} bytes; at most {MAXIMUM_BYTES:,} are read.")


def _read_record(text: str | None) -> tuple[str, dict[str, Any], dict[str, Any]] | None:
    """Kind, source and content of this product's own record; None where there is none, or it is damaged."""
    own = json.loads(text) if text else {}
    try:
        content = json.loads(own["content"])
    except (KeyError, TypeError, ValueError, RecursionError):
        return None
    source = own.get("source")
    if not isinstance(own.get("kind"), str) or not isinstance(content, dict):
        return None
    return own["kind"], source if isinstance(source, dict) else {}, content


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
    lines = [Line(said.as_received(), said.in_words(), said.grade) for said in received.statements]
    return Report(
        title=title,
        submitted_by=sent_by,
        observed_on=received_on,
        provenance=f"{_PROVENANCE}{sent_by}",
        legal_basis=legal_basis,
        purpose=purpose,
        retention_group=retention_group,
        review_date=review_date,
        lines=tuple(lines),
    )


def find_received_before(store: Store, received: ReceivedBundle) -> dict[int, int]:
    """By their place in the bundle, the statements that an earlier bundle has brought in the same words, each
    with the number of the report that holds it. An object that was changed since says something else."""
    said = [statement.as_received() for statement in received.statements]
    kept = store.rows(
        "SELECT original, min(report_id) AS report FROM report_line JOIN report USING (report_id, version)"
        " WHERE version = 1 AND starts_with(provenance, ?) AND list_contains(?, original) GROUP BY original",
        [_PROVENANCE, list(set(said))],
    )
    reports = {row["original"]: row["report"] for row in kept}
    return {place: reports[text] for place, text in enumerate(said) if text in reports}


def describe_received_before(before: dict[int, int], statements: int) -> str:
    """'3 of 5 statements were received before, in report 2'."""
    numbers = sorted(set(before.values()))
    which = f"report{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"
    were = "was" if len(before) == 1 else "were"
    return f"{len(before):,} of {counted(statements, 'statement')} {were} received before, in {which}"


def leave_out(received: ReceivedBundle, before: dict[int, int]) -> ReceivedBundle:
    """The bundle without the statements at these places."""
    kept = tuple(said for place, said in enumerate(received.statements) if place not in before)
    return replace(received, statements=kept)


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
    again: bool = False,
) -> tuple[int, list[int]]:
    """Save the statements as a report, and where asked the findings of another Achilles; their numbers. What
    was received before in the same words is left out, unless it is to be taken in `again`.

    All in one transaction with its audit record, which says how much was refused. Raises ValueError where
    the bundle says nothing or too much, or nothing new, or a detail is missing."""
    before = {} if again else find_received_before(store, received)
    if before and len(before) == len(received.statements):
        raise ValueError(
            f"{describe_received_before(before, len(before))}: nothing is new. Take it in again only if it "
            "is to be graded anew."
        )
    received = leave_out(received, before)
    report = draft_report(
        received,
        title=f"Received: {file_name}"[:200],
        sent_by=sent_by,
        legal_basis=legal_basis,
        purpose=purpose,
        retention_group=retention_group,
        received_on=read_today(),
        review_date=review_date,
    )
    check_report(report)
    data_version = store.data_version()
    with store.write(changes_data=False) as cursor:
        number, _ = insert_report(cursor, actor, report)
        found = list_received_findings(received, number, sent_by, data_version) if with_findings else []
        findings = [insert_finding(cursor, actor, finding, NO_ROWS, [line]) for finding, line in found]
        detail = {
            "file": file_name,
            "sent_by": sent_by,
            "lines": len(report.lines),
            "findings": findings,
            "refused": len(received.refused),
            "left out": received.left_out,
            "received before": len(before),
        }
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
        handling=mark_handling(statement.grade),
    )


def _short(value: object) -> str:
    return "" if value is None else str(value)[:1000]


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
