"""Weeks in which an account got or paid far larger sums than its own past and its peers' week lead one to
expect.

Null hypothesis: the week's sum is a draw like those of the account's weeks before. On a log scale it is taken
from the median of those weeks and from what the peers' sums did that week, in units of the account's own
spread (median absolute deviation, drawn to its group's). How large such a distance becomes by itself is not
assumed but seen: past weeks of each account are held out one by one and measured in the same way, and those
of its group are the null distribution. Beyond the largest of them its tail goes on as a generalised Pareto
(Knijnenburg et al. 2009, Bioinformatics 25(12); its shape by L-moments, Hosking & Wallis 1987, and never with
an end). Medians and a spread seen make it robust: one huge payment in the past neither hides the next nor
makes it common."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

_ACTIVE_WEEKS = 6  # with payments, in the past: fewer tell no usual sum
_PRIOR_WEEKS = 6
_MIN_SPREAD = 0.05  # on the log scale: 5 %
_MIN_PEERS = 20
_MIN_POOL = 200
_TAIL = 1_000
_MIN_SHAPE = 0.1  # heavier than an exponential: sums have no thin tails
_HELD_OUT = 4  # past weeks of each account


def compute_amount_tests(
    account: np.ndarray,
    currency: np.ndarray,
    amount: np.ndarray,
    age: np.ndarray,
    first: np.ndarray,
    group: np.ndarray,
    weeks: int,
    past_weeks: int,
    min_past_weeks: int,
) -> pd.DataFrame:
    """One row per account, currency and week tested: account, currency, week, observed and expected (minor
    units), past_mean (the usual week's sum: the median of weeks with payments), peers, p.

    `account`, `currency`, `amount` (minor units) and `age` (weeks before the last) are by payment; `first`
    (the age of the first week) and `group` by account; `weeks`, `past_weeks`
    and `min_past_weeks` as in `weekly_outliers.WeeklyOutlierParameters`.
    """
    money, names = pd.factorize(currency, sort=True)
    units, code = np.unique(account.astype(np.int64) * len(names) + money, return_inverse=True)
    owner, money = np.divmod(units, max(len(names), 1))
    sums = np.zeros((len(units), weeks + past_weeks))
    np.add.at(sums, (code, age), amount)
    with np.errstate(divide="ignore"):
        logs = np.where(sums > 0, np.log(sums), np.nan)
    begins = first[owner]  # the week of its first payment is why an account is here: no sample of its past
    inside = begins < logs.shape[1]
    logs[np.flatnonzero(inside), begins[inside]] = np.nan
    kind = np.unique(group[owner] * len(names) + money, return_inverse=True)[1]
    rng = np.random.default_rng(0)
    tests, pool = [], []
    for week in range(weeks):
        past = logs[:, week + 1 : week + 1 + past_weeks]
        enough = np.minimum(begins - week, past_weeks) >= min_past_weeks
        known = np.isfinite(past)
        now = logs[:, week]
        tested = np.flatnonzero(enough & (known.sum(axis=1) >= _ACTIVE_WEEKS) & np.isfinite(now))
        if len(tested):
            table = _measure_week(past[tested], now[tested], kind[tested])
            table.insert(0, "account", owner[tested])
            table.insert(1, "currency", names[money[tested]])
            tests.append(table.assign(week=week, observed=sums[tested, week].round().astype(np.int64)))
        who = np.flatnonzero(enough & (known.sum(axis=1) > _ACTIVE_WEEKS))
        pool += [_hold_out(past, kind, who, rng) for _ in range(_HELD_OUT)]
    if not tests:
        return pd.DataFrame(
            columns=["account", "currency", "week", "observed", "past_mean", "peers", "expected", "p"]
        )
    table, null = pd.concat(tests, ignore_index=True), pd.concat(pool, ignore_index=True)
    return _judge(table, null).drop(columns=["z", "kind"])


def _measure_week(past: np.ndarray, now: np.ndarray, kind: np.ndarray) -> pd.DataFrame:
    """past_mean, peers, expected, z and kind of each row's week, on whose log scale `past` and `now` are."""
    centre, spread = _centre_and_spread(past, kind)
    shift = _peer_shift(now - centre, kind)
    return pd.DataFrame(
        {
            "past_mean": np.exp(centre),
            "peers": np.exp(shift),
            "expected": np.exp(centre + shift),
            "z": (now - centre - shift) / spread,
            "kind": kind,
        }
    )


def _centre_and_spread(past: np.ndarray, kind: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(centre, spread) of each row's weeks on the log scale; the spread is drawn to the median of its
    kind."""
    centre = np.nanmedian(past, axis=1)
    own = 1.4826 * np.nanmedian(np.abs(past - centre[:, None]), axis=1)
    weeks = np.isfinite(past).sum(axis=1)
    typical = pd.Series(own).groupby(kind).transform("median").to_numpy()
    square = (weeks * own**2 + _PRIOR_WEEKS * typical**2) / (weeks + _PRIOR_WEEKS)
    return centre, np.maximum(np.sqrt(square), _MIN_SPREAD)


def _peer_shift(apart: np.ndarray, kind: np.ndarray) -> np.ndarray:
    """How far the sums of a kind lie from their centres that week, in the middle; 0 where there are too
    few."""
    grouped = pd.Series(apart).groupby(kind)
    return np.where(grouped.transform("count") >= _MIN_PEERS, grouped.transform("median"), 0.0)


def _hold_out(past: np.ndarray, kind: np.ndarray, who: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """z and kind of one past week of each row, drawn at random and measured as a week that is tested."""
    if not len(who):
        return pd.DataFrame({"z": [], "kind": []})
    past, kind = past[who].copy(), kind[who]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # weeks in which no account of a kind paid
        middle = np.nanmedian(past, axis=1)
        shifts = np.c_[[_peer_shift(past[:, week] - middle, kind) for week in range(past.shape[1])]].T
    drawn = np.where(np.isfinite(past), rng.random(past.shape), -1).argmax(axis=1)
    row = np.arange(len(past))
    value, shift = past[row, drawn], shifts[row, drawn]
    past[row, drawn] = np.nan
    centre, spread = _centre_and_spread(past, kind)
    return pd.DataFrame({"z": (value - centre - np.nan_to_num(shift)) / spread, "kind": kind})


def _judge(tests: pd.DataFrame, null: pd.DataFrame) -> pd.DataFrame:
    """The tests with p by the null of their kind, or of all where their kind has too few; without any, no
    test."""
    all_kinds = np.sort(null.z.to_numpy())
    parts = []
    for kind, own in tests.groupby("kind", sort=True):
        pool = np.sort(null.z[null.kind == kind].to_numpy())
        pool = pool if len(pool) >= _MIN_POOL else all_kinds
        if len(pool) >= _MIN_POOL:
            parts.append(own.assign(p=tail_p(own.z.to_numpy(), pool)))
    return pd.concat(parts).sort_index() if parts else tests.iloc[:0].assign(p=0.0)


def tail_p(values: np.ndarray, pool: np.ndarray) -> np.ndarray:
    """The chance of a value so large or larger, by a sorted sample of the null: counted where the sample
    reaches, by the generalised Pareto tail of its upper part where fewer than ten of it are larger."""
    count = len(pool) - np.searchsorted(pool, values, side="left")
    counted = (count + 1) / (len(pool) + 1)
    tail = min(_TAIL, len(pool) // 10)
    above = pool[-tail:] - pool[-tail - 1]
    order = np.arange(tail)
    mean, half = above.mean(), 2 * (order * above).sum() / (tail * max(tail - 1, 1)) - above.mean()
    shape = float(np.clip(2 - mean / half, _MIN_SHAPE, 0.5)) if half > 0 else _MIN_SHAPE
    scale = max(mean * (1 - shape), 1e-9)
    beyond = np.maximum(values - pool[-tail - 1], 0) / scale
    chance = (1 + shape * beyond) ** (-1 / shape)
    return np.where(count < 10, np.maximum(tail / len(pool) * chance, 1e-300), counted)
