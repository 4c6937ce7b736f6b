"""The circumstances of a lead that speak for money being moved on, or for an innocent gathering."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.finance.typologies.engine.surroundings import DAY
from analytics.finance.typologies.engine.timed_ledger import TimedLedger, by_account

_AFTER = 14 * DAY  # within which money received is seen to leave
_MAX_MEMBERS = 40  # of a lead whose contacts and payments are looked at
_MERCHANT_PAYERS, _MERCHANT_RATIO = (
    12,
    5,
)  # a business is paid by so many, and by so many times more than it pays
_MAX_CONTACTS = 400  # of a member: whoever deals with more deals with everybody
_ROUND = 1000  # minor units: sums of whole tens, and
_OFTEN_ROUND = 0.5  # where more of a currency's sums than this are whole so, ten times the step
_EVEN = 0.35  # deviation of a pair's gaps over their mean, up to which payments are regular
_TOGETHER = 2 * DAY  # payments of one hand-on follow each other within so long
_SEVERAL, _MOST = 3, 0.7  # so many payers, and this share of what they paid, make a hand-on
_NEAR_LINE = 0.85  # from this share of a power of ten a sum is just below it


@dataclass(frozen=True)
class SumScale:
    """What sums of a currency are like, of payments on paths: their median (`typical`, minor units), the
    `step` of which a round sum is a multiple, and the share of sums that are (`round_share`)."""

    typical: float
    step: int
    round_share: float

    @staticmethod
    def of(sums: np.ndarray) -> SumScale:
        """The scale of these sums. Round are whole tens; of a currency whose smallest notes are such sums
        already, whole hundreds or more."""
        if not len(sums):
            return SumScale(1.0, _ROUND, 0.0)
        typical, step = max(float(np.median(sums)), 1.0), _ROUND
        while (share := float((sums % step == 0).mean())) > _OFTEN_ROUND and step < typical:
            step *= 10
        return SumScale(typical, step, share)


@dataclass(frozen=True)
class PairIndex:
    """All payments between two accounts, hubs and purchases too: by payer and by payee, in order of time,
    and by pair. `pairs`: ascending codes (payer x accounts + payee), with the `counts` of payments and
    whether they are `even`; `degrees`: payees of each account; `merchant`: whether it is paid by many and
    pays few; `first_times`: of the first payments of new pairs; `scales`: of each currency, by its
    code (-1: not recorded); `activity`: payments of the median account."""

    out_starts: np.ndarray
    outs: np.ndarray
    in_starts: np.ndarray
    ins: np.ndarray
    pairs: np.ndarray
    counts: np.ndarray
    even: np.ndarray
    degrees: np.ndarray
    merchant: np.ndarray
    first_times: np.ndarray
    scales: dict[int, SumScale]
    activity: float

    @staticmethod
    def of(ledger: TimedLedger) -> PairIndex:
        """The index of a ledger."""
        between = np.flatnonzero((ledger.payer >= 0) & (ledger.payee >= 0) & (ledger.payer != ledger.payee))
        n = len(ledger.accounts)
        out_starts, outs = by_account(ledger.payer, between, n)
        in_starts, ins = by_account(ledger.payee, between, n)
        code = ledger.payer[between].astype(np.int64) * n + ledger.payee[between]
        order = np.argsort(code, kind="stable")
        pairs, starts, counts = np.unique(code[order], return_index=True, return_counts=True)
        activity = np.diff(out_starts) + np.diff(in_starts)
        payees = np.bincount(pairs // max(n, 1), minlength=n)
        payers = np.bincount(pairs % max(n, 1), minlength=n)
        return PairIndex(
            out_starts,
            outs,
            in_starts,
            ins,
            pairs,
            counts,
            _mark_even(ledger.time[between[order]], starts, counts),
            payees,
            (payers >= _MERCHANT_PAYERS) & (_MERCHANT_RATIO * payees <= payers),
            ledger.time[ledger.path & ledger.first],
            _read_scales(ledger),
            float(np.median(activity)) if len(activity) else 0.0,
        )

    def paid_by(self, account: int) -> np.ndarray:
        return self.outs[self.out_starts[account] : self.out_starts[account + 1]]

    def paid_to(self, account: int) -> np.ndarray:
        return self.ins[self.in_starts[account] : self.in_starts[account + 1]]

    def find_pairs(self, codes: np.ndarray) -> np.ndarray:
        """The position of each code in `pairs`, -1 where there is none."""
        if not len(self.pairs):
            return np.full(len(codes), -1)
        at = np.minimum(np.searchsorted(self.pairs, codes), len(self.pairs) - 1)
        return np.where(self.pairs[at] == codes, at, -1)

    def count(self, codes: np.ndarray) -> np.ndarray:
        """How many payments each of these pairs makes."""
        at = self.find_pairs(codes)
        return np.where(at >= 0, self.counts[at], 0) if len(self.pairs) else np.zeros(len(codes), np.int64)


def _currency(ledger: TimedLedger, rows: np.ndarray) -> np.ndarray:
    """The code of each payment's currency, -1 where none is recorded."""
    codes = ledger.texts.get("currency")
    return np.full(len(rows), -1, np.int64) if codes is None else codes[rows].astype(np.int64)


def _read_scales(ledger: TimedLedger) -> dict[int, SumScale]:
    """The scale of the sums of each currency."""
    if ledger.amount is None:
        return {}
    rows = np.flatnonzero(ledger.amount > 0)
    currency, on_path = _currency(ledger, rows), ledger.path[rows]
    return {
        int(code): SumScale.of(ledger.amount[rows[(currency == code) & on_path]])
        for code in np.unique(currency)
    }


def _mark_even(time: np.ndarray, starts: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Whether each pair's payments, `counts` of them from `starts` on, come three times or more at even
    intervals of at least five days."""
    if not len(starts):
        return np.zeros(0, bool)
    gaps = np.diff(time, append=time[-1]) / DAY
    gaps[np.append(starts[1:], len(time)) - 1] = 0.0
    between = np.maximum(counts - 1, 1)
    mean = np.add.reduceat(gaps, starts) / between
    variance = np.maximum(np.add.reduceat(gaps**2, starts) / between - mean**2, 0.0)
    return np.asarray((counts >= 3) & (mean >= 5) & (np.sqrt(variance) <= _EVEN * mean))


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
    "season",
    "handed_on",
    "constant",
)


def measure_circumstances(
    ledger: TimedLedger, index: PairIndex, rows: np.ndarray, account: int
) -> dict[str, float]:
    """One figure for each of CIRCUMSTANCES, of a lead with these transactions that centres on `account`.

    `large`: mean digits by which its payments are large for their payers. `sums`: log10 of their median
    over that of all payments in the same currency. `round`: share of round sums (see `SumScale`), less that
    of all. `equal`: share that have the
    commonest sum. `below_line`: share just below a power of ten. `forwarded`: share of what its accounts
    received that they then paid on within 14 days, beyond what they usually pay, shops apart; `one_bill`:
    the same to a business (a hub, or paid by many and paying few). `standing`: share of its pairs that also
    deal outside of it; `reciprocal`: share whose payee also pays the payer, outside of it. `circle`: digits
    by which its accounts deal more with each other, outside of it, than such busy accounts would. `usual`:
    as many counterparties in as long otherwise, as a share of these. `busy`: log10 of how much its other
    accounts do beside the median. `purpose`: share of the centre's payments that are in it. `accounts`:
    log10 of their number. `conserved`: share of receipts after which a sum like it (70 to 102 %) leaves
    next. `gathers`, `spreads`: share of its payments that the centre receives, or makes. `regular`: share
    of its pairs that deal three times or more at even intervals, in it or outside. `handed_on`: how many
    times the centre paid most of what several had paid it since the last time to somebody who is no business
    and none of them. `constant`: of what its payers
    paid the centre again, at any time, the share in the sum that each pays most often."""
    payer, payee, n = ledger.payer[rows], ledger.payee[rows], max(len(ledger.accounts), 1)
    known = (payer >= 0) & (payee >= 0) & (payer != payee)
    codes, inside = np.unique(payer[known].astype(np.int64) * n + payee[known], return_counts=True)
    members = np.unique(np.r_[payer[payer >= 0], payee[payee >= 0]])
    forwarded, one_bill = _forwarded(ledger, index, rows)
    return {
        "large": float(np.mean(ledger.amount_surprise[rows])),
        **_sums(ledger, index, rows),
        "forwarded": forwarded,
        "one_bill": one_bill,
        "standing": _share(index.count(codes) > inside),
        "reciprocal": _reciprocal(index, codes, inside, n),
        "circle": _circle(index, members[members != account], codes, n),
        "usual": _usual(ledger, index, rows, account),
        "busy": _busy(index, members[members != account]),
        "purpose": _purpose(ledger, index, rows, account),
        "accounts": float(np.log10(max(len(members), 1))),
        "conserved": _conserved(ledger, rows),
        "gathers": float((payee == account).mean()) if account >= 0 else 0.0,
        "spreads": float((payer == account).mean()) if account >= 0 else 0.0,
        "regular": _share(index.even[index.find_pairs(codes)]) if len(codes) else 0.0,
        "season": _season(ledger, index, rows),
        "handed_on": float(_hand_ons(ledger, index, rows, account)),
        "constant": _constant(ledger, index, rows, account),
    }


def _season(ledger: TimedLedger, index: PairIndex, rows: np.ndarray) -> float:
    times, (begun, ended) = index.first_times, ledger.time[rows[[0, -1]]].tolist()
    length, whole = max(ended - begun, DAY), max(ledger.end - ledger.begin, DAY)
    bounds = np.array([begun, begun + length + 1])  # of the type of the times, which are searched as they are
    inside = np.diff(np.searchsorted(times, bounds))[0]
    rest = (len(times) - inside) / max(whole - length, length)
    return float(np.log10((inside + 5) / (rest * length + 5)))


def _sums(ledger: TimedLedger, index: PairIndex, rows: np.ndarray) -> dict[str, float]:
    amount = np.empty(0, np.int64) if ledger.amount is None else ledger.amount[rows]
    rows, amount = rows[: len(amount)][amount > 0], amount[amount > 0]
    if not len(amount):
        return {"sums": 0.0, "round": 0.0, "equal": 0.0, "below_line": 0.0}
    _, counts = np.unique(amount, return_counts=True)
    mantissa = np.log10(amount) % 1.0
    scales = [index.scales[int(code)] for code in _currency(ledger, rows)]
    steps = np.array([scale.step for scale in scales])
    return {
        "sums": float(np.log10(np.median(amount / [scale.typical for scale in scales]))),
        "round": float((amount % steps == 0).mean() - np.mean([scale.round_share for scale in scales])),
        "equal": float((counts.max() - 1) / max(len(amount) - 1, 1)),
        "below_line": float((mantissa >= 1 + np.log10(_NEAR_LINE)).mean()),
    }


def _share(flags: np.ndarray) -> float:
    return float(flags.mean()) if len(flags) else 0.0


def _reciprocal(index: PairIndex, codes: np.ndarray, inside: np.ndarray, n: int) -> float:
    """Share of the pairs that deal the other way round, outside of the lead."""
    back = codes % n * n + codes // n
    at = np.minimum(np.searchsorted(codes, back), max(len(codes) - 1, 0))
    own = np.where(codes[at] == back, inside[at], 0) if len(codes) else np.zeros(0, np.int64)
    return _share(index.count(back) > own)


def _forwarded(ledger: TimedLedger, index: PairIndex, rows: np.ndarray) -> tuple[float, float]:
    """(share of the money received that left to others soon after, the same to a hub)."""
    if ledger.amount is None:
        return 0.0, 0.0
    received = on = bill = 0.0
    receivers = np.unique(ledger.payee[rows])
    for account in receivers[receivers >= 0][:_MAX_MEMBERS].tolist():
        own = rows[ledger.payee[rows] == account]
        came = float(np.maximum(ledger.amount[own], 0).sum())
        begun, until = ledger.time[own[0]], ledger.time[own[-1]] + _AFTER
        paid = index.paid_by(account)
        moment = ledger.time[paid]
        near = (moment > begun) & (moment <= until)
        apart = (moment <= begun) | (moment > until)
        shop = ~ledger.path[paid] | index.merchant[ledger.payee[paid]]
        usual = (until - begun) / max(ledger.end - ledger.begin - (until - begun), until - begun)
        sums = np.maximum(ledger.amount[paid], 0)
        for to_shop in (False, True):
            of = shop == to_shop
            left = sums[near & of].sum() - usual * sums[apart & of].sum()
            share = min(max(float(left), 0.0), came)
            on, bill = (on, bill + share) if to_shop else (on + share, bill)
        received += came
    return on / max(received, 1.0), bill / max(received, 1.0)


def _circle(index: PairIndex, others: np.ndarray, codes: np.ndarray, n: int) -> float:
    """log10 of how many pairs of these accounts deal, other than the lead's, over how many would by
    chance."""
    own = others[:_MAX_MEMBERS].astype(np.int64)
    if len(own) < 2:
        return 0.0
    among = np.setdiff1d((own[:, None] * n + own[None, :]).ravel(), codes)
    found = int((index.find_pairs(among) >= 0).sum())
    expected = float(np.minimum(index.degrees[own], _MAX_CONTACTS).sum()) * (len(own) - 1) / n
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
    counts = index.out_starts[others + 1] - index.out_starts[others]
    counts = counts + index.in_starts[others + 1] - index.in_starts[others]
    return float(np.log10((np.median(counts) + 1) / (index.activity + 1)))


def _purpose(ledger: TimedLedger, index: PairIndex, rows: np.ndarray, account: int) -> float:
    if account < 0:
        return 0.0
    every = len(index.paid_by(account)) + len(index.paid_to(account))
    own = int(((ledger.payer[rows] == account) | (ledger.payee[rows] == account)).sum())
    return own / max(every, 1)


def _hand_ons(ledger: TimedLedger, index: PairIndex, rows: np.ndarray, account: int) -> int:
    """How many times within these payments the account handed on what it had gathered."""
    if ledger.amount is None or account < 0:
        return 0
    came, left = rows[ledger.payee[rows] == account], rows[ledger.payer[rows] == account]
    private = ledger.path[left] & (ledger.payee[left] >= 0) & ~index.merchant[ledger.payee[left]]
    left = left[private & ~np.isin(ledger.payee[left], ledger.payer[came])]
    times, sums = ledger.time[came], np.maximum(ledger.amount[came], 0)
    count, before = 0, 0
    for handed in np.split(left, np.flatnonzero(np.diff(ledger.time[left]) > _TOGETHER) + 1):
        if not len(handed):
            continue
        until = int(np.searchsorted(times, ledger.time[handed[-1]], "right"))
        payers, gathered = np.unique(ledger.payer[came[before:until]]), int(sums[before:until].sum())
        count += (
            len(payers) >= _SEVERAL and _MOST * gathered <= ledger.amount[handed].sum() <= 1.02 * gathered
        )
        before = until
    return count


def _constant(ledger: TimedLedger, index: PairIndex, rows: np.ndarray, account: int) -> float:
    """Share of what the lead's payers paid the account again, at any time, in their commonest sum."""
    if ledger.amount is None or account < 0:
        return 0.0
    came = index.paid_to(account)
    came = came[np.isin(ledger.payer[came], ledger.payer[rows])]
    payers, pair = np.unique(ledger.payer[came], return_inverse=True)
    paid = np.bincount(pair, minlength=len(payers))
    sums, times = np.unique(np.stack([pair, ledger.amount[came]]), axis=1, return_counts=True)
    commonest = np.zeros(len(payers), np.int64)
    np.maximum.at(commonest, sums[0], times)
    several = paid >= 2
    return float((commonest[several] - 1).sum() / max((paid[several] - 1).sum(), 1))


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
