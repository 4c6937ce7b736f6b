"""The days just before and since an action that are compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from analytics.shared.wording import counted, write_day


@dataclass(frozen=True)
class ActionWindows:
    """`days`: how many are on record since the action began, that day included (0 where none). `length`: of
    either window, at least a day. `before`, `after`: their first and last days. `ready`: the first last day
    that is judged."""

    days: int
    length: int
    before: tuple[date, date]
    after: tuple[date, date]
    ready: date

    @property
    def too_early(self) -> bool:
        return self.after[0] + timedelta(days=self.days - 1) < self.ready

    def say_too_early(self, of: str = "") -> str:
        """Why nothing is judged yet. `of`: what the days are of, such as 'of calls'."""
        seen = f"{counted(self.days, 'day')}{of and f' {of}'}"
        return f"Only {seen} since the action; judge from {write_day(self.ready)}."


def find_windows(start: date, last: date, minimum_days: int, maximum_days: int) -> ActionWindows:
    """Two windows of one length around the first day of an action: `last` is the last day on record, and no
    more than `maximum_days` are looked at."""
    days = max((last - start).days + 1, 0)
    length = max(min(days, maximum_days), 1)
    return ActionWindows(
        days,
        length,
        (start - timedelta(days=length), start - timedelta(days=1)),
        (start, start + timedelta(days=length - 1)),
        start + timedelta(days=minimum_days - 1),
    )
