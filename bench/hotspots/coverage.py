"""How often the pooled 95 % interval of a hit rate holds the true one, by simulation.

    python -m bench.hotspots.coverage [--draws 2000]

The truth is known. A window has a number of incidents on average, and each falls in the chosen cells with a
chance that differs between windows (beta-binomial correlation). They may come in runs of three that are hit
or missed together, unevenly many in a window (negative binomial, size 5). Coverage of the bootstrap of
windows alone, the interval of before, is printed beside that of the interval shown. Seed 0.
"""

from __future__ import annotations

import argparse
from itertools import product

import numpy as np

from analytics.hotspots.forecast import scores

WINDOWS, INCIDENTS, SHARES = (12, 26, 52), (5, 22, 100), (0.03, 0.2)
VARIED = ((0.0, 1), (0.02, 1), (0.02, 3), (0.05, 1))  # correlation within a window, incidents in a run


def covers(windows: int, incidents: int, share: float, varied: tuple[float, int], draws: int) -> np.ndarray:
    """Coverage of the interval shown (`Catch.pooled`), and of the bootstrap alone, over all draws at once."""
    rng = np.random.default_rng(0)
    correlation, run = varied
    shape = (windows, draws)
    chance = np.full(shape, share)
    if correlation:
        scale = 1 / correlation - 1
        chance = rng.beta(share * scale, (1 - share) * scale, size=shape)
    count = rng.poisson(incidents, shape)
    if run > 1:
        count = rng.negative_binomial(5, 5 / (5 + incidents), shape) // run
    total = (run * count).astype(float)
    hits = (run * rng.binomial(count, chance)).astype(float)
    value = scores.hit_rate(hits.sum(axis=0), total.sum(axis=0))
    low, high = scores.ratio_bootstrap(hits, total, 0)
    trials = scores.effective_trials(hits, total, total.sum(axis=0))
    exact_low, exact_high = scores.binomial_interval(value, trials)
    shown = (np.fmin(low, exact_low) <= share) & (share <= np.fmax(high, exact_high))
    alone = (low <= share) & (share <= high)
    happened = total.sum(axis=0) > 0
    return np.array([shown[happened].mean(), alone[happened].mean()])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=2000)
    draws = parser.parse_args().draws
    print("| windows | incidents a window | hit rate | correlation | in runs of | shown | bootstrap alone |")
    print("| --- " * 7 + "|")
    every = []
    for windows, incidents, share, varied in product(WINDOWS, INCIDENTS, SHARES, VARIED):
        shown, alone = covers(windows, incidents, share, varied, draws)
        every.append((windows, shown, alone))
        print(
            f"| {windows} | {incidents} | {share:.0%} | {varied[0]:g} | {varied[1]} | {shown:.1%} "
            f"| {alone:.1%} |",
            flush=True,
        )
    table = np.array(every)
    for windows in WINDOWS:
        of = table[table[:, 0] == windows]
        print(
            f"\n{windows} windows: {of[:, 1].mean():.1%} ({of[:, 1].min():.1%} to {of[:, 1].max():.1%}); "
            f"bootstrap alone {of[:, 2].mean():.1%} ({of[:, 2].min():.1%} to {of[:, 2].max():.1%})"
        )


if __name__ == "__main__":
    main()
