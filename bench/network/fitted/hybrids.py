"""Networks of two types at once, by three ways of being so."""

from __future__ import annotations

from bench.network.fitted.broker import BROKER
from bench.network.fitted.chain import CHAIN
from bench.network.fitted.core import CORE
from bench.network.fitted.flux import FLUX
from bench.network.fitted.mesh import MESH
from bench.network.recipes import Events, Rng

_KINDS = (FLUX, BROKER, CHAIN, MESH, CORE)


def _two(n: int, first: int, rng: Rng) -> tuple[Events, Events]:
    one, other = (_KINDS[at] for at in rng.choice(len(_KINDS), 2, replace=False))
    return (
        one[int(rng.integers(len(one)))](first, rng),
        other[int(rng.integers(len(other)))](n - first, rng),
    )


def mixture_side_by_side(n: int, rng: Rng) -> Events:
    """Two networks that a few ties join."""
    first = round(n * rng.uniform(0.35, 0.65))
    events, rest = _two(n, first, rng)
    events = events + [(a + first, b + first, *more) for a, b, *more in rest]
    for _ in range(int(rng.integers(2, 4 + n // 25))):
        events.append(
            (int(rng.integers(first)), int(rng.integers(first, n)), 0.1, 0.9, int(rng.integers(3, 9)))
        )
    return events


def mixture_shared_people(n: int, rng: Rng) -> Events:
    """Two networks that have some people in common."""
    shared = max(int(n * rng.uniform(0.05, 0.15)), 1)
    first = round(n * rng.uniform(0.35, 0.65))
    events, rest = _two(n + shared, first, rng)
    return events + [(a + first - shared, b + first - shared, *more) for a, b, *more in rest]


def mixture_end_to_end(n: int, rng: Rng) -> Events:
    """One network that hands over to another at its busiest."""
    first = round(n * rng.uniform(0.35, 0.65))
    events, rest = _two(n, first, rng)
    events = events + [(a + first, b + first, *more) for a, b, *more in rest]
    ends = [a for event in events for a in event[:2]]
    for _ in range(int(rng.integers(2, 5))):
        one = next((a for a in rng.permutation(ends) if a < first), 0)
        other = next((a for a in rng.permutation(ends) if a >= first), n - 1)
        events.append((int(one), int(other), 0.1, 0.9, int(rng.integers(3, 9))))
    return events


MIXTURES = (mixture_side_by_side, mixture_shared_people, mixture_end_to_end)
