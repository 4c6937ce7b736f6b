"""The circumstances of a lead that speak for money being moved on, or for an innocent gathering."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.finance.typologies.engine.surroundings import DAY
from analytics.finance.typologies.engine.timed_ledger import TimedLedger, by_account

_AFTER = 14 * DAY  # within which money received is seen to leave
_MAX_MEMBERS = 40  # of a lead whose contacts among themselves are counted
_MAX_CONTACTS = 400  # of a member: whoever deals with more deals with everybody
_ROUND = 1000  # minor units: sums of whole tens
_EVEN = 0.35  # deviation of the gaps between a pair's payments, over their mean, up to which they are regular
_NEAR_LINE = 0.85  # from this share of a power of ten a sum is just below it


@dataclass(frozen=True)
class PairIndex:
    """All payments between two accounts, hubs and purchases too, by payer and by payee, in order of time."""

    out_starts: np.ndarray
    outs: np.ndarray
    in_starts: np.ndarray
    ins: np.ndarray
    typical: float  # median sum of the payments that may be on a path, minor units
    round_share: float  # of them
    activity: float  # payments of the median account

    @staticmethod
    def of(ledger: TimedLedger) -> PairIndex:
        """The index of a ledger."""
        between = np.flatnonzero((ledger.payer >= 0) & (ledger.payee >= 0) & (ledger.payer != ledger.payee))
        n = len(ledger.accounts)
        out_starts, outs = by_account(ledger.payer, between, n)
        in_starts, ins = by_account(ledger.payee, between, n)
        sums = np.empty(0) if ledger.amount is None else ledger.amount[ledger.path & (ledger.amount > 0)]
        counts = np.diff(out_starts) + np.diff(in_starts)
        return PairIndex(
            out_starts,
            outs,
            in_starts,
            ins,
            float(np.median(sums)) if len(sums) else 1.0,
            float((sums % _ROUND == 0).mean()) if len(sums) else 0.0,
            float(np.median(counts)) if len(counts) else 0.0,
        )

    def paid_by(self, account: int) -> np.ndarray:
        return self.outs[self.out_starts[account] : self.out_starts[account + 1]]

    def paid_to(self, account: int) -> np.ndarray:
        return self.ins[self.in_starts[account] : self.in_starts[account + 1]]


CIRCUMSTANCES = (
    "large",
    "sums",
    "round",
    "equal",
    "below_line",
    "forwarded",
    "one_bill",
    "standing",
    "reciprocal",
    "circle",
    "usual",
    "busy",
    "purpose",
    "accounts",
    "conserved",
    "gathers",
    "spreads",
    "regular",
)


def measure_circumstances(
    ledger: TimedLedger, index: PairIndex, rows: np.ndarray, account: int
) -> dict[str, float]:
    """One figure for each of CIRCUMSTANCES, of a lead with these transactions that centres on `account`.

    `large`: mean digits by which its payments are large for their payers. `sums`: log10 of their median over
    that of all payments. `round`: share of whole tens, less that of all. `equal`: share that have the
    commonest sum. `below_line`: share just below a power of ten. `forwarded`: share of what its accounts
    received that they then paid on within 14 days, beyond what they usually pay, shops apart; `one_bill`: the
    same to a business that many pay. `standing`: share of its pairs that also deal outside of it;
    `reciprocal`: share whose payee also pays the payer, outside of it. `circle`: digits by which its accounts
    deal more with each other, outside of it, than such busy accounts would. `usual`: as many counterparties
    in as long otherwise, as a share of these. `busy`: log10 of how much its other accounts do beside the
    median. `purpose`: share of the centre's payments that are in it. `accounts`: log10 of their number.
    `conserved`: share of receipts after which a sum like it (70 to 102 %) leaves next. `gathers`, `spreads`:
    share of its payments that the centre receives, or makes. `regular`: share of its pairs that deal three
    times or more at even intervals, in it or outside."""
    payer, payee = ledger.payer[rows], ledger.payee[rows]
    known = (payer >= 0) & (payee >= 0) & (payer != payee)
    pairs = np.unique(np.column_stack([payer[known], payee[known]]), axis=0)
    members = np.unique(np.r_[payer[payer >= 0], payee[payee >= 0]])
    inside = np.zeros(0, np.int64) if not len(rows) else rows
    standing, reciprocal = _other_dealings(ledger, index, pairs, inside)
    forwarded, one_bill = _forwarded(ledger, index, rows)
    return {
        "large": float(np.mean(ledger.amount_surprise[rows])),
        **_sums(ledger, index, rows),
        "forwarded": forwarded,
        "one_bill": one_bill,
        "standing": standing,
        "reciprocal": reciprocal,
        "circle": _circle(ledger, index, members, account, inside),
        "usual": _usual(ledger, index, rows, account),
        "busy": _busy(index, members[members != account]),
        "purpose": _purpose(ledger, index, rows, account),
        "accounts": float(np.log10(max(len(members), 1))),
        "conserved": _conserved(ledger, rows),
        "gathers": float((payee == account).mean()) if account >= 0 else 0.0,
        "spreads": float((payer == account).mean()) if account >= 0 else 0.0,
        "regular": _regular(ledger, index, pairs),
    }


def _sums(ledger: TimedLedger, index: PairIndex, rows: np.ndarray) -> dict[str, float]:
    amount = np.empty(0, np.int64) if ledger.amount is None else ledger.amount[rows]
    amount = amount[amount > 0]
    if not len(amount):
        return {"sums": 0.0, "round": 0.0, "equal": 0.0, "below_line": 0.0}
    _, counts = np.unique(amount, return_counts=True)
    mantissa = np.log10(amount) % 1.0
    return {
        "sums": float(np.log10(np.median(amount) / max(index.typical, 1.0))),
        "round": float((amount % _ROUND == 0).mean()) - index.round_share,
        "equal": float((counts.max() - 1) / max(len(amount) - 1, 1)),
        "below_line": float((mantissa >= 1 + np.log10(_NEAR_LINE)).mean()),
    }


def _other_dealings(
    ledger: TimedLedger, index: PairIndex, pairs: np.ndarray, inside: np.ndarray
) -> tuple[float, float]:
    """(share of the pairs that deal outside of these rows, share that deal the other way round)."""
    standing = reciprocal = 0
    for payer, payee in pairs.tolist():
        own = index.paid_by(payer)
        standing += bool(np.setdiff1d(own[ledger.payee[own] == payee], inside).size)
        back = index.paid_by(payee)
        reciprocal += bool(np.setdiff1d(back[ledger.payee[back] == payer], inside).size)
    return standing / max(len(pairs), 1), reciprocal / max(len(pairs), 1)


def _regular(ledger: TimedLedger, index: PairIndex, pairs: np.ndarray) -> float:
    """Share of the pairs whose payments come at even intervals: the gaps' deviation is at most 0.35 of their
    mean."""
    even = 0
    for payer, payee in pairs.tolist():
        own = index.paid_by(payer)
        gaps = np.diff(ledger.time[own[ledger.payee[own] == payee]]).astype(float)
        even += len(gaps) >= 2 and gaps.mean() >= 5 * DAY and gaps.std() <= _EVEN * gaps.mean()
    return even / max(len(pairs), 1)


def _forwarded(ledger: TimedLedger, index: PairIndex, rows: np.ndarray) -> tuple[float, float]:
    """(share of the money received that left to others soon after, the same to a hub)."""
    if ledger.amount is None:
        return 0.0, 0.0
    received = on = bill = 0.0
    receivers = np.unique(ledger.payee[rows])
    for account in receivers[receivers >= 0].tolist():
        own = rows[ledger.payee[rows] == account]
        came = float(np.maximum(ledger.amount[own], 0).sum())
        begun, until = ledger.time[own[0]], ledger.time[own[-1]] + _AFTER
        paid = index.paid_by(account)
        moment = ledger.time[paid]
        near = (moment > begun) & (moment <= until)
        apart = (moment <= begun) | (moment > until)
        shop = ~ledger.path[paid]
        usual = (until - begun) / max(ledger.end - ledger.begin - (until - begun), until - begun)
        sums = np.maximum(ledger.amount[paid], 0)
        for to_shop in (False, True):
            of = shop == to_shop
            left = sums[near & of].sum() - usual * sums[apart & of].sum()
            share = min(max(float(left), 0.0), came)
            on, bill = (on, bill + share) if to_shop else (on + share, bill)
        received += came
    return on / max(received, 1.0), bill / max(received, 1.0)


def _circle(
    ledger: TimedLedger, index: PairIndex, members: np.ndarray, account: int, inside: np.ndarray
) -> float:
    """log10 of how many pairs of its accounts deal outside of it, over how many would by chance."""
    own = members[members != account][:_MAX_MEMBERS]
    if len(own) < 2:
        return 0.0
    found, degrees = 0, []
    among = np.isin(np.arange(len(ledger.accounts)), own)
    for who in own.tolist():
        paid = index.paid_by(who)
        others = np.unique(ledger.payee[np.setdiff1d(paid, inside)])
        degrees.append(min(len(others), _MAX_CONTACTS))
        found += int(among[others].sum())
    expected = float(np.sum(degrees)) * (len(own) - 1) / max(len(ledger.accounts), 1)
    return float(np.log10((found + 0.5) / (expected + 0.5)))


def _usual(ledger: TimedLedger, index: PairIndex, rows: np.ndarray, account: int) -> float:
    """How many others the centre met in as long at other times, as a share of those it met in the lead."""
    if account < 0:
        return 0.0
    begun, ended = ledger.time[rows[0]], ledger.time[rows[-1]]
    gathers = (ledger.payee[rows] == account).sum() >= (ledger.payer[rows] == account).sum()
    own, other = (index.paid_to(account), ledger.payer) if gathers else (index.paid_by(account), ledger.payee)
    side = rows[(ledger.payee if gathers else ledger.payer)[rows] == account]
    met = len(np.unique(other[side]))
    outside = own[(ledger.time[own] < begun) | (ledger.time[own] > ended)]
    length = max(ended - begun, DAY)
    periods = max((ledger.end - ledger.begin - length) / length, 1.0)
    slots = (ledger.time[outside] - ledger.begin) // length
    keys = np.unique(slots * (len(ledger.accounts) + 1) + other[outside])
    return float(min(len(keys) / periods / max(met, 1), 2.0))


def _busy(index: PairIndex, others: np.ndarray) -> float:
    if not len(others):
        return 0.0
    counts = np.diff(index.out_starts)[others] + np.diff(index.in_starts)[others]
    return float(np.log10((np.median(counts) + 1) / (index.activity + 1)))


def _purpose(ledger: TimedLedger, index: PairIndex, rows: np.ndarray, account: int) -> float:
    if account < 0:
        return 0.0
    every = len(index.paid_by(account)) + len(index.paid_to(account))
    own = int(((ledger.payer[rows] == account) | (ledger.payee[rows] == account)).sum())
    return own / max(every, 1)


def _conserved(ledger: TimedLedger, rows: np.ndarray) -> float:
    """Share of the receipts of accounts that pay on in the lead whose sum leaves again nearly whole."""
    if ledger.amount is None:
        return 0.0
    payer, payee, time, amount = (
        ledger.payer[rows],
        ledger.payee[rows],
        ledger.time[rows],
        ledger.amount[rows],
    )
    kept: list[bool] = []
    for k in range(len(rows)):
        on = (payer == payee[k]) & (time > time[k])
        if on.any() and amount[k] > 0:
            share = amount[on] / amount[k]
            kept.append(bool(((share >= 0.7) & (share <= 1.02)).any()))
    return float(np.mean(kept)) if kept else 0.0


def total_by_currency(ledger: TimedLedger, rows: np.ndarray) -> tuple[int | None, str | None]:
    """The sum of these payments and its currency; None for both where several currencies, or none, are
    recorded."""
    at = rows
    if ledger.amount is None or "currency" not in ledger.texts:
        return None, None
    codes = np.unique(ledger.texts["currency"][at])
    if len(codes) != 1 or codes[0] < 0 or (ledger.amount[at] < 0).all():
        return None, None
    total = int(np.maximum(ledger.amount[at], 0).sum())
    return total, ledger.words["currency"][int(codes[0])]
