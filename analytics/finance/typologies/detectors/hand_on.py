"""Collect and hand on: again and again an account gathers small sums and hands most of them on at once."""

from __future__ import annotations

import numba
import numpy as np
from pydantic import PositiveFloat, PositiveInt

from analytics.finance.typologies.engine.arrays import Floats, Ints
from analytics.finance.typologies.engine.detector import Detector, Explanation, Search
from analytics.finance.typologies.engine.results import Results
from analytics.finance.typologies.engine.section import SectionModel
from analytics.finance.typologies.engine.surprise import poisson_surprise
from analytics.finance.typologies.engine.surroundings import DAY
from analytics.finance.typologies.engine.timed_ledger import TimedLedger, by_account
from analytics.finance.typologies.engine.wording import duration
from analytics.shared.wording import counted

_LARGEST = (0.5, 0.25)  # of a hand-on, that a payment gathered for it may be: wages are no part of it


class HandOnParameters(SectionModel):
    """How many payers and hands-on, what share is handed on, and how far apart the parts of one may lie."""

    min_payers: PositiveInt = 3
    min_times: PositiveInt = 2
    min_share: PositiveFloat = 0.7
    max_share: PositiveFloat = 1.02
    together_days: PositiveFloat = 2
    max_days: PositiveFloat = 45


def find(search: Search[HandOnParameters]) -> Results:
    """Accounts that hand on most of what they gathered, time after time, from several payers.

    A hand-on is what the account pays within `together_days` in sums of twice its median receipt or more.
    What it gathered is what came in, in sums of less than half (or a quarter) of the hand-on, since the one
    before (at most `max_days`): the account's own rhythm gives the windows. Surprising is how many hands-on
    are of `min_share` to `max_share` of what was gathered from two payers or more, where everybody's are so
    as often as in these data."""
    ledger, wanted, n = search.ledger, search.parameters, len(search.ledger.accounts)
    path = np.flatnonzero(ledger.path & (ledger.amounts > 0))
    in_starts, ins = by_account(ledger.payee, path, n)
    out_starts, outs = by_account(ledger.payer, path, n)
    tries, fits, payee, largest = _count_fits(
        *(in_starts, ins, out_starts, outs, ledger.time, ledger.amounts, ledger.payer, ledger.payee),
        *(wanted.min_payers, wanted.min_times, wanted.min_share, wanted.max_share),
        *(int(wanted.together_days * DAY), int(wanted.max_days * DAY), ledger.begin),
    )
    judged = []
    for account in np.flatnonzero(fits >= wanted.min_times).tolist():
        came = ins[in_starts[account] : in_starts[account + 1]]
        left = outs[out_starts[account] : out_starts[account + 1]]
        part = left if payee[account] < 0 else left[ledger.payee[left] == payee[account]]
        groups = _hand_ons(ledger, came, part, float(largest[account]), wanted)
        judged.append((account, len(groups), [found[:2] for found in groups if found[2]]))
    chance = (fits.sum() + 1) / (tries.sum() + 2)
    lists, accounts, scores = [], [], []
    for account, count, fitting in judged:
        rows = np.unique(np.concatenate([np.concatenate(part) for part in fitting]))
        payers = len(np.unique(ledger.payer[rows[ledger.payee[rows] == account]]))
        surprise = float(poisson_surprise(len(fitting), count * chance)) + np.log10(payers)
        if payers >= wanted.min_payers:
            lists.append(rows)
            accounts.append(account)
            scores.append(surprise + ledger.surroundings.min_surprise)
    return Results.of(
        lists, accounts, scores, [ledger.time[rows[0]] for rows in lists], int((tries > 0).sum())
    )


@numba.njit(cache=True, nogil=True)
def _count_fits(
    in_starts: Ints,
    ins: Ints,
    out_starts: Ints,
    outs: Ints,
    time: Ints,
    amount: Ints,
    payer: Ints,
    payee: Ints,
    min_payers: int,
    min_times: int,
    min_share: float,
    max_share: float,
    together: int,
    longest: int,
    begin: int,
) -> tuple[Ints, Ints, Ints, Floats]:
    """For each account how many hands-on it has and how many fit, of the way of looking that fits most
    often: of all it pays or of what it pays to one of the two that got most (`payee`, -1 for all), and how
    large a receipt may be (`largest`)."""
    n = len(in_starts) - 1
    tries, fits = np.zeros(n, np.int64), np.zeros(n, np.int64)
    to, limit = np.full(n, -1, np.int64), np.full(n, 0.5)
    for account in range(n):
        came = ins[in_starts[account] : in_starts[account + 1]]
        left = outs[out_starts[account] : out_starts[account + 1]]
        if len(came) <= min_payers or len(left) < min_times:
            continue
        least = 2 * np.median(amount[came])
        large = left[amount[left] >= least]
        if len(large) < min_times:
            continue
        for who in _main_payees(large, amount, payee):
            for largest in _LARGEST:
                tried, fitted, before, k = 0, 0, begin - 1, 0
                while k < len(large):
                    if who >= 0 and payee[large[k]] != who:
                        k += 1
                        continue
                    first, last, total = time[large[k]], time[large[k]], 0.0
                    while k < len(large) and (
                        (who >= 0 and payee[large[k]] != who) or time[large[k]] - last <= together
                    ):
                        if who < 0 or payee[large[k]] == who:
                            last = time[large[k]]
                            total += amount[large[k]]
                        k += 1
                    gathered, one, several = 0.0, -1, False
                    since = np.searchsorted(time[came], max(before, first - longest), "right")
                    for i in came[since:]:
                        if time[i] > last:
                            break
                        if amount[i] < largest * total:
                            gathered += amount[i]
                            several |= one >= 0 and payer[i] != one
                            one = payer[i]
                    before = last
                    if gathered > 0:
                        tried += 1
                        fitted += several and min_share <= total / gathered <= max_share
                if fitted > fits[account] or tries[account] == 0:
                    tries[account], fits[account] = tried, fitted
                    to[account], limit[account] = who, largest
    return tries, fits, to, limit


@numba.njit(cache=True, nogil=True)
def _main_payees(large: Ints, amount: Ints, payee: Ints) -> Ints:
    """-1 for all, and the two payees that got most in large payments."""
    main = np.full(3, -1, np.int64)
    whom = np.unique(payee[large])
    total = np.zeros(len(whom))
    for row in large:
        total[np.searchsorted(whom, payee[row])] += amount[row]
    order = np.argsort(-total)
    for k in range(min(2, len(whom))):
        main[k + 1] = whom[order[k]]
    return main


def _hand_ons(
    ledger: TimedLedger, came: np.ndarray, left: np.ndarray, largest: float, wanted: HandOnParameters
) -> list[tuple[np.ndarray, np.ndarray, bool]]:
    """(what was gathered, what was handed on, whether the one is most of the other) of each hand-on."""
    amount, time = ledger.amounts, ledger.time
    large = left[amount[left] >= 2 * np.median(amount[came])]
    if len(large) < wanted.min_times:
        return []
    parts = np.split(large, np.flatnonzero(np.diff(time[large]) > wanted.together_days * DAY) + 1)
    found, before = [], ledger.begin - 1
    for handed in parts:
        begun = max(before, int(time[handed[0]] - wanted.max_days * DAY))
        since, until = np.searchsorted(time[came], [begun, time[handed[-1]]], "right")
        gathered = came[since:until]
        gathered = gathered[amount[gathered] < largest * amount[handed].sum()]
        before = int(time[handed[-1]])
        if not len(gathered):
            continue
        share = amount[handed].sum() / amount[gathered].sum()
        several = len(np.unique(ledger.payer[gathered])) >= 2
        found.append((gathered, handed, bool(several and wanted.min_share <= share <= wanted.max_share)))
    return found


def explain(ledger: TimedLedger, rows: np.ndarray, account: int) -> Explanation:
    own = rows[ledger.payee[rows] == account]
    payers, payees = np.unique(ledger.payer[own]), np.setdiff1d(ledger.payee[rows], [account])
    roles = {int(who): "payer" for who in payers} | {int(who): "payee" for who in payees}
    why = (
        f"{ledger.name(account)} gathered {counted(len(own), 'payment')} from "
        f"{counted(len(payers), 'account')} and handed most of it on to {len(payees)}, time after time "
        f"within {duration(ledger, rows)}."
    )
    return Explanation(roles | {int(account): "collector"}, why)


DETECTOR = Detector(
    "collect and hand on", "hand_on", HandOnParameters, find, explain, ("amount_minor",), shuffled=False
)
