"""Distinct combinations of values of rows."""

import numpy as np

from analytics.ingest.distinct import find_distinct


def test_each_combination_has_one_code_in_the_order_of_first_coming():
    x = np.array([1.5, np.nan, 1.5, 2.0, np.nan])
    y = np.array([0, 1, 0, 0, 1], np.int32)
    distinct = find_distinct([x, y])
    assert distinct.codes.tolist() == [0, 1, 0, 2, 1]
    assert distinct.first.tolist() == [0, 1, 3]
    assert find_distinct([x]).codes.tolist() == [0, 1, 0, 2, 1]
    assert find_distinct([np.array([], np.int64)]).first.tolist() == []


def test_combinations_whose_mixtures_agree_are_told_apart(monkeypatch):
    monkeypatch.setattr("analytics.ingest.distinct._SPREADS", np.uint64(1))  # 1 ^ 2 is 2 ^ 1
    distinct = find_distinct([np.array([1, 2, 1, 1]), np.array([2, 1, 2, 1])])
    assert distinct.codes.tolist() == [0, 1, 0, 2] and distinct.first.tolist() == [0, 1, 3]
