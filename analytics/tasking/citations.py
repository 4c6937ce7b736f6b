"""Source marks: what a statement of a product rests on, written at its end; and the handling of the whole.

`[finding 3: low confidence]` and `[report 2, line 1: 1BP]` are the two marks. A statement runs from the
mark before it (or the start of its line) to its own marks. Text after the last mark of a line has none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analytics.intelligence.findings import Finding
from analytics.intelligence.grading import Grade, describe_grade
from analytics.intelligence.reports import Report
from analytics.shared.codes import code_table

MARK = re.compile(
    r"\[(?:finding (?P<finding>\d+)|report (?P<report>\d+), line (?P<line>\d+))(?:: (?P<grade>[^\]]*))?\]"
)
_TRAILING = re.compile(r"(?<=[.!?])[\s.]+$")  # the full stop after a mark
_PUNCTUATION = " .,;:"
_CODE = re.compile(r"\s*([A-Z])\b")
_CONDITION = re.compile(r"\b([AS]\d)\b")


@dataclass(frozen=True, order=True)
class SourceMark:
    """What a statement rests on: a finding (`line` None) or one line of a report."""

    kind: str
    number: int
    line: int | None = None


@dataclass(frozen=True)
class CitedStatement:
    """A stretch of text with its marks, which `text` still contains."""

    text: str
    marks: tuple[SourceMark, ...]

    @property
    def words(self) -> str:
        """The text without its marks."""
        return _TRAILING.sub("", MARK.sub("", self.text).strip())


def mark_finding(number: int, finding: Finding) -> str:
    return f"[finding {number}: {finding.confidence} confidence]"


def mark_line(number: int, line: int, grade: Grade) -> str:
    return f"[report {number}, line {line}: {grade}]"


def find_marks(text: str) -> tuple[SourceMark, ...]:
    """Every mark of a text, in order."""
    return tuple(
        SourceMark("finding", int(found["finding"]))
        if found["finding"]
        else SourceMark("report", int(found["report"]), int(found["line"]))
        for found in MARK.finditer(text)
    )


def split_statements(text: str) -> list[CitedStatement]:
    """The statements of a text, in order; an empty line is none."""
    found: list[str] = []
    for line in text.split("\n"):
        parts: list[str] = []
        at = 0
        for mark in MARK.finditer(line):
            stretch, at = line[at : mark.end()], mark.end()
            if parts and not MARK.sub("", stretch).strip(_PUNCTUATION):  # a second mark of the same statement
                parts[-1] += stretch
            else:
                parts.append(stretch)
        if parts and not line[at:].strip(_PUNCTUATION):
            parts[-1] += line[at:]
        else:
            parts.append(line[at:])
        found += [part.strip() for part in parts if part.strip()]
    return [CitedStatement(part, find_marks(part)) for part in found]


def describe_grading(
    statement: CitedStatement, findings: Sequence[tuple[int, Finding]], reports: Sequence[tuple[int, Report]]
) -> str:
    """The grading of a statement in words, by what its marks name. A lost source is named as such; a
    statement without a mark is the author's own."""
    if not statement.marks:
        return "the author's own words, no source given"
    by_number = dict(findings)
    gradings: list[str] = []
    lines = {
        SourceMark("report", number, at): line
        for number, report in reports
        for at, line in enumerate(report.lines, 1)
    }
    for mark in statement.marks:
        if mark.kind == "finding" and mark.number in by_number:
            gradings.append(f"finding {mark.number}: {by_number[mark.number].confidence} confidence")
        elif mark in lines:
            grade = lines[mark].grade
            gradings.append(f"report {mark.number}, line {mark.line}: {grade} ({describe_grade(grade)})")
        else:
            gradings.append(f"{mark.kind} {mark.number}: not among the sources of this product")
    return "; ".join(gradings)


def mark_handling(grade: Grade) -> str:
    """A report line's handling as a mark: 'C (A1, S2): sharing permitted with conditions'."""
    conditions = f" ({', '.join(grade.conditions)})" if grade.conditions else ""
    return f"{grade.handling}{conditions}: {code_table('handling')[grade.handling].label}"


def read_handling(mark: str) -> tuple[str | None, frozenset[str]]:
    """The handling code a mark begins with (None where it is none) and the conditions named in it."""
    found, known = _CODE.match(mark), code_table("handling_conditions").codes
    code = found[1] if found and found[1] in code_table("handling").codes else None
    return code, frozenset(_CONDITION.findall(mark)) & frozenset(known)


def join_handling(marks: Iterable[str]) -> str:
    """Every handling mark once, the strictest first, where no page edge cuts it off: together they bind the
    product."""
    single = dict.fromkeys(part.strip() for mark in marks for part in mark.split(";") if part.strip())
    codes = code_table("handling").codes  # from free to bound
    single = dict.fromkeys(str(code_table("handling")[mark]) if mark in codes else mark for mark in single)
    return "; ".join(sorted(single, key=lambda mark: -_strictness(mark, codes)))


def _strictness(mark: str, codes: Sequence[str]) -> int:
    code, _ = read_handling(mark)
    return len(codes) if code is None else codes.index(code)  # free words may mean anything


def combine_handling(findings: Iterable[Finding], reports: Iterable[Report]) -> str:
    """The handling of a product that rests on these; 'P' where it rests on nothing."""
    marks = [finding.handling for finding in findings]
    marks += [mark_handling(line.grade) for report in reports for line in report.lines]
    return join_handling(marks) or str(code_table("handling")["P"])
