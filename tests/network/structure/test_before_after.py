"""A network before and after a day, against networks written out by hand."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from analytics.network.structure.before_after import (
    EARLY,
    LEFT,
    LESS,
    SAME,
    STEPPED_IN,
    STILL,
    UNJUDGED,
    compare_windows,
)

START = date(2026, 7, 1)
LAST = START + timedelta(days=41)
# Two groups of five that 'x' alone joins, and 'y' who knows one of them.
GROUPS = [
    *[(f"a{i}", f"a{k}") for i in range(5) for k in range(i)],
    *[(f"b{i}", f"b{k}") for i in range(5) for k in range(i)],
]
BRIDGE = [("x", "a0"), ("x", "a1"), ("x", "b0"), ("x", "b1"), ("y", "a0")]


def _contacts(before, after, *, every=6, windows=7):
    """Each tie `every` days, for so many windows of 42 days before the action and one after it."""
    rows = []
    for offset in range(-42 * windows, 42, every):
        for one, two in after if offset >= 0 else before:
            rows.append((one, two, pd.Timestamp(START) + pd.Timedelta(days=offset)))
    return pd.DataFrame(rows, columns=["one", "two", "day"])


def test_whoever_joined_it_left_and_it_hangs_together_less():
    found = compare_windows(_contacts(GROUPS + BRIDGE, GROUPS), START, LAST)
    became = found.nodes.set_index("node").became
    assert became["x"] == LEFT and became["y"] == LEFT and became["a2"] == STILL
    rows = found.measures.set_index("measure")
    assert (rows.before["fragments"], rows.after["fragments"]) == (1, 2)
    assert (rows.before["nodes"], rows.after["nodes"], rows.usual["nodes"]) == (12, 10, 12)
    assert found.earlier == 6


def _reach(ties):
    """The mean of 1 / distance over all ordered pairs, breadth first, one node after another."""
    near = {}
    for one, two in ties:
        near.setdefault(one, set()).add(two)
        near.setdefault(two, set()).add(one)
    total = 0.0
    for start in near:
        seen, ahead, steps = {start}, {start}, 0
        while ahead:
            steps += 1
            ahead = set().union(*(near[node] for node in ahead)) - seen
            seen |= ahead
            total += len(ahead) / steps
    return total / (len(near) * (len(near) - 1))


def test_efficiency_is_the_mean_of_one_over_the_distance():
    rows = compare_windows(_contacts(GROUPS + BRIDGE, GROUPS), START, LAST).measures.set_index("measure")
    assert rows.before["efficiency"] == pytest.approx(_reach(GROUPS + BRIDGE))
    assert rows.after["efficiency"] == pytest.approx(_reach(GROUPS))


def test_half_of_the_ties_gone_is_called_and_nothing_done_is_not():
    rng = np.random.default_rng(3)
    names = [f"n{at:02}" for at in range(24)]
    ties = [(one, two) for at, one in enumerate(names) for two in names[at + 1 :] if rng.random() < 0.22]
    usual = [tie for tie in ties if rng.random() < 0.95]
    fallen = compare_windows(_contacts(usual, usual[: len(usual) // 3]), START, LAST)
    assert fallen.verdict == LESS and fallen.p < 0.05
    same = compare_windows(_contacts(usual, usual), START, LAST)
    assert same.verdict == SAME and same.p == 1


def test_who_takes_the_bridge_over_stepped_in():
    heir = [("y", "a0"), ("y", "a1"), ("y", "b0"), ("y", "b1")]
    found = compare_windows(_contacts(GROUPS + BRIDGE, GROUPS + heir), START, LAST)
    became = found.nodes.set_index("node").became
    assert became["x"] == LEFT and became["y"] == STEPPED_IN
    assert found.verdict == SAME and found.measures.set_index("measure").after["fragments"] == 1


def test_what_cannot_be_judged_says_why():
    contacts = _contacts(GROUPS + BRIDGE, GROUPS)
    early = compare_windows(contacts, START, START + timedelta(days=9))
    assert early.verdict == EARLY and "judge from 21 Jul 2026" in early.why
    short = compare_windows(_contacts(GROUPS + BRIDGE, GROUPS, windows=2), START, LAST)
    assert short.verdict == UNJUDGED and "1 earlier change" in short.why and np.isnan(short.p)
    small = compare_windows(_contacts(GROUPS[:3], GROUPS[:2]), START, LAST)
    assert small.verdict == UNJUDGED and "8 nodes" in small.why


def test_the_same_contacts_give_the_same_answer_in_any_order():
    contacts = _contacts(GROUPS + BRIDGE, GROUPS)
    one = compare_windows(contacts, START, LAST)
    other = compare_windows(contacts.iloc[::-1].rename(columns={"one": "two", "two": "one"}), START, LAST)
    assert one.p == other.p and one.nodes.equals(other.nodes)
