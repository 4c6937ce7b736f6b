"""Data that give months only: no clock, weekday, near repeat or effect by days, and each is said."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from analytics.hotspots.refusal import TooFewData
from analytics.intelligence.finding_results import read_result
from analytics.intelligence.findings import Finding
from analytics.tasking.brief import MONTHS_ONLY, draft_brief
from analytics.tasking.drafts import draft_profile
from analytics.tasking.effect import FEWER
from analytics.tasking.results import count_weeks, measure
from tests.tasking.test_results import fill

MONTHS = [f"{2017 + k // 12}-{k % 12 + 1:02d}-01" for k in range(26)]


def monthly_finding(last_months: int) -> Finding:
    trend = [{"period": month, "count": 20 if k < 23 else last_months} for k, month in enumerate(MONTHS)]
    result = read_result(
        {
            "kind": "hotspot",
            "focus": {"label": "Kiln Row", "lon": 0.0, "lat": 51.0, "count": 131, "previous_count": 115},
            "hours": None,
            "hours_unknown": 131,
            "dates": "month",
            "trend": trend,
        }
    )
    return Finding(
        "Busiest",
        "It stands out.",
        "Gi*",
        {},
        1,
        1,
        date(2018, 3, 1),
        date(2019, 2, 1),
        result,
        "low",
        "a count",
        "none",
    )


def test_a_brief_and_a_profile_refuse_hours_in_words():
    finding = monthly_finding(20)
    profile = draft_profile([finding], [1])
    brief = draft_brief([finding], [1], profile, date(2019, 4, 1))
    assert brief.when.startswith(f"Mar 2018 to Feb 2019. {MONTHS_ONLY}")
    assert any(MONTHS_ONLY in text for text in profile.values())
    assert not any(":00 to " in text for text in [brief.when, *profile.values()])


@pytest.mark.parametrize(("count", "words"), [(20, "within chance"), (60, "more than chance would give")])
def test_why_now_is_the_last_months_and_not_a_year_against_a_year(count, words):
    finding = monthly_finding(count)
    brief = draft_brief([finding], [1], {}, date(2019, 4, 1))
    assert "3 months to 28 Feb 2019" in brief.why_now and words in brief.why_now
    assert "115" not in brief.why_now
    short = replace(finding, result=finding.result.model_copy(update={"trend": finding.result.trend[-5:]}))
    assert "too few months lie before" in draft_brief([short], [1], {}, date(2019, 4, 1)).why_now


def test_an_effect_by_days_is_refused(store):
    fill(store)
    with store.write() as cursor:
        cursor.execute("UPDATE incident SET time_precision = 'month'").fetchall()
    with pytest.raises(TooFewData, match="give months only"):
        measure(store, 1)


def _date_to_month(store, where: str) -> int:
    """Make the dates of these incidents known to the month only, as an import would; how many."""
    with store.write() as cursor:
        return cursor.execute(
            "UPDATE incident SET time_precision = 'month', local_date = date_trunc('month', local_date),"
            f" occurred_from = date_trunc('month', occurred_from) WHERE {where}"
        ).fetchone()[0]


def test_a_few_rows_of_months_are_left_out_and_said(store):
    fill(store)
    target, whole = measure(store, 1)
    x, y = target.outline.centroid.coords[0]
    elsewhere = f"abs(x - {x}) > 2000 AND row_number % 60 = 0"
    changed = _date_to_month(store, elsewhere)
    with store.write() as cursor:  # far away, and of another time than the comparison's: not counted
        cursor.execute(
            "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to,"
            " time_precision, local_date, x, y) SELECT 1, 900000, 1, 'Burglary', d, d, 'month', d, 0, 0"
            " FROM (SELECT DATE '2019-01-01' AS d)"
        ).fetchall()
    _, effect = measure(store, 1)
    assert changed > 10 and effect.verdict == whole.verdict == FEWER
    assert "known to the month only, are left out." in effect.why
    year = store.rows(
        "SELECT count(*) AS n FROM incident WHERE time_precision = 'month' AND last_day(local_date) >= ?",
        [target.start - timedelta(days=364)],
    )[0]["n"]
    assert f" {year} incidents, whose" in effect.why


@pytest.mark.parametrize("where", ["local_date >= DATE '{start}'", "true"])
def test_many_rows_of_months_before_or_after_are_refused_with_their_number(store, where):
    fill(store)
    start = measure(store, 1)[0].start
    _date_to_month(store, f"{where.format(start=start)} AND row_number % 8 = 0")
    with pytest.raises(TooFewData, match=r"Of [\d,]+ incidents in the area [\d,]+ give months only"):
        measure(store, 1)


def test_rows_of_months_at_the_place_itself_are_refused_though_they_are_few_in_the_area(store):
    fill(store)
    target, _ = measure(store, 1)
    west, south, east, north = target.outline.bounds
    inside = f"x BETWEEN {west} AND {east} AND y BETWEEN {south} AND {north}"
    _date_to_month(store, f"{inside} AND local_date >= DATE '{target.start}'")
    with pytest.raises(TooFewData, match=r"Of (\d+) incidents? at the place \1 give"):
        measure(store, 1)


def test_weeks_are_not_drawn_of_months(store):
    fill(store)
    target, _ = measure(store, 1)
    assert len(count_weeks(store, target)) > 10
    _date_to_month(store, "true")
    assert count_weeks(store, target).empty
