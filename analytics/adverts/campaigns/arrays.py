"""Names for the array types that the compiled campaign kernels take and give."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Int = int | np.integer[Any]
Ints = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.floating[Any]]
Flags = npt.NDArray[np.bool_]
Hashes = npt.NDArray[np.uint64]
PairTable = tuple[
    Ints, Ints, Ints, Ints, Flags, Flags, Ints, Ints, Ints, Ints
]  # as `make_table` describes it
