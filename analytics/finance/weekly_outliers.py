"""Unusual weeks: an account did far more than its own past and its peers' week lead one to expect.

Null hypothesis: the payments of an account in a week are a draw from a negative binomial whose mean is the
account's own past mean (shrunk towards its group's, as a gamma prior does) times what its group did that week
against its own past, and whose variance allows for the scatter of accounts of the group and for the past
being short. Sums of money are asked apart, by what sums do by themselves (`amount_exceptions`). Every
account, week and side asked is a test: p values are one-sided (more than expected), and Benjamini-Hochberg
bounds the share of false ones among those reported."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analytics.finance.amount_outliers import compute_amount_tests
from analytics.finance.payments import OUTSIDE, Payments, read_payments, to_local_times
from analytics.finance.tables import Table
from analytics.shared.predictive import predictive
from analytics.shared.progress import Progress, ignore_progress

MEASURES = ("credits", "debits", "sums in", "sums out")
_COLUMNS = [
    "account",
    "week",
    "measure",
    "currency",
    "observed",
    "expected",
    "past_mean",
    "peers",
    "p",
    "p_fdr",
    "rows",
]
_WEEK = 7
_PRIOR_WEEKS = 10


@dataclass(frozen=True)
class WeeklyOutlierParameters:
    """Weeks end with the last whole week before `until` (a date; default: the last payment's day). The last
    `weeks` of them are asked, each against the `past_weeks` before it; an account needs a past of
    `min_past_weeks` since its first payment. `rate` bounds the expected share of false ones among what is
    reported."""

    time_zone: str = "UTC"
    until: str | None = None
    weeks: int = 8
    past_weeks: int = 26
    min_past_weeks: int = 8
    rate: float = 0.05

    def __post_init__(self) -> None:
        if min(self.weeks, self.past_weeks, self.min_past_weeks) < 1 or not 0 < self.rate < 1:
            raise ValueError("Weeks must be above 0, and the rate a share.")


@dataclass(frozen=True)
class WeeklyOutliers:
    """`found`: account, week (its first local day), measure (one of MEASURES: how many payments came or went,
    or how large their sum was), currency (of sums), observed, expected, past_mean (a usual week), peers (that
    week against their past), p, p_fdr, rows (positions of the payments). Sums are minor units. `tests`: how
    many were asked; `not_asked`: accounts without enough past, which have no own past to differ from; `p`:
    every p, for a check of the null."""

    found: pd.DataFrame
    tests: int
    not_asked: int
    p: np.ndarray
    parameters: WeeklyOutlierParameters


def find_weekly_outliers(
    transactions: Table,
    groups: pd.Series | None = None,
    parameters: WeeklyOutlierParameters = WeeklyOutlierParameters(),
    *,
    progress: Progress = ignore_progress,
) -> WeeklyOutliers:
    """Unusual weeks, the least likely first. `progress(step, share done)` is called between the steps,
    and may raise to stop.

    `groups`: each account's peers by reference (clusters of `behaviour`, kinds of the account table); without
    it all accounts are peers of one another."""
    progress("Reading the payments", 0.0)
    data = read_payments(transactions)
    payments = data.table
    if not len(payments):
        return WeeklyOutliers(pd.DataFrame(columns=_COLUMNS), 0, 0, np.zeros(0), parameters)
    day = to_local_times(payments, parameters.time_zone).to_numpy().astype("datetime64[D]")
    last = np.datetime64(parameters.until) if parameters.until else day.max()
    age = (last - day).astype(int) // _WEEK  # 0 is the week that ends with `last`
    span = parameters.weeks + parameters.past_weeks
    named = (
        groups.reindex(data.accounts).fillna("none").astype(str)
        if groups is not None
        else pd.Series("all", index=data.accounts)
    )
    group = pd.factorize(named, sort=True)[0]
    tables, asked = [], np.zeros(len(data.accounts), bool)
    currency = payments.currency.to_numpy(dtype=object)
    for measure, sums, side in (("credits", "sums in", "payee"), ("debits", "sums out", "payer")):
        account = payments[side].to_numpy()
        used = (payments.payer != payments.payee).to_numpy() & (account != OUTSIDE) & (age >= 0)
        first = np.full(len(data.accounts), -1)
        np.maximum.at(first, account[used], age[used])  # weeks since the first payment on this side
        inside = used & (age < span)
        counts = np.zeros((len(data.accounts), span), np.int64)
        np.add.at(counts, (account[inside], age[inside]), 1)
        for week in range(parameters.weeks):
            progress(
                f"Comparing {measure} with the past and the peers",
                (0.2 if measure == "credits" else 0.6) + 0.3 * week / parameters.weeks,
            )
            table = _test_week(counts, first, group, week, parameters)
            asked[table.account] = True
            tables.append(table.assign(measure=measure, week=week))
        progress(f"Comparing {sums} with the past and the peers", 0.5 if measure == "credits" else 0.9)
        amount = payments.amount_minor.to_numpy()
        bounds = (parameters.weeks, parameters.past_weeks, parameters.min_past_weeks)
        own = (account[inside], currency[inside], amount[inside], age[inside])
        tables.append(compute_amount_tests(*own, first, group, *bounds).assign(measure=sums))
    tests = pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)
    tests["p_fdr"] = stats.false_discovery_control(tests.p, method="bh") if len(tests) else []
    found = tests[tests.p_fdr <= parameters.rate].sort_values(["p", "account", "week", "measure"])
    rows = _add_rows(found, data, age, last)
    return WeeklyOutliers(
        pd.DataFrame(rows, columns=_COLUMNS), len(tests), int((~asked).sum()), tests.p.to_numpy(), parameters
    )


def _add_rows(
    found: pd.DataFrame, data: Payments, age: np.ndarray, last: np.datetime64
) -> list[dict[str, object]]:
    """Each outlier with its week's first day and the positions of its payments."""
    payments = data.table
    apart = (payments.payer != payments.payee).to_numpy()
    row, currency = payments.row.to_numpy(), payments.currency.to_numpy(dtype=object)
    sides = {name: payments[name].to_numpy() for name in ("payer", "payee")}
    order = {name: np.argsort(side, kind="stable") for name, side in sides.items()}
    rows = []
    for test in found.to_dict("records"):
        name = "payee" if test["measure"] in ("credits", "sums in") else "payer"
        low, high = np.searchsorted(sides[name], [test["account"], test["account"] + 1], sorter=order[name])
        own = order[name][low:high]
        own = own[(age[own] == test["week"]) & apart[own]]
        code = test.get("currency")
        if isinstance(code, str):
            own = own[currency[own] == code]
        begins = pd.Timestamp(last - np.timedelta64(_WEEK * (test["week"] + 1) - 1, "D"))
        rows.append(
            test
            | {
                "account": data.accounts[test["account"]],
                "week": begins,
                "rows": sorted(row[own].tolist()),
                "currency": code if isinstance(code, str) else None,
            }
        )
    return rows


def _test_week(
    counts: np.ndarray, first: np.ndarray, group: np.ndarray, week: int, parameters: WeeklyOutlierParameters
) -> pd.DataFrame:
    """The test of one week for every account with a past: account, observed, expected, past_mean, peers,
    p."""
    past = np.minimum(first - week, parameters.past_weeks)  # whole weeks since the first payment, it included
    who = np.flatnonzero(past >= parameters.min_past_weeks)
    weeks = past[who]
    before = counts[:, week + 1 : week + 1 + parameters.past_weeks]
    # An account's first week is why it is in the data at all: it is no sample of its past.
    sampled = np.arange(before.shape[1]) < (weeks - (weeks == first[who] - week))[:, None]
    sample = np.where(sampled, before[who], 0)
    length = sampled.sum(axis=1)
    mean = sample.sum(axis=1) / length
    observed = counts[who, week]
    own = group[who]
    size = int(own.max(initial=-1)) + 1

    def total(value: np.ndarray) -> np.ndarray:
        """The sum over each account's group."""
        return np.asarray(np.bincount(own, weights=value, minlength=size)[own])

    # Peers: the others of the group, this week against their past; 1 where they are too few to say.
    others_now, others_past = total(observed) - observed, total(mean) - mean
    peers = np.where(others_past >= 5, others_now / np.maximum(others_past, 1e-9), 1.0)
    shape, scatter = _group_prior(mean, length, sample, sampled, own, size)
    centre = np.maximum(total(mean) / np.maximum(total(np.ones(len(who))), 1), 1e-3)
    rate = shape / centre  # the gamma prior of an account's mean: shape and rate
    expected_own = (sample.sum(axis=1) + shape) / (length + rate)
    expected = np.maximum(expected_own * np.maximum(peers, 0.2), 1e-6)
    doubt = (sample.sum(axis=1) + shape) / (length + rate) ** 2 * np.maximum(peers, 0.2) ** 2
    variance = expected * scatter + doubt
    p = predictive(expected, np.maximum(variance, expected * (1 + 1e-9))).sf(observed - 1)
    return pd.DataFrame(
        {
            "account": who,
            "observed": observed,
            "expected": expected,
            "past_mean": mean,
            "peers": peers,
            "p": p,
        }
    )


def _group_prior(
    mean: np.ndarray,
    length: np.ndarray,
    sample: np.ndarray,
    sampled: np.ndarray,
    own: np.ndarray,
    size: int,
) -> tuple[np.ndarray, np.ndarray]:
    """For each account the shape of its group's gamma prior, and how much its weeks scatter (variance against
    mean): its own scatter, drawn to the group's as if by ten weeks more, and not below the group's."""

    def total(value: np.ndarray) -> np.ndarray:
        """The sum of each group."""
        return np.bincount(own, weights=value, minlength=size)

    number = np.maximum(total(np.ones(len(own))), 1)
    centre = total(mean) / number
    within = np.where(sampled, (sample - mean[:, None]) ** 2, 0).sum(axis=1) / np.maximum(length - 1, 1)
    scatter = np.maximum(total(within) / np.maximum(total(mean), 1e-9), 1.0)
    between = (
        total((mean - centre[own]) ** 2) / np.maximum(number - 1, 1) - total(mean / length) / number * scatter
    )
    shape = np.clip(centre**2 / np.maximum(between, 1e-6), 0.05, 50)
    alone = within / np.maximum(mean, 1e-9)
    shrunk = (_PRIOR_WEEKS * scatter[own] + (length - 1) * alone) / (_PRIOR_WEEKS + length - 1)
    return shape[own], np.maximum(shrunk, scatter[own])
