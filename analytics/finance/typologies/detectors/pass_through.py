"""Rapid pass-through: what comes in leaves again within hours, nearly whole, time after time."""

from __future__ import annotations

import ibis
import numba
import numpy as np
import pyarrow as pa

from analytics.finance.typologies.engine.baseline import blocks_of
from analytics.finance.typologies.engine.pair_joins import near_in_time
from analytics.finance.typologies.engine.results import Explanation, Results
from analytics.finance.typologies.engine.surprise import later_than, poisson_surprise
from analytics.finance.typologies.engine.timed_ledger import DAY, Ledger, by_account
from analytics.finance.typologies.engine.wording import days
from analytics.finance.typologies.parameters import Parameters
from analytics.store.engine import Engine


def find(ledger: Ledger, parameters: Parameters, engine: Engine) -> Results:
    """Accounts that in a block of time pass on `least_times` receipts or more, each by a payment of the same
    currency within hours and of `least_share` to `most_share` of it, more often than their payments of such
    sums would follow such receipts by chance. Each receipt is matched with the first payment that fits, which
    is used once."""
    wanted, around, n = parameters.pass_through, parameters.surroundings, len(ledger.accounts)
    reach = int(wanted.within_hours * DAY / 24)
    at = np.flatnonzero(ledger.path & (ledger.amount > 0) & (ledger.texts["currency"] >= 0))
    table = pa.table(
        {
            "at": at,
            "time": ledger.time[at],
            "payer": ledger.payer[at],
            "payee": ledger.payee[at],
            "amount": ledger.amount[at],
            "currency": ledger.texts["currency"][at],
        }
    )
    came, went = near_in_time(ibis.memtable(table), reach)
    went = went.rename(
        out="at", left="time", holder="payer", to="payee", sum="amount", kind="currency", left_slot="slot"
    )
    fits = came.join(
        went,
        [
            came.payee == went.holder,
            came.slot == went.left_slot,
            came.currency == went.kind,
            came.payer != went.to,
            went.left > came.time,
            went.left <= came.time + reach,
            went["sum"] >= came.amount * wanted.least_share,
            went["sum"] <= came.amount * wanted.most_share,
        ],
    )
    pairs = engine.run(fits.select("at", "out"))
    pairs = np.column_stack([pairs["at"].to_numpy(), pairs["out"].to_numpy()]).astype(np.int64)
    pairs = _once(pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))])
    account = ledger.payee[pairs[:, 0]]
    block = blocks_of(ledger.time[pairs[:, 0]], ledger)
    starts, outs = by_account(ledger.payer, at, n)
    expected = np.zeros(len(pairs))
    _expect(
        pairs,
        account,
        ledger.time,
        ledger.amount,
        ledger.texts["currency"],
        starts,
        outs,
        wanted.least_share,
        wanted.most_share,
        reach,
        around.history,
        ledger.begin,
        ledger.end,
        expected,
    )
    _, group = np.unique(account.astype(np.int64) * (block.max(initial=0) + 1) + block, return_inverse=True)
    times = np.bincount(group)
    chance = np.bincount(group, weights=expected)
    surprise = np.array(
        [poisson_surprise(int(k), float(mean)) for k, mean in zip(times, chance, strict=True)]
    )
    strong = np.flatnonzero((times >= wanted.least_times) & (surprise >= around.least_surprise))
    order = np.argsort(group, kind="stable")
    where = np.searchsorted(group[order], np.arange(len(times) + 1))
    members = [order[where[k] : where[k + 1]] for k in strong]
    return Results.of(
        "rapid pass-through",
        [np.unique(pairs[m]) for m in members],
        [account[m[0]] for m in members],
        surprise[strong],
        [ledger.time[pairs[m, 0].min()] for m in members],
        len(np.intersect1d(ledger.payer[at], ledger.payee[at])),
    )


def _once(pairs: np.ndarray) -> np.ndarray:
    """Each receipt with the first payment that fits and is not used yet; pairs come sorted."""
    used: set[int] = set()
    kept, last = [], -1
    for k, (receipt, payment) in enumerate(pairs.tolist()):
        if receipt != last and payment not in used:
            used.add(payment)
            kept.append(k)
            last = receipt
    return pairs[kept]


@numba.njit(cache=True, nogil=True)
def _expect(
    pairs, account, time, amount, currency, starts, outs, least, most, reach, history, begin, end, expected
):
    """How many payments that fit a receipt would fall within reach of it if they came at any time."""
    for k in range(len(pairs)):
        receipt = pairs[k, 0]
        since, until = max(time[receipt] - history, begin), min(time[receipt] + history, end)
        fitting = 0
        low, high = starts[account[k]], starts[account[k] + 1]
        for j in range(later_than(time, outs, low, high, since - 1), high):
            payment = outs[j]
            if time[payment] > until:
                break
            if currency[payment] == currency[receipt]:
                fitting += least * amount[receipt] <= amount[payment] <= most * amount[receipt]
        expected[k] = max(fitting - 1, 0.5) * reach / max(until - since, reach)


def explain(ledger: Ledger, rows: np.ndarray, account: int) -> Explanation:
    came = rows[ledger.payee[rows] == account]
    went = rows[ledger.payer[rows] == account]
    roles = {int(who): "payer" for who in ledger.payer[came]} | {
        int(who): "payee" for who in ledger.payee[went]
    }
    roles |= {int(account): "pass-through"}
    why = (
        f"{len(came)} payments to {ledger.name(account)} left it again within hours, nearly whole, over "
        f"{days(ledger, rows)}."
    )
    return Explanation(roles, why)
