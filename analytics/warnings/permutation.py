"""Histories in which nothing is new: what the limits of early warning are measured on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analytics.warnings.expectation import Model

Floats = npt.NDArray[np.float64]


def permute_history(counts: Floats, model: Model, copies: int, generator: np.random.Generator) -> Floats:
    """`copies` of `counts` (series, periods) with periods exchanged within each quarter of a year, so that
    season and trend stay; shape (series, copies, periods).

    The recent periods, which may hold what is new, are drawn from the same season of earlier years, brought
    to the present level; where no season is known, from the periods learned from. All series are exchanged
    alike, so that what they have in common stays."""
    year, quarter = (12, 3) if model.monthly else (52, 13)
    periods = counts.shape[1]
    before = periods - model.left_out - 1  # the first recent one: the latest is judged too
    index = np.tile(np.arange(periods), (copies, 1))
    level = np.ones((len(counts), copies, periods))
    recent = np.arange(before, periods)
    if model.parameters is None:
        index[:, recent] = generator.integers(before - model.learned + 1, before, (copies, len(recent)))
    else:
        back = generator.integers(1, max(2, model.parameters.years), (copies, len(recent)))
        index[:, recent] = recent - year * back
        level[:, :, before:] = _measure_growth(counts, before, year, model.parameters.years)[:, back]
    for end in range(periods, 0, -quarter):
        block = slice(max(0, end - quarter), end)
        order = generator.permuted(np.tile(np.arange(block.stop - block.start), (copies, 1)), axis=1)
        index[:, block] = np.take_along_axis(index[:, block], order, axis=1)
        level[:, :, block] = np.take_along_axis(level[:, :, block], order[None], axis=2)
    exact = counts[:, index] * level
    whole = np.floor(exact)
    return np.asarray(whole + (generator.random(exact.shape) < exact - whole))


def _measure_growth(counts: Floats, before: int, year: int, years: int) -> Floats:
    """Shape (series, years + 1): how many times the count of k years before the last known year is."""
    growth = np.ones((len(counts), years + 1))
    last = counts[:, max(0, before - year) : before].sum(axis=1)
    for k in range(1, years):
        end = before - year * k
        earlier = counts[:, max(0, end - year) : end].sum(axis=1) if end >= year // 2 else last
        growth[:, k] = np.clip(last / np.maximum(earlier, 1), 0.2, 5) if end >= year // 2 else 1.0
    return growth
