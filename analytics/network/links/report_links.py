"""What lines of graded reports name: telephones, accounts, premises, places, vehicles, documents, and persons
by name. A line ties what it names, as sure as its grade."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from analytics.resolve.roles import fold_text
from analytics.shared.identifier_value import normalise_identifier
from analytics.store import Store

REPORT_SAYS, NAMES, MAY_MEAN = "report says", "report names", "report may mean"
TYPED = 0  # the source of a report that came in no file
# The odds that a line is so by how its source knows it, and what they are multiplied by for the source.
# From judgement, not from data: bench/network/scenario.py says how they come true in the invented city.
_KNOWN = {"A": 9.0, "B": 5.0, "C": 1.5, "D": 0.7, "E": 0.1}
_SOURCE = {"1": 2.0, "2": 1.0, "3": 0.5}
_NAMESAKES = 3  # entities of one name, above which a name in a report means nobody
_BY_NAME = 0.5  # of a person whom nothing but the name tells
_LONGEST = 8  # words of a name or an address
_NUMBER = re.compile(r"(?<![\w-])\+?\d[\d\s().\-/]{5,}\d")
_DATE = re.compile(r"\d{4}[-./ ]\d\d?[-./ ]\d\d?|\d\d?[-./ ]\d\d?[-./ ]\d{2,4}")
_MAIL = re.compile(r"[\w.+\-]+@[\w\-]+\.[\w.\-]*\w")
_KINDS_OF_CODES = ("account", "vehicle", "document")
_Named = tuple[str, float]  # a node, and how sure it is that the text means it


def grade_probability(source: str, information: str) -> float:
    """How likely a line of this 3x5x2 grade is so; 0.5 where a grade is not known."""
    odds = _KNOWN.get(information, 1.0) * _SOURCE.get(source, 1.0)
    return odds / (1 + odds)


def find_report_links(
    store: Store, nodes: list[str], mentions: pd.DataFrame, region: str = "GB"
) -> pd.DataFrame:
    """node, other, kind, source_id, table_name, row_numbers, events, first_at, last_at, probability,
    report_id, line: every two nodes that a line names (REPORT_SAYS), and the report with each. `nodes`:
    those that other rows link."""
    lines = store.query(
        "SELECT l.report_id, l.line, l.original, l.source_grade, l.information_grade,"
        " coalesce(r.source_id, $typed) AS source_id, r.observed_on::TIMESTAMP AS observed"
        " FROM report_line l JOIN report r USING (report_id, version)"
        " WHERE (l.report_id, l.version) IN (SELECT report_id, max(version) FROM report GROUP BY ALL)"
        " ORDER BY ALL",
        {"typed": TYPED},
    ).to_pandas()
    words = _index_words(nodes, mentions)
    rows = []
    for line in lines.itertuples():
        sure = grade_probability(str(line.source_grade), str(line.information_grade))
        named = _find_named(str(line.original), words, region)
        for one, two, kind, share in _tie(f"report:{line.report_id}", named):
            rows.append(
                (*sorted((one, two)), kind, line.source_id, [line.report_id], line.observed)
                + (sure * share, line.report_id, line.line)
            )
    columns = ["node", "other", "kind", "source_id", "row_numbers", "first_at", "probability"]
    found = pd.DataFrame(rows, columns=[*columns, "report_id", "line"])
    return found.assign(
        table_name="report",
        events=1,
        first_at=found.first_at.astype("datetime64[us]"),
        last_at=found.first_at.astype("datetime64[us]"),
    )


def _index_words(nodes: list[str], mentions: pd.DataFrame) -> dict[str, list[_Named]]:
    """By folded words, what they name."""
    words: dict[str, list[_Named]] = {}
    for node in nodes:
        kind, _, value = node.partition(":")
        if kind in ("premises", "place") or kind in _KINDS_OF_CODES and any(map(str.isdigit, value)):
            words.setdefault(fold_text(value), []).append((node, 1.0))
    people = mentions.drop_duplicates(["name", "entity"])
    folded = np.array([fold_text(name) for name in people.name], dtype=object)
    for name, own in people.assign(folded=folded).groupby("folded").entity:
        entities = own.unique().tolist()
        if " " in str(name) and len(entities) <= _NAMESAKES:
            words.setdefault(str(name), []).extend((one, _BY_NAME / len(entities)) for one in entities)
    return words


def _find_named(text: str, words: dict[str, list[_Named]], region: str) -> list[_Named]:
    """What a text names, the longest names first; no part of one names anything else."""
    found: dict[str, float] = {}
    for match in [*_MAIL.finditer(text), *_NUMBER.finditer(text)]:
        value = "" if _DATE.fullmatch(match[0]) else normalise_identifier(match[0], region)
        if value and ("@" in value or value.startswith("+")):
            found[f"{'email' if '@' in value else 'phone'}:{value}"] = 1.0
    parts = fold_text(text).split()
    taken = [False] * len(parts)
    for length in range(min(_LONGEST, len(parts)), 0, -1):
        for at in range(len(parts) - length + 1):
            named = words.get(" ".join(parts[at : at + length]))
            if named and length == 1 and named[0][0].startswith("place:"):
                named = named if _is_proper(parts[at], text) else None
            if named and not any(taken[at : at + length]):
                taken[at : at + length] = [True] * length
                found.update(named)
    return sorted(found.items())


def _is_proper(word: str, text: str) -> bool:
    """Whether a text has a folded word with a capital letter: 'Reading' is a town and 'reading' is not."""
    return any(fold_text(one) == word and one[:1].isupper() for one in re.findall(r"\w[\w'’]*", text))


def _tie(report: str, named: list[_Named]) -> Iterator[tuple[str, str, str, float]]:
    for at, (node, share) in enumerate(named):
        kind = NAMES if share == 1.0 else MAY_MEAN
        yield report, node, kind, share
        for other, also in named[at + 1 :]:
            places = node.startswith("place:") and other.startswith("place:")
            if share == also == 1.0 and not places:  # two namesakes are not tied by one name
                yield node, other, REPORT_SAYS, 1.0
