"""How often an effect is reported where nothing was done, by the level of the similar places.

    python -m bench.tasking.similar_level [--seeds 400] [--varying 0.25]

A place of 1.5 incidents a day and 100 similar places at a fraction of that. Each month of each place has a
rate of its own (gamma, coefficient of variation `--varying`). The rule on the level is off; the others
hold."""

from __future__ import annotations

import argparse
from collections import Counter

import numpy as np

from analytics.tasking.effect import JUDGED, UNJUDGED, EffectParameters
from analytics.tasking.effect.baselines import measure_baselines
from analytics.tasking.effect.comparability import check_controls

DAYS, AFTER, PLACES, RATE = 364, 28, 100, 1.5
FACTORS = (1, 2, 3, 5, 8, 10)
ANY_LEVEL = EffectParameters(level_factor=np.inf)


def verdict(seed: int, factor: float, varying: float) -> str:
    rng = np.random.default_rng(seed)
    rates = np.r_[RATE, np.full(PLACES, RATE / factor) * rng.gamma(20, 0.05, PLACES)]
    months = rng.gamma(varying**-2, varying**2, (PLACES + 1, DAYS // AFTER + 1))
    counts = rng.poisson(rates[:, None] * np.repeat(months, AFTER, axis=1)).astype(float)
    measured = measure_baselines(counts, DAYS, AFTER, ANY_LEVEL.recent, ANY_LEVEL.controls, None)
    if check_controls(counts, DAYS, AFTER, measured.table, ANY_LEVEL).reasons:
        return UNJUDGED
    return measured.verdict(ANY_LEVEL.level)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=400)
    parser.add_argument("--varying", type=float, default=0.25)
    asked = parser.parse_args()
    shown = (*JUDGED, UNJUDGED)
    print(f"| the place, in times a similar place | {' | '.join(shown)} |\n|{' --- |' * (1 + len(shown))}")
    for factor in FACTORS:
        found = Counter(verdict(seed, factor, asked.varying) for seed in range(asked.seeds))
        print(
            f"| {factor} | {' | '.join(f'{found[word] / asked.seeds:.1%}' for word in shown)} |", flush=True
        )


if __name__ == "__main__":
    main()
