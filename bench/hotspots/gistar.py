"""Gi* against esda: z-scores on 250,000 cells, permutation p-values on 40,000.

    python -m bench.hotspots.gistar

The peer's weights are built by its fastest constructor for a lattice (lat2W, queen) and counted in its time;
ours includes finding the neighbours, the p-values, the false-discovery correction and the table returned.
Ours draws 99,999 permutations where esda draws 999. Both run once before the rounds, so that compilation is
apart."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from analytics.hotspots.grid.cells import Grid
from analytics.hotspots.methods.gi_star import gi_star
from bench.by_turns import Turns, run_by_turns, timed

ROUNDS = 3
GRID = Grid("square", 100)


def lattice(side: int) -> pd.DataFrame:
    """A square of cells with skewed harm (lognormal, seed 0): without ties, which esda breaks by rounding."""
    i, j = (a.ravel() for a in np.meshgrid(np.arange(side), np.arange(side), indexing="ij"))
    harm = np.random.default_rng(0).lognormal(0, 1.5, i.size)
    return pd.DataFrame({"i": i, "j": j, "count": 1, "harm": harm})


def peer(cells: pd.DataFrame, permutations: int) -> Any:
    from esda.getisord import G_Local
    from libpysal.weights import lat2W

    side = int(len(cells) ** 0.5)
    return G_Local(
        cells.harm.to_numpy(),
        lat2W(side, side, rook=False),
        transform="B",
        star=True,
        permutations=permutations,
        keep_simulations=False,
        seed=1,
        n_jobs=os.cpu_count(),
    )


def measure(
    side: int, permutations: int, agree: Callable[[pd.DataFrame, Any], str], rounds: int = ROUNDS
) -> tuple[str, Turns]:
    """What `agree` says of the two answers on a square of `side` cells, and the rounds by turns after a first
    of each, which is printed."""
    cells = lattice(side)
    null = "conditional" if permutations else "normal"

    def ask_peer() -> Any:
        return peer(cells, permutations)

    def ask_ours() -> pd.DataFrame:
        return gi_star(cells, GRID, value="harm", null=null)

    first_theirs, theirs = timed(ask_peer)
    first_ours, ours = timed(ask_ours)
    said = agree(ours, theirs)
    print(f"  first run, compiling: esda {first_theirs:.2f} s, ours {first_ours:.2f} s", flush=True)
    return said, run_by_turns(ask_peer, ask_ours, rounds)


def compare(side: int, permutations: int, target: int, agree: Callable[[pd.DataFrame, Any], str]) -> None:
    said, turns = measure(side, permutations, agree)
    slow, fast = turns.medians
    print(
        f"{side * side:,} cells, "
        f"{f'permutations: esda {permutations}, ours 99,999' if permutations else 'z'}: "
        f"{said}\n  then esda {slow:.2f} s, ours {fast:.3f} s, ratio {turns.say_ratio()}; target {target}"
    )


def same_z(ours: pd.DataFrame, theirs: Any) -> str:
    if not np.allclose(ours.z, theirs.Zs, rtol=1e-9):
        sys.exit("the z-scores differ")
    return "same z to 1e-9"


def same_p(ours: pd.DataFrame, theirs: Any) -> str:
    """esda gives the smaller tail; below 0.45 it must be half of ours within four of its standard errors."""
    one_sided = ours.p / 2
    error = 4 * np.sqrt(one_sided * (1 - one_sided) / theirs.permutations) + 2 / theirs.permutations
    within = (np.abs(one_sided - theirs.p_sim) <= error)[one_sided < 0.45].mean()
    if within < 0.999:
        sys.exit(f"the p-values differ: only {within:.1%} agree")
    return f"{within:.2%} of p agree within four standard errors of esda's"


def main() -> None:
    warnings.filterwarnings("ignore")
    compare(500, 0, 50, same_z)
    compare(200, 999, 20, same_p)


if __name__ == "__main__":
    main()
