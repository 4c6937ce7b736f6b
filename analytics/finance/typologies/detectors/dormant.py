"""Dormant then busy: an account that existed and saw nothing for months, and then much."""

from __future__ import annotations

import ibis
import numpy as np
import pyarrow as pa

from analytics.finance.typologies.engine.results import Explanation, Results
from analytics.finance.typologies.engine.timed_ledger import DAY, Ledger
from analytics.finance.typologies.engine.wording import days
from analytics.finance.typologies.parameters import Parameters
from analytics.store.engine import Engine


def find(ledger: Ledger, parameters: Parameters, engine: Engine) -> Results:
    """Accounts that were open, or had been used before, then had no transaction for `quiet_days`, then at
    least `least_payments` within the window, purchases apart.

    Silences end everywhere. Of all that do here it is asked how often one more payment follows within the
    window (a geometric law, estimated from those with fewer than `least_payments`): the surprise is that of
    so many."""
    wanted, around = parameters.dormant, parameters.surroundings
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
    table = engine.run(woken)
    who, begun, times = (table[name].to_numpy() for name in ("account", "time", "payments"))
    previous = table["previous"].to_numpy(zero_copy_only=False).astype(float)
    before = np.where(np.isnan(previous), np.minimum(ledger.since[who], begun), previous).astype(np.int64)
    ended = begun - before >= quiet
    who, begun, times = who[ended], begun[ended], times[ended]
    surprise = (times - 1) * -np.log10(_one_more(times, wanted.least_payments))
    strong = np.flatnonzero((times >= wanted.least_payments) & (surprise >= around.least_surprise))
    order = np.lexsort((at, account))
    lists = []
    for k in strong:
        low, high = np.searchsorted(account[order], [who[k], who[k] + 1])
        own = at[order[low:high]]
        lists.append(own[(ledger.time[own] >= begun[k]) & (ledger.time[own] <= begun[k] + window)])
    return Results.of("dormant then busy", lists, who[strong], surprise[strong], begun[strong], len(times))


def _one_more(times: np.ndarray, least: int) -> float:
    """How likely one more payment is after each within the window: of the first `least` of every silence that
    ended, the share that was followed by another (with one of each kind added)."""
    further = np.minimum(times, least) - 1
    return (further.sum() + 1) / (further.sum() + (times < least).sum() + 2)


def explain(ledger: Ledger, rows: np.ndarray, account: int) -> Explanation:
    roles = {int(who): "payer" for who in ledger.payer[rows] if who >= 0}
    roles |= {int(who): "payee" for who in ledger.payee[rows] if who >= 0} | {int(account): "woken account"}
    own = ((ledger.payer == account) | (ledger.payee == account)) & ~ledger.purchase
    earlier = ledger.time[own & (ledger.time < ledger.time[rows[0]])]
    last = int(earlier.max()) if len(earlier) else int(ledger.since[account])
    gap = (int(ledger.time[rows[0]]) - last) // DAY
    but = ", purchases apart," if ledger.purchase.any() else ""
    why = (
        f"{ledger.name(account)} saw nothing{but} for {gap} days, and then {len(rows)} payments within "
        f"{days(ledger, rows)}."
    )
    return Explanation(roles, why)
