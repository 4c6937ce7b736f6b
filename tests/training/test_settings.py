"""Local times of the invented city as UTC."""

import numpy as np

from analytics.training.settings import convert_to_utc, first_day


def test_the_hour_that_does_not_exist_moves_on():
    day = (np.datetime64("2026-03-29") - np.datetime64(first_day())).astype(int)
    moved = convert_to_utc(np.array([day]), np.array([90]))  # 01:30, skipped that night
    assert moved[0] == np.datetime64("2026-03-29T01:00")
