"""A case as it may be handed on: what the brief rests on, less what its handling forbids, personal data
masked.

What leaves is what a partner may read (data/codes/roles.toml): handling P. What is marked with conditions is
withheld and counted, unless somebody states that the conditions are met. The words of a report as received
and its provenance never leave. Personal data is masked, each value by its own pseudonym, so that two who look
alike stay two; unless a reason is given."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pandas as pd

from analytics.adverts.masking import NOTHING_READ, find_personal_spans, list_personal_values
from analytics.adverts.names import make_span_finder
from analytics.adverts.queries import read_identifiers
from analytics.exchange.case_masking import mask_finding, mask_rows, mask_words, names_in_rows
from analytics.intelligence.evidence_state import REPORT
from analytics.intelligence.findings import Finding, load_finding
from analytics.intelligence.grading import Grade
from analytics.oversight.exercise import EXERCISE, find_invented_sources
from analytics.oversight.roles import find_tier
from analytics.shared.codes import code_table
from analytics.shared.wording import counted
from analytics.store import Store
from analytics.tasking.actions import VERDICT_REASON
from analytics.tasking.citations import join_handling
from analytics.tasking.exercise import find_product_mark, mark_exercise
from analytics.tasking.products import load_product
from analytics.tasking.release.rules import read_release_rules

_DERIVED = (
    "area_id",
    "x",
    "y",
    "local_date",
    "local_hour",
    "local_weekday",
    "harm_weight",
    "repost_of",
    "time_precision",
)
_REPORT_MARK = re.compile(r"\[report (\d+), line (\d+)")
_MINIMUM_REASON = 5


@dataclass(frozen=True)
class Sharing:
    """Why more than the least is handed on: `personal`, why personal data is not masked; `conditions`, how
    the conditions of handling code C are met. '' where nothing more is. Raises ValueError for a reason under
    five letters."""

    personal: str = ""
    conditions: str = ""

    def __post_init__(self) -> None:
        for reason in (self.personal, self.conditions):
            if reason and len(reason.strip()) < _MINIMUM_REASON:
                raise ValueError("A reason of at least five letters is needed.")


@dataclass(frozen=True)
class CitedLine:
    """A graded line of a report, sanitised."""

    report_id: int
    version: int
    line: int
    text: str
    grade: Grade


@dataclass(frozen=True)
class CaseFinding:
    """A version of a finding. `rows`: table, source_id, row_number of its evidence that may be shared."""

    finding_id: int
    version: int
    finding: Finding
    created_by: str
    created_at: datetime
    rows: pd.DataFrame
    lines: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class CaseExport:
    """`rows`: by table, each row once, its columns as imported with source_id and row_number. `sources`:
    source_id, name, file_name, sha256, importer, imported_at, imported_by, legal_basis, purpose, handling.
    `decisions`, `actions`, `results`: the store's rows. `withheld`: what was left out, counted by kind.
    `mark`: that of an exercise, '' where nothing is invented; title and handling bear it too."""

    product_id: int
    version: int
    title: str
    content: dict[str, Any]
    created_by: str
    created_at: datetime
    handling: str
    findings: tuple[CaseFinding, ...]
    lines: tuple[CitedLine, ...]
    rows: dict[str, pd.DataFrame]
    sources: pd.DataFrame
    decisions: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    results: list[dict[str, Any]]
    sharing: Sharing
    withheld: dict[str, int] = field(default_factory=dict)
    mark: str = ""

    @property
    def row_count(self) -> int:
        """Rows of imported files, of all tables."""
        return sum(len(frame) for frame in self.rows.values())

    def in_words(self) -> str:
        """What is in it and what was withheld, counted, as a sentence or two."""
        counts = {
            "finding": len(self.findings),
            "row": self.row_count,
            "line of a report": len(self.lines),
        }
        return f"{_counted(counts)}." + (
            f" Withheld by their handling: {_counted(self.withheld)}." if self.withheld else ""
        )


def gather_case(
    store: Store, product_id: int, version: int | None = None, sharing: Sharing = Sharing()
) -> CaseExport:  # noqa: B008
    """The case behind a version (the latest unless named) of a product. Raises KeyError where there is none,
    ValueError where the product itself may not be shared."""
    product = load_product(store, product_id, version)
    handling = product["content"].get("handling") or str(code_table("handling")["P"])
    may_leave = _may_leave(sharing)
    if not may_leave(handling):
        raise ValueError(
            f"The {product['kind']} is marked '{handling}': say how its conditions are met, then it can be "
            f"handed on."
        )
    withheld: dict[str, int] = {}
    sources = _sources(store)
    shared_sources = set(sources.source_id[sources.handling.map(may_leave).astype(bool)])
    findings = []
    for number, cited in _cited(store, product):
        finding = load_finding(store, number, cited)
        if not may_leave(finding.handling):
            withheld["finding"] = withheld.get("finding", 0) + 1
            continue
        findings.append(_finding(store, number, cited, finding, shared_sources, withheld))
    lines = _lines(store, product["content"], findings, may_leave, withheld)
    rows = {
        table: _rows(store, table, findings)
        for table in sorted({t for found in findings for t in found.rows.table})
    }
    if not sharing.personal:
        rows = {table: frame.drop(columns="attributes", errors="ignore") for table, frame in rows.items()}
        read = read_identifiers(store, rows["advert"]) if "advert" in rows else NOTHING_READ
        spans = make_span_finder(list_personal_values(read) | names_in_rows(rows))
        rows = mask_rows(rows, find_personal_spans(read))
    decisions, actions, results = _tasked(store, product_id, product["version"])
    content, title = product["content"], product["title"]
    if not sharing.personal:
        content, title, decisions, actions, results = (
            mask_words(part, spans) for part in (content, title, decisions, actions, results)
        )
        findings = [replace(found, finding=mask_finding(found.finding, spans)) for found in findings]
        lines = tuple(replace(line, text=mask_words(line.text, spans)) for line in lines)
    used = {int(number) for frame in rows.values() for number in frame.source_id.unique()}
    mark = find_product_mark(store, product_id)
    if mark:
        title, handling = f"{EXERCISE}. {title}", join_handling([EXERCISE, handling])
        invented = find_invented_sources(store)
        sources = sources.assign(
            handling=[
                join_handling([EXERCISE, row.handling]) if row.source_id in invented else row.handling
                for row in sources.itertuples()
            ]
        )
        findings = [_mark_finding(store, found) for found in findings]
    return CaseExport(
        product_id,
        product["version"],
        title,
        content,
        product["created_by"],
        product["created_at"],
        handling,
        tuple(findings),
        lines,
        rows,
        sources[sources.source_id.isin(used)].reset_index(drop=True),
        decisions,
        actions,
        results,
        sharing,
        withheld,
        mark,
    )


def _mark_finding(store: Store, found: CaseFinding) -> CaseFinding:
    """The finding with the mark of an exercise in its handling, where it rests on invented data."""
    handling = mark_exercise(store, found.finding.handling, [found.finding_id])
    return replace(found, finding=replace(found.finding, handling=handling))


def _may_leave(sharing: Sharing) -> Callable[[str], bool]:
    """Whether what bears a handling mark goes: every part of the mark must be one that a partner may read."""
    if sharing.conditions:
        return lambda mark: True
    words, reads = read_release_rules().handling_words, find_tier("partner").reads
    return lambda mark: all(reads(words.get(part.strip(), part.strip())) for part in mark.split(";"))


def _counted(counts: dict[str, int]) -> str:
    plural = {"line of a report": "lines of reports"}
    return ", ".join(counted(n, what, plural.get(what)) for what, n in counts.items())


def _cited(store: Store, product: dict[str, Any]) -> list[tuple[int, int]]:
    """Finding and version, as the product was written from them; those of older products as they are now."""
    cited = {
        row["finding_id"]: row["finding_version"]
        for row in store.rows(
            "SELECT finding_id, finding_version FROM product_finding WHERE product_id = ? AND version = ?",
            [product["product_id"], product["version"]],
        )
    }
    latest = {
        row["finding_id"]: row["v"]
        for row in store.rows("SELECT finding_id, max(version) AS v FROM finding GROUP BY ALL")
    }
    return [
        (number, cited.get(number, latest[number])) for number in product["finding_ids"] if number in latest
    ]


def _sources(store: Store) -> pd.DataFrame:
    return store.query(
        "SELECT source_id, name, file_name, sha256, importer, imported_at, imported_by, legal_basis,"
        " purpose, handling"
        " FROM source ORDER BY source_id"
    ).to_pandas()


def _finding(
    store: Store, number: int, version: int, finding: Finding, shared: set[int], withheld: dict[str, int]
) -> CaseFinding:
    rows = store.query(
        'SELECT DISTINCT table_name AS "table", source_id, row_number FROM finding_evidence JOIN source'
        " USING (source_id)"
        " WHERE finding_id = ? AND version = ? AND table_name <> ? ORDER BY ALL",
        [number, version, REPORT],
    ).to_pandas()
    shareable = rows[rows.source_id.isin(shared)].reset_index(drop=True)
    if len(shareable) < len(rows):
        withheld["row"] = withheld.get("row", 0) + len(rows) - len(shareable)
    lines = store.rows(
        "SELECT report_id, line FROM finding_report WHERE finding_id = ? AND version = ? ORDER BY ALL",
        [number, version],
    )
    saved = store.rows(
        "SELECT created_by, created_at FROM finding WHERE finding_id = ? AND version = ?", [number, version]
    )[0]
    return CaseFinding(
        number,
        version,
        finding,
        saved["created_by"],
        saved["created_at"],
        shareable,
        tuple((row["report_id"], row["line"]) for row in lines),
    )


def _lines(
    store: Store,
    content: dict[str, Any],
    findings: Sequence[CaseFinding],
    may_leave: Callable[[str], bool],
    withheld: dict[str, int],
) -> tuple[CitedLine, ...]:
    """The latest version of every line that the text marks or a finding rests on."""
    marked = {
        (int(report), int(line)) for report, line in _REPORT_MARK.findall(json.dumps(content, default=str))
    }
    marked |= {pair for found in findings for pair in found.lines}
    lines = []
    for report_id, line in sorted(marked):
        rows = store.rows(
            "SELECT * FROM report_line WHERE report_id = ? AND line = ? ORDER BY version DESC LIMIT 1",
            [report_id, line],
        )
        if not rows:
            continue
        row = rows[0]
        if not may_leave(row["handling"]):
            withheld["line of a report"] = withheld.get("line of a report", 0) + 1
            continue
        grade = Grade(
            row["source_grade"], row["information_grade"], row["handling"], tuple(row["conditions"])
        )
        lines.append(CitedLine(report_id, row["version"], line, row["sanitised"], grade))
    return tuple(lines)


def _rows(store: Store, table: str, findings: Sequence[CaseFinding]) -> pd.DataFrame:
    """The rows of a table behind the findings, each once. The table's name is one of the store's own."""
    asked = pd.concat([found.rows[found.rows.table == table] for found in findings]).drop_duplicates()
    frame = store.query(
        f'SELECT t.* FROM "{table}" t JOIN (SELECT unnest(?::INTEGER[]) AS source_id, unnest(?::BIGINT[]) AS'
        f" row_number)"
        " USING (source_id, row_number) ORDER BY source_id, row_number",
        [asked.source_id.tolist(), asked.row_number.tolist()],
    ).to_pandas()
    return frame.drop(columns=[name for name in _DERIVED if name in frame])


def _tasked(
    store: Store, product_id: int, version: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    decisions = store.rows(
        "SELECT decision_id, outcome, reason, decided_by, decided_at, supersedes FROM decision"
        " WHERE product_id = ? AND product_version = ? ORDER BY decision_id",
        [product_id, version],
    )
    numbers = [row["decision_id"] for row in decisions]
    actions = store.rows(
        "SELECT action_id, decision_id, description, owner, agency, contact, due, status"
        " FROM action"
        " WHERE decision_id IN (SELECT unnest(?::INTEGER[])) ORDER BY action_id",
        [numbers],
    )
    results = store.rows(
        f"SELECT action_id, version, verdict, {VERDICT_REASON} AS verdict_reason,"
        " CAST(outputs AS VARCHAR) AS outputs, note, data_version, saved_by, saved_at FROM result"
        " WHERE action_id IN (SELECT unnest(?::INTEGER[])) ORDER BY action_id, version",
        [[row["action_id"] for row in actions]],
    )
    return decisions, actions, results
