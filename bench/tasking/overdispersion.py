"""How often the weighted displacement difference is beyond chance where nothing was done, at 5 %.

    python -m bench.tasking.overdispersion [--runs 4000]

Twelve weeks before and four after of independent weekly counts at a place and its control places together.
They are Poisson, or negative binomial with a multiple of Poisson's variance. Null hypothesis: both stay as
they were. The interval of before took counts as Poisson; the present one measures each area's dispersion on
the weeks before. Seed 0.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import timedelta
from itertools import product

import numpy as np

from analytics.hotspots.methods.displacement import (
    AreaCounts,
    BeforeAfterParameters,
    measure_dispersion,
    weighted_displacement_difference,
)

FIRST, BEFORE, AFTER = np.datetime64("2024-01-01"), 12, 4
TIMES, PLACES = (1.0, 1.5, 3.0), ((10.0, 60.0, 6), (3.0, 90.0, 30), (2.0, 20.0, 10))


def false_rates(times: float, own: float, others: float, places: int, runs: int) -> tuple[float, float]:
    """Share called as Poisson and with the dispersion measured."""
    rng = np.random.default_rng(0)
    means = {"treated": own, "control": others}
    size = (runs, BEFORE + AFTER)
    weekly = {
        name: rng.poisson(mean, size)
        if times == 1
        else rng.negative_binomial(mean / (times - 1), 1 / times, size)
        for name, mean in means.items()
    }
    period = FIRST.item(), FIRST.item() + timedelta(days=7 * BEFORE - 1)
    days = FIRST + 7 * np.arange(BEFORE)
    poisson = BeforeAfterParameters((BEFORE / AFTER, 1.0), {"control": float(places)})
    called = np.zeros(2)
    for run in range(runs):
        counts = {
            name: AreaCounts(float(weeks[run, :BEFORE].sum()), float(weeks[run, BEFORE:].sum()))
            for name, weeks in weekly.items()
        }
        dispersion = {
            name: measure_dispersion(np.repeat(days, weeks[run, :BEFORE]), period)
            for name, weeks in weekly.items()
        }
        for rank, parameters in enumerate((poisson, replace(poisson, dispersion=dispersion))):
            called[rank] += weighted_displacement_difference(counts, parameters).p[0] < 0.05
    return float(called[0] / runs), float(called[1] / runs)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=4000)
    runs = parser.parse_args().runs
    print("| variance by Poisson's | a week at the place | at the control | as Poisson | measured |")
    print("| --- " * 5 + "|")
    for times, (own, others, places) in product(TIMES, PLACES):
        before, present = false_rates(times, own, others, places, runs)
        print(f"| {times:g} | {own:g} | {others:g} | {before:.1%} | {present:.1%} |", flush=True)


if __name__ == "__main__":
    main()
