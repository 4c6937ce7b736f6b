"""Data that give months only: no clock, weekday, near repeat or effect by days, and each is said."""

from dataclasses import replace
from datetime import date

import pytest

from analytics.hotspots.refusal import TooFewData
from analytics.intelligence.finding_results import read_result
from analytics.intelligence.findings import Finding
from analytics.tasking.brief import MONTHS_ONLY, draft_brief
from analytics.tasking.drafts import draft_profile
from analytics.tasking.results import measure
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
