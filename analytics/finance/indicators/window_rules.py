"""Rules that count payments in a moving window."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.finance.indicators.facts import DAY, Facts
from analytics.finance.indicators.rules import Rule

_EMPTY = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class RuleHit:
    """A rule met by an account: the values its words name, and the rows it rests on (positions in the
    ledger's payments, in the accounts and in the adverts given)."""

    account: int
    values: Mapping[str, Any]
    payments: np.ndarray = field(default_factory=lambda: _EMPTY)
    accounts: np.ndarray = field(default_factory=lambda: _EMPTY)
    adverts: np.ndarray = field(default_factory=lambda: _EMPTY)


def find_in_window(facts: Facts, rule: Rule) -> list[RuleHit]:
    """The best window of each account that meets the rule: most of the first measure named, then the
    earliest."""
    sides = facts.sides
    met = facts.matches(rule, rule.where)
    if not met.any():
        return []
    own = sides[met]
    table = measure_windows(facts, own, rule.within_days)
    share: dict[str, Callable[[], np.ndarray]] = {
        "share_of_own": lambda: (
            _count(own.subject, sides.subject) / _count(_same_side(sides, rule), sides.subject)
        ),
        "share_of_matching": lambda: (
            _count(own.subject, sides.subject)
            / _count(
                sides.subject[facts.matches(rule, {k: v for k, v in rule.where.items() if k != "hours"})],
                sides.subject,
            )
        ),
        "of_history": lambda: 1 / _count(_same_side(sides, rule), sides.subject),
    }
    for name, ratio in share.items():
        if name in rule.at_least or name in rule.at_most:
            value = ratio()[table.subject]
            table[name] = value * table.payments if name == "of_history" else value
    enough = np.ones(len(table), bool)
    for name, minimum in rule.at_least.items():
        enough &= (table[name] >= minimum).to_numpy()
    for name, maximum in rule.at_most.items():
        enough &= (table[name] <= maximum).to_numpy()
    first = next(iter(rule.at_least))
    best = table[enough].sort_values(
        ["subject", first, "payments", "last"], ascending=[True, False, False, True]
    )
    names = [name for name in table if name not in ("subject", "low", "last")]
    pay = own.pay.to_numpy()
    found = []
    for row in best.drop_duplicates("subject").itertuples():
        rows = pay[row.low : row.last + 1]
        values = {name: getattr(row, name) for name in names}
        span = facts.micros[rows[-1]] - facts.micros[rows[0]]
        found.append(RuleHit(int(row.subject), values | {"days": max(1, -(-int(span) // DAY))}, rows))
    return found


def measure_windows(facts: Facts, own: pd.DataFrame, within_days: float) -> pd.DataFrame:
    """For each row of `own` (rows of `sides`, by subject and time) the window that ends with it: subject,
    low, last (positions in `own`), payments, counterparties, places and days_apart (different ones)."""
    pay, subject = own.pay.to_numpy(), own.subject.to_numpy()
    low = _window_starts(subject, facts.micros[pay], int(within_days * DAY))
    places = pd.factorize(pd.Series(facts.place[pay]).replace("", None))[0]
    last = np.arange(len(own))
    return pd.DataFrame(
        {
            "subject": subject,
            "low": low,
            "last": last,
            "payments": last - low + 1,
            "counterparties": _count_different(low, pd.factorize(own.other.where(own.other >= 0))[0]),
            "places": _count_different(low, places),
            "days_apart": _count_different(low, pd.factorize(facts.day[pay])[0]),
        }
    )


def _same_side(sides: pd.DataFrame, rule: Rule) -> pd.Series:
    side = {"payee": sides.incoming, "payer": ~sides.incoming, "either": np.ones(len(sides), bool)}[
        rule.subject
    ]
    return sides.subject[side]


def _count(subjects: pd.Series, every: pd.Series) -> np.ndarray:
    """Rows by subject; at least 1, for what is divided by it."""
    return np.maximum(np.bincount(subjects, minlength=int(every.max()) + 1), 1)


@numba.njit(nogil=True, cache=True)
def _window_starts(
    subject: npt.NDArray[np.int64], time: npt.NDArray[np.int64], window: int
) -> npt.NDArray[np.int64]:
    """The first row of the window that ends with each row: same subject, no more than `window` before."""
    low = np.empty(len(subject), np.int64)
    start = 0
    for at in range(len(subject)):
        while subject[start] != subject[at] or time[at] - time[start] > window:
            start += 1
        low[at] = start
    return low


@numba.njit(nogil=True, cache=True)
def _count_different(low: npt.NDArray[np.int64], code: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """How many different codes (0 or more; -1 is none) each window has."""
    inside = np.zeros(code.max() + 2 if len(code) else 1, np.int64)
    different = np.empty(len(low), np.int64)
    start = kinds = 0
    for at in range(len(low)):
        if code[at] >= 0:
            inside[code[at]] += 1
            kinds += inside[code[at]] == 1
        while start < low[at]:
            if code[start] >= 0:
                inside[code[start]] -= 1
                kinds -= inside[code[start]] == 0
            start += 1
        different[at] = kinds
    return different
