"""How well linked pairs are ranked, how true the probabilities are, and how long it takes.

    python -m bench.series.linkage [--data ../shared/data] [--seeds 20] [--speed 100000]

The published crimes (R package crimelinkage, 490, three MO columns) are split into halves with no series and
no group of offenders on both sides. Ours is ranked with the table that ships (nothing learned) and with
weights learned on the other half; beside it logistic regression on the same fields, learned on the other
half, and distance alone. Invented worlds are by another rule than the table was chosen on. The table was
chosen on the published crimes: those figures are not of data unseen, the invented worlds' are.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from analytics.series import LinkedSeries, LinkLimits, SeriesIncidents, find_series
from analytics.series.evidence import draw_pairs
from analytics.series.learn import SolvedSeries
from tests.series.worlds import choose, make_world, read_published

_BINS = np.array([0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0])


def rank_pairs(
    found: LinkedSeries, count: int, pairs: tuple[np.ndarray, np.ndarray], column: str
) -> np.ndarray:
    """A column of the candidates for these pairs, the least of all where a pair is none."""
    table = found.pairs
    answer = np.full((count, count), -99.0 if column.startswith("bits") else 0.0)
    first, second = table["first"].to_numpy(), table["second"].to_numpy()
    answer[first, second] = answer[second, first] = table[column]
    return answer[pairs]


def describe_pairs(part: SeriesIncidents, pairs: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """What the logistic regression is given: log distance, log days, agreement in each attribute."""
    a, b = pairs
    return np.column_stack(
        [
            np.log1p(np.hypot(part.x[a] - part.x[b], part.y[a] - part.y[b]) / 100),
            np.log1p(np.abs(part.middle[a] - part.middle[b])),
            *((values[a] == values[b]) & (values[a] >= 0) for values in part.values.values()),
        ]
    )


def group_offenders(incidents: SeriesIncidents, truth: SolvedSeries) -> np.ndarray:
    """Which incidents must stay on one side of a split: -1 for those that nobody solved."""
    ends = coo_array(
        (np.ones(len(truth.incident)), (truth.incident, truth.series)),
        shape=(len(incidents), int(truth.series.max()) + 1),
    )
    group = connected_components((ends @ ends.T).tocsr())[1]
    solved = np.isin(np.arange(len(incidents)), truth.incident)
    return np.where(solved, group, -1)


def try_split(
    incidents: SeriesIncidents, truth: SolvedSeries, group: np.ndarray, seed: int
) -> tuple[dict[str, float], pd.DataFrame]:
    """Average precision of each ranking on one half, and each pair's probability beside the truth."""
    groups = np.unique(group[group >= 0])
    np.random.default_rng(seed).shuffle(groups)
    tested_side = np.isin(group, groups[: len(groups) // 2])
    taught_side = (group >= 0) & ~tested_side
    sides = {}
    for name, mask in (("tested", tested_side), ("taught", taught_side)):
        part, at = choose(incidents, mask), np.flatnonzero(mask)
        pairs = draw_pairs(part, LinkLimits(), 0)
        linked = truth.find_linked(len(incidents), at[pairs[0]], at[pairs[1]])
        sides[name] = (part, pairs, linked, describe_pairs(part, pairs))
    part, pairs, linked, given = sides["tested"]
    peer = LogisticRegression(max_iter=1000).fit(sides["taught"][3], sides["taught"][2])
    ours = find_series(part)
    known = taught_side[truth.incident]
    both = find_series(incidents, solved=SolvedSeries(truth.incident[known], truth.series[known]))
    at = np.flatnonzero(tested_side)
    everywhere = (at[pairs[0]], at[pairs[1]])
    scores = {
        "ours, by the table": rank_pairs(ours, len(part), pairs, "bits_with_chain"),
        "ours, without chains": rank_pairs(ours, len(part), pairs, "bits"),
        "ours, learned": rank_pairs(both, len(incidents), everywhere, "bits_with_chain"),
        "logistic regression": peer.decision_function(given),
        "distance": -given[:, 0],
    }
    figures = {name: float(average_precision_score(linked, score)) for name, score in scores.items()}
    probability = pd.DataFrame(
        {
            "by the table": rank_pairs(ours, len(part), pairs, "probability"),
            "learned": rank_pairs(both, len(incidents), everywhere, "probability"),
            "linked": linked,
        }
    )
    return figures, probability


def try_world(seed: int) -> tuple[dict[str, float], pd.DataFrame]:
    """The same on an invented world, learned on half of its series."""
    incidents, truth = make_world(seed, singles=600, series=40, length=5)
    single = np.setdiff1d(np.arange(len(incidents)), truth.incident)
    every = SolvedSeries(
        np.r_[truth.incident, single], np.r_[truth.series, truth.series.max() + 1 + np.arange(len(single))]
    )
    return try_split(incidents, every, group_offenders(incidents, every), seed)


def print_calibration(probability: pd.DataFrame) -> None:
    for name in ("by the table", "learned"):
        said = probability[name]
        shown = probability[said > 0.02]
        bins = pd.cut(shown[name], _BINS)
        table = shown.groupby(bins, observed=True).agg(
            pairs=("linked", "size"), said=(name, "mean"), linked=("linked", "mean")
        )
        error = float((table.pairs * (table.said - table.linked).abs()).sum() / len(probability))
        print(f"\nProbability, {name}: expected calibration error over all pairs {error:.4f}")
        print(table.round(3).to_string())


def time_search(count: int) -> None:
    """Incidents in 200 crowded places over three years, five attributes of twelve values, no series."""
    draw = np.random.default_rng(1)
    places, weight = draw.normal(0, 4000, (2, 200)), draw.pareto(1.2, 200) + 0.1
    of = draw.choice(200, count, p=weight / weight.sum())
    start = np.sort(draw.uniform(0, 3 * 365, count))
    common = 1 / np.arange(1, 13) ** 1.2
    incidents = SeriesIncidents(
        pd.DataFrame(
            {
                "source_id": 1,
                "row_number": np.arange(count),
                "reference": None,
                "category": "X",
                "place": None,
            }
        ),
        places[0][of] + draw.normal(0, 400, count),
        places[1][of] + draw.normal(0, 400, count),
        start,
        start + draw.choice([0, 0.02, 0.3, 1], count),
        {f"mo {k}": draw.choice(12, count, p=common / common.sum()).astype(np.int32) for k in range(5)},
    )
    find_series(choose(incidents, np.arange(count) < 500))  # compiled before it is timed
    began, processor = time.perf_counter(), time.process_time()
    found = find_series(incidents)
    print(
        f"\n{count:,} incidents: {time.perf_counter() - began:.1f} s, "
        f"{time.process_time() - processor:.1f} s of processor; {len(found.pairs):,} candidates, "
        f"{len(found.series)} series (none was planted)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[3] / "shared/data")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--speed", type=int, default=100_000)
    arguments = parser.parse_args()
    if (arguments.data / "series").is_dir():
        incidents, truth = read_published(arguments.data)
        group = group_offenders(incidents, truth)
        runs = [try_split(incidents, truth, group, seed) for seed in range(arguments.seeds)]
        print(f"Published crimes, {arguments.seeds} splits: average precision, mean and standard deviation")
        print(pd.DataFrame([figures for figures, _ in runs]).agg(["mean", "std"]).T.round(3).to_string())
        print_calibration(pd.concat([probability for _, probability in runs]))
    worlds = [try_world(100 + seed) for seed in range(arguments.seeds)]
    print(f"\nInvented worlds, {arguments.seeds} seeds: average precision, mean and standard deviation")
    print(pd.DataFrame([figures for figures, _ in worlds]).agg(["mean", "std"]).T.round(3).to_string())
    print_calibration(pd.concat([probability for _, probability in worlds]))
    if arguments.speed:
        time_search(arguments.speed)


if __name__ == "__main__":
    main()
