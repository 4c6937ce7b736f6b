"""Operations: what joins, what does not, and that neither the order of the adverts nor a hub changes it."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.adverts.boilerplate import split_boilerplate
from analytics.adverts.coincidence import estimate_genuine_share
from analytics.adverts.identifiers import find_identifiers
from analytics.adverts.operations import OperationParameters, find_operations


def carried(*rows: tuple[int, str], kind: str = "phone", confidence: float = 0.97) -> pd.DataFrame:
    return pd.DataFrame(
        [(advert, kind, value, confidence) for advert, value in rows],
        columns=["advert", "kind", "value", "confidence"],
    )


def together(operation: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(operation == n).tolist()) for n in np.unique(operation[operation >= 0])}


ALONE = -1


def test_two_campaigns_with_one_number_are_one_operation():
    campaign = np.array([0, 0, 1, 1, ALONE, ALONE])
    found = find_operations(
        campaign, carried((0, "+441134960849"), (2, "+441134960849"), (4, "+441134960999"))
    )
    assert together(found.operation) == {frozenset({0, 1, 2, 3})}
    (link,) = found.links.to_dict("records")
    assert (link["left"], link["right"], link["value"], link["standing"]) == (0, 2, "+441134960849", "stands")
    assert link["weight"] > 3 and "2 unrelated groups" in link["why"]


def test_a_campaign_is_an_operation_and_an_advert_alone_is_none():
    found = find_operations(np.array([0, 0, ALONE]), carried((2, "+441134960849")))
    assert together(found.operation) == {frozenset({0, 1})}


def test_a_switchboard_joins_nobody():
    """Forty single adverts and two campaigns carry one number; a handle still joins what it should."""
    campaign = np.array([0, 0, 1, 1, *[ALONE] * 40])
    rows = carried((0, "+441134960849"), (2, "+441134960849"), *((n, "+441134960849") for n in range(4, 44)))
    handle = carried((10, "@ann"), (11, "@ann"), kind="handle")
    found = find_operations(campaign, pd.concat([rows, handle], ignore_index=True))
    assert together(found.operation) == {frozenset({0, 1}), frozenset({2, 3}), frozenset({10, 11})}
    hub = found.links[found.links.kind == "phone"]
    assert (
        set(hub.standing) == {"suppressed"}
        and hub.why.str.contains("hub").all()
        and (hub.adverts == 42).all()
    )


def test_one_number_on_many_wordings_is_no_switchboard():
    """Twelve campaigns, every advert of them on one number, are one operation; twelve lone adverts on another
    are not."""
    campaign = np.array([at // 4 for at in range(48)] + [ALONE] * 12)
    rows = [(at, "+441134960849") for at in range(48)] + [(48 + at, "+442079460111") for at in range(12)]
    assert together(find_operations(campaign, carried(*rows)).operation) == {frozenset(range(48))}


def test_few_adverts_on_one_number_are_one_operation():
    found = find_operations(np.full(5, ALONE), carried(*((n, "+441134960849") for n in range(5))))
    assert together(found.operation) == {frozenset(range(5))}


def test_coincidence_in_a_crowded_block_joins_nobody():
    """Two thousand adverts draw from four blocks of a thousand numbers: sharing is what chance gives."""
    rng = np.random.default_rng(5)
    n = 2000
    numbers = [f"+44113496{at:04d}" for at in rng.integers(0, 4000, n)]
    found = find_operations(np.full(n, ALONE), carried(*enumerate(numbers)))
    assert (found.operation >= 0).mean() < 0.02
    pair = np.array([0, 0, 0, 1, 1, 1, *[ALONE] * n])
    both = find_operations(
        pair,
        carried(
            (0, "+441134960000"),
            (3, "+441134960000"),
            *((at + 6, v) for at, v in enumerate(numbers) if v != "+441134960000"),
        ),
    )
    assert frozenset(range(6)) in together(both.operation)


def test_a_block_so_crowded_that_every_number_looks_like_a_hub_joins_nobody():
    """Twelve hundred adverts and thirty campaigns draw from a block of a hundred: each number has some
    fifteen carriers."""
    rng = np.random.default_rng(6)
    campaign = np.concatenate([np.repeat(np.arange(30), 8), np.full(1200, ALONE)])
    drawn = np.concatenate([np.repeat(rng.integers(0, 100, 60), 4), rng.integers(0, 100, 1200)])
    numbers = [f"+120255501{at:02d}" for at in drawn]
    found = find_operations(campaign, carried(*enumerate(numbers)))
    assert len(together(found.operation)) == 30 and (found.operation[240:] < 0).all()


def test_a_wording_that_many_unrelated_people_use_holds_nobody_together():
    """Twenty people post one text twice each, three post another in turns; one of the twenty has an advert of
    its own too."""
    campaign = np.array([0] * 42 + [1] * 12 + [ALONE])
    numbers = (
        [f"+4411349600{at // 2:02d}" for at in range(40)]
        + [None, None]
        + [f"+4411349608{at % 3:02d}" for at in range(12)]
        + ["+441134960007"]
    )
    found = find_operations(campaign, carried(*((at, n) for at, n in enumerate(numbers) if n)))
    pairs = {frozenset({at, at + 1}) for at in range(0, 40, 2)} - {frozenset({14, 15})}
    assert together(found.operation) == pairs | {frozenset({14, 15, 54}), frozenset(range(42, 54))}
    said = found.links[found.links.kind == "common wording"]
    assert len(said) == 20 and (said.right == -1).all() and (said.standing == "suppressed").all()
    assert (
        "20 unrelated sets of contacts use it, on 42 adverts" in said.why.iloc[0] and (said.weight < 0).all()
    )


def test_a_few_strangers_do_not_make_an_organisers_wording_common():
    campaign = np.zeros(60, int)
    numbers = [f"+44113496{7000 + at % 3 if at < 50 else at:04d}" for at in range(60)]
    found = find_operations(campaign, carried(*enumerate(numbers)))
    assert together(found.operation) == {frozenset(range(60))}


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(0, 12)), min_size=1, max_size=60), st.floats(1, 9))
def test_common_wordings_fall_apart_as_counted_by_hand(adverts, most):
    campaign = np.array([c for c, _ in adverts])
    identifiers = carried(*((at, f"+4411349600{v:02d}") for at, (_, v) in enumerate(adverts) if v))
    found, told = split_boilerplate(campaign, identifiers, most)
    expected = {}
    for c in set(campaign.tolist()) - {-1}:
        members = [at for at in range(len(adverts)) if campaign[at] == c]
        groups = {}
        for at in members:
            if adverts[at][1]:
                groups.setdefault(adverts[at][1], set()).add(at)
        shares = [len(held) / sum(map(len, groups.values())) for held in groups.values()]
        if math.exp(-sum(share * math.log(share) for share in shares)) > most:
            expected |= {at: held for held in groups.values() for at in held}
        else:
            expected |= {at: set(members) for at in members}
    for at in range(len(adverts)):
        mine = {other for other in range(len(adverts)) if found[at] >= 0 and found[other] == found[at]}
        assert mine == expected.get(at, set())
    assert told.campaign.isin(found).all() and (told.groups > most).all()


def test_expected_sharing_is_the_birthday_problems():
    """500 of 1,000 numbers: 1,000 (1 - (1 - 1/1000)^500) = 393.6 different ones, so 106.4 repeats."""
    from analytics.adverts.coincidence import _repeats

    assert _repeats(pd.Series([500.0]), pd.Series([1000.0]))[0] == pytest.approx(
        500 - 1000 * (1 - 0.999**500)
    )
    draws = np.random.default_rng(0).integers(0, 1000, (200, 500))
    seen = np.mean([500 - len(np.unique(row)) for row in draws])
    assert _repeats(pd.Series([500.0]), pd.Series([1000.0]))[0] == pytest.approx(seen, rel=0.03)


def test_a_doubtful_reading_links_weakly():
    rows = carried((0, "+441134960849"), (1, "+441134960849"), confidence=0.7)
    found = find_operations(np.full(2, ALONE), rows)
    assert together(found.operation) == set()
    two = pd.concat([rows, carried((0, "@ann"), (1, "@ann"), kind="handle", confidence=0.7)])
    assert together(find_operations(np.full(2, ALONE), two).operation) == {frozenset({0, 1})}


def test_a_decision_stays_whatever_the_identifiers_say():
    campaign = np.array([0, 0, 1, 1, ALONE, ALONE])
    rows = carried(
        (0, "+441134960849"),
        (2, "+441134960849"),
        (1, "+441144960111"),
        (4, "+441144960111"),
        (4, "+441154960222"),
        (2, "+441154960222"),
    )
    free = find_operations(campaign, rows)
    assert together(free.operation) == {frozenset({0, 1, 2, 3, 4})}
    cut = find_operations(campaign, rows, [(1, 3, "cut")])
    assert cut.operation[0] != cut.operation[2] or cut.operation[0] < 0
    assert (cut.links[(cut.links.left == 0) & (cut.links.right == 2)].standing == "cut").all()
    joined = find_operations(campaign, rows, [(4, 5, "confirm")])
    assert joined.operation[5] == joined.operation[0] >= 0
    again = find_operations(campaign, rows, [(1, 3, "cut"), (1, 3, "confirm")])
    assert again.operation[0] == again.operation[2]


def test_a_weak_link_does_not_join_two_large_groups():
    """Two chains of thirty adverts, held by handles, and one doubtful number between them."""
    rows = [(n + side * 30, f"@h{side}_{n}") for side in (0, 1) for n in range(30)]
    rows += [(n + 1 + side * 30, f"@h{side}_{n}") for side in (0, 1) for n in range(29)]
    handles = carried(*rows, kind="handle", confidence=0.99)
    bridge = carried((3, "+441134960849"), (40, "+441134960849"), confidence=0.85)
    found = find_operations(np.full(60, ALONE), pd.concat([handles, bridge], ignore_index=True))
    assert together(found.operation) == {frozenset(range(30)), frozenset(range(30, 60))}
    assert "all that holds" in found.links[found.links.kind == "phone"].why.iloc[0]


@pytest.mark.parametrize("length", [3, 4, 10, 40])
def test_a_chain_of_weak_links_joins_nobody_beyond_a_neighbour(length):
    """Adverts in a row, each of which shares a doubtful number with the next and another with the one
    before."""
    rows = [(n + side, f"+44113496{n:04d}") for n in range(length - 1) for side in (0, 1)]
    found = find_operations(np.full(length, ALONE), carried(*rows, confidence=0.83))
    assert found.operation.max() >= 0 and max(map(len, together(found.operation))) == 2
    standing = found.links.standing == "stands"
    assert standing.any() and found.links[~standing].why.str.contains("all that holds").all()


def test_a_chain_of_sure_links_is_one_operation_and_one_weak_link_may_join_two():
    sure = carried(
        *[(n + side, f"@h{n}") for n in range(9) for side in (0, 1)], kind="handle", confidence=0.99
    )
    weak = carried((9, "+441134960849"), (10, "+441134960849"), confidence=0.83)
    found = find_operations(np.full(11, ALONE), pd.concat([sure, weak], ignore_index=True))
    assert together(found.operation) == {frozenset(range(11))}
    further = carried((10, "+441134960848"), (11, "+441134960848"), confidence=0.83)
    found = find_operations(np.full(12, ALONE), pd.concat([sure, weak, further], ignore_index=True))
    assert together(found.operation) == {frozenset(range(11))}, (
        "the twelfth shares nothing with the first ten"
    )


def test_people_who_all_share_one_doubtful_number_need_no_path():
    found = find_operations(
        np.full(3, ALONE), carried(*[(n, "+441134960849") for n in range(3)], confidence=0.83)
    )
    assert together(found.operation) == {frozenset(range(3))}


def test_two_weak_links_between_the_same_two_are_as_good_as_a_strong_one():
    pairs = [(n + side, f"+4411349{k}{n:04d}") for n in range(4) for k in (60, 61) for side in (0, 1)]
    found = find_operations(np.full(5, ALONE), carried(*pairs, confidence=0.83))
    assert together(found.operation) == {frozenset(range(5))}


def test_a_confirmed_pair_carries_a_weak_link_on():
    rows = carried((0, "+441134960849"), (1, "+441134960849"), confidence=0.83)
    found = find_operations(np.full(3, ALONE), rows, [(1, 2, "confirm")])
    assert together(found.operation) == {frozenset(range(3))}


def test_a_cut_makes_no_other_link_stand():
    """The chains again: two adverts cut out of one are few enough for the doubtful number, and still do not
    follow it."""
    rows = [(n + side * 30, f"@h{side}_{n}") for side in (0, 1) for n in range(30)]
    rows += [(n + 1 + side * 30, f"@h{side}_{n}") for side in (0, 1) for n in range(29)]
    handles = carried(*rows, kind="handle", confidence=0.99)
    bridge = carried((3, "+441134960849"), (40, "+441134960849"), confidence=0.85)
    decisions = [(1, 2, "cut"), (3, 4, "cut")]
    found = find_operations(np.full(60, ALONE), pd.concat([handles, bridge], ignore_index=True), decisions)
    assert together(found.operation) == {
        frozenset({0, 1}),
        frozenset({2, 3}),
        frozenset(range(4, 30)),
        frozenset(range(30, 60)),
    }


def test_nothing_to_go_on():
    empty = carried()
    assert (find_operations(np.full(3, ALONE), empty).operation == -1).all()
    assert len(find_operations(np.array([], np.int64), empty).table) == 0
    with pytest.raises(ValueError, match="least"):
        OperationParameters(minimum_probability=1.5)


def _synthetic(shared_data, name="synth_ads_2000_short.csv"):
    frame = pd.read_csv(shared_data / "adverts" / name, dtype=str)
    rows = [
        (at, i.kind, i.value, i.confidence)
        for at, text in enumerate(frame.text)
        for i in find_identifiers(text)
    ]
    return frame, pd.DataFrame(rows, columns=["advert", "kind", "value", "confidence"])


def test_truth_of_the_made_up_adverts_and_any_order(shared_data):
    frame, identifiers = _synthetic(shared_data)
    phones = identifiers[identifiers.kind == "phone"]
    true = frame.phone.where(frame.phone.str.startswith("+"), "+44" + frame.phone.str[1:]).to_numpy()
    right = (true[phones.advert] == phones.value.to_numpy()).sum()
    assert right / len(frame) >= 0.95 and right / len(phones) >= 0.98

    campaign, operation = frame.cluster.astype(int).to_numpy(), frame.operation.astype(int).to_numpy()
    found = find_operations(campaign, identifiers)
    precision, recall = pair_scores(operation, found.operation)
    assert precision >= 0.98 and recall >= 0.95
    order = np.random.default_rng(2).permutation(len(frame))
    place = np.argsort(order)
    moved = find_operations(campaign[order], identifiers.assign(advert=place[identifiers.advert]))
    assert pair_scores(found.operation[order], moved.operation) == (1, 1)


def pair_scores(true: np.ndarray, found: np.ndarray) -> tuple[float, float]:
    """Pair precision and recall over adverts of an operation."""

    def pairs(labels):
        counts = pd.Series(labels).value_counts()
        return float((counts * (counts - 1) / 2).sum())

    both = (true >= 0) & (found >= 0)
    hits = pairs([f"{a} {b}" for a, b in zip(true[both], found[both], strict=True)])
    return hits / pairs(found[found >= 0]), hits / pairs(true[true >= 0])


def test_shares_of_empty_blocks_are_defined():
    one = carried((0, "+441134960849")).assign(identifier=0, unit=0, several=False)
    shares, by_chance = estimate_genuine_share(one)
    assert all(np.isfinite(values).all() for values in shares.values()) and by_chance[0] == 0
