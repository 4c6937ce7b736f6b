"""Groups of accounts by behaviour, on data with groups and on data without."""

import itertools

import numpy as np
import pandas as pd
import pytest

from analytics.finance import behaviour
from analytics.finance.behaviour import BehaviourParameters, find_behaviour, prediction_strength
from tests.finance.payment_tables import table


def two_kinds(seed=0, each=40):
    """Shops that are paid small sums by many, by day, and mules who pass large sums on at night."""
    rng = np.random.default_rng(seed)
    rows = []
    for shop in range(each):
        rows += [
            (rng.integers(0, 90) + rng.uniform(0.4, 0.7), f"C{rng.integers(0, 900)}", f"SHOP{shop:02d}", 500)
            for _ in range(40)
        ]
    for mule in range(each):
        for day in rng.integers(0, 90, 12):
            rows += [
                (day + 0.95, f"BOSS{mule % 5}", f"MULE{mule:02d}", 90_000),
                (day + 1.1, f"MULE{mule:02d}", "HAND", 88_000),
            ]
    return table(rows)


def test_groups_are_those_of_what_accounts_do_and_are_described():
    rows = two_kinds()
    found = find_behaviour(rows, BehaviourParameters(max_clusters=4))
    cluster = found.accounts.set_index("account").cluster
    shops, mules = (
        cluster[[name for name in cluster.index if name.startswith(kind)]] for kind in ("SHOP", "MULE")
    )
    assert shops.nunique() == mules.nunique() == 1 and shops.iloc[0] != mules.iloc[0]
    words = found.clusters.set_index("cluster").words
    assert (
        "night" in words[mules.iloc[0]]
        or "passes on" in words[mules.iloc[0]]
        or "one hand" in words[mules.iloc[0]]
    )
    typical = found.clusters.set_index("cluster").typical[shops.iloc[0]]
    assert all(name.startswith("SHOP") for name in typical) and len(typical) == 5
    again = find_behaviour(rows.sample(frac=1, random_state=3), BehaviourParameters(max_clusters=4))
    pd.testing.assert_frame_equal(found.accounts, again.accounts)
    assert (found.accounts.cluster[found.accounts.payments < 6] == 0).all()
    some = (
        find_behaviour(rows, BehaviourParameters(max_clusters=4, max_tried=60))
        .accounts.set_index("account")
        .cluster
    )
    assert (
        some[shops.index].nunique() == some[mules.index].nunique() == 1
        and some.iloc[-1] != some[mules.index[0]]
    )


def test_data_without_groups_has_one():
    rng = np.random.default_rng(2)
    rows = [
        (d + rng.uniform(0.3, 0.9), f"A{a:02d}", f"A{b:02d}", int(s))
        for d, a, b, s in zip(
            rng.integers(0, 90, 1500),
            rng.integers(0, 80, 1500),
            rng.integers(0, 80, 1500),
            rng.lognormal(8, 1, 1500),
            strict=True,
        )
        if a != b
    ]
    assert find_behaviour(table(rows)).clusters.accounts.tolist() == [80]
    assert find_behaviour(table([(0, "A", "B", 5)])).clusters.empty


def test_prediction_strength_is_that_of_counting_pairs(monkeypatch):
    """With fixed centres, the share of pairs that stay together, pair by pair."""
    points = np.random.default_rng(1).normal(size=(30, 2))
    centres = iter([np.array([[-1.0, 0], [1, 0]]), np.array([[-0.5, -1.0], [0.5, 1]])] * 2)
    monkeypatch.setattr(behaviour, "_centres", lambda *_: next(centres))
    got = prediction_strength(points, 2, 1, 7)
    other = np.array_split(np.random.default_rng(7).permutation(30), 2)[1]
    own, foretold = (
        [min((0, 1), key=lambda k: np.hypot(*(points[p] - c[k]))) for p in other]  # noqa: B023
        for c in (np.array([[-1.0, 0], [1, 0]]), np.array([[-0.5, -1.0], [0.5, 1]]))
    )
    shares = []
    for group in (0, 1):
        pairs = list(itertools.combinations([at for at in range(len(other)) if own[at] == group], 2))
        shares.append(np.mean([foretold[a] == foretold[b] for a, b in pairs]))
    assert got == pytest.approx(min(shares))
