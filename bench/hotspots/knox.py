"""The Knox table with 999 permutations: pointpats against ours, on burglaries of one city and year.

    python -m bench.hotspots.knox [FILE] [--rounds 3]

FILE (chicago_be.csv.gz of the test data where not given) has columns X, Y (metres) and date; a row without a
date is left out. One threshold, within 100 m and 7 days, for pointpats has no more; ours adds a table of 6 by
5 cells. Times of pointpats with 99 permutations are printed too, for it is slow. The observed counts are
compared before a time is printed."""

from __future__ import annotations

import argparse
import os
import statistics
import time
from pathlib import Path

import numpy as np
import pandas as pd
from pointpats import Knox

from analytics.hotspots.methods.knox import KnoxParameters, knox_table

TARGET = 100
REPEATS = 5  # of ours in a round: one takes too little time to be told from the machine's noise


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    data = Path(os.environ.get("ACHILLES_TEST_DATA", "../shared/data"))
    parser.add_argument("file", type=Path, nargs="?", default=data / "oracles" / "chicago_be.csv.gz")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    frame = pd.read_csv(arguments.file, parse_dates=["date"]).dropna()
    place = frame[["X", "Y"]].to_numpy()
    date = frame.date.to_numpy()
    day = (date - date.min()) / np.timedelta64(1, "D")
    # pointpats' thresholds are closed, our edges open above.
    one = KnoxParameters((float(np.nextafter(100, 101)),), (8,))
    many = KnoxParameters((100, 200, 300, 400), (7, 14, 21, 28))
    start = time.perf_counter()
    knox_table(*place.T, date, one)
    print(
        f"{len(frame):,} incidents; ours once, with compilation or its cache: "
        f"{time.perf_counter() - start:.2f} s"
    )
    ratios = []
    for _ in range(arguments.rounds):
        start = time.perf_counter()
        short = Knox(place, day[:, None], delta=100, tau=7, permutations=99)
        short_seconds = time.perf_counter() - start
        start = time.perf_counter()
        peer = Knox(place, day[:, None], delta=100, tau=7, permutations=999)
        peer_seconds = time.perf_counter() - start
        start = time.perf_counter()
        for _ in range(REPEATS):
            table = knox_table(*place.T, date, one)
        seconds = (time.perf_counter() - start) / REPEATS
        start = time.perf_counter()
        knox_table(*place.T, date, many)
        many_seconds = time.perf_counter() - start
        near = int(table.observed[0] + table.observed[2])
        if not near == short.nst == peer.nst:
            raise SystemExit(f"the observed counts differ: {peer.nst} and {near}")
        expected = table.expected[0] + table.expected[2]
        if not np.isclose(expected, peer.expected[0, 0]):
            raise SystemExit(f"the expected counts differ: {peer.expected[0, 0]} and {expected}")
        ratios.append(peer_seconds / seconds)
        print(
            f"observed {near} (the same): pointpats 99 permutations {short_seconds:.1f} s, 999 "
            f"{peer_seconds:.1f} s; ours 999 {seconds:.3f} s (table of 30 cells {many_seconds:.3f} s); ratio "
            f"{ratios[-1]:.0f}"
        )
    print(f"median ratio {statistics.median(ratios):.0f} (target {TARGET})")


if __name__ == "__main__":
    main()
