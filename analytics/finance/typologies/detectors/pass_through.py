"""Rapid pass-through: what comes in leaves again within hours, nearly whole, time after time."""

from __future__ import annotations

import ibis
import numba
import numpy as np
import pyarrow as pa
from pydantic import PositiveFloat, PositiveInt

from analytics.finance.typologies.engine.arrays import Floats, Ints
from analytics.finance.typologies.engine.detector import Detector, Explanation, Search
from analytics.finance.typologies.engine.pair_joins import with_time_slots
from analytics.finance.typologies.engine.results import Results
from analytics.finance.typologies.engine.section import SectionModel
from analytics.finance.typologies.engine.surprise import later_than, poisson_surprise
from analytics.finance.typologies.engine.surroundings import DAY
from analytics.finance.typologies.engine.timed_ledger import TimedLedger, by_account
from analytics.finance.typologies.engine.wording import duration
from analytics.shared.wording import counted


class PassThroughParameters(SectionModel):
    """How often, how soon and how much of what came in must leave."""

    min_times: PositiveInt = 3
    within_hours: PositiveFloat = 24
    min_share: PositiveFloat = 0.85
    max_share: PositiveFloat = 1.0


def find(search: Search[PassThroughParameters]) -> Results:
    """Accounts that in a block of time pass on `min_times` receipts or more, each by a payment of the same
    currency within hours and of `min_share` to `max_share` of it, more often than their payments of such
    sums would follow such receipts by chance. Each receipt is matched with the first payment that fits, which
    is used once."""
    ledger, wanted, around = search.ledger, search.parameters, search.ledger.surroundings
    reach = int(wanted.within_hours * DAY / 24)
    at = np.flatnonzero(ledger.path & (ledger.amounts > 0) & (ledger.texts["currency"] >= 0))
    pairs = _match_once(_join_fitting(search, at, reach))
    account = ledger.payee[pairs[:, 0]]
    block = ledger.blocks.of(ledger.time[pairs[:, 0]])
    starts, outs = by_account(ledger.payer, at, len(ledger.accounts))
    expected = np.zeros(len(pairs))
    payments = (ledger.time, ledger.amounts, ledger.texts["currency"], starts, outs)
    shares, periods = (wanted.min_share, wanted.max_share), (reach, around.history, ledger.begin, ledger.end)
    _expect(pairs, account, *payments, *shares, *periods, expected)
    _, group = np.unique(account.astype(np.int64) * (block.max(initial=0) + 1) + block, return_inverse=True)
    times = np.bincount(group)
    chance = np.bincount(group, weights=expected)
    surprise = np.array(
        [poisson_surprise(int(k), float(mean)) for k, mean in zip(times, chance, strict=True)]
    )
    strong = np.flatnonzero((times >= wanted.min_times) & (surprise >= around.min_surprise))
    order = np.argsort(group, kind="stable")
    where = np.searchsorted(group[order], np.arange(len(times) + 1))
    members = [order[where[k] : where[k + 1]] for k in strong]
    return Results.of(
        [np.unique(pairs[m]) for m in members],
        [account[m[0]] for m in members],
        surprise[strong],
        [ledger.time[pairs[m, 0].min()] for m in members],
        len(np.intersect1d(ledger.payer[at], ledger.payee[at])),
    )


def _join_fitting(search: Search[PassThroughParameters], at: np.ndarray, reach: int) -> np.ndarray:
    """(n, 2) positions: a receipt, and a payment of its account that fits it. Sorted."""
    ledger, wanted = search.ledger, search.parameters
    table = pa.table(
        {
            "at": at,
            "time": ledger.time[at],
            "payer": ledger.payer[at],
            "payee": ledger.payee[at],
            "amount": ledger.amounts[at],
            "currency": ledger.texts["currency"][at],
        }
    )
    came, went = with_time_slots(ibis.memtable(table), reach)
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
            went["sum"] >= came.amount * wanted.min_share,
            went["sum"] <= came.amount * wanted.max_share,
        ],
    )
    found = search.engine.run(fits.select("at", "out"))
    pairs = np.column_stack([found["at"].to_numpy(), found["out"].to_numpy()]).astype(np.int64)
    return np.asarray(pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))])


def _match_once(pairs: np.ndarray) -> np.ndarray:
    """Each receipt with the first payment that fits and is not used yet; pairs come sorted."""
    used: set[int] = set()
    chosen, last = [], -1
    for k, (receipt, payment) in enumerate(pairs.tolist()):
        if receipt != last and payment not in used:
            used.add(payment)
            chosen.append(k)
            last = receipt
    return np.asarray(pairs[chosen])


@numba.njit(cache=True, nogil=True)
def _expect(
    pairs: Ints,
    account: Ints,
    time: Ints,
    amount: Ints,
    currency: Ints,
    starts: Ints,
    outs: Ints,
    min_share: float,
    max_share: float,
    reach: int,
    history: int,
    begin: int,
    end: int,
    expected: Floats,
) -> None:
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
                fitting += min_share * amount[receipt] <= amount[payment] <= max_share * amount[receipt]
        expected[k] = max(fitting - 1, 0.5) * reach / max(until - since, reach)


def explain(ledger: TimedLedger, rows: np.ndarray, account: int) -> Explanation:
    came = rows[ledger.payee[rows] == account]
    went = rows[ledger.payer[rows] == account]
    roles = {int(who): "payer" for who in ledger.payer[came]} | {
        int(who): "payee" for who in ledger.payee[went]
    }
    roles |= {int(account): "pass-through"}
    why = (
        f"{counted(len(came), 'payment')} to {ledger.name(account)} left it again within hours, nearly "
        f"whole, over {duration(ledger, rows)}."
    )
    return Explanation(roles, why)


DETECTOR = Detector(
    "rapid pass-through",
    "pass_through",
    PassThroughParameters,
    find,
    explain,
    needs=("amount_minor", "currency"),
)
