"""The Knox table with 999 permutations: pointpats against ours, on burglaries of one city and year.

    python -m bench.hotspots.knox [FILE] [--rounds 3]

FILE (chicago_be.csv.gz of the test data where not given) has columns X, Y (metres) and date; a row without a
date is left out. One threshold, within 100 m and 7 days, for pointpats has no more; ours adds a table of 6 by
5 cells. Times of pointpats with 99 permutations are printed too, for it is slow. Observed and expected counts
are compared before a time is printed."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import numpy as np
import pandas as pd
from pointpats import Knox

from analytics.hotspots.methods.knox import KnoxParameters, knox_table
from bench.by_turns import Turns, run_by_turns, timed

DATA = Path(os.environ.get("ACHILLES_TEST_DATA", "../shared/data")) / "oracles" / "chicago_be.csv.gz"
TARGET = 100
# pointpats' thresholds are closed, our edges open above.
ONE = KnoxParameters((float(np.nextafter(100, 101)),), (8,))
MANY = KnoxParameters((100, 200, 300, 400), (7, 14, 21, 28))


def read_events(file: Path) -> tuple[np.ndarray, np.ndarray]:
    """Places (x and y, metres) and dates of the rows that have both."""
    frame = pd.read_csv(file, parse_dates=["date"]).dropna()
    return frame[["X", "Y"]].to_numpy(), frame.date.to_numpy()


def measure(place: np.ndarray, date: np.ndarray, permutations: int, rounds: int) -> tuple[int, Turns]:
    """How many pairs are near, which both must say, and the rounds by turns. Exits where answers differ."""
    day = (date - date.min()) / np.timedelta64(1, "D")

    def ask_peer() -> Knox:
        return Knox(place, day[:, None], delta=100, tau=7, permutations=permutations)

    table = knox_table(*place.T, date, ONE)
    known = Knox(place, day[:, None], delta=100, tau=7, permutations=1)
    near = int(table.observed[0] + table.observed[2])
    if near != known.nst:
        raise SystemExit(f"the observed counts differ: {known.nst} and {near}")
    expected = table.expected[0] + table.expected[2]
    if not np.isclose(expected, known.expected[0, 0]):
        raise SystemExit(f"the expected counts differ: {known.expected[0, 0]} and {expected}")
    return near, run_by_turns(ask_peer, lambda: knox_table(*place.T, date, ONE), rounds)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, nargs="?", default=DATA)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    place, date = read_events(arguments.file)
    for permutations in (99, 999):
        near, turns = measure(place, date, permutations, arguments.rounds)
        slow, fast = turns.medians
        print(
            f"{len(place):,} incidents, {near} pairs (the same): pointpats {permutations} permutations "
            f"{slow:.1f} s; ours 999 {fast:.3f} s; ratio {turns.say_ratio()}"
            + (f" (target {TARGET})" if permutations == 999 else "")
        )
    print(f"a table of 30 cells, ours: {timed(lambda: knox_table(*place.T, date, MANY))[0]:.3f} s")


if __name__ == "__main__":
    main()
