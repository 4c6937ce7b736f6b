"""Rounds that recur: the same towns in the same order, more often than the same visits in a random order
would give."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.adverts.movement.visits import DEFAULTS, MovementParameters

_LONGEST = 8
_MAXIMUM_VISITS = 500


@dataclass(frozen=True)
class Circuits:
    """`table`: towns ('A → B → C → A'), length, rounds, moves, p; `visits` is how many visits were looked
    at."""

    table: pd.DataFrame
    visits: int
    permutations: int


def find_circuits(places: Sequence[str], parameters: MovementParameters = DEFAULTS) -> Circuits:
    """Rounds made at least twice among the last 500 visits (`places`, in order, neighbours different).

    A round leaves a town and comes back to it over other towns, each once, at most eight in all; direction
    counts, the town one begins in does not. Rounds of one circuit do not overlap. Its size is the moves it
    accounts for.

    p: the share of `permutations` random orders of the same visits (no two neighbours alike) in which *any*
    circuit accounts for as many moves, so that looking for many circuits at once is paid for (Westfall and
    Young's maximum)."""
    sequence = list(places)[-_MAXIMUM_VISITS:]
    names = sorted(set(sequence))
    numbers = [names.index(place) for place in sequence]
    found = {towns: rounds for towns, rounds in _rounds(numbers).items() if rounds >= 2}
    exceed = dict.fromkeys(found, 0)
    if found:
        rng = np.random.default_rng(parameters.seed)
        shuffled = _mixed(numbers, rng, 20 * len(numbers))
        for _ in range(parameters.permutations):
            shuffled = _mixed(shuffled, rng, 3 * len(numbers))
            top = max((len(towns) * rounds for towns, rounds in _rounds(shuffled).items()), default=0)
            for towns, rounds in found.items():
                exceed[towns] += top >= len(towns) * rounds
    rows = [
        {
            "towns": " → ".join(names[k] for k in (*towns, towns[0])),
            "length": len(towns),
            "rounds": rounds,
            "moves": rounds * len(towns),
            "p": (1 + exceed[towns]) / (1 + parameters.permutations),
        }
        for towns, rounds in found.items()
    ]
    table = pd.DataFrame(rows, columns=["towns", "length", "rounds", "moves", "p"])
    return Circuits(
        table.sort_values(["moves", "towns"], ascending=[False, True], ignore_index=True),
        len(sequence),
        parameters.permutations,
    )


def _rounds(sequence: list[int]) -> dict[tuple[int, ...], int]:
    """How often each circuit, turned to begin with its smallest number, is made without overlap."""
    rounds: dict[tuple[int, ...], int] = defaultdict(int)
    free_from: dict[tuple[int, ...], int] = {}
    for start, place in enumerate(sequence):
        for length in range(2, min(_LONGEST, len(sequence) - 1 - start) + 1):
            if sequence[start + length] == place:
                loop = sequence[start : start + length]
                if len(set(loop)) == length:
                    at = loop.index(min(loop))
                    towns = tuple(loop[at:] + loop[:at])
                    if start >= free_from.get(towns, 0):
                        rounds[towns] += 1
                        free_from[towns] = start + length
                break
    return rounds


def _mixed(sequence: list[int], rng: np.random.Generator, swaps: int) -> list[int]:
    """Another order of the same visits with no two neighbours alike: random swaps, each kept only if that
    holds."""
    mixed, last = sequence.copy(), len(sequence) - 1
    for i, j in rng.integers(0, len(mixed), (swaps, 2)).tolist():
        mixed[i], mixed[j] = mixed[j], mixed[i]
        if any(
            (k > 0 and mixed[k - 1] == mixed[k]) or (k < last and mixed[k + 1] == mixed[k]) for k in (i, j)
        ):
            mixed[i], mixed[j] = mixed[j], mixed[i]
    return mixed
