"""What a change of recording does to counts, told from crime: a category that was given another name, weeks
that were never delivered, and one day that holds most of a rise.

All three make a rise of nothing. A new name has no history; weeks without records lower what is expected; a
day's entry in bulk, or one event, is many rows and no rise. The counts that are judged are mended for the
first two, and a warning that rests on one day is none; each says so in a note."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.shared.predictive import predictive
from analytics.shared.wording import write_day
from analytics.warnings.expectation import LEFT_OUT

Floats = npt.NDArray[np.float64]
Dates = npt.NDArray[np.datetime64]

_YEAR = {False: 52, True: 12}
_LEVEL = 1e-4
_MINIMUM_EXPECTED = 15.0  # in periods without a record, before they count as not delivered
_MOST_GAPS = 2  # what is missing more often is a season
_MINIMUM_OF_A_NAME = 5
_FALL_LEVEL = 0.01
_NEAR_ENOUGH = 2.0  # what the old names lost, and what the new one has, are within this factor
_DAY_OF_EXCESS, _MINIMUM_OF_A_DAY = 2 / 3, 5


@dataclass(frozen=True)
class MendedCounts:
    """`counts`: as given, with a new name's row holding the old names' counts too, and periods that were not
    delivered filled with the row's own level; `notes`: of each row, what was done and why, or ''; `filled`:
    which rows, for their season is not known; `continued`: which rows go on under another row's name."""

    counts: Floats
    notes: tuple[str, ...]
    filled: npt.NDArray[np.bool_]
    continued: npt.NDArray[np.bool_]


def mend_counts(counts: Floats, starts: Dates, categories: tuple[str, ...], monthly: bool) -> MendedCounts:
    """Mend weekly or monthly `counts` (categories, periods; `starts` their first days) for judging them."""
    mended, notes, is_filled = counts.copy(), [""] * len(counts), np.zeros(len(counts), dtype=bool)
    left_out = LEFT_OUT[monthly]
    continued: dict[int, str] = {}
    for row in range(len(counts)):
        begun = int(np.argmax(counts[row] > 0)) if counts[row].any() else 0
        day = write_day(starts[begun].astype(date))
        if begun and _is_gap(counts[row], 0, begun, counts.shape[1]):
            if old := _find_old_names(counts, row, begun, _YEAR[monthly]):
                mended[row] += counts[old].sum(axis=0)
                names = " and ".join(categories[other] for other in old)
                continued |= {
                    other: f"{categories[row]} is recorded since {day}, as many as this fell by."
                    for other in old
                }
                notes[row] = (
                    f"Recorded only since {day}, when {names} fell as much: counted together with it."
                )
                continue
            notes[row] = f"Not recorded before {day}: new, or a new name."
        mended[row], filled = _fill_gaps(mended[row], left_out)
        is_filled[row] = bool(filled)
        if filled and filled != [(0, begun)]:
            spans = " and ".join(_name_span(starts, *gap) for gap in filled)
            notes[row] = f"No record from {spans}: taken as not delivered."
    for row, words in continued.items():
        notes[row] = f"{notes[row]} {words}".strip()
    goes_on = np.array([row in continued for row in range(len(counts))])
    return MendedCounts(mended, tuple(notes), is_filled, goes_on)


def _name_span(starts: Dates, begin: int, end: int) -> str:
    last = (starts[end] - np.timedelta64(1, "D")).astype(date)
    return f"{write_day(starts[begin].astype(date))} to {write_day(last)}"


def _is_gap(row: Floats, begin: int, end: int, until: int) -> bool:
    """Whether no record in the periods from `begin` to `end` is beyond chance, by the level of the others up
    to `until`."""
    others = np.concatenate([row[:begin], row[end:until]])
    if len(others) < 2 or not others.any():
        return False
    mean = others.mean()
    expected = mean * (end - begin)
    if expected < _MINIMUM_EXPECTED:
        return False
    dispersion = max(1.0, float(others.var(ddof=1) / mean))
    variance = dispersion * (expected + expected**2 / others.sum())
    return bool(predictive(expected, variance).cdf(np.array(0.0)) <= _LEVEL)


def _fill_gaps(row: Floats, left_out: int) -> tuple[Floats, list[tuple[int, int]]]:
    """The row with its gaps filled by its level, and the gaps; the latest `left_out` periods are what is
    asked about and stay."""
    until = len(row) - left_out
    edges = np.flatnonzero(np.diff(np.concatenate([[0], row[:until] == 0, [0]])))
    gaps = [(int(begin), int(end)) for begin, end in edges.reshape(-1, 2) if row[end:].any()]  # it went on
    gaps = [gap for gap in gaps if _is_gap(row, *gap, until)]
    if not gaps or len(gaps) > _MOST_GAPS:
        return row, []
    known = np.ones(until, dtype=bool)
    for begin, end in gaps:
        known[begin:end] = False
    filled = row.copy()
    filled[:until][~known] = row[:until][known].mean()
    return filled, gaps


def _find_old_names(counts: Floats, row: int, begun: int, year: int) -> list[int]:
    """The rows that together fell by about as much as `row` has since it began; none where none did."""
    before, after = counts[:, max(0, begun - year) : begun], counts[:, begun:]
    total = after[row].sum()
    if total < _MINIMUM_OF_A_NAME or before.shape[1] < 2:
        return []
    expected = before.mean(axis=1) * after.shape[1]
    lost = expected - after.sum(axis=1)
    level = np.maximum(before.mean(axis=1), 1e-9)
    dispersion = np.maximum(1.0, before.var(axis=1, ddof=1) / level)
    chance = predictive(np.maximum(expected, 1e-9), np.maximum(expected, 1e-9) * dispersion)
    fell = (lost > 0) & (np.asarray(chance.cdf(after.sum(axis=1))) <= _FALL_LEVEL)
    # The one that lost what the new name has; more only where they bring the sum nearer.
    chosen: list[int] = []
    distance = np.inf
    for other in sorted(np.flatnonzero(fell), key=lambda at: abs(np.log(lost[at] / total))):
        nearer = abs(np.log((lost[chosen].sum() + lost[other]) / total))
        if nearer < distance:
            chosen.append(int(other))
            distance = nearer
    return chosen if distance <= np.log(_NEAR_ENOUGH) else []


def describe_one_day(by_day: pd.Series, observed: float, expected: float) -> str:
    """That most of what exceeds the expectation fell on one day, in words; '' where it did not.

    `by_day`: how many of the `observed` on each day, the index."""
    by_day = by_day.sort_values(ascending=False)
    largest, second = ([*by_day.iloc[:2].tolist(), 0, 0])[:2]
    excess = observed - expected
    if excess <= 0 or largest < _MINIMUM_OF_A_DAY or largest - second < _DAY_OF_EXCESS * excess:
        return ""
    day = write_day(pd.Timestamp(by_day.index[0]).date())
    share = f"{largest:.0f} of {observed:.0f} fell on {day}"
    return f"{share}: one event or an entry in bulk, and no rise without it."
