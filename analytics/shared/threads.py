"""Running a compiled kernel on every core."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numba


def in_threads(kernel: Callable[..., None], count: int, *arguments: Any) -> None:
    """Run `kernel(start, stop, *arguments)`, compiled with nogil, over slices of 0 to `count`; it writes its
    answer into its arguments. Not by numba's own threads: where OpenMP is missing, they end the process as
    soon as two sessions meet in them."""
    cores: int = numba.get_num_threads()
    slices = min(4 * cores, max(count, 1))
    ends = [count * k // slices for k in range(slices + 1)]
    with ThreadPoolExecutor(cores) as pool:
        for done in [pool.submit(kernel, ends[k], ends[k + 1], *arguments) for k in range(slices)]:
            done.result()
