"""Which type a network is: fitted to some recipes, measured on others.

    python -m bench.network.types --folds    # to choose by: recipes left out among those fitted to
    python -m bench.network.types --fit      # write data/network_types.json
    python -m bench.network.types --data DIR # the model that ships on recipes kept apart; published networks

Signs, penalty and temperature are chosen, and the model is fitted, on `bench.network.fitted` and
`bench.network.recipes` alone. What is in `bench.network.kept_apart` is measured on, with the file that ships:
nothing may be chosen by what they show."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from analytics.network.structure.edge_list import EdgeList, read_edge_list
from analytics.network.structure.network_type import MIXED, TYPES, UNSEEN, find_type, weigh_signs
from analytics.network.structure.signs import SIGNS, measure_signs
from bench.network.fitted import FITTED, MIXTURES
from bench.network.kept_apart import HYBRIDS_APART, KEPT_APART
from bench.network.recipes import HYBRIDS, RECIPES, Recipe
from bench.network.seen_network import SeenNetwork, draw_around, make_network

FILE = Path(__file__).parents[2] / "data" / "network_types.json"
NAMES = list(SIGNS)
KINDS = np.array([*TYPES, MIXED])
SHOWN = {
    "ties": NAMES[: NAMES.index("repetition")],
    "contacts": NAMES[: NAMES.index("life")],
    "dates": NAMES,
}
WHOLE, AROUND = "whole", "around"  # a list as it was collected; what is found outward from a node
_C = 0.3
_FOLDS = 6
_TEMPERATURES = np.linspace(0.5, 2, 31)
_MIXTURES = 2  # times as many of each mixture: they are fewer
_HYBRIDS = 4  # times as many of each hybrid, thinned
_FITTED_UNSEEN = (0.15, 0.62)  # shares of ties unseen: somewhat more than what is measured on
_APART_UNSEEN = (0.2, 0.6)


def as_edges(seen: SeenNetwork, shows: str = "dates", drawn: str = WHOLE) -> EdgeList:
    """The list that `build_edge_list` makes of a file, with no more than the file shows."""
    count, unknown = len(seen.left), np.datetime64("NaT", "s")
    ties = pd.DataFrame(
        {"left": np.minimum(seen.left, seen.right), "right": np.maximum(seen.left, seen.right)}
    )
    ties["weight"] = 1.0 if shows == "ties" else seen.weight.astype(float)
    ties["probability"] = 1.0
    events = ties.assign(
        from_date=_days(seen.begin) if shows == "dates" else np.full(count, unknown),
        to_date=_days(seen.end) if shows == "dates" else np.full(count, unknown),
        phase="",
    )
    nodes = pd.DataFrame({"node": np.arange(seen.size).astype(str), "second_kind": False, "role": ""})
    return EdgeList(nodes.assign(protected=False), ties, events, shows != "ties", around=drawn == AROUND)


def _days(shares: np.ndarray) -> np.ndarray:
    """Days of a year, from shares of it."""
    return np.datetime64("2026-01-01", "s") + (365 * shares).astype("timedelta64[D]")


def make_fitted(count: int, seed: int = 11) -> pd.DataFrame:
    """`count` networks of each recipe that the models are fitted to, each whole and around a node: kind,
    recipe, drawn, and the signs."""
    jobs = [(kind, one, count) for kind in TYPES for one in (*FITTED[kind], *RECIPES[kind])]
    jobs += [(MIXED, one, count * _MIXTURES) for one in (*MIXTURES, *HYBRIDS)]
    return _measure_all(jobs, seed, _FITTED_UNSEEN)


def make_apart(count: int, seed: int = 5) -> pd.DataFrame:
    """`count` networks of each recipe kept apart: kind, recipe, drawn, and the signs."""
    jobs = [(kind, one, count) for kind in TYPES for one in KEPT_APART[kind]]
    return _measure_all(jobs + [(MIXED, one, count) for one in HYBRIDS_APART], seed, _APART_UNSEEN)


def _measure_all(jobs: list[tuple[str, Recipe, int]], seed: int, unseen: tuple[float, float]) -> pd.DataFrame:
    rows = []
    for number, (kind, recipe, count) in enumerate(jobs):
        for turn in range(count):
            rng = np.random.default_rng([seed, number, turn])
            seen = make_network(kind, recipe, rng, unseen=unseen)
            drawn = {WHOLE: seen, AROUND: draw_around(seen, np.random.default_rng([seed + 1, number, turn]))}
            for name, one in drawn.items():
                signs = measure_signs(as_edges(one))
                rows.append({"kind": kind, "recipe": recipe.__name__, "drawn": name, **signs})
    return pd.DataFrame(rows).dropna(subset=["density"]).reset_index(drop=True)


def weigh_recipes(table: pd.DataFrame) -> np.ndarray:
    """Weights by which kinds count alike, and recipes of one kind."""
    count = table.groupby("recipe").kind.transform("size") * table.groupby("kind").recipe.transform("nunique")
    return ((1 / count) / (1 / count).mean()).to_numpy()


def leave_recipes_out(table: pd.DataFrame, signs: list[str], penalty: float = _C) -> np.ndarray:
    """(rows, kinds): probabilities by models that have seen no network of the row's own recipe."""
    order = np.random.default_rng(0)
    fold = pd.Series(0, index=table.index)
    for kind in KINDS:
        names = np.sort(table.recipe[table.kind == kind].unique())
        places = dict(zip(names, order.permutation(len(names)) % _FOLDS, strict=True))
        own = table.kind == kind
        fold[own] = table.recipe[own].map(places)
    chance = np.zeros((len(table), len(KINDS)))
    for at in range(_FOLDS):
        left = (fold == at).to_numpy()
        mean, scale, model = _regress(table[~left], signs, penalty)
        found = model.predict_proba(_standardise(table[left], signs, mean, scale))
        chance[left] = found[:, [list(model.classes_).index(kind) for kind in KINDS]]
    return chance


def choose_temperature(chance: np.ndarray, table: pd.DataFrame) -> float:
    """By which log odds are divided so that what was left out is likeliest."""
    own = np.array([list(KINDS).index(kind) for kind in table.kind])
    weight = weigh_recipes(table)
    losses = [
        np.average(-np.log(_temper(chance, by)[np.arange(len(own)), own]), weights=weight)
        for by in _TEMPERATURES
    ]
    return float(_TEMPERATURES[int(np.argmin(losses))])


def _temper(chance: np.ndarray, by: float) -> np.ndarray:
    odds = np.maximum(chance, 1e-9) ** (1 / by)
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _standardise(table: pd.DataFrame, signs: list[str], mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return np.asarray(np.clip((table[signs].to_numpy(float) - mean) / scale, -4, 4))


def _regress(
    table: pd.DataFrame, signs: list[str], penalty: float
) -> tuple[np.ndarray, np.ndarray, LogisticRegression]:
    values = table[signs].to_numpy(float)
    mean, scale = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-6)
    model = LogisticRegression(C=penalty, max_iter=5000).fit(
        _standardise(table, signs, mean, scale), table.kind, sample_weight=weigh_recipes(table)
    )
    return mean, scale, model


def signs_of(shows: str, drawn: str) -> list[str]:
    """What a model may use. How a list falls apart says nothing where all was found from one node."""
    return [name for name in SHOWN[shows] if drawn == WHOLE or name != "largest_part"]


def rows_of(table: pd.DataFrame, drawn: str) -> pd.DataFrame:
    """What a model is fitted to: of lists the whole ones; around a node both, which did better there."""
    return table if drawn == AROUND else table[table.drawn == WHOLE].reset_index(drop=True)


def fit(table: pd.DataFrame) -> dict[str, object]:
    """The content of the file, from networks of known kind; prints what recipes left out say of it."""
    models = {}
    for drawn in (WHOLE, AROUND):
        rows = rows_of(table, drawn)
        own = (rows.drawn == drawn).to_numpy()
        for shows in SHOWN:
            signs = signs_of(shows, drawn)
            left_out = leave_recipes_out(rows, signs)[own]
            by = choose_temperature(left_out, rows[own])
            score(f"{drawn}, {shows}, recipes left out", _temper(left_out, by), rows[own])
            mean, scale, model = _regress(rows, signs, _C)
            models[shows if drawn == WHOLE else f"{shows}, {drawn}"] = {
                "signs": signs,
                "mean": mean.round(5).tolist(),
                "scale": scale.round(5).tolist(),
                "intercept": {
                    name: round(float(model.intercept_[at] / by), 4) for at, name in enumerate(model.classes_)
                },
                "weights": {
                    name: (model.coef_[at] / by).round(4).tolist() for at, name in enumerate(model.classes_)
                },
            }
    return {"version": "2026-11-30c", "models": models}


def expected_error(chance: np.ndarray, right: np.ndarray) -> float:
    bins = np.minimum((chance * 10).astype(int), 9)
    return float(sum(abs(chance[bins == b].sum() - right[bins == b].sum()) for b in range(10)) / len(chance))


def score(label: str, chance: np.ndarray, table: pd.DataFrame) -> None:
    """Print how far the probabilities are right: F1 over the five types, calibration over all."""
    kind = table.kind.to_numpy(str)
    five, first = kind != MIXED, chance.argmax(axis=1)
    guess = KINDS[chance[five, : len(TYPES)].argmax(axis=1)]
    by_type = f1_score(
        kind[five], guess, labels=TYPES, average=None, sample_weight=weigh_recipes(table)[five]
    )
    each = ", ".join(f"{name} {value:.2f}" for name, value in zip(TYPES, by_type, strict=True))
    print(
        f"{label} ({len(table)}): macro-F1 {by_type.mean():.3f} ({each}), calibration error "
        f"{expected_error(chance.max(axis=1), KINDS[first] == kind):.3f}, hybrids likeliest mixed "
        f"{(first[~five] == len(TYPES)).mean():.0%}",
        flush=True,
    )


def is_large(table: pd.DataFrame) -> np.ndarray:
    """Whether each network is of the size that a verdict needs (see `find_type`)."""
    nodes, degree = 2 ** table["size"].to_numpy(float), 2 ** table.mean_degree.to_numpy(float)
    return np.asarray((nodes >= 8 - 1e-6) & (nodes * degree / 2 >= 10 - 1e-6))


def choose(table: pd.DataFrame) -> None:
    """Print what folds of recipes say of several penalties."""
    for drawn in (WHOLE, AROUND):
        rows = rows_of(table, drawn)
        own = (rows.drawn == drawn).to_numpy()
        for shows in SHOWN:
            for penalty in (0.01, 0.03, 0.1, 0.3):
                chance = leave_recipes_out(rows, signs_of(shows, drawn), penalty)[own]
                by = choose_temperature(chance, rows[own])
                label = f"{drawn}, {shows}, penalty {penalty:g}, temperature {by:.2f}"
                score(label, _temper(chance, by), rows[own])


def measure(table: pd.DataFrame, networks: int) -> None:
    """Print how the models that ship do on recipes kept apart: all networks, then those large enough for a
    type to be said; then what is said of thinned ones."""
    for drawn in (WHOLE, AROUND):
        rows = table[table.drawn == drawn].reset_index(drop=True)
        large = is_large(rows)
        for shows in SHOWN:
            chance = weigh_signs(rows, shows, around=drawn == AROUND)
            score(f"{drawn}, {shows}, all", chance, rows)
            score(f"{drawn}, {shows}, large enough", chance[large], rows[large])
    for drawn in (WHOLE, AROUND) if networks else ():
        for shows in SHOWN:
            said = pd.DataFrame(_verdicts(shows, networks, drawn), columns=["kind", "verdict"])
            pure, hybrid = said[said.kind != MIXED], said[said.kind == MIXED]
            stated = pure[pure.verdict.isin(TYPES)]
            print(
                f"{drawn}, {shows}, thinned: a type stated of {len(stated)} of {len(pure)}, right in "
                f"{(stated.verdict == stated.kind).sum()}; hybrids: {_count(hybrid.verdict)}",
                flush=True,
            )


def _count(verdicts: pd.Series) -> str:
    said = Counter("a type" if one in TYPES else one for one in verdicts)
    return ", ".join(f"{name} {said[name]}" for name in (MIXED, UNSEEN, "a type"))


def _verdicts(shows: str, networks: int, drawn: str) -> list[tuple[str, str]]:
    rows = []
    for number, (kind, several) in enumerate([*KEPT_APART.items(), (MIXED, HYBRIDS_APART)]):
        for place, recipe in enumerate(several):
            for at in range(networks * (_HYBRIDS if kind == MIXED else 1)):
                rng = np.random.default_rng([99, number, place, at])
                seen = make_network(kind, recipe, rng, unseen=_APART_UNSEEN)
                one = draw_around(seen, rng) if drawn == AROUND else seen
                rows.append((kind, find_type(as_edges(one, shows, drawn), thinned=40).verdict))
    return rows


def published(folder: Path) -> None:
    for path in sorted(folder.glob("*_edges.csv")):
        found = find_type(read_edge_list(path))
        likely = ", ".join(f"{name} {share:.2f}" for name, share in found.holds.items() if share >= 0.05)
        print(f"{path.stem.removesuffix('_edges')}: {found.verdict} ({likely})", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folds", action="store_true")
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--count", type=int, default=50, help="of each recipe fitted to")
    parser.add_argument("--apart", type=int, default=30, help="of each recipe kept apart")
    parser.add_argument("--networks", type=int, default=2, help="of each recipe, thinned")
    parser.add_argument("--data", type=Path, help="folder of published networks (*_edges.csv)")
    options = parser.parse_args()
    if options.folds or options.fit:
        table = make_fitted(options.count)
        if options.folds:
            choose(table)
        if options.fit:
            FILE.write_text(json.dumps(fit(table), indent=1) + "\n", encoding="utf-8")
        return
    if options.data:
        published(options.data)
    measure(make_apart(options.apart), options.networks)


if __name__ == "__main__":
    main()
