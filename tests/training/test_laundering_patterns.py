"""Laundering typologies have the shape that they are named after; look-alikes carry no label."""

from analytics.training.settings import read_settings
from tests.training.city_files import read_payments, read_truth


def test_every_typology_has_the_shape_of_its_name(city_files):
    rows, truth = read_payments(city_files), read_truth(city_files)
    found = {}
    for item in truth["typologies"]:
        own = rows[rows.planted == item["name"]]
        assert len(own) == item["payments"] and item["network"]
        assert set(own.from_account) | set(own.to_account) == set(item["accounts"])
        found[item["kind"]] = (own, item["accounts"][0])
    assert len(found) == 8 + 6  # cycles of 3 to 8
    own, hub = found["fan-in"]
    assert (own.to_account == hub).all() and own.from_account.nunique() >= 9
    own, hub = found["fan-out"]
    assert (own.from_account == hub).all() and own.to_account.nunique() >= 9
    own, hub = found["gather-scatter"]
    into, out = own[own.to_account == hub], own[own.from_account == hub]
    assert len(into) + len(out) == len(own) and into.occurred_at.max() < out.occurred_at.min()
    assert 0.9 < out.amount_minor.sum() / into.amount_minor.sum() < 1
    own, source = found["scatter-gather"]
    first, second = own[own.from_account == source], own[own.from_account != source]
    assert second.to_account.nunique() == 1 and set(second.from_account) == set(first.to_account)
    for length in range(3, 9):
        own, _ = found[f"cycle of {length}"]
        assert len(own) == own.from_account.nunique() == length and own.occurred_at.is_monotonic_increasing
        assert own.to_account.tolist() == own.from_account.tolist()[1:] + own.from_account.tolist()[:1]
    own, mule = found["rapid pass-through"]
    for onward in own[own.from_account == mule].itertuples():
        before = own[(own.to_account == mule) & (own.occurred_at < onward.occurred_at)]
        assert ((onward.occurred_at - before.occurred_at).dt.total_seconds() <= 5 * 3600).any()
    own, _ = found["structuring"]
    line = read_settings()["typologies"]["line"] * 100
    assert own.amount_minor.between(0.85 * line, line - 1).all() and len(own) >= 9
    own, funnel = found["funnel account"]
    assert own[own.to_account == funnel].place.nunique() >= 3
    own, woken = found["dormant then busy"]
    touched = rows[(rows.from_account == woken) | (rows.to_account == woken)]
    assert len(touched) == len(own)  # nothing before, nothing after


def test_innocent_lookalikes_outnumber_the_typologies_and_carry_no_label(city_files):
    rows, truth = read_payments(city_files), read_truth(city_files)
    assert len({item["kind"] for item in truth["lookalikes"]}) == 10
    assert len(truth["lookalikes"]) > len(truth["typologies"])
    for item in truth["lookalikes"]:
        assert item["network"] is None and not (rows.planted == item["name"]).any()
    club = next(item for item in truth["lookalikes"] if item["kind"] == "savings club")
    inside = rows[rows.from_account.isin(club["accounts"]) & rows.to_account.isin(club["accounts"])]
    assert len(inside) >= club["payments"] == len(club["accounts"]) * (len(club["accounts"]) - 1)
    takings = [item for item in truth["lookalikes"] if item["kind"] == "stall takings"]
    line = read_settings()["typologies"]["line"] * 100
    own = rows[rows.from_account.isin([item["accounts"][1] for item in takings]) & rows.planted.isna()]
    assert (own.amount_minor >= line).any() and own.amount_minor.between(0.85 * line, line - 1).any()
