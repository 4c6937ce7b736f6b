"""A change of recording is no rise: new names, weeks not delivered, one day's entry in bulk."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from analytics.overview.latest_change import compare_latest
from analytics.store.engine import DuckDBEngine
from analytics.warnings.alarms import find_warnings
from analytics.warnings.recording import describe_one_day, mend_counts
from tests.warnings.test_alarms import LAST, QUICK, _fill

STARTS = np.datetime64("2025-01-06") + 7 * np.arange(60)


def mend(*rows):
    return mend_counts(np.array(rows, dtype=float), STARTS, tuple("ABCD"[: len(rows)]), monthly=False)


def test_a_new_name_is_counted_with_the_old_one_that_fell_as_much():
    old, new, other = np.full(60, 8.0), np.zeros(60), np.full(60, 5.0)
    old[50:], new[50:] = 0, 8
    mended = mend(old, new, other)
    assert mended.counts.tolist() == [old.tolist(), [8.0] * 60, other.tolist()]
    assert mended.notes == (
        "B is recorded since 22 Dec 2025, as many as this fell by.",
        "Recorded only since 22 Dec 2025, when A fell as much: counted together with it.",
        "",
    )
    assert mended.continued.tolist() == [True, False, False]


def test_two_old_names_become_one():
    first, second, new = np.full(60, 6.0), np.full(60, 9.0), np.zeros(60)
    first[50:], second[50:], new[50:] = 0, 0, 15
    mended = mend(first, second, new)
    assert mended.counts[2].tolist() == [15.0] * 60 and "B and A fell as much" in mended.notes[2]


def test_a_name_without_an_old_one_stays_new_while_it_is_news_and_is_filled_later():
    new, earlier, other = np.zeros(60), np.zeros(60), np.full(60, 5.0)
    new[56:], earlier[30:] = 10, 4
    mended = mend(new, earlier, other)
    assert mended.counts[0].tolist() == new.tolist()
    assert mended.notes[0] == "Not recorded before 2 Feb 2026: new, or a new name."
    assert mended.counts[1].tolist() == [4.0] * 60
    assert mended.notes[1] == "Not recorded before 4 Aug 2025: new, or a new name."
    assert mended.filled.tolist() == [False, True, False]


def test_weeks_that_were_not_delivered_are_filled_and_named():
    counts = np.full(60, 4.0)
    counts[20:26] = 0
    mended = mend(counts)
    assert mended.counts.tolist() == [[4.0] * 60]
    assert mended.notes == ("No record from 26 May 2025 to 6 Jul 2025: taken as not delivered.",)


@pytest.mark.parametrize("which", ["rare", "three seasons", "latest"])
def test_what_chance_season_or_the_question_itself_explains_is_left(which):
    counts = np.full(60, 4.0)
    if which == "rare":
        counts[:] = np.tile([1.0, 0, 0, 0, 0], 12)
    elif which == "three seasons":
        for begin in (5, 22, 40):
            counts[begin : begin + 8] = 0
    else:
        counts[53:] = 0
    mended = mend(counts)
    assert mended.counts[0].tolist() == counts.tolist() and mended.notes == ("",)


def test_a_rise_of_one_day_is_named_and_one_of_several_is_not():
    days = pd.Index([date(2024, 6, 3), date(2024, 6, 4), date(2024, 6, 5)])
    said = describe_one_day(pd.Series([2, 20, 1], days), 23, 5.0)
    assert said == "20 of 23 fell on 4 Jun 2024: one event or an entry in bulk, and no rise without it."
    assert describe_one_day(pd.Series([8, 9, 6], days), 23, 5.0) == ""
    assert describe_one_day(pd.Series([1, 13, 1], days), 23, 5.0) != ""  # 12 of 18
    assert describe_one_day(pd.Series([1, 12, 1], days), 23, 5.0) == ""
    assert describe_one_day(pd.Series([4], days[:1]), 4, 0.1) == ""
    assert describe_one_day(pd.Series([2, 20, 1], days), 23, 23.0) == ""
    assert describe_one_day(pd.Series([], pd.Index([])), 0, 1.0) == ""


def test_neither_command_nor_page_warns_of_a_days_entry_in_bulk_nor_of_a_new_name(store):
    generator = np.random.default_rng(4)
    rows = [
        (back, name, *generator.uniform(500_000, 503_000, 2))
        for name in ("Burglary", "Drugs", "Robbery", "Theft")
        for back in generator.integers(0, 420, 500)
    ]
    rows = [(back, "Drug crime" if name == "Drugs" and back < 21 else name, *at) for back, name, *at in rows]
    rows += [(4, "Robbery", 501_100.0, 501_100.0)] * 40
    _fill(store, rows)
    found = find_warnings(DuckDBEngine(store), 1, parameters=QUICK)
    of = found.table[found.table.kind == "category"].set_index("category")
    assert of.p["Robbery"] <= found.limit and not found.table.alarm.any()
    day = LAST - timedelta(days=4)
    assert of.note["Robbery"].startswith("4") and f"fell on {day.day} Jun 2024" in of.note["Robbery"]
    place = found.table[found.table.kind == "place"].iloc[0]
    assert (place.category, place.alarm) == ("Robbery", False) and "fell on 26 Jun" in place.note
    assert of.note["Drug crime"].endswith("when Drugs fell as much: counted together with it.")
    page = compare_latest(DuckDBEngine(store), 1).table.set_index("category")
    assert page.unusual["Robbery"] == "" and page.unusual["Drug crime"] == ""
    assert page.note["Robbery"] == of.note["Robbery"] and page.note["Drug crime"] == of.note["Drug crime"]
    assert (page.note[["Burglary", "Theft"]] == "").all()
    assert page.unusual["Drugs"] == "" and "Drug crime is recorded since" in page.note["Drugs"]
