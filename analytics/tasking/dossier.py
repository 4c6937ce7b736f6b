"""Everything a printed brief shows: the brief, its graded findings and reports, maps, sources and
decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analytics.basemap import attribute_maps, read_base_layers
from analytics.figures.print import print_day, print_map, print_trend
from analytics.intelligence.cited_versions import list_cited_versions
from analytics.intelligence.evidence import (
    count_evidence_days,
    list_evidence_sources,
    read_evidence_row_numbers,
)
from analytics.intelligence.finding_results import Focus, NetworkResult
from analytics.intelligence.findings import Finding, load_finding
from analytics.intelligence.reports import Report, load_report
from analytics.network.operation.protection import list_protected_digests
from analytics.oversight.exercise import EXERCISE
from analytics.oversight.heads import find_product_code
from analytics.shared.unwritten import is_unwritten
from analytics.shared.wording import counted, spell_dates, write_day, write_moment, write_period
from analytics.store import Store, now, read_today
from analytics.tasking.brief import BRIEF_PARTS, Brief, measure_finding_trend
from analytics.tasking.citations import combine_handling, describe_grading, join_handling, split_statements
from analytics.tasking.exercise import rests_on_exercise
from analytics.tasking.network_drawing import CHART_CAPTION, draw_network
from analytics.tasking.products import list_decisions
from analytics.tasking.readiness import describe_readiness, list_missing
from analytics.tasking.responses import read_responses
from analytics.tasking.strategy import check_against_strategy

_MOST_RANGES = 600  # of row numbers, printed of one source
_BINS = 26  # bars that a small chart can hold
_NOUNS = {"premises": "lets"}
# The parts that state facts; the others say what to do and need no source.
FACTUAL_PARTS = ("what", "where", "when", "who_is_harmed", "who_is_responsible", "why_now", "how_sure")

RESPONSE_NOTE = (
    "Tried elsewhere, under other laws: strength says how well it was tested, effect which way it points. "
    "Before one begins, name what it is compared with, the ring around it, a review date and what stops it."
)

_AROUND = 0.06  # degrees about an outline in which the printed map is read


@dataclass(frozen=True)
class Drawing:
    """One finding's map (of a network its chart), trend and hours of the day as SVG, each None where it has
    none. `map_caption`: what stands below it, where that is not what stands below maps."""

    map_svg: bytes | None = None
    map_alt: str = ""
    trend_svg: bytes | None = None
    trend_alt: str = ""
    hours_svg: bytes | None = None
    hours_alt: str = ""
    map_caption: str = ""

    @property
    def shows_anything(self) -> bool:
        return any((self.map_svg, self.trend_svg, self.hours_svg))


@dataclass(frozen=True)
class Dossier:
    """A brief with everything its annex shows; drawn by `render_pdf` and `render_docx`.

    `drawings` follows `findings`; the first finding leads, and its drawing is on page 1. A brief that asks
    for collection rests on no finding. `standing`: the decision in force, '' where none was taken; `waits`:
    none was taken, or it was deferred. `newest`: the day of the newest row it rests on, None where no row has
    a time; `printed`: the day of print; `is_exercise`: something of it is invented; `seal`: the code of the
    signed head that covers it, '' of a draft."""

    brief: Brief
    reference: str
    drawings: list[Drawing]
    findings: list[tuple[int, Finding]]
    reports: list[tuple[int, Report]]
    sources: list[dict[str, Any]]
    decisions: list[str]
    standing: str
    waits: bool
    strategy: str
    newest: date | None
    printed: date
    is_exercise: bool
    seal: str = ""

    @property
    def handling(self) -> str:
        """The mark on every page: the brief's own and that of everything it rests on, its sources too."""
        inherited = combine_handling(
            [finding for _, finding in self.findings], [report for _, report in self.reports]
        )
        sources = [source["handling"] for source in self.sources if isinstance(source["handling"], str)]
        exercise = [EXERCISE] if self.is_exercise else []
        return join_handling([*exercise, self.brief.handling, inherited, *sources])

    @property
    def graded_statements(self) -> list[list[str]]:
        """Every statement of fact: part, words, grading and source."""
        return [
            [BRIEF_PARTS[part], statement.words, describe_grading(statement, self.findings, self.reports)]
            for part in FACTUAL_PARTS
            if not is_unwritten(text := getattr(self.brief, part))
            for statement in split_statements(text)
        ]

    @property
    def responses(self) -> list[list[str]]:
        """Each chosen proposal, then a line each on its evidence, what it takes and its source."""
        return [
            [
                response.what,
                f"{response.kind.capitalize()}, {response.code}. Agency: {response.agency}. "
                f"{response.describe_evidence().capitalize()}. {response.effect}",
                f"Needs: {response.needs} Risks: {response.risks} Measure: {'; '.join(response.success)}.",
                f"Source: {'; '.join(response.sources)}.",
            ]
            for response in self.brief.chosen_responses()
        ]

    @property
    def response_notes(self) -> list[str]:
        """What must be read with the proposals, where there are any."""
        trade = any(response.trade for response in self.brief.chosen_responses())
        return [RESPONSE_NOTE, *([read_responses().trade_caution] if trade else [])] if self.responses else []

    @property
    def readiness(self) -> str:
        """Whether the brief may be called ready, and what is missing where not."""
        return describe_readiness(list_missing(self.brief))

    @property
    def lead(self) -> Drawing:
        """What page 1 shows."""
        return self.drawings[0] if self.drawings else Drawing()

    @property
    def evidence_line(self) -> str:
        """What it rests on, and how old the newest of it is on the day of print."""
        if not self.findings:
            return "no finding; it asks for what is not known."
        rows = sum(source["rows"] for source in self.sources)
        names = "; ".join(
            dict.fromkeys(
                source["name"] if isinstance(source["name"], str) else "a source since removed"
                for source in self.sources
            )
        )
        noun = "finding" if len(self.findings) == 1 else "findings"
        numbers = ", ".join(str(number) for number, _ in self.findings)
        return f"{counted(rows, 'row')} of {names}; {noun} {numbers} in the annex.{self._newest_line}"

    @property
    def _newest_line(self) -> str:
        if self.newest is None:
            return " The age of the newest is not known."
        age = (self.printed - self.newest).days
        if age < 0:
            return f" The newest is of {write_day(self.newest)}."
        return f" The newest is of {write_day(self.newest)}, {counted(age, 'day')} old when printed."


def draw_findings(
    store: Store, finding_ids: Sequence[int], product_id: int | None = None, version: int | None = None
) -> list[Drawing]:
    """The maps and charts of findings, in the versions that a product cites, else the latest. Raises KeyError
    for a lost finding."""
    cited = {} if product_id is None or version is None else list_cited_versions(store, product_id, version)
    return _draw(store, [(n, load_finding(store, n, cited.get(n))) for n in finding_ids], cited)


def gather_dossier(
    store: Store,
    brief: Brief,
    product_id: int | None = None,
    version: int | None = None,
    *,
    drawings: list[Drawing] | None = None,
) -> Dossier:
    """Collect the findings, reports, maps, sources and decisions of a brief, and its place in the control
    strategy; `drawings` are those of its findings where they are drawn already.

    Raises KeyError for a lost finding or report.
    """
    cited = {} if product_id is None or version is None else list_cited_versions(store, product_id, version)
    findings = [(number, load_finding(store, number, cited.get(number))) for number in brief.finding_ids]
    log = list_decisions(store, product_id).to_dict("records") if product_id is not None else []
    decisions = [
        f"{write_moment(row['decided_at'])} UTC: {row['outcome']} by {row['decided_by']} "
        f"(version {row['product_version']}{'' if row['standing'] else '; superseded'}). {row['reason']}"
        for row in log
    ]
    days = [
        day.max().date()
        for number in brief.finding_ids
        for counts in count_evidence_days(store, number, cited.get(number)).values()
        for day in [counts.index]
    ]
    return Dossier(
        brief=brief,
        reference=f"Brief {product_id} version {version}" if product_id else "Draft brief",
        drawings=_draw(store, findings, cited) if drawings is None else drawings,
        findings=findings,
        reports=[(number, load_report(store, number)[0]) for number in brief.report_ids],
        sources=_list_sources(store, brief.finding_ids, cited),
        decisions=decisions,
        standing=next((text for text, row in zip(decisions, log, strict=True) if row["standing"]), ""),
        waits=not any(row["standing"] and row["outcome"] != "deferred" for row in log),
        strategy="" if product_id is None else check_against_strategy(store, product_id, read_today()),
        newest=max(days, default=None),
        printed=now().date(),
        is_exercise=rests_on_exercise(store, brief.finding_ids, brief.report_ids),
        seal=find_product_code(store, product_id, version) if product_id and version else "",
    )


def _list_sources(store: Store, numbers: list[int], cited: Mapping[int, int]) -> list[dict[str, Any]]:
    """What findings rest on (see `list_evidence_sources`), each with `numbers`: which rows of it."""
    sources: list[dict[str, Any]] = list_evidence_sources(store, numbers, cited).to_dict("records")
    rows = read_evidence_row_numbers(store, numbers, cited)
    for source in sources:
        key = (source["finding_id"], None if pd.isna(source["source_id"]) else int(source["source_id"]))
        which = rows.get(key, range(int(source["first_row"]), int(source["last_row"]) + 1))
        source["numbers"] = list_numbers(which)
    return sources


def _draw(store: Store, findings: list[tuple[int, Finding]], cited: Mapping[int, int]) -> list[Drawing]:
    """Every finding's map, trend and hours."""
    drawings = []
    for number, finding in findings:
        map_svg, area, focus = None, finding.area_id, finding.result.focus or Focus()
        if area is not None and (outline := focus.outline) is not None:
            epsg = store.rows("SELECT epsg FROM area WHERE area_id = ?", [area])[0]["epsg"]
            layers = read_base_layers(store, area, outline.buffer(_AROUND).bounds)
            cells = [(cell.ring, cell.count) for cell in finding.result.cells]
            others = [
                ring
                for other, also in findings
                if other != number and also.area_id == area
                for ring in _list_outlines(also)
            ]
            map_svg = print_map(
                _list_outlines(finding),
                cells,
                layers,
                epsg,
                others=others,
                credit=attribute_maps(store, area),
            )
        trend_svg, trend_alt = _draw_trend(store, number, cited.get(number), finding) or (None, "")
        hours_svg, hours_alt = print_day(finding.result.hours) or (None, "")
        network = finding.result if isinstance(finding.result, NetworkResult) else None
        chart = draw_network(network, list_protected_digests(store)) if network else None
        map_alt = (
            f"Map of incidents by cell around {focus.label or 'the place'}; the proposed cell, with "
            f"{format_count(focus.count)} incidents, is outlined in black."
        )
        caption = ""
        if chart is not None:
            (map_svg, map_alt), caption = chart, CHART_CAPTION
        drawings.append(Drawing(map_svg, map_alt, trend_svg, trend_alt, hours_svg, hours_alt, caption))
    return drawings


def _list_outlines(finding: Finding) -> list[tuple[tuple[float, float], ...]]:
    """The outlines of all parts of a finding's place (WGS 84)."""
    focus = finding.result.focus
    return [focus.ring, *focus.parts] if focus and focus.ring else []


def _draw_trend(store: Store, number: int, version: int | None, finding: Finding) -> tuple[bytes, str] | None:
    """A finding's trend, or its rows over time where it has none."""
    result = finding.result
    if trend := [(row.period, row.count) for row in result.trend]:
        return print_trend(trend, result.counted, measure_finding_trend(finding))
    return print_trend(*_over_time(store, number, version))


def _over_time(store: Store, number: int, version: int | None) -> tuple[list[tuple[str, int]], str]:
    """The rows behind a finding by the finest of day, week, month, quarter and year that gives few enough
    bars, from the table with most rows, and what they are called. Empty where their times show nothing."""
    days = count_evidence_days(store, number, version)
    if not days:
        return [], ""
    table, counts = max(days.items(), key=lambda item: item[1].sum())
    binned = (counts.resample(rule).sum() for rule in ("D", "W-MON", "MS", "QS", "YS"))
    bins = next((bars for bars in binned if len(bars) <= _BINS), None)
    if bins is None or len(bins) < 2:
        return [], ""
    trend = [(f"{day:%Y-%m-%d}", int(count)) for day, count in bins.items()]
    return trend, _NOUNS.get(table, f"{table}s")


def format_count(count: int | None) -> str:
    return "an unknown number of" if count is None else f"{count:,}"


def list_parameters(finding: Finding) -> dict[str, Any]:
    period = (
        write_period(finding.period_from, finding.period_to)
        if finding.period_from and finding.period_to
        else "none"
    )
    return finding.parameters | {"period": period, "data_version": finding.data_version}


def format_value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "all"
    return spell_dates(str(value))


def format_source(source: dict[str, Any]) -> list[str]:
    """A source as its finding's number, name, legal basis, how many rows, and which."""
    if not isinstance(source["name"], str):
        return [str(source["finding_id"]), "source since removed", "not known", str(source["rows"]), ""]
    file = (
        f"{source['file_name']}, SHA-256 {source['sha256'][:12]}; "
        if isinstance(source["sha256"], str)
        else ""
    )
    name = f"{source['name']} ({file}{source['handling']})"  # a report came in no file
    rows = counted(source["rows"], "line" if pd.isna(source["source_id"]) else "row")
    return [str(source["finding_id"]), name, source["legal_basis"], rows, source["numbers"]]


def list_numbers(numbers: Sequence[int]) -> str:
    """Sorted numbers as they are read: '3, 5 to 9, 12'; of very many, how many more there are."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    written = [
        str(first) if first == last else f"{first}{' to ' if last > first + 1 else ', '}{last}"
        for first, last in ranges[:_MOST_RANGES]
    ]
    left = sum(last - first + 1 for first, last in ranges[_MOST_RANGES:])
    return ", ".join(written) + (f" and {left:,} more, which the shared case lists" if left else "")
