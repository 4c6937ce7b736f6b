"""Traces against a search of every path and a count of every penny."""

import itertools

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.finance.trace import ORDERS, TraceParameters, trace_money
from tests.examples import examples
from tests.finance.payment_tables import table


def slow_paths(rows, source, target, hops, gap, same_time):
    """Every sequence of rows tried."""
    found = set()
    for length in range(1, hops + 1):
        for path in itertools.permutations(range(len(rows)), length):
            legs = [rows[at] for at in path]
            stations = [legs[0][1], *(leg[2] for leg in legs)]
            if stations[0] != source or stations[-1] != target or len(set(stations)) != len(stations):
                continue
            if all(
                one[2] == two[1]
                and (0 <= two[0] - one[0] <= gap if same_time else 0 < two[0] - one[0] <= gap)
                for one, two in itertools.pairwise(legs)
            ):
                found.add(path)
    return found


def slow_pennies(rows, source, hops, gap, last_first):
    """Each penny by itself: {end: pennies}. Payments of one time leave before any arrives."""
    purses, ends = {}, {}
    for _, group in itertools.groupby(sorted(rows, key=lambda row: row[0]), key=lambda row: row[0]):
        arrivals = []
        for day, payer, payee, amount in group:
            if payer == payee:
                continue
            purse = purses.setdefault(payer, [])
            sent = []
            for _ in range(amount):
                if payer == source:
                    sent.append(1)
                    continue
                hop, since = purse.pop(-1 if last_first else 0) if purse else (0, day)
                if hop and day - since > gap:
                    ends[payer, "rested too long"] = ends.get((payer, "rested too long"), 0) + 1
                    hop = 0
                sent.append(hop + 1 if hop else 0)
            for hop in sent:
                if hop and (payee is None or payee == source or hop == hops):
                    reason = (
                        "taken out"
                        if payee is None
                        else "came back"
                        if payee == source
                        else "beyond the hops"
                    )
                    ends[payee, reason] = ends.get((payee, reason), 0) + 1
                    hop = 0
                arrivals.append((payee, hop, day))
        for payee, hop, day in arrivals:
            if payee is not None and payee != source:
                purses.setdefault(payee, []).append((hop, day))
    latest = max(row[0] for row in rows)
    for account, purse in purses.items():
        for hop, since in purse:
            if hop:
                reason = "rested too long" if latest - since > gap else "still there"
                ends[account, reason] = ends.get((account, reason), 0) + 1
    return ends


ACCOUNTS = st.sampled_from("ABCDE")


@settings(max_examples=examples(40))
@given(
    st.lists(st.tuples(st.integers(0, 6), ACCOUNTS, ACCOUNTS, st.integers(1, 9)), min_size=1, max_size=7),
    st.booleans(),
    st.integers(1, 4),
    st.randoms(),
)
def test_paths_are_those_of_an_exhaustive_search_whatever_the_order_of_rows(rows, same_time, hops, shuffler):
    rows = [*rows, (0, "A", "C", 5), (6, "D", "B", 5)]
    shuffler.shuffle(rows)
    found = trace_money(
        table(rows), "A", "B", TraceParameters(max_hops=hops, gap_days=3, same_time=same_time)
    )
    paths = {tuple(group.row) for _, group in found.path_payments.groupby("path")}
    assert found.complete and len(paths) == len(found.paths)
    assert paths == slow_paths(rows, "A", "B", hops, 3, same_time)


@settings(max_examples=examples(40))
@given(
    st.lists(
        st.tuples(st.integers(0, 9), ACCOUNTS, ACCOUNTS | st.none(), st.integers(1, 12)),
        min_size=1,
        max_size=25,
        unique_by=lambda row: row[:3],
    ),
    st.sampled_from(ORDERS),
    st.integers(1, 4),
)
def test_every_penny_ends_where_the_slow_count_says(rows, order, hops):
    rows = sorted(
        [*rows, (10, "A", "B", 7)], key=lambda row: (row[0], row[1], row[2] is not None, row[2] or "", row[3])
    )
    # Lots that arrive at one time are queued in the payments' order, which the slow count is given too.
    found = trace_money(table(rows), "A", None, TraceParameters(max_hops=hops, gap_days=3, order=order))
    ends = {(e.account if isinstance(e.account, str) else None, e.reason): 0 for e in found.ends.itertuples()}
    for e in found.ends.itertuples():
        ends[e.account if isinstance(e.account, str) else None, e.reason] += e.amount_minor
    assert ends == slow_pennies(rows, "A", hops, 3, order == ORDERS[1])
    paid = sum(row[3] for row in rows if row[1] == "A" and row[2] != "A")
    assert found.ends.amount_minor.sum() == paid
    assert (found.payments.traced_minor <= found.payments.amount_minor).all()


def test_a_hub_stops_the_money_and_is_reported():
    rows = [(0, "A", "SHOP", 500), (1, "SHOP", "B", 400), *((0, f"P{at}", "SHOP", 10) for at in range(9))]
    found = trace_money(table(rows), "A", "B", TraceParameters(hub_counterparties=5))
    assert found.paths.empty and found.hubs.account.tolist() == ["SHOP"]
    assert found.ends[["account", "reason", "amount_minor"]].values.tolist() == [["SHOP", "into a hub", 500]]
    assert len(trace_money(table(rows), "A", "B", TraceParameters(hub_counterparties=50)).paths) == 1


def test_what_was_there_before_goes_first_and_what_exceeds_it_is_not_the_sources():
    rows = [(0, "X", "M", 300), (1, "A", "M", 500), (2, "M", "B", 700), (3, "M", "C", 900)]
    first = trace_money(table(rows), "A", None).payments.set_index("to_account").traced_minor
    last = (
        trace_money(table(rows), "A", None, TraceParameters(order=ORDERS[1]))
        .payments.set_index("to_account")
        .traced_minor
    )
    assert first.to_dict() == {"M": 500, "B": 400, "C": 100} and last.to_dict() == {"M": 500, "B": 500}


def test_currencies_are_followed_apart_unless_dated_rates_are_given():
    rows = [(0, "A", "M", 1000, "USD"), (1, "M", "B", 800, "GBP")]
    apart = trace_money(table(rows), "A", "B")
    assert apart.ends[["reason", "currency"]].values.tolist() == [["still there", "USD"]]
    assert apart.paths.max_minor.isna().all() and len(apart.paths) == 1
    rates = pd.DataFrame({"date": ["2025-12-30"], "currency": ["USD"], "rate": ["0.805"]})
    stated = trace_money(table(rows), "A", "B", rates=rates)
    assert dict(zip(stated.ends.reason, stated.ends.amount_minor, strict=True)) == {
        "reached": 800,
        "still there": 5,
    }
    old = trace_money(table([(60, *row[1:]) for row in rows]), "M", "B", rates=rates)
    assert old.no_rate == 1


def test_bounds_are_reported():
    rows = [(0, "A", f"M{at}", 10) for at in range(6)] + [(1, f"M{at}", "B", 10) for at in range(6)]
    few = trace_money(table(rows), "A", "B", TraceParameters(max_paths=4))
    assert len(few.paths) == 4 and not few.complete
    assert not trace_money(table(rows), "A", "B", TraceParameters(max_steps=3)).complete
    assert trace_money(table(rows), "A", "B").complete and trace_money(table(rows), "A", "B").reach == 1.0
    with pytest.raises(KeyError):
        trace_money(table(rows), "A", "NOBODY")
    with pytest.raises(ValueError, match="same account"):
        trace_money(table(rows), "A", "A")
