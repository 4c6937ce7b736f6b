"""Communities of accounts: cliques found, hubs left out, nothing beyond chance in random payments."""

import itertools

import numpy as np
import pandas as pd
import pytest

from analytics.finance.communities import CommunityParameters, find_communities
from analytics.finance.payments import read_payments
from tests.finance.payment_tables import table


def test_communities_find_cliques_leave_hubs_out_and_do_not_depend_on_the_order_of_rows():
    rng = np.random.default_rng(1)
    rows = [
        (int(d), f"{g}{a}", f"{g}{b}", 100)
        for g in "XYZ"
        for a, b in itertools.permutations(range(6), 2)
        for d in rng.integers(0, 90, 2)
    ]
    rows += [(1, "X0", "Y0", 5), *((2, f"{g}{a}", "SHOP", 9) for g in "XYZ" for a in range(6))]
    parameters = CommunityParameters(hub_counterparties=12)
    found = find_communities(table(rows), parameters)
    groups = found.accounts[found.accounts.community > 0].groupby("community").account.agg(set).tolist()
    assert sorted(map(sorted, groups)) == [sorted(f"{g}{a}" for a in range(6)) for g in "XYZ"]
    assert (
        found.hubs.account.tolist() == ["SHOP"] and found.accounts.set_index("account").community["SHOP"] == 0
    )
    assert found.modularity > found.modularity_by_chance and found.above > 3
    again = find_communities(table([rows[at] for at in rng.permutation(len(rows))]), parameters)
    pd.testing.assert_frame_equal(found.accounts, again.accounts)
    pd.testing.assert_frame_equal(found.communities, again.communities)
    inside = found.communities.set_index("community")
    assert inside.payments.tolist() == [60, 60, 60]
    # Modularity by its definition.
    named = found.accounts.set_index("account").community
    data = read_payments(table(rows))
    names = data.accounts
    ties = {}
    for payer, payee in zip(names[data.table.payer], names[data.table.payee], strict=True):
        if "SHOP" not in (payer, payee):
            key = tuple(sorted((payer, payee)))
            ties[key] = ties.get(key, 0) + 1
    weight = {key: np.log1p(count) for key, count in ties.items()}
    total = sum(weight.values())
    strength = pd.Series(0.0, index=named.index)
    for (a, b), w in weight.items():
        strength[a] += w
        strength[b] += w
    inside = sum(w for (a, b), w in weight.items() if named[a] == named[b]) / total
    expected = sum((strength[named == c].sum() / (2 * total)) ** 2 for c in named[named > 0].unique())
    assert found.modularity == pytest.approx(inside - expected)


def test_random_payments_have_no_communities_beyond_chance():
    rng = np.random.default_rng(5)
    rows = [(int(d), f"A{a}", f"A{b}", 10) for d, a, b in rng.integers(0, 80, (400, 3)) if a != b]
    assert find_communities(table(rows)).above < 3
