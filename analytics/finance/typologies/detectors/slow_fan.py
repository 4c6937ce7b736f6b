"""Slow fan-in and fan-out: over weeks or months an account meets far more new counterparties than it does
otherwise, at whatever scale of time that shows most."""

from __future__ import annotations

import numpy as np
from pydantic import PositiveFloat, PositiveInt

from analytics.finance.typologies.detectors.fan import score_windows
from analytics.finance.typologies.engine.detector import Detector, Explanation, Search
from analytics.finance.typologies.engine.results import Results, best_of_each
from analytics.finance.typologies.engine.section import SectionModel
from analytics.finance.typologies.engine.surroundings import DAY
from analytics.finance.typologies.engine.timed_ledger import TimedLedger, by_account
from analytics.finance.typologies.engine.wording import duration, share_of_history
from analytics.shared.wording import counted


class SlowFanParameters(SectionModel):
    """The scales of time, how many new counterparties, and from what share of the sum a payment on belongs to
    it."""

    scale_days: tuple[PositiveFloat, ...] = (10, 21, 45, 90)
    min_counterparties: PositiveInt = 5
    min_onward_share: PositiveFloat = 0.15
    onward_days: PositiveFloat = 10


def find_in(search: Search[SlowFanParameters]) -> Results:
    """Accounts whose number of new payers is improbable at some scale."""
    return _find(search, gathers=True)


def find_out(search: Search[SlowFanParameters]) -> Results:
    """The same of new payees."""
    return _find(search, gathers=False)


def _find(search: Search[SlowFanParameters], gathers: bool) -> Results:
    """For each account the window, of any scale that fits thrice into the data, with the most surprising
    number of counterparties that deal with it within that window and at no other time.

    What a gatherer then paid on in large parts belongs to the result, and what a distributor got before."""
    ledger, wanted = search.ledger, search.parameters
    account, other = (ledger.payee, ledger.payer) if gathers else (ledger.payer, ledger.payee)
    path = np.flatnonzero(ledger.path)
    starts_all, all_rows = by_account(account, path, len(ledger.accounts))
    since, until, first = _pair_times(ledger, path)
    found: list[tuple[int, float, np.ndarray]] = []
    for days in wanted.scale_days:
        window = int(days * DAY)
        if 3 * window > ledger.end - ledger.begin:
            continue
        new = first[(until - since)[first] <= window]
        starts, order = by_account(account, path[new], len(ledger.accounts))
        active = max(len(np.unique(account[path])), 1)
        rate = len(new) / active / max(ledger.end - ledger.begin, window)
        score = score_windows(ledger, starts, order, rate, wanted.min_counterparties, window)
        strong = np.flatnonzero(score >= ledger.surroundings.min_surprise)
        strong = strong[best_of_each(account[order[strong]], score[strong])]
        for k in strong:
            who, begun = int(account[order[k]]), ledger.time[order[k]]
            own = all_rows[starts_all[who] : starts_all[who + 1]]
            at = np.searchsorted(path, own)
            inside = (since[at] >= begun) & (until[at] <= begun + window)
            found.append((who, float(score[k]), own[inside]))
    centre, surprise = np.array([f[0] for f in found], np.int64), np.array([f[1] for f in found])
    best = best_of_each(centre, surprise)
    beside = by_account(ledger.payer if gathers else ledger.payee, path, len(ledger.accounts))
    lists = [_with_large_parts(ledger, found[k][2], found[k][0], beside, wanted, gathers) for k in best]
    return Results.of(
        lists, centre[best], surprise[best], [ledger.time[rows[0]] for rows in lists], len(path)
    )


def _pair_times(ledger: TimedLedger, path: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each payment on a path the first and the last time of its pair, and the positions (in `path`) of
    the first payments of pairs."""
    key = ledger.payer[path].astype(np.int64) * len(ledger.accounts) + ledger.payee[path]
    _, first, pair = np.unique(key, return_index=True, return_inverse=True)
    time = ledger.time[path]
    last = np.zeros(len(first), np.int64)
    np.maximum.at(last, pair, time)
    return time[first][pair], last[pair], np.sort(first)


def _with_large_parts(
    ledger: TimedLedger,
    rows: np.ndarray,
    account: int,
    beside: tuple[np.ndarray, np.ndarray],
    wanted: SlowFanParameters,
    gathers: bool,
) -> np.ndarray:
    """The rows with the account's payments on the other side, to accounts that take a large part of their
    sum."""
    if ledger.amount is None:
        return rows
    starts, order = beside
    own, more = order[starts[account] : starts[account + 1]], int(wanted.onward_days * DAY)
    before, after = (0, more) if gathers else (more, 0)
    near = own[
        (ledger.time[own] >= ledger.time[rows[0]] - before)
        & (ledger.time[own] <= ledger.time[rows[-1]] + after)
    ]
    partner = (ledger.payee if gathers else ledger.payer)[near]
    total = np.maximum(ledger.amount[rows], 0).sum()
    paid = np.bincount(partner, np.maximum(ledger.amount[near], 0), len(ledger.accounts))
    return np.union1d(rows, near[paid[partner] >= wanted.min_onward_share * total])


def explain_in(ledger: TimedLedger, rows: np.ndarray, account: int) -> Explanation:
    own = rows[ledger.payee[rows] == account]
    payers = np.unique(ledger.payer[own])
    payees = np.setdiff1d(ledger.payee[rows], [account])
    roles = {int(who): "payee" for who in payees} | {int(who): "payer" for who in payers}
    why = (
        f"{counted(len(payers), 'account')} that deal with {ledger.name(account)} at no other time paid it "
        f"within {duration(ledger, own)}{share_of_history(ledger, ledger.payee, account, own)}"
        f"{f', and it paid most of it on to {len(payees)}' if len(payees) else ''}."
    )
    return Explanation(roles | {int(account): "collector"}, why)


def explain_out(ledger: TimedLedger, rows: np.ndarray, account: int) -> Explanation:
    own = rows[ledger.payer[rows] == account]
    payees = np.unique(ledger.payee[own])
    payers = np.setdiff1d(ledger.payer[rows], [account])
    roles = {int(who): "payer" for who in payers} | {int(who): "payee" for who in payees}
    why = (
        f"{ledger.name(account)} paid {counted(len(payees), 'account')} that deal with it at no other time "
        f"within {duration(ledger, own)}{share_of_history(ledger, ledger.payer, account, own)}."
    )
    return Explanation(roles | {int(account): "distributor"}, why)


FAN_IN = Detector("slow fan-in", "slow_fan", SlowFanParameters, find_in, explain_in, shuffled=False)
FAN_OUT = Detector("slow fan-out", "slow_fan", SlowFanParameters, find_out, explain_out, shuffled=False)
