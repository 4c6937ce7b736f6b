"""Permutation p-values for sums over neighbours, for all cells at once.

Under random placement the sum over a cell's m neighbours is the sum of m values drawn without replacement, so
cells with the same m share one reference sample. Where the cell's own value is held in place (Anselin's
conditional permutation), the draws must come from the other cells: of the shared sample, those draws in which
the cell itself occurs are left out for it, and what remains is a sample of exactly the distribution wanted.
Sources: Anselin (1995), Geographical Analysis 27(2), 93-115 (conditional permutation; shared reference
samples as in PySAL's esda); Phipson & Smyth (2010), SAGMB 9(1), article 39 (p = (b + 1) / (permutations +
1))."""

from __future__ import annotations

import numba
import numpy as np


def permutation_p(
    values: np.ndarray, sums: np.ndarray, sizes: np.ndarray, *, hold_own: bool, permutations: int, seed: int
) -> np.ndarray:
    """Two-sided p of each observed sum, shape (cells,): twice the smaller tail, at most 1.

    `sums`: each cell's sum of `values` over `sizes` cells. With `hold_own` its own value is not among them
    and stays in place; without, the sizes count the cell itself and all values are permuted over all cells.
    Nothing is less than 2 / (permutations + 1). A cell with nothing to sum gets 1. Sums within 1e-9 of the
    largest value of each other count as equal, which fractional weights need. Memory: 12 bytes times
    permutations times the largest size."""
    n, largest = len(values), int(sizes.max())
    draws = _draws(np.random.default_rng(seed), n, largest, permutations)
    drawn = np.cumsum(values[draws], axis=0)
    near = 1e-9 * np.abs(values).max()
    at_least, at_most = np.zeros((2, n), dtype=np.int64)
    used = np.full(n, permutations)
    for size in np.unique(sizes[sizes > 0]):
        ordered, cells = np.sort(drawn[size - 1]), np.flatnonzero(sizes == size)
        at_least[cells] = permutations - np.searchsorted(ordered, sums[cells] - near, side="left")
        at_most[cells] = np.searchsorted(ordered, sums[cells] + near, side="right")
    if hold_own:
        _leave_out_own(draws, drawn, sums, sizes, near, at_least, at_most, used)
    p = np.minimum(1.0, 2 * (np.minimum(at_least, at_most) + 1) / (used + 1))
    return np.where(sizes > 0, p, 1.0)


@numba.njit(cache=True)
def _draws(rng: np.random.Generator, n: int, largest: int, permutations: int) -> np.ndarray:
    # Drawn one after another, a repeat drawn again: the first m of a column are a random m-subset for every
    # m.
    draws = np.empty((largest, permutations), dtype=np.int32)
    for k in range(permutations):
        for m in range(largest):
            repeated = True
            while repeated:
                draws[m, k] = int(rng.random() * n)
                repeated = False
                for earlier in range(m):
                    if draws[earlier, k] == draws[m, k]:
                        repeated = True
                        break
    return draws


@numba.njit(cache=True)
def _leave_out_own(
    draws: np.ndarray,
    drawn: np.ndarray,
    sums: np.ndarray,
    sizes: np.ndarray,
    near: float,
    at_least: np.ndarray,
    at_most: np.ndarray,
    used: np.ndarray,
) -> None:
    for m in range(draws.shape[0]):
        for k in range(draws.shape[1]):
            cell = draws[m, k]
            if m < sizes[cell]:
                value = drawn[sizes[cell] - 1, k]
                used[cell] -= 1
                at_least[cell] -= value >= sums[cell] - near
                at_most[cell] -= value <= sums[cell] + near
