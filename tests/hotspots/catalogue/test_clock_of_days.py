"""The clock of data that give days alone says so, and no hour."""

import numpy as np

from analytics.hotspots.catalogue.clock_and_trend import _describe_days, _describe_hours
from analytics.hotspots.methods.aoristic import aoristic_clock

DAYS = np.array(["2024-03-01", "2024-03-08", "2024-03-04"], "datetime64[D]")  # two Fridays and a Monday


def test_days_name_the_fullest_weekday_and_no_hour():
    spread = aoristic_clock(
        DAYS, DAYS + np.timedelta64(1, "D"), "UTC", time_precision=np.array(["day"] * len(DAYS))
    )
    first, second = _describe_days(spread, "incidents")
    assert "no hour is known" in first and ":00" not in first + second
    assert second.startswith("The fullest weekday is Friday with 2.0 incidents")
    assert _describe_hours(spread, "incidents")[0].startswith("The fullest hour is")
