"""Holders: proposals against a slow model and against synthetic truth; decisions last."""

import math

import numpy as np
import pandas as pd
import pytest

from analytics.finance.holder_decisions import (
    add_standing,
    group_confirmed_holders,
    latest_decisions,
    record_decision,
)
from analytics.finance.holders import FIELDS, HolderParameters, propose_holders
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


def test_weights_add_up_and_are_those_of_a_plain_sum():
    accounts, _ = city(5)
    found = propose_holders(accounts, HolderParameters(min_probability=0))
    assert len(found.pairs) == found.compared
    level = found.levels.set_index(["field", "level"])
    plain = [
        " ".join(
            sorted(w for w in "".join(c if c.isalnum() else " " for c in h.lower()).split() if w != "mr")
        )
        for h in accounts.holder
    ]
    common = pd.Series(plain).value_counts()
    priors = set()
    for row in found.pairs.head(80).to_dict("records"):
        total = 0.0
        for field in FIELDS:
            if row[field] is None:
                assert row[f"{field}_bits"] == 0
                continue
            own = math.log2(level.m[field, row[field]] / level.u[field, row[field]])
            if field == "name" and row[field] == "equal":
                own = math.log2(level.m[field, "equal"] / (common[plain[row["left_row"]]] / len(plain)))
            halved = field in ("telephone", "e-mail", "address", "place") and own > 0
            assert row[f"{field}_bits"] == pytest.approx(own) or (
                halved and row[f"{field}_bits"] == pytest.approx(own / 2)
            )
            total += row[f"{field}_bits"]
        priors.add(round(row["weight"] - total, 6))
        assert row["probability"] == pytest.approx(1 / (1 + 2 ** -row["weight"]))
    assert len(priors) == 1  # what every pair starts from
    for _, group in found.levels.groupby("field"):
        assert group.m.sum() == pytest.approx(1) and group.u.sum() == pytest.approx(1)


def test_em_stands_where_expectation_and_maximum_agree():
    """At the end, m is what the pairs' own probabilities say (with the guesses' worth of ten pairs)."""
    accounts, _ = city(6)
    accounts["holder"] = accounts.holder + accounts.index.map(
        lambda i: f" x{i % 7}"
    )  # no two names equal by chance
    found = propose_holders(accounts, HolderParameters(min_probability=0))
    plain = found.pairs.assign(weight=found.pairs.weight)
    level = found.levels.set_index(["field", "level"])
    # The rarity of equal names is added after EM: take it off again.
    equal = plain.name == "equal"
    average = math.log2(level.m["name", "equal"] / level.u["name", "equal"])
    weight = plain.weight - (plain.name_bits - average).where(equal, 0)
    gamma = 1 / (1 + 2.0**-weight)
    for field, named in FIELDS.items():
        known = plain[field].notna() & ((field != "name") | (plain[field] != "different"))
        whole = 1 - (named["different"] if field == "name" else 0)
        for name, guess in named.items():
            expected = (
                (gamma[known & (plain[field] == name)].sum() + 10 * guess)
                / (gamma[known].sum() + 10 * whole)
                * whole
            )
            assert level.m[field, name] == pytest.approx(
                guess if (field, name) == ("name", "different") else expected, abs=1e-5
            )


def test_little_or_odd_data_proposes_nothing_and_does_not_fail():
    assert propose_holders(pd.DataFrame({"reference": ["A"], "holder": ["Ann Lee"]})).pairs.empty
    assert propose_holders(
        pd.DataFrame({"reference": ["A", "A", None], "holder": ["Ann Lee"] * 3})
    ).pairs.empty
    odd = pd.DataFrame({"reference": [f"A{i}" for i in range(300)], "phone": ["0123 4567890"] * 300})
    found = propose_holders(odd)
    assert found.pairs.empty and found.left_out == 1


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
def test_what_stands_for_nothing_is_no_evidence_and_a_couple_in_one_house_stays_doubtful(store):
    run(store, SHARED_DATA / "reported/acc_placeholders_family.csv", "account")
    accounts = pd.DataFrame(store.rows("SELECT * FROM account"))
    pairs = propose_holders(accounts, HolderParameters(min_probability=0.0)).pairs
    likely = pairs.set_index(["left", "right"]).probability
    assert ("A2", "A3") not in likely.index and ("A0", "A2") not in likely.index
    assert 0.05 < likely["A10", "A9"] < 0.9
