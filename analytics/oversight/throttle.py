"""Wrong attempts to sign in, and how long the next one must wait: longer each time, never for ever.

Attempts are counted in memory. Those by a name are in the audit trail too, from which `recall` counts them
again after a restart. Those by an address are not: where somebody sits is recorded nowhere."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from analytics.store import Store, true_now

_FREE = {
    "name": 3,
    "address": 20,
}  # wrong attempts without a wait; behind an address there may be many people
_LONGEST = 300.0  # seconds: longer, and anybody could shut out anybody
_FORGOTTEN_AFTER = 3600.0
_MOST = 10_000


@dataclass(frozen=True)
class _Wrong:
    count: int
    at: float


class Throttle:
    """Counts by name and by address."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[tuple[str, str], _Wrong] = OrderedDict()
        self._lock = threading.Lock()

    def take_turn(self, name: str, address: str | None) -> int:
        """Seconds until the next attempt is looked at; 0: now, and it counts as wrong until `forgive`.
        Counted before it is looked at, so that many at once are no way round."""
        keys = [("name", name.casefold()), *([("address", address)] if address else [])]
        with self._lock:
            wait = max(self._left(key) for key in keys)
            if wait:
                return ceil(wait)
            for key in keys:
                self._count(key, 1)
            while len(self._wrong) > _MOST:
                self._wrong.popitem(last=False)
        return 0

    def forgive(self, name: str, address: str | None) -> None:
        """The attempt was right: it clears the name, and is taken off the address."""
        with self._lock:
            self._wrong.pop(("name", name.casefold()), None)
            if address and ("address", address) in self._wrong:
                self._count(("address", address), -1)

    def recall(self, store: Store) -> None:
        """Count the wrong attempts by a name that the trail has of the last hour, since it last got in."""
        at = true_now()
        rows = store.rows(
            "SELECT actor AS name, count(*) AS wrong, max(recorded_at) AS last FROM audit a"
            " WHERE act = 'sign-in refused' AND recorded_at > $since AND recorded_at > coalesce((SELECT"
            " max(recorded_at) FROM audit b WHERE b.act = 'sign in' AND b.actor = a.actor), $since)"
            " GROUP BY actor",
            {"since": at - timedelta(seconds=_FORGOTTEN_AFTER)},
        )
        with self._lock:
            for row in rows:
                when = time.monotonic() - (at - row["last"]).total_seconds()
                self._wrong[("name", row["name"].casefold())] = _Wrong(row["wrong"], when)

    def _count(self, key: tuple[str, str], by: int) -> None:
        before = self._wrong.pop(key, None)
        recent = before is not None and time.monotonic() - before.at < _FORGOTTEN_AFTER
        count = before.count if before is not None and recent else 0
        self._wrong[key] = _Wrong(max(0, count + by), time.monotonic())

    def _left(self, key: tuple[str, str]) -> float:
        wrong, free = self._wrong.get(key), _FREE[key[0]]
        if wrong is None or wrong.count < free:
            return 0.0
        lasts = min(_LONGEST, 2.0 ** min(wrong.count - free, 16))
        return max(0.0, wrong.at + lasts - time.monotonic())
