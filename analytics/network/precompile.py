"""The compiled searches of this room, made ahead."""

from __future__ import annotations

import numpy as np

from analytics.network.structure.fragmentation import build_adjacency, measure_many, sum_closeness


def compile_fragmentation() -> None:
    adjacency = build_adjacency(3, np.array([[0, 1], [1, 2]]))
    sum_closeness(adjacency)
    measure_many(adjacency, np.array([[0], [1]]))
