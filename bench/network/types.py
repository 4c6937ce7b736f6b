"""Which type a network is: fitted to some recipes, measured on others.

    python -m bench.network.types            # measure on recipes not fitted to, and hybrids
    python -m bench.network.types --fit      # write data/network_types.json from all recipes

The recipes of `bench.network.fitted` alone choose what the model is made of: signs and penalty by folds that
leave a recipe of each type out. Those of `bench.network.recipes` are measured on, and were not looked at
before; only then is the model that ships fitted to both."""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from analytics.network.structure.edge_list import EdgeList, build_edge_list, read_edge_list
from analytics.network.structure.network_type import MIXED, TYPES, find_type, read_models, weigh_signs
from analytics.network.structure.signs import SIGNS, measure_signs
from bench.network.fitted import FITTED, MIXTURES
from bench.network.recipes import HYBRIDS, RECIPES, Recipe
from bench.network.seen_network import SeenNetwork, make_network

FILE = Path(__file__).parents[2] / "data" / "network_types.json"
NAMES = list(SIGNS)
SHOWN = {
    "ties": NAMES[: NAMES.index("repetition")],
    "contacts": NAMES[: NAMES.index("life")],
    "dates": NAMES,
}
_C = 0.03
_MIXTURES = 4  # times as many of each mixture: they are fewer
_FITTED_UNSEEN = (0.05, 0.65)  # shares of ties unseen: more than what is measured on


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


def make_fitted(count: int, seed: int = 1) -> pd.DataFrame:
    """`count` networks of each recipe of `bench.network.fitted`: kind, recipe, and the signs."""
    jobs = [(kind, one, count) for kind, several in FITTED.items() for one in several]
    jobs += [(MIXED, one, count * _MIXTURES) for one in MIXTURES]
    return _measure_all(jobs, seed, _FITTED_UNSEEN)


def make_kept_apart(count: int, seed: int = 5) -> pd.DataFrame:
    """`count` networks of each recipe of `bench.network.recipes`: kind, recipe, and the signs."""
    jobs = [(kind, one, count) for kind, several in RECIPES.items() for one in several]
    return _measure_all(jobs + [(MIXED, one, count) for one in HYBRIDS], seed, (0.2, 0.6))


def _measure_all(jobs: list[tuple[str, Recipe, int]], seed: int, unseen: tuple[float, float]) -> pd.DataFrame:
    rows = []
    for number, (kind, recipe, count) in enumerate(jobs):
        for turn in range(count):
            rng = np.random.default_rng([seed, number, turn])
            signs = measure_signs(as_edges(make_network(kind, recipe, rng, unseen=unseen)))
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
    return {"version": "2026-11-30", "models": models}


def use(content: dict[str, object], path: Path) -> None:
    """Let `find_type` read this model from now on."""
    from analytics.network.structure import network_type

    path.write_text(json.dumps(content), encoding="utf-8")
    network_type.reference_file = lambda name: path  # type: ignore[assignment]
    read_models.cache_clear()


def expected_error(chance: np.ndarray, right: np.ndarray) -> float:
    bins = np.minimum((chance * 10).astype(int), 9)
    return float(sum(abs(chance[bins == b].sum() - right[bins == b].sum()) for b in range(10)) / len(chance))


def measure(fitted: pd.DataFrame, apart: pd.DataFrame, folder: Path, networks: int) -> None:
    """Print how a model of the fitted recipes does on those kept apart: all of them, then those large enough
    for a type to be said; then what is said of thinned ones."""
    names = np.array([*TYPES, MIXED])
    kind = apart.kind.to_numpy(str)
    nodes, degree = 2 ** apart["size"].to_numpy(), 2 ** apart.mean_degree.to_numpy()
    large = (nodes >= 8 - 1e-6) & (nodes * degree / 2 >= 10 - 1e-6)
    use(fit(fitted), folder / "fitted.json")
    for shows in SHOWN:
        chance = weigh_signs(apart, shows)
        for label, own in (("all", np.ones(len(apart), bool)), ("large enough", large)):
            five = own & (kind != MIXED)
            guess = np.array(TYPES)[chance[five, : len(TYPES)].argmax(axis=1)]
            error = expected_error(chance[own].max(axis=1), names[chance[own].argmax(axis=1)] == kind[own])
            print(
                f"{shows}, {label} ({own.sum()}): macro-F1 "
                f"{f1_score(kind[five], guess, average='macro'):.3f}, calibration error {error:.3f}",
                flush=True,
            )
        seen = pd.DataFrame(_verdicts(shows, networks), columns=["kind", "recipe", "verdict"])
        pure, hybrid = seen[seen.kind != MIXED], seen[seen.kind == MIXED]
        stated = pure[pure.verdict.isin(TYPES)]
        print(
            f"{shows}, thinned: a type stated of {len(stated) / len(pure):.0%} of {len(pure)}, right in "
            f"{(stated.verdict == stated.kind).mean():.0%}; hybrids mixed or not enough seen "
            f"{(~hybrid.verdict.isin(TYPES)).mean():.0%} of {len(hybrid)}",
            flush=True,
        )


def _verdicts(shows: str, networks: int) -> list[tuple[str, str, str]]:
    rows = []
    for number, (kind, several) in enumerate([*RECIPES.items(), (MIXED, HYBRIDS)]):
        for place, recipe in enumerate(several):
            for at in range(networks):
                rng = np.random.default_rng([99, number, place, at])
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
    parser.add_argument("--count", type=int, default=40, help="of each recipe fitted to")
    parser.add_argument("--apart", type=int, default=30, help="of each recipe kept apart")
    parser.add_argument("--networks", type=int, default=2, help="of each recipe, thinned")
    parser.add_argument("--data", type=Path, help="folder of published networks (*_edges.csv)")
    options = parser.parse_args()
    fitted, apart = make_fitted(options.count), make_kept_apart(options.apart)
    if options.fit:
        content = fit(pd.concat([fitted, apart], ignore_index=True))
        FILE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    else:
        with tempfile.TemporaryDirectory() as folder:
            measure(fitted, apart, Path(folder), options.networks)
    read_models.cache_clear()
    if options.data:
        published(options.data)


if __name__ == "__main__":
    main()
