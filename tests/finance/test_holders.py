"""Holders: proposals against a slow model and against synthetic truth; decisions last."""

import numpy as np
import pandas as pd
import pytest

from analytics.finance.holder_decisions import (
    add_standing,
    group_confirmed_holders,
    latest_decisions,
    record_decision,
)
from analytics.finance.holders import FIELDS, HOUSE, HolderParameters, _describe_pair, propose_holders
from analytics.oversight import Actor, verify
from analytics.training.people import build_people
from tests.conftest import SHARED_DATA
from tests.ingest.helpers import run

ACTOR = Actor("analyst")


def city(seed, people=600, doubles=60):
    """(accounts, true pairs): people of the scenario's names, some with a second account written otherwise;
    and families who share a telephone."""
    rng = np.random.default_rng(seed)
    holders = build_people(seed, 1.0)
    at = holders.regular[:people]
    accounts = pd.DataFrame(
        {
            "reference": [f"A{i:04d}" for i in range(people)],
            "holder": [holders.holder[int(i)].as_py() for i in at],
            "phone": [holders.contact[int(i)].as_py() for i in at],
            "place": rng.choice(["Vellmouth", "Tarnwick", "Highmarle"], people),
            "address": [
                f"{rng.integers(1, 200)} {rng.choice(['Mill', 'Quay', 'Lantern', 'Saltings'])} Row"
                for _ in range(people)
            ],
            "kind": "personal",
        }
    )
    for i in range(0, 40, 2):  # families: one telephone, one address, two people
        accounts.loc[i + 1, ["phone", "address", "place"]] = accounts.loc[i, ["phone", "address", "place"]]
    second = accounts.iloc[100 : 100 + doubles].copy()
    truth = set()
    for n, row in enumerate(second.index):
        first, last = accounts.holder[row].split()
        second.loc[row, "holder"] = [
            f"{last.upper()}, {first}",
            f"{first} {last[:-1]}",
            f"{first} {last}",
            f"Mr {first} {last}",
        ][n % 4]
        second.loc[row, "reference"] = f"B{row:04d}"
        second.loc[row, ["phone", "address"][n % 2]] = None if n % 3 else "07700 900999 / 1 Else Row"
        truth.add((f"A{row:04d}", f"B{row:04d}"))
    return pd.concat([accounts, second], ignore_index=True), truth


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_synthetic_doubles_are_found_and_families_are_not(seed):
    accounts, truth = city(seed)
    found = propose_holders(accounts)
    pairs = set(zip(found.pairs.left, found.pairs.right, strict=True))
    right = len(pairs & truth)
    assert right / len(truth) >= 0.85 and right / len(pairs) >= 0.9
    families = {(f"A{i:04d}", f"A{i + 1:04d}") for i in range(0, 40, 2)}
    assert len(pairs & families) <= 1


def test_the_order_of_rows_changes_nothing_and_left_comes_first():
    accounts, _ = city(4)
    one, other = propose_holders(accounts), propose_holders(accounts.sample(frac=1, random_state=2))
    columns = ["left", "right", "weight", "why"]
    pd.testing.assert_frame_equal(one.pairs[columns], other.pairs[columns])
    assert (one.pairs.left < one.pairs.right).all()
    assert (accounts.reference[one.pairs.left_row].to_numpy() == one.pairs.left.to_numpy()).all()


def test_weights_add_up():
    accounts, _ = city(5)
    found = propose_holders(accounts, HolderParameters(min_probability=0))
    pairs = found.pairs
    assert found.compared >= len(pairs) > 60
    total = sum(pairs[f"{name}_bits"] for name in (*FIELDS, HOUSE))
    prior = pairs.weight - total  # what every pair starts from
    assert prior.max() - prior.min() < 1e-4 and prior.mean() < -5
    assert (pairs[f"{HOUSE}_bits"] <= 1e-9).all()
    for name in FIELDS:  # what is not known on one side counts nothing
        assert (pairs[f"{name}_bits"][pairs[name].isna()] == 0).all()
    assert (pairs.probability.diff().dropna() <= 1e-9).all()


def test_nothing_but_a_name_is_no_more_than_a_guess():
    accounts, _ = city(5)
    named = {"holder": "Ottoline Brackenbury", "place": "Tarnwick", "kind": "personal"}
    rows = [
        {"reference": "C1", **named, "phone": "07700 900801"},
        {"reference": "C2", **named, "phone": "07911 123456"},
        {"reference": "C3", **named, "phone": "07700 900801"},
    ]
    pairs = propose_holders(
        pd.concat([accounts, pd.DataFrame(rows)], ignore_index=True), HolderParameters(min_probability=0)
    ).pairs
    likely = pairs.set_index(["left", "right"]).probability
    assert likely["C1", "C3"] > 0.9 and likely["C1", "C2"] <= 0.5


@pytest.mark.parametrize(
    ("telephone", "address", "explanation"),
    [
        ("equal", None, "may be two people of one house (-1.2)"),
        ("different", "similar", "may be two people of one house (-1.2)"),
        ("different", "different", "may be two of one family (-1.2)"),
        (None, None, "may be two of one family (-1.2)"),
    ],
)
def test_one_house_explains_only_pairs_with_a_like_telephone_or_address(telephone, address, explanation):
    row = dict.fromkeys(FIELDS) | {"name": "close", "telephone": telephone, "address": address}
    bits = {f"{name}_bits": 0.0 for name in FIELDS} | {f"{HOUSE}_bits": -1.2}
    assert _describe_pair(row | bits).endswith(explanation)


def test_little_or_odd_data_proposes_nothing_and_does_not_fail():
    assert propose_holders(pd.DataFrame({"reference": ["A"], "holder": ["Ann Lee"]})).pairs.empty
    assert propose_holders(
        pd.DataFrame({"reference": ["A", "A", None], "holder": ["Ann Lee"] * 3})
    ).pairs.empty
    odd = pd.DataFrame({"reference": [f"A{i}" for i in range(500)], "phone": ["0123 4567890"] * 500})
    found = propose_holders(odd)
    assert found.pairs.empty and found.left_out


def test_decisions_last_supersede_and_never_merge_by_themselves(store):
    accounts, _ = city(7)
    found = propose_holders(accounts).pairs
    left, right = found.left[0], found.right[0]
    assert (
        add_standing(found, latest_decisions(store)).standing.eq("proposed").all()
        and group_confirmed_holders(latest_decisions(store)).empty
    )
    record_decision(store, ACTOR, right, left, "same", "same signature", found.weight[0])
    assert add_standing(found, latest_decisions(store)).standing.tolist()[0] == "same"
    record_decision(store, ACTOR, right, "Z9", "same", "seen together")
    record_decision(store, ACTOR, left, "Z9", "different", "two passports")
    groups = group_confirmed_holders(latest_decisions(store))
    assert (
        set(groups.account) == {left, right, "Z9"}
        and groups.group.nunique() == 1
        and groups.contradicted.all()
    )
    record_decision(store, ACTOR, left, right, "open", "a mistake")
    assert set(group_confirmed_holders(latest_decisions(store)).account) == {right, "Z9"}
    assert store.rows("SELECT count(*) AS n FROM holder_decision")[0]["n"] == 4 and verify(store)[2] is None
    for bad in (("same", " "), ("maybe", "x")):
        with pytest.raises(ValueError):
            record_decision(store, ACTOR, left, right, *bad)
    with pytest.raises(ValueError, match="two accounts"):
        record_decision(store, ACTOR, left, left, "same", "x")


@pytest.mark.skipif(not (SHARED_DATA / "reported").is_dir(), reason="the reported cases are not here")
def test_what_stands_for_nothing_is_no_evidence_and_a_couple_in_one_house_is_two_people(store):
    run(store, SHARED_DATA / "reported/acc_placeholders_family.csv", "account")
    accounts = pd.DataFrame(store.rows("SELECT * FROM account"))
    pairs = propose_holders(accounts, HolderParameters(min_probability=0.0)).pairs
    likely = pairs.set_index(["left", "right"]).probability
    assert ("A2", "A3") not in likely.index and ("A0", "A2") not in likely.index
    assert likely.get(("A10", "A9"), 0.0) < 0.5
