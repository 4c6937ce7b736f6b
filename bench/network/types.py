"""Which type a network is: fitted to some recipes, measured on others.

    python -m bench.network.types            # measure on recipes not fitted to, and hybrids
    python -m bench.network.types --fit      # write data/network_types.json from all recipes

Each fold leaves one recipe of every type, and two hybrids, out of the fit."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from analytics.network.structure.edge_list import EdgeList, build_edge_list, read_edge_list
from analytics.network.structure.network_type import MIXED, TYPES, find_type, read_models, weigh_signs
from analytics.network.structure.signs import SIGNS, measure_signs
from bench.network.recipes import HYBRIDS, RECIPES, SeenNetwork, make_network

FILE = Path(__file__).parents[2] / "data" / "network_types.json"
NAMES = list(SIGNS)
SHOWN = {
    "ties": NAMES[: NAMES.index("repetition")],
    "contacts": NAMES[: NAMES.index("life")],
    "dates": NAMES,
}
_C = 0.1
FOLDS = 4


def as_edges(seen: SeenNetwork, shows: str = "dates") -> EdgeList:
    """The list a file would give, with no more than it shows."""
    frame = pd.DataFrame({"from": seen.left.astype(str), "to": seen.right.astype(str)})
    if shows != "ties":
        frame["weight"] = seen.weight.astype(str)
    if shows == "dates":
        first = pd.Timestamp("2026-01-01")
        frame["from_date"] = [f"{first + pd.Timedelta(days=365 * at):%Y-%m-%d}" for at in seen.begin]
        frame["to_date"] = [f"{first + pd.Timedelta(days=365 * at):%Y-%m-%d}" for at in seen.end]
    return build_edge_list(frame, two_mode=False, contacts=shows != "ties")


def make_set(count: int, seed: int) -> pd.DataFrame:
    """`count` networks of each recipe: kind, recipe, and the signs."""
    jobs = [(kind, one) for kind, several in RECIPES.items() for one in several] + [
        (MIXED, one) for one in HYBRIDS
    ]
    rows = []
    for number, (kind, recipe) in enumerate(jobs):
        for turn in range(count):
            rng = np.random.default_rng([seed, number, turn])
            signs = measure_signs(as_edges(make_network(kind, recipe, rng)))
            rows.append({"kind": kind, "recipe": recipe.__name__, **signs})
    return pd.DataFrame(rows).dropna(subset=["density"]).reset_index(drop=True)


def fit(table: pd.DataFrame) -> dict[str, object]:
    """The content of the file, from networks of known kind."""
    models = {}
    for shows, signs in SHOWN.items():
        values = table[signs].to_numpy(float)
        mean, scale = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-6)
        standard = np.clip((values - mean) / scale, -4, 4)
        recipes = table.groupby("recipe").kind.transform("size") * table.groupby("kind").recipe.transform(
            "nunique"
        )
        model = LogisticRegression(C=_C, max_iter=5000).fit(
            standard, table.kind, sample_weight=recipes.mean() / recipes
        )
        models[shows] = {
            "signs": signs,
            "mean": mean.round(5).tolist(),
            "scale": scale.round(5).tolist(),
            "intercept": {
                name: round(float(model.intercept_[at]), 4) for at, name in enumerate(model.classes_)
            },
            "weights": {name: model.coef_[at].round(4).tolist() for at, name in enumerate(model.classes_)},
        }
    return {"version": "2026-11-29", "models": models}


def use(content: dict[str, object], path: Path) -> None:
    """Let `find_type` read this model from now on."""
    from analytics.network.structure import network_type

    path.write_text(json.dumps(content), encoding="utf-8")
    network_type.reference_file = lambda name: path  # type: ignore[assignment]
    read_models.cache_clear()


def expected_error(chance: np.ndarray, right: np.ndarray) -> float:
    bins = np.minimum((chance * 10).astype(int), 9)
    return float(sum(abs(chance[bins == b].sum() - right[bins == b].sum()) for b in range(10)) / len(chance))


def folds() -> list[set[str]]:
    return [
        {several[turn].__name__ for several in RECIPES.values()}
        | {one.__name__ for one in HYBRIDS[turn::FOLDS]}
        for turn in range(FOLDS)
    ]


def measure(table: pd.DataFrame, folder: Path, networks: int) -> None:
    names = np.array([*TYPES, MIXED])
    for shows in SHOWN:
        kinds, chances, verdicts = [], [], []
        for turn, left_out in enumerate(folds()):
            outside = table.recipe.isin(left_out)
            use(fit(table[~outside]), folder / "fold.json")
            kinds.append(table.kind[outside].to_numpy(str))
            chances.append(weigh_signs(table[outside], shows))
            verdicts += list(_verdicts(left_out, shows, networks, turn))
        kind, chance = np.concatenate(kinds), np.concatenate(chances)
        five = kind != MIXED
        guess = np.array(TYPES)[chance[five, : len(TYPES)].argmax(axis=1)]
        error = expected_error(chance.max(axis=1), names[chance.argmax(axis=1)] == kind)
        seen = pd.DataFrame(verdicts, columns=["kind", "recipe", "verdict"])
        pure, hybrid = seen[seen.kind != MIXED], seen[seen.kind == MIXED]
        stated = pure[pure.verdict.isin(TYPES)]
        print(
            f"{shows}: macro-F1 {f1_score(kind[five], guess, average='macro'):.3f}, calibration error "
            f"{error:.3f}; a type stated of {len(stated) / len(pure):.0%}, right in "
            f"{(stated.verdict == stated.kind).mean():.0%}; hybrids mixed or not enough seen "
            f"{(~hybrid.verdict.isin(TYPES)).mean():.0%} of {len(hybrid)}",
            flush=True,
        )


def _verdicts(left_out: set[str], shows: str, networks: int, turn: int) -> list[tuple[str, str, str]]:
    jobs: list[tuple[str, Callable[..., object]]] = [
        (kind, one) for kind, several in [*RECIPES.items(), (MIXED, HYBRIDS)] for one in several
    ]
    rows = []
    for number, (kind, recipe) in enumerate(jobs):
        if recipe.__name__ in left_out:
            for at in range(networks):
                rng = np.random.default_rng([99, turn, number, at])
                found = find_type(as_edges(make_network(kind, recipe, rng), shows), thinned=40)
                rows.append((kind, recipe.__name__, found.verdict))
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
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--count", type=int, default=80)
    parser.add_argument("--networks", type=int, default=4, help="of each recipe, thinned")
    parser.add_argument("--data", type=Path, help="folder of published networks (*_edges.csv)")
    options = parser.parse_args()
    table = make_set(options.count, 1)
    if options.fit:
        FILE.write_text(json.dumps(fit(table), indent=1) + "\n", encoding="utf-8")
    else:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            measure(table, Path(folder), options.networks)
    read_models.cache_clear()
    if options.data:
        published(options.data)


if __name__ == "__main__":
    main()
