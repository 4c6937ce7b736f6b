"""igraph as everybody here takes it: without matplotlib's plotting, and with draws that can be repeated.

At its import igraph asks for matplotlib, whose plotting nothing here uses: nine tenths of the second that the
import took every command and every server. It finds none, and does without."""

from __future__ import annotations

import random
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_PLOTTING = "matplotlib"

if _PLOTTING in sys.modules:
    import igraph
else:
    sys.modules[_PLOTTING] = None  # type: ignore[assignment]  # which makes its import fail, as where it is absent
    try:
        import igraph
    finally:
        del sys.modules[_PLOTTING]

__all__ = ["igraph", "seeded_igraph"]

_RANDOM = threading.Lock()


@contextmanager
def seeded_igraph(seed: int) -> Iterator[None]:
    """Within it igraph draws from a generator of that seed, and no other thread draws: a process has one."""
    with _RANDOM:
        igraph.set_random_number_generator(random.Random(seed))
        try:
            yield
        finally:
            igraph.set_random_number_generator(random)
