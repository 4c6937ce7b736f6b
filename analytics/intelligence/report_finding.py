"""A finding from graded reports: what an analyst reads in lines of several, with the lines as its
evidence."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from analytics.intelligence.finding_results import Focus, ReportsResult
from analytics.intelligence.findings import Finding
from analytics.intelligence.reports import Line, load_report
from analytics.shared.codes import code_table
from analytics.shared.wording import counted
from analytics.store import Store

METHOD = "Reading of graded reports"
NO_ROWS = pa.schema(
    [("table_name", pa.string()), ("source_id", pa.int32()), ("row_number", pa.int64())]
).empty_table()
ALTERNATIVES = [
    {
        "explanation": "The reports repeat one another: they have one origin.",
        "how to tell": "Ask where each comes from; look at dates, wording and who could have met whom.",
    },
    {
        "explanation": "A source is mistaken, or means to mislead.",
        "how to tell": "Look at what the source said before and whether it could know; seek a record that "
        "nobody wrote for us.",
    },
    {
        "explanation": "It was so when it was seen, and is no longer.",
        "how to tell": "Look at the dates observed; ask for a new observation.",
    },
]


def build_report_finding(
    store: Store,
    lines: Sequence[tuple[int, int]],
    *,
    title: str,
    statement: str,
    confidence: str,
    basis: str,
    assumptions: str,
) -> Finding:
    """The finding of an analyst's reading of `lines` (report number, line), its period and handling taken
    from them; save it with the same lines. Raises ValueError without lines and KeyError for one that does not
    exist."""
    if not lines:
        raise ValueError("Choose the lines of reports that it rests on.")
    reports = {number: load_report(store, number)[0] for number, _ in lines}
    read: list[Line] = []
    for number, line in lines:
        if not 1 <= line <= len(reports[number].lines):
            raise KeyError(f"Report {number} has no line {line}.")
        read.append(reports[number].lines[line - 1])
    days = [report.observed_on for report in reports.values()]
    places = list(dict.fromkeys(report.place for report in reports.values() if report.place))
    return Finding(
        title=title.strip(),
        statement=statement.strip(),
        method=METHOD,
        parameters={
            "lines": [
                f"report {number}, line {line}: {item.grade}"
                for (number, line), item in zip(lines, read, strict=True)
            ]
        },
        data_version=store.data_version(),
        area_id=None,
        period_from=min(days),
        period_to=max(days),
        result=ReportsResult(
            focus=Focus(label="; ".join(places), count=None, previous_count=None), reports=len(reports)
        ),
        confidence=confidence,
        confidence_basis=basis.strip(),
        assumptions=assumptions.strip(),
        alternatives=ALTERNATIVES,
        handling=_handling(read),
    )


def suggest_basis(lines: Sequence[Line]) -> str:
    """What the lines alone say of how sure one may be; the analyst writes on from there."""
    grades = ", ".join(f"{line.grade.source}{line.grade.information}" for line in lines)
    direct = sum(line.grade.information in ("A", "B") for line in lines)
    return (
        f"{counted(len(lines), 'line')} graded {grades}; {direct} known directly or corroborated. "
        f"Whether "
        f"the sources are independent is to be judged."
    )


def _handling(lines: Sequence[Line]) -> str:
    """Every line's handling binds the finding; the conditions of all of them together."""
    codes = code_table("handling")
    strictest = codes.entries[max(codes.codes.index(line.grade.handling) for line in lines)]
    conditions = ", ".join(sorted({condition for line in lines for condition in line.grade.conditions}))
    return f"{strictest.code}{f' ({conditions})' if conditions else ''}: {strictest.label}"
