"""How often a network that nobody touched is said to hold together less, or more; and how often one whose
middle was taken out is.

    python -m bench.network.untouched --networks 60

Networks by the recipes of `bench.network.kept_apart`, with calls by one of five ways of living; an action is
assumed on a day of no meaning. `--taken 3` takes the three nodes with most paths out on that day."""

from __future__ import annotations

import argparse
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analytics.network.structure.before_after import compare_windows
from analytics.shared.graph_library import igraph
from bench.network.kept_apart import KEPT_APART

START = date(2026, 7, 1)
LIVES = ("steady", "busy at times", "ties come and go", "growing", "seasons")
_KINDS = tuple(KEPT_APART)


def make_contacts(
    life: str, rng: np.random.Generator, *, before: int, after: int, taken: int = 0
) -> pd.DataFrame:
    """one, two, day of every contact of one network, `before` days before START and `after` days after."""
    size = int(np.exp(rng.uniform(np.log(12), np.log(70))))
    recipes = KEPT_APART[str(rng.choice(_KINDS))]
    events = recipes[int(rng.integers(len(recipes)))](size, rng)
    pairs = np.unique(np.sort(np.array([event[:2] for event in events]), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    days = np.arange(-before, after)
    rate = rng.gamma(1.0, rng.uniform(0.03, 0.12), len(pairs))[:, None] * np.ones(len(days))
    if life == "busy at times":
        mood = _mood(size, len(days), rng, spread=rng.uniform(0.4, 0.9))
        rate *= mood[pairs[:, 0]] * mood[pairs[:, 1]]
    if life == "ties come and go":
        begin = rng.uniform(-before - 200, after, len(pairs))[:, None]
        rate *= 2 * ((days >= begin) & (days < begin + rng.exponential(250, len(pairs))[:, None]))
    if life == "growing":
        came = np.where(rng.random(size) < 0.5, -before, rng.uniform(-before, after, size))
        rate *= days >= np.maximum(came[pairs[:, 0]], came[pairs[:, 1]])[:, None]
    if life == "seasons":
        rate *= 1 + rng.uniform(0.2, 0.6) * np.sin(2 * np.pi * (days / 365 + rng.random()))
    if taken:
        paths = np.array(igraph.Graph(n=size, edges=pairs.tolist()).betweenness())
        gone = np.isin(pairs, np.argsort(-paths)[:taken]).any(axis=1)
        rate[gone] *= days < 0
    tie, at = np.nonzero(rng.poisson(rate))
    return pd.DataFrame(
        {
            "one": [f"n{number:03}" for number in pairs[tie, 0]],
            "two": [f"n{number:03}" for number in pairs[tie, 1]],
            "day": pd.Timestamp(START) + pd.to_timedelta(days[at], unit="D"),
        }
    )


def _mood(size: int, days: int, rng: np.random.Generator, *, spread: float) -> np.ndarray:
    """How busy each node is on each day: a mean of 1, and weeks that follow on one another."""
    weeks = days // 7 + 1
    level = np.empty((size, weeks))
    level[:, 0] = rng.normal(0, spread, size)
    for week in range(1, weeks):
        level[:, week] = 0.8 * level[:, week - 1] + rng.normal(0, spread * 0.6, size)
    return np.repeat(np.exp(level - spread**2 / 2), 7, axis=1)[:, :days]


def judge_some(life: str, networks: int, seed: int, taken: int) -> pd.DataFrame:
    """verdict, p and earlier of as many networks of one life."""
    rows = []
    for number in range(networks):
        rng = np.random.default_rng([seed, LIVES.index(life), number])
        after = int(rng.integers(28, 85))
        before = int(rng.integers(240, 730))
        contacts = make_contacts(life, rng, before=before, after=after, taken=taken)
        found = compare_windows(contacts, START, START + timedelta(days=after - 1), seed=number)
        rows.append((found.verdict, found.p, found.earlier))
    return pd.DataFrame(rows, columns=["verdict", "p", "earlier"])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--networks", type=int, default=60, help="of each life")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--taken", type=int, default=0, help="nodes taken out on the day")
    options = parser.parse_args()
    parts = []
    for life in LIVES:
        found = judge_some(life, options.networks, options.seed, options.taken)
        parts.append(found)
        print(f"{life}: {_share(found)}", flush=True)
    print(f"all: {_share(pd.concat(parts))}")


def _share(found: pd.DataFrame) -> str:
    judged = found[found.p.notna()]
    shares = judged.verdict.value_counts(normalize=True).items()
    said = ", ".join(f"{name} {share:.1%}" for name, share in shares)
    return f"{len(judged)} of {len(found)} judged; {said}"


if __name__ == "__main__":
    main()
