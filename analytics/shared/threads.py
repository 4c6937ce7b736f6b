"""Running a compiled kernel on every core."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from numba.core import config

_Answer = TypeVar("_Answer")


def in_threads(kernel: Callable[..., _Answer], count: int, *arguments: object) -> list[_Answer]:
    """Run `kernel(start, stop, *arguments)`, compiled with nogil, over slices of 0 to `count`; it writes its
    answer into its arguments or returns it: the answers, in the order of the slices. Not by numba's own
    threads: where OpenMP is missing, they end the process as soon as two sessions meet in them."""
    threads: int = config.NUMBA_NUM_THREADS  # type: ignore[attr-defined]  # numba sets it as it is imported
    slices = min(4 * threads, max(count, 1))
    ends = [count * k // slices for k in range(slices + 1)]
    with ThreadPoolExecutor(threads) as pool:
        tasks = [pool.submit(kernel, ends[k], ends[k + 1], *arguments) for k in range(slices)]
        return [task.result() for task in tasks]
