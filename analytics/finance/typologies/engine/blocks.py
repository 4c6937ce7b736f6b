"""Blocks of time: equal stretches, counted from the first moment of the data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Blocks:
    """`begin` and `end` of the data and the `length` of a block, in microseconds."""

    begin: int
    end: int
    length: int

    @property
    def count(self) -> int:
        return int((self.end - self.begin) // self.length) + 1

    def of(self, time: npt.ArrayLike) -> np.ndarray:
        """The number of the block that each time lies in."""
        return (np.asarray(time, np.int64) - self.begin) // self.length

    def start_of(self, block: npt.ArrayLike) -> np.ndarray:
        """The first moment of each block."""
        return self.begin + np.asarray(block, np.int64) * self.length
