"""The bench of network types: it counts recipes alike, leaves a network's own recipe out, and finds the
temperature that probabilities lack."""

import numpy as np
import pandas as pd
import pytest

from bench.network.recipes import RECIPES
from bench.network.seen_network import make_network
from bench.network.types import (
    KINDS,
    as_edges,
    choose_temperature,
    expected_error,
    leave_recipes_out,
    weigh_recipes,
)


@pytest.fixture
def table() -> pd.DataFrame:
    """Six recipes a kind, the first with more networks. Signs tell the kinds apart, but for one recipe
    of flux that looks like core."""
    rng = np.random.default_rng(0)
    rows = [
        {"kind": kind, "recipe": f"{kind} {recipe}", "own": at + rng.normal(0, 0.05)}
        for at, kind in enumerate(KINDS)
        for recipe in range(6)
        for _ in range(30 if recipe == 0 else 10)
    ]
    frame = pd.DataFrame(rows)
    frame.loc[frame.recipe == "flux 3", "own"] += 4  # as 'core' is
    for at in range(len(KINDS)):
        frame[f"near {at}"] = (frame.own - at).abs() < 0.5
    return frame


def test_kinds_count_alike_and_recipes_of_a_kind_too(table):
    weight = pd.Series(weigh_recipes(table))
    assert weight.groupby(table.kind).sum().to_numpy() == pytest.approx(len(table) / len(KINDS))
    own = weight[table.kind == "core"].groupby(table.recipe).sum()
    assert own.to_numpy() == pytest.approx(own.iloc[0])


def test_a_recipe_is_judged_by_models_that_never_saw_it(table):
    signs = [name for name in table if name.startswith("near")]
    chance = leave_recipes_out(table, signs, 10.0)
    first = KINDS[chance.argmax(axis=1)]
    assert (first[table.recipe == "flux 3"] == "core").all()  # all that others say of it
    assert (first[table.recipe != "flux 3"] == table.kind[table.recipe != "flux 3"]).all()


def test_the_temperature_undoes_what_was_sharpened():
    rng = np.random.default_rng(1)
    true = rng.dirichlet(np.ones(len(KINDS)), 4000)
    kind = KINDS[[rng.choice(len(KINDS), p=row) for row in true]]
    table = pd.DataFrame({"kind": kind, "recipe": kind})
    sharp = true**1.6 / (true**1.6).sum(axis=1, keepdims=True)
    # Kinds count alike in the choice, as good as they do in the draw.
    assert choose_temperature(sharp, table) == pytest.approx(1.6, abs=0.15)
    right = sharp.argmax(axis=1) == [list(KINDS).index(one) for one in kind]
    assert expected_error(sharp.max(axis=1), right) > 3 * expected_error(true.max(axis=1), right)


def test_a_list_shows_no_more_than_is_asked_for():
    seen = make_network("chain", RECIPES["chain"][0], np.random.default_rng(2), 40)
    ties, dates = as_edges(seen, "ties"), as_edges(seen)
    assert not ties.contacts and ties.events.from_date.isna().all() and (ties.ties.weight == 1).all()
    assert dates.contacts and dates.events.from_date.notna().all()
    assert dates.ties.weight.sum() == seen.weight.sum() and ties.pairs.tolist() == dates.pairs.tolist()
    assert (dates.pairs[:, 0] < dates.pairs[:, 1]).all() and not ties.ties.duplicated(["left", "right"]).any()
