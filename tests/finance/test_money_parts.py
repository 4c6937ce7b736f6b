"""Balances, corridors, joins, roles and communities against slow or hand-made answers."""

import itertools
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.finance.balances import BalanceParameters, bound_balances, list_assets
from analytics.finance.communities import CommunityParameters, find_communities
from analytics.finance.corridors import UNKNOWN, CorridorParameters, list_corridor_payments, sum_corridors
from analytics.finance.cross_domain_links import JoinParameters, join_accounts
from analytics.finance.lifo_matching import match_passed_on
from analytics.finance.payments import read_payments
from analytics.finance.roles import find_roles
from tests.finance.test_trace import START, table

ACCOUNTS = st.sampled_from("ABCD")
ROWS = st.lists(
    st.tuples(st.integers(0, 5), ACCOUNTS, ACCOUNTS | st.none(), st.integers(1, 30)), min_size=1, max_size=12
)


@settings(max_examples=30)
@given(ROWS, st.integers(0, 15))
def test_the_balance_bound_is_the_least_opening_that_keeps_every_account_above_its_limit(rows, overdraft):
    found = bound_balances(table(rows), START + pd.Timedelta(days=4), parameters=BalanceParameters(overdraft))
    for row in found.itertuples():
        moves = {}
        for day, payer, payee, amount in rows:
            if day <= 4 and payer != payee:
                moves[day] = moves.get(day, 0) + amount * ((payee == row.account) - (payer == row.account))
        running = [0, *itertools.accumulate(moves[day] for day in sorted(moves))]
        least = next(o for o in range(-overdraft, 400) if all(o + level >= -overdraft for level in running))
        assert row.opening_at_least == least and row.balance_at_least == least + sum(moves.values())
        assert row.in_minor - row.out_minor == sum(moves.values())


def test_a_declared_balance_replaces_the_bound_and_counts_from_the_end_of_its_day():
    rows = table([(0, "A", "B", 100), (1.5, "B", "C", 30), (2, "B", "C", 10)])
    accounts = pd.DataFrame(
        {
            "reference": ["B"],
            "balance_minor": [500],
            "currency": ["GBP"],
            "balance_on": [datetime(2026, 1, 2)],
        }
    )
    held = bound_balances(rows, datetime(2026, 1, 9), accounts).set_index("account")
    assert held.balance_at_least["B"] == 490 and held.basis["B"] == "declared on 2026-01-02"
    assert held.balance_at_least["A"] == 0 and held.opening_at_least["A"] == 100
    early = bound_balances(rows, datetime(2026, 1, 1, 12), accounts).set_index("account")
    assert early.balance_at_least["B"] == 100 and early.basis["B"] == "payments seen"


def test_assets_are_what_was_bought_until_the_date():
    rows = table([(0, "A", "S", 900), (5, "A", "S", 800)]).assign(
        merchant_category=["Jewellery", "jewellery"]
    )
    assert list_assets(rows, datetime(2026, 1, 2)).amount_minor.tolist() == [900]
    with pytest.raises(ValueError, match="merchant_category"):
        list_assets(table([(0, "A", "S", 900)]), datetime(2026, 1, 2))


def test_corridors_keep_currencies_and_gaps_apart():
    rows = table([(0, "A", "B", 100), (1, "A", "B", 50, "USD"), (2, "A", "C", 10), (3, "X", "B", 7)])
    rows["place"] = ["Tarnwick", " TARNWICK ", None, None]
    accounts = pd.DataFrame({"reference": ["A", "C"], "place": ["Vellmouth", "Dunvar"]})
    flows = sum_corridors(rows, accounts)
    got = {(f["from"], f["to"], f.currency): f.amount_minor for _, f in flows.iterrows()}
    assert got == {
        ("Vellmouth", "Tarnwick", "GBP"): 100,
        ("Vellmouth", "Tarnwick", "USD"): 50,
        ("Vellmouth", "Dunvar", "GBP"): 10,
        (UNKNOWN, UNKNOWN, "GBP"): 7,
    }
    rates = pd.DataFrame({"date": ["2026-01-01"], "currency": ["USD"], "rate": ["0.5"]})
    one = sum_corridors(rows, accounts, rates=rates).set_index(["from", "to"]).loc[("Vellmouth", "Tarnwick")]
    assert one.amount_minor == 125
    own = list_corridor_payments(rows, accounts, rates=rates)
    assert own[(own["from"] == "Vellmouth") & (own.to == "Tarnwick")].row.tolist() == [0, 1]
    assert flows.groupby("currency").share.sum().round(9).eq(1).all()
    with pytest.raises(ValueError, match="level"):
        CorridorParameters(level="street")


def test_accounts_join_by_identifier_and_a_switchboard_names_nobody():
    accounts = pd.DataFrame(
        {
            "reference": ["A", "B", "C"],
            "holder": ["Dr Ann Lee", "Bo", None],
            "phone": ["07700 900123", "+44 7700 900123", None],
            "email": [None, "x@example.org", None],
            "address": ["12 Mill Row", None, "Mill Row"],
        }
    )
    adverts = pd.DataFrame({"contact": ["07700900123\nX@Example.org", None]})
    premises = pd.DataFrame({"holder": ["LEE Ann"], "address": ["12, mill row"]})
    found = join_accounts(accounts, adverts, premises, pd.DataFrame({"place": ["Mill Row"]}))
    assert {tuple(row) for row in found[["account", "table", "by"]].values} == {
        ("A", "advert", "telephone"),
        ("B", "advert", "telephone"),
        ("B", "advert", "e-mail"),
        ("A", "premises", "name"),
        ("A", "premises", "address"),
    }
    assert found.shared_accounts[found.by == "telephone"].tolist() == [2, 2]
    few = join_accounts(accounts, adverts, parameters=JoinParameters(max_shared=1))
    assert few.by.tolist() == ["e-mail"] and few.attrs["left_out"] == 1


def slow_passed_on(payments, window):
    """Last in, first out, a penny at a time."""
    purses, pieces = {}, {}
    events = sorted(
        [
            (p.time, 0, at, p.payee, p.currency, p.amount_minor)
            for at, p in enumerate(payments.itertuples())
            if p.payer != p.payee
        ]
        + [
            (p.time, 1, at, p.payer, p.currency, p.amount_minor)
            for at, p in enumerate(payments.itertuples())
            if p.payer != p.payee
        ]
    )
    for time, debit, at, account, money, amount in events:
        purse = purses.setdefault((account, money), [])
        for _ in range(amount):
            if not debit:
                purse.append((at, time))
            elif purse and time - purse[-1][1] <= window:
                credit, _ = purse.pop()
                pieces[credit, at] = pieces.get((credit, at), 0) + 1
            else:
                purse.clear()
    return pieces


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(0, 6), ACCOUNTS, ACCOUNTS, st.integers(1, 9), st.sampled_from(["GBP", "USD"])),
        min_size=1,
        max_size=15,
    )
)
def test_money_passed_on_is_that_of_a_penny_by_penny_count(rows):
    data = read_payments(table(rows))
    window = pd.Timedelta(days=2)
    found = match_passed_on(data.table, np.arange(len(data.accounts)), window)
    assert {(r.credit, r.debit): r.amount_minor for r in found.itertuples()} == slow_passed_on(
        data.table, window
    )


def test_roles_are_those_of_plain_examples():
    rows = [(d, f"P{d}", "COLLECT", 100 + d) for d in range(8)] + [(9, "COLLECT", "BOSS", 700)]
    rows += [(d, "EMPLOYER", f"W{d}", 900) for d in range(8)]
    rows += [(d + 0.1, "SRC", "MULE", 500) for d in range(0, 12, 2)] + [
        (d + 0.5, "MULE", "HAND", 480) for d in range(0, 12, 2)
    ]
    rows += [(d, "HAND2", "CASH", 300) for d in range(0, 20, 4)] + [
        (d + 1, "CASH", None, 290) for d in range(0, 20, 4)
    ]
    found = find_roles(table(rows)).set_index("account")
    wanted = {
        "COLLECT": "collector",
        "EMPLOYER": "distributor",
        "MULE": "mule",
        "CASH": "cash-out",
        "SRC": "payer",
        "BOSS": "beneficiary",
    }
    assert found.role[list(wanted)].to_dict() == wanted
    assert found.confidence["MULE"] > 0.7 > found.confidence["BOSS"]
    assert found.label["MULE"] == "mule" and found.label["BOSS"] == "not clear"
    assert found.why["BOSS"] == "too few payments to be sure: 1 payment; it is paid (1×) and hardly pays"
    assert (
        find_roles(table(rows[::-1]), only=["MULE"]).iloc[0].to_dict()
        == found.reset_index().loc[lambda f: f.account == "MULE"].iloc[0].to_dict()
    )
    with pytest.raises(KeyError):
        find_roles(table(rows), only=["NOBODY"])


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


def test_shares_of_roles_are_by_amount_within_a_currency_and_by_payments_between_them():
    rows = [(0, "X", "A", 100), (0.5, "A", "B", 90), (1, "A", "C", 10), (2, "A", "C", 7, "USD")]
    found = find_roles(table(rows)).set_index("account").loc["A"]
    assert found.top_payee == pytest.approx(
        max(2 / 3 * 0.9, 2 / 3 * 0.1 + 1 / 3)
    ) and found.passed == pytest.approx(1.0)
    assert (found.payers, found.payees, found.credits, found.debits) == (1, 2, 1, 3)
