"""Query results in memory, so that the same question on the same data is answered once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

import pyarrow as pa

_MAX_ENTRIES = 512
_MAX_BYTES = 256 * 1024**2
_MAX_SHARE = 4  # a result larger than a quarter of the whole would drive out everything else


class QueryCache:
    """The results of one store's queries at its latest data version; the least recently used go first.

    Safe to share between threads. Arrow tables are immutable, so a reader cannot change what the next one is
    given. Only results of queries on the store's tables belong here: none that depends on who asks.
    """

    def __init__(self, max_entries: int = _MAX_ENTRIES, max_bytes: int = _MAX_BYTES) -> None:
        self._max_entries, self._max_bytes = max_entries, max_bytes
        self._results: OrderedDict[Hashable, tuple[pa.Table, int]] = OrderedDict()
        self._bytes = 0
        self._version = -1
        self._lock = threading.Lock()

    def find(self, version: int, query: Hashable) -> pa.Table | None:
        """The result of a query at a data version, None where it is not stored. A later version drops all
        that is stored for earlier ones."""
        with self._lock:
            self._move_to(version)
            if version != self._version or query not in self._results:
                return None
            self._results.move_to_end(query)
            return self._results[query][0]

    def add(self, version: int, query: Hashable, result: pa.Table, extra_bytes: int = 0) -> None:
        """Store a result that was read at a data version or later; `extra_bytes` is the size of the tables
        the query itself carries. What is too large, or of a version that has passed, is not stored."""
        size = result.get_total_buffer_size() + extra_bytes
        with self._lock:
            self._move_to(version)
            if version != self._version or size > self._max_bytes // _MAX_SHARE:
                return
            self._drop(query)
            self._results[query] = result, size
            self._bytes += size
            while len(self._results) > self._max_entries or self._bytes > self._max_bytes:
                self._drop(next(iter(self._results)))

    def _move_to(self, version: int) -> None:
        if version > self._version:
            self._results.clear()
            self._bytes, self._version = 0, version

    def _drop(self, query: Hashable) -> None:
        _, size = self._results.pop(query, (None, 0))
        self._bytes -= size
