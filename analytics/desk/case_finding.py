"""One finding, or one brief, over everything in a case: the union of what its things rest on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import shapely

from analytics.desk.tray import KINDS, TrayCase, TrayItem
from analytics.desk.watches import parse_row
from analytics.hotspots.grid.custom_area import read_drawn
from analytics.intelligence.evidence import EVIDENCE_TABLES
from analytics.intelligence.finding_results import CasePart, CaseResult, Focus
from analytics.intelligence.findings import Finding, load_finding, save_finding
from analytics.intelligence.report_finding import NO_ROWS
from analytics.intelligence.reports import Report, as_seen, load_report
from analytics.oversight import Actor
from analytics.oversight.roles import Tier, tier_of
from analytics.shared.wording import counted
from analytics.store import Store
from analytics.tasking.brief import draft_brief
from analytics.tasking.citations import combine_handling
from analytics.tasking.drafts import draft_profile
from analytics.tasking.products import save_product

METHOD = "Case over several domains"
ALTERNATIVES = [
    {
        "explanation": "The things of the case have nothing to do with each other.",
        "how to tell": "Look for what links them: a shared telephone, account, vehicle, address or person.",
    },
    {
        "explanation": "What links them is common to many: a switchboard, a shop, a landlord.",
        "how to tell": "Search for it: how many other things share it?",
    },
]
_DAYS = {  # the day of a row of each table
    "incident": "local_date",
    "advert": "CAST(posted_at AS DATE)",
    "transaction": "CAST(occurred_at AS DATE)",
    "account": "opened",
    "premises": "let_from",
    "journey": "CAST(departed_at AS DATE)",
    "communication": "CAST(started_at AS DATE)",
}
_REVIEW_AFTER = timedelta(days=28)


@dataclass(frozen=True)
class CaseWords:
    """What a person writes of the whole: the finding says nothing beyond it."""

    title: str
    statement: str
    confidence: str
    basis: str
    assumptions: str


@dataclass(frozen=True)
class _Gathered:
    """`lines`: of reports, as (report, line)."""

    rows: pa.Table
    lines: tuple[tuple[int, int], ...] = ()


def draft_statement(case: TrayCase) -> str:
    """What a case says by itself: which things it joins. A person writes on from there."""
    return f"{case.name} joins {'; '.join(item.label for item in case.items)}."


def save_case_finding(store: Store, actor: Actor, case: TrayCase, words: CaseWords) -> int:
    """Save one finding with the rows and lines of everything in the case; returns its number.

    Raises ValueError where the case rests on nothing or a word is missing, KeyError where a thing of it is no
    longer in the store, and PermissionError where the role does not write findings."""
    tier = tier_of(actor)
    if not tier.writes:
        raise PermissionError("This role does not write findings.")
    parts = [(item, _gather(store, item, tier)) for item in case.items]
    evidence = pa.concat_tables([gathered.rows for _, gathered in parts] or [NO_ROWS])
    lines = sorted({line for _, gathered in parts for line in gathered.lines})
    first, last = _find_period(store, evidence, lines)
    findings = [load_finding(store, int(item.key)) for item in case.items if item.kind == "finding"]
    reports = [load_report(store, number)[0] for number in {number for number, _ in lines}]
    finding = Finding(
        title=words.title.strip(),
        statement=words.statement.strip(),
        method=METHOD,
        parameters={"case": case.name, "things": [f"{KINDS[i.kind]}: {i.label}" for i in case.items]},
        data_version=store.data_version(),
        area_id=next((finding.area_id for finding in findings if finding.area_id is not None), None),
        period_from=first,
        period_to=last,
        result=_combine(parts, findings),
        confidence=words.confidence,
        confidence_basis=words.basis.strip(),
        assumptions=words.assumptions.strip(),
        alternatives=[*ALTERNATIVES, *(other for f in findings for other in f.alternatives)],
        handling=combine_handling(findings, reports),
    )
    return save_finding(store, actor, finding, evidence, lines=lines)


def save_case_brief(store: Store, actor: Actor, case: TrayCase, finding_id: int, today: date) -> int:
    """Draft and save one brief from a case: the finding made of it, then the findings and reports in it.
    Returns the number of the product. Raises what `load_finding` raises."""
    numbers = [finding_id, *(int(item.key) for item in case.items if item.kind == "finding")]
    findings = [load_finding(store, number) for number in numbers]
    tier = tier_of(actor)
    reports: list[tuple[int, Report]] = [
        (int(item.key), as_seen(load_report(store, int(item.key))[0], tier))
        for item in case.items
        if item.kind == "report"
    ]
    profile = draft_profile(findings, numbers, reports)
    brief = draft_brief(findings, numbers, profile, today + _REVIEW_AFTER, reports)
    product, _ = save_product(store, actor, "brief", brief.title, asdict(brief), numbers)
    return product


def gather_case_rows(store: Store, case: TrayCase, tier: Tier) -> pa.Table:
    """The imported rows behind everything in the case (table_name, source_id, row_number); a thing that is
    no longer in the store has none."""
    found = [NO_ROWS]
    for item in case.items:
        with suppress(KeyError, ValueError, PermissionError):
            found.append(_gather(store, item, tier).rows)
    return pa.concat_tables(found)


def _combine(parts: Sequence[tuple[TrayItem, _Gathered]], findings: Sequence[Finding]) -> CaseResult:
    """The union of what the findings of the case found, and how many rows each thing has."""
    joined = CaseResult(
        parts=tuple(
            CasePart(kind=item.kind, label=item.label, count=gathered.rows.num_rows + len(gathered.lines))
            for item, gathered in parts
        ),
        focus=_find_focus(parts, findings),
        categories=tuple(row for f in findings for row in f.result.categories),
        places=tuple(row for f in findings for row in f.result.places),
    )
    return joined


def _find_focus(parts: Sequence[tuple[TrayItem, _Gathered]], findings: Sequence[Finding]) -> Focus:
    """The first place of the case, else what its findings speak of, else the names of its things."""
    for item, gathered in parts:
        if item.kind == "place":
            area = read_drawn(item.key)
            ring = shapely.get_coordinates(shapely.get_parts(area)[0].exterior)
            return Focus(
                label=item.label,
                place=item.label,
                lon=area.centroid.x,
                lat=area.centroid.y,
                ring=tuple((float(lon), float(lat)) for lon, lat in ring),
                count=gathered.rows.num_rows,
            )
    for finding in findings:
        if finding.result.focus is not None and finding.result.focus.ring:
            return finding.result.focus
    return Focus(label="; ".join(item.label for item, _ in parts))


def _find_period(
    store: Store, evidence: pa.Table, lines: Sequence[tuple[int, int]]
) -> tuple[date | None, date | None]:
    """The first and last day of the rows and reports."""
    union = " UNION ALL ".join(
        f'SELECT {day} AS day FROM "{table}" SEMI JOIN'
        f" (SELECT * FROM evidence WHERE table_name = '{table}') USING (source_id, row_number)"
        for table, day in _DAYS.items()
    )
    row = store.query(
        f"SELECT min(day) AS first, max(day) AS last FROM ({union} UNION ALL SELECT observed_on FROM report"
        " WHERE list_contains(?, report_id))",
        [[number for number, _ in lines]],
        tables={"evidence": evidence},
    ).to_pylist()[0]
    return row["first"], row["last"]


def _gather(store: Store, item: TrayItem, tier: Tier) -> _Gathered:
    return _GATHERERS[item.kind](store, item, tier)


def _select(store: Store, table: str, sql: str, values: Sequence[Any]) -> pa.Table:
    """Rows as evidence; `sql` gives source_id and row_number."""
    found = store.query(
        f"SELECT '{table}' AS table_name, CAST(source_id AS INTEGER) AS source_id,"
        f" CAST(row_number AS BIGINT) AS row_number FROM ({sql})",
        list(values),
    )
    return found.cast(NO_ROWS.schema)


def _gather_place(store: Store, item: TrayItem, tier: Tier) -> _Gathered:
    """The incidents within its outline, of the period of its link where it names one."""
    area = read_drawn(item.key)
    west, south, east, north = area.bounds
    first, last = _period_of(item)
    near = store.query(
        "SELECT source_id, row_number, lon, lat FROM incident"
        " WHERE lon BETWEEN ? AND ? AND lat BETWEEN ? AND ?"
        " AND (? IS NULL OR local_date >= ?) AND (? IS NULL OR local_date <= ?)",
        [west, east, south, north, first, first, last, last],
    )
    inside = shapely.contains_xy(area, near["lon"].to_numpy(), near["lat"].to_numpy())
    rows = near.filter(pa.array(inside)).select(["source_id", "row_number"])
    named = rows.add_column(0, "table_name", pa.array(["incident"] * rows.num_rows, pa.string()))
    return _Gathered(named.cast(NO_ROWS.schema))


def _period_of(item: TrayItem) -> tuple[date | None, date | None]:
    period = item.opens.query.get("period")
    if not isinstance(period, list) or len(period) != 2:
        return None, None
    try:
        first, last = sorted(date.fromisoformat(day) for day in period)
    except ValueError:
        return None, None
    return first, last


def _gather_operation(store: Store, item: TrayItem, tier: Tier) -> _Gathered:
    sql = "SELECT source_id, row_number FROM operation_advert WHERE operation_id = ?"
    return _Gathered(_select(store, "advert", sql, [int(item.key)]))


def _gather_advert(store: Store, item: TrayItem, tier: Tier) -> _Gathered:
    sql = "SELECT source_id, row_number FROM advert WHERE source_id = ? AND row_number = ?"
    return _Gathered(_select(store, "advert", sql, parse_row(item.key)))


def _gather_account(store: Store, item: TrayItem, tier: Tier) -> _Gathered:
    """Its record and every payment in or out of it."""
    key = parse_row(item.key)
    own = "SELECT source_id, row_number FROM account WHERE source_id = ? AND row_number = ?"
    payments = (
        'SELECT source_id, row_number FROM "transaction" WHERE (SELECT any_value(reference) FROM account'
        " WHERE source_id = ? AND row_number = ?) IN (from_account, to_account)"
    )
    return _Gathered(
        pa.concat_tables([_select(store, "account", own, key), _select(store, "transaction", payments, key)])
    )


def _gather_entity(store: Store, item: TrayItem, tier: Tier) -> _Gathered:
    sql = (
        "SELECT DISTINCT source_id, row_number FROM advert_identifier"
        " WHERE sha256(kind || ':' || value)[:16] = ?"
    )
    return _Gathered(_select(store, "advert", sql, [item.key]))


def _gather_stored(store: Store, item: TrayItem, tier: Tier) -> _Gathered:
    """The rows that were added with it."""
    found = store.query(
        "SELECT table_name, CAST(row_source AS INTEGER) AS source_id, row_number FROM tray_item_row"
        " WHERE item_id = ?",
        [item.item_id],
    )
    return _Gathered(found.cast(NO_ROWS.schema))


def _gather_row(store: Store, item: TrayItem, tier: Tier) -> _Gathered:
    table, _, key = item.key.partition("-")
    if table not in EVIDENCE_TABLES:
        raise ValueError(f"{item.label} is no record that a finding can rest on.")
    sql = f'SELECT source_id, row_number FROM "{table}" WHERE source_id = ? AND row_number = ?'
    return _Gathered(_select(store, table, sql, parse_row(key)))


def _gather_report(store: Store, item: TrayItem, tier: Tier) -> _Gathered:
    number = int(item.key)
    report, _ = load_report(store, number)
    read = [at for at, line in enumerate(report.lines, 1) if line.grade.handling in tier.handling]
    return _Gathered(NO_ROWS, tuple((number, at) for at in read))


def _gather_finding(store: Store, item: TrayItem, tier: Tier) -> _Gathered:
    number = int(item.key)
    if not tier.reads(load_finding(store, number).handling):
        raise PermissionError(f"This role does not read finding {number}.")
    latest = "version = (SELECT max(version) FROM finding WHERE finding_id = ?)"
    rows = store.query(
        "SELECT table_name, CAST(source_id AS INTEGER) AS source_id, row_number FROM finding_evidence"
        f" WHERE finding_id = ? AND {latest}",
        [number, number],
    )
    lines = store.rows(
        f"SELECT report_id, line FROM finding_report WHERE finding_id = ? AND {latest}", [number, number]
    )
    return _Gathered(rows.cast(NO_ROWS.schema), tuple((row["report_id"], row["line"]) for row in lines))


_GATHERERS: dict[str, Callable[[Store, TrayItem, Tier], _Gathered]] = {
    "place": _gather_place,
    "operation": _gather_operation,
    "account": _gather_account,
    "lead": _gather_stored,
    "advert": _gather_advert,
    "entity": _gather_entity,
    "report": _gather_report,
    "finding": _gather_finding,
    "row": _gather_row,
    "node": _gather_stored,
}


def describe_case(case: TrayCase) -> str:
    """'2 operations, 1 account', for the bar."""
    kinds = [item.kind for item in case.items]
    return ", ".join(counted(kinds.count(kind), KINDS[kind].lower()) for kind in KINDS if kind in kinds)
