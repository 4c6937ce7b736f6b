"""Dormant then busy: an account that existed, had no transaction for months, and then many."""

from __future__ import annotations

import ibis
import numpy as np
import pyarrow as pa
from pydantic import PositiveFloat, PositiveInt

from analytics.finance.typologies.engine.detector import Detector, Explanation, Search
from analytics.finance.typologies.engine.results import Results
from analytics.finance.typologies.engine.section import SectionModel
from analytics.finance.typologies.engine.surroundings import DAY
from analytics.finance.typologies.engine.timed_ledger import TimedLedger
from analytics.finance.typologies.engine.wording import duration
from analytics.shared.wording import counted


class DormantParameters(SectionModel):
    """How long the silence, and how many payments within how many days end it."""

    quiet_days: PositiveFloat = 90
    min_payments: PositiveInt = 5
    window_days: PositiveFloat = 14


def find(search: Search[DormantParameters]) -> Results:
    """Accounts that were open, or had been used before, then had no transaction for `quiet_days`, then at
    least `min_payments` within the window, purchases apart.

    Silences end everywhere. Of all that do here it is asked how often one more payment follows within the
    window (a geometric law, estimated from those with fewer than `min_payments`): the surprise is that of
    so many."""
    ledger, wanted, around = search.ledger, search.parameters, search.ledger.surroundings
    quiet, window = int(wanted.quiet_days * DAY), int(wanted.window_days * DAY)
    known = [np.flatnonzero((side >= 0) & ~ledger.purchase) for side in (ledger.payer, ledger.payee)]
    at = np.concatenate([known[0], known[1][ledger.payer[known[1]] != ledger.payee[known[1]]]])
    account = np.concatenate([ledger.payer[known[0]], ledger.payee[at[len(known[0]) :]]])
    rows = ibis.memtable(pa.table({"at": at, "time": ledger.time[at], "account": account}))
    ordered = ibis.window(group_by=rows.account, order_by=[rows.time, rows["at"]])
    ahead = ibis.range_window(group_by=rows.account, order_by=rows.time, preceding=0, following=window)
    found = rows.select(
        "at", "time", "account", previous=rows.time.lag().over(ordered), payments=rows.count().over(ahead)
    )
    woken = found.filter(found.previous.isnull() | (found.time - found.previous >= quiet)).order_by(
        ["account", "at"]
    )
    table = search.engine.run(woken)
    who, begun, times = (table[name].to_numpy() for name in ("account", "time", "payments"))
    previous = table["previous"].to_numpy(zero_copy_only=False).astype(float)
    before = np.where(np.isnan(previous), np.minimum(ledger.since[who], begun), previous).astype(np.int64)
    ended = begun - before >= quiet
    who, begun, times = who[ended], begun[ended], times[ended]
    surprise = (times - 1) * -np.log10(_chance_of_one_more(times, wanted.min_payments))
    strong = np.flatnonzero((times >= wanted.min_payments) & (surprise >= around.min_surprise))
    order = np.lexsort((at, account))
    by_account = account[order]
    lists = []
    for k in strong:
        low, high = np.searchsorted(by_account, [who[k], who[k] + 1])
        own = at[order[low:high]]
        lists.append(own[(ledger.time[own] >= begun[k]) & (ledger.time[own] <= begun[k] + window)])
    return Results.of(lists, who[strong], surprise[strong], begun[strong], len(times))


def _chance_of_one_more(times: np.ndarray, min_payments: int) -> float:
    """How likely one more payment is after each within the window: of the first `min_payments` of every
    silence that ended, the share that was followed by another (with one of each kind added)."""
    further = np.minimum(times, min_payments) - 1
    total = int(further.sum())
    return (total + 1) / (total + int((times < min_payments).sum()) + 2)


def explain(ledger: TimedLedger, rows: np.ndarray, account: int) -> Explanation:
    roles = {int(who): "payer" for who in ledger.payer[rows] if who >= 0}
    roles |= {int(who): "payee" for who in ledger.payee[rows] if who >= 0} | {int(account): "woken account"}
    own = ((ledger.payer == account) | (ledger.payee == account)) & ~ledger.purchase
    earlier = ledger.time[own & (ledger.time < ledger.time[rows[0]])]
    last = int(earlier.max()) if len(earlier) else int(ledger.since[account])
    gap = (int(ledger.time[rows[0]]) - last) // DAY
    but = ", purchases apart," if ledger.purchase.any() else ""
    why = (
        f"{ledger.name(account)} saw nothing{but} for {counted(gap, 'day')}, and then "
        f"{counted(len(rows), 'payment')} within {duration(ledger, rows)}."
    )
    return Explanation(roles, why)


DETECTOR = Detector("dormant then busy", "dormant", DormantParameters, find, explain, shuffled=False)
