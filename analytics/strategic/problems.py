"""Every problem with its trend, its harm and how sure that is.

A problem is a category of recorded incidents, the trade in people as the Achilles grid sees it, or a priority
of the control strategy that nothing counted is tied to. What cannot be said is refused in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analytics.hotspots.category_harm import weigh_categories
from analytics.intelligence.collection import tabulate_collection
from analytics.intelligence.finding_results import NetworkResult
from analytics.intelligence.findings import load_finding
from analytics.network.structure.network_type import TYPES
from analytics.shared.codes import code_table
from analytics.shared.wording import counted
from analytics.store import Store
from analytics.strategic.months import MonthlyCounts
from analytics.strategic.trend import ProblemTrend, judge_trends

CATEGORY, TRADE, PRIORITY = "category", "trade", "priority"
TRADE_NAME = "Trade in people (the Achilles grid)"
LOW, MODERATE, HIGH = code_table("confidence").codes
_LOCATED, _MONTHS = 0.8, 24
COMMERCE_TABLES = frozenset(entry.more["table"] for entry in code_table("commercial_domains").entries)


@dataclass(frozen=True)
class Problem:
    """`recent`: rows of the trend's last spell. `harm_each`: times the harm of the area's mean incident;
    `harm_share`: of all harm in that spell; None where `harm_refused` says why. `confidence`: a code, and
    what it rests on. `priorities`: those of the control strategy it is tied to. `finding_ids`: findings on it
    alone."""

    name: str
    kind: str
    recent: int
    trend: ProblemTrend | None
    trend_refused: str
    harm_each: float | None
    harm_share: float | None
    harm_refused: str
    confidence: str
    confidence_basis: str
    priorities: tuple[str, ...] = ()
    finding_ids: tuple[int, ...] = ()

    @property
    def trend_word(self) -> str:
        return self.trend.word if self.trend else "not known"

    def describe_trend(self) -> str:
        if self.trend is None:
            return f"The trend is not known: {self.trend_refused}"
        return self.trend.describe()

    def describe_harm(self) -> str:
        if self.harm_share is None or self.harm_each is None:
            return f"Its harm is not known: {self.harm_refused}"
        return f"{self.harm_share:.0%} of the harm; one weighs {self.harm_each:.1f} times the mean incident."


def list_problems(
    store: Store, area_id: int, history: MonthlyCounts | None, priorities: Sequence[str] = ()
) -> list[Problem]:
    """Every problem of an area, the largest share of harm first, then the most rows; `priorities`: titles of
    the control strategy in force."""
    on_category, on_trade = _find_findings(store)
    served = _find_served(store)
    problems = _list_categories(store, area_id, history, on_category)
    trade = _assess_trade(store, on_trade)
    problems += [trade] if trade else []
    tied = [replace(p, priorities=_tie(p, priorities, served)) for p in problems]
    known = {title for problem in tied for title in problem.priorities}
    tied += [_describe_untied(title) for title in priorities if title not in known]
    return sorted(tied, key=lambda p: (p.kind != CATEGORY, -(p.harm_share or 0.0), -p.recent, p.name))


def _list_categories(
    store: Store, area_id: int, history: MonthlyCounts | None, findings: dict[str, list[int]]
) -> list[Problem]:
    if history is None:
        return []
    weights = weigh_categories(store, area_id)
    trends = judge_trends(history.counts)
    harm = {
        name: trend.recent * weights[name]
        for name, trend in zip(history.categories, trends, strict=True)
        if name in weights
    }
    total = sum(harm.values())
    coverage = _measure_coverage(store, area_id)
    problems = []
    for name, trend in zip(history.categories, trends, strict=True):
        numbers = tuple(findings.get(name, ()))
        confidence, basis = _judge_confidence(trend, len(history.months), coverage.get(name), numbers)
        has_harm = name in harm and total > 0
        problems.append(
            Problem(
                name,
                CATEGORY,
                trend.recent,
                trend,
                "",
                weights[name] if has_harm else None,
                harm[name] / total if has_harm else None,
                "" if has_harm else "no harm weight is loaded for this category.",
                confidence,
                basis,
                finding_ids=numbers,
            )
        )
    return problems


@dataclass(frozen=True)
class _Coverage:
    """Of a category: the shares with a place and with a day, and the sources it comes from."""

    located: float
    dated: float
    sources: int


def _measure_coverage(store: Store, area_id: int) -> dict[str, _Coverage]:
    rows = store.rows(
        "SELECT category, avg(CAST(x IS NOT NULL AS INTEGER)) AS located,"
        " avg(CAST(coalesce(time_precision, '') <> 'month' AS INTEGER)) AS dated,"
        " count(DISTINCT source_id) AS sources FROM incident"
        " WHERE area_id = ? AND category IS NOT NULL GROUP BY category",
        [area_id],
    )
    return {row["category"]: _Coverage(row["located"], row["dated"], row["sources"]) for row in rows}


def _judge_confidence(
    trend: ProblemTrend, months: int, coverage: _Coverage | None, findings: tuple[int, ...]
) -> tuple[str, str]:
    """Low where the trend is refused, knows no season, or a fifth and more has no place; high where a finding
    on it rests on a graded report besides; moderate otherwise."""
    located = coverage.located if coverage else 0.0
    sources = coverage.sources if coverage else 0
    basis = f"{counted(months, 'whole month')}, {located:.0%} with a place, {counted(sources, 'source')}"
    if trend.ratio is None or months < _MONTHS or located < _LOCATED:
        reasons = [
            text
            for applies, text in (
                (trend.ratio is None, "no trend can be judged"),
                (trend.ratio is not None and months < _MONTHS, "season is not allowed for"),
                (located < _LOCATED, "many have no place"),
            )
            if applies
        ]
        return LOW, f"{basis}: {', '.join(reasons)}"
    if findings:
        named = ", ".join(map(str, findings))
        return HIGH, f"{basis}; finding {named} with graded reports speaks to it"
    return MODERATE, f"{basis}: recorded incidents alone, which no graded report corroborates"


def _assess_trade(store: Store, findings: list[int]) -> Problem | None:
    """The trade in people; None where nothing is recorded of it."""
    grid = tabulate_collection(store)
    records, lines = int(grid.records.sum()), int(grid.lines.sum())
    if not records and not lines:
        return None
    filled = int(((grid.records + grid.lines) > 0).sum())
    best = min((grade for grade in grid.best if grade), default="")
    reliable = best[:1] == "1" and best[1:2] in ("A", "B")
    graded = f"{counted(lines, 'graded line')}, the best {best}" if lines else "no graded line"
    basis = f"{counted(records, 'record')}, {graded}; {filled} of {len(grid)} cells of the grid are filled"
    if networks := _describe_networks(store, findings):
        basis += f"; networks measured: {networks}"
    return Problem(
        TRADE_NAME,
        TRADE,
        records,
        None,
        "counts of adverts, journeys and payments follow what was collected, not what happens.",
        None,
        None,
        "no harm weight stands for a record of the trade.",
        MODERATE if reliable else LOW,
        basis,
        finding_ids=tuple(findings),
    )


def _describe_networks(store: Store, findings: list[int]) -> str:
    """The networks that findings measured, by type: '2 broker networks (findings 3 and 5)'."""
    by_type: dict[str, list[int]] = {}
    for number in findings:
        result = load_finding(store, number).result
        if isinstance(result, NetworkResult):
            by_type.setdefault(result.type, []).append(number)
    parts = []
    for name, numbers in sorted(by_type.items(), key=lambda item: (-len(item[1]), item[0])):
        noun = f"{name} network" if name in TYPES else f"network ({name})"
        plural = f"{name} networks" if name in TYPES else f"networks ({name})"
        named = ", ".join(map(str, numbers))
        parts.append(f"{counted(len(numbers), noun, plural)}, finding {named}")
    return "; ".join(parts)


def _describe_untied(title: str) -> Problem:
    refused = "nothing that is counted is tied to this priority."
    basis = "no category, finding or report is tied to it"
    return Problem(title, PRIORITY, 0, None, refused, None, None, refused, LOW, basis, (title,))


def _tie(problem: Problem, priorities: Sequence[str], served: dict[str, frozenset[str]]) -> tuple[str, ...]:
    """The priorities that name a category, or whose proposals rest on findings on this problem alone."""
    return tuple(
        title
        for title in priorities
        if (problem.kind == CATEGORY and problem.name.casefold() in title.casefold())
        or problem.name in served.get(title, frozenset())
    )


def _find_findings(store: Store) -> tuple[dict[str, list[int]], list[int]]:
    """The latest findings on one category alone that rest on a graded report too, by category; and those on
    rows of the trade."""
    rows = store.rows(
        "WITH latest AS (SELECT finding_id, max(version) AS version FROM finding GROUP BY finding_id)"
        " SELECT finding_id, list(DISTINCT table_name) AS tables,"
        " EXISTS (SELECT 1 FROM finding_report r WHERE r.finding_id = l.finding_id"
        " AND r.version = l.version) AS reported"
        " FROM latest l LEFT JOIN finding_evidence e USING (finding_id, version) GROUP BY ALL ORDER BY 1"
    )
    on_category: dict[str, list[int]] = {}
    on_trade: list[int] = []
    for row in rows:
        if COMMERCE_TABLES & {str(table) for table in row["tables"]}:
            on_trade.append(row["finding_id"])
        elif row["reported"]:
            kinds = load_finding(store, row["finding_id"]).result.categories
            if len(kinds) == 1:
                on_category.setdefault(kinds[0].category, []).append(row["finding_id"])
    return on_category, on_trade


def _find_served(store: Store) -> dict[str, frozenset[str]]:
    """By priority, the problems of the findings that its proposals cite: a category where a finding has one
    alone, the trade where it rests on rows of it."""
    rows = store.rows(
        "WITH scored AS (SELECT product_id, serves FROM assessment"
        " QUALIFY version = max(version) OVER (PARTITION BY product_id)),"
        " newest AS (SELECT product_id, unnest(finding_ids) AS finding_id FROM product"
        " QUALIFY version = max(version) OVER (PARTITION BY product_id)),"
        " latest AS (SELECT finding_id, max(version) AS version FROM finding GROUP BY finding_id)"
        " SELECT serves, finding_id, list(DISTINCT table_name) AS tables FROM scored JOIN newest"
        " USING (product_id) JOIN latest USING (finding_id)"
        " LEFT JOIN finding_evidence e USING (finding_id, version)"
        " WHERE serves IS NOT NULL GROUP BY ALL ORDER BY ALL"
    )
    served: dict[str, set[str]] = {}
    for row in rows:
        names = served.setdefault(row["serves"], set())
        if COMMERCE_TABLES & {str(table) for table in row["tables"]}:
            names.add(TRADE_NAME)
            continue
        kinds = load_finding(store, row["finding_id"]).result.categories
        if len(kinds) == 1:
            names.add(kinds[0].category)
    return {title: frozenset(names) for title, names in served.items()}
