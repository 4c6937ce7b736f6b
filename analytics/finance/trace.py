"""Follow the money: outward from one account, or between two, in time order, with what cannot be followed.

Two answers that do not depend on each other. *Paths* say how money may have gone, whatever the amounts, for
amounts are rarely kept along a laundering chain. *Amounts* say how much of what the source paid can be
followed, by the rule that money leaves an account in the order in which it came (first in, first out:
Clayton's dossier, 1816) or in the opposite order; every penny ends in one of `ends`, so that what is
unexplained adds up."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from analytics.finance.currency_conversion import ConversionParameters, convert
from analytics.finance.path_search import TimedEdges, build_timed_edges, find_paths, find_reached
from analytics.finance.payments import OUTSIDE, Payments, read_payments
from analytics.finance.tables import Table
from analytics.shared.progress import IsCancelled, never_cancelled

ORDERS = ("first in, first out", "last in, first out")
ENDS = (
    "reached",
    "came back",
    "still there",
    "rested too long",
    "taken out",
    "into a hub",
    "beyond the hops",
)
_DAY = 86_400_000_000
_RATES = ConversionParameters()


@dataclass(frozen=True)
class TraceParameters:
    """Bounds of a trace. `gap_days`: money that rests longer is not followed. An account with more than
    `hub_counterparties` counterparties (a shop, a payroll) is a hub: money is followed into it and no
    further. `same_time` lets a path go on with a payment of the same time, for data that knows only the day.
    `begin` and `end` (UTC) bound the payments used. `order`: one of ORDERS."""

    max_hops: int = 6
    gap_days: float = 14
    hub_counterparties: int = 100
    max_paths: int = 200
    max_steps: int = 500_000
    same_time: bool = False
    order: str = ORDERS[0]
    begin: datetime | None = None
    end: datetime | None = None

    def __post_init__(self) -> None:
        if (
            min(self.max_hops, self.hub_counterparties, self.max_paths, self.max_steps) < 1
            or self.gap_days <= 0
        ):
            raise ValueError("The bounds of a trace must be above 0.")
        if self.order not in ORDERS:
            raise ValueError(f"order is one of {ORDERS}.")


@dataclass(frozen=True)
class Trace:
    """`payments` (those that carry money of the source): row, time, hop (the lowest), from_account,
    to_account, amount_minor, traced_minor (how much of it is the source's), currency. `ends`: account
    (missing where nobody is named), reason (one of ENDS), hop, amount_minor, currency; they add up to what
    the source paid. `paths` (between two accounts): path, hops, begins, arrives, max_minor (the smallest
    payment on it: no more can have passed this way; missing where currencies differ), currency.
    `path_payments`: path, step, row, time, from_account, to_account, amount_minor, currency, waited (since
    the step before), kept_minor (the step before less this one; negative: other money was added). `hubs`:
    account, counterparties. `complete`: False where a bound cut the list of paths. `reach`: the share of all
    accounts that money of the source may have reached within the same bounds: the nearer to 1, the less it
    says that the target is among them. `no_rate`: payments left out for want of a rate. `left_out`: rows of
    the table that are no payments, by reason."""

    payments: pd.DataFrame
    ends: pd.DataFrame
    paths: pd.DataFrame
    path_payments: pd.DataFrame
    hubs: pd.DataFrame
    complete: bool
    reach: float
    no_rate: int
    left_out: dict[str, int]
    parameters: TraceParameters


def trace_money(
    transactions: Table,
    source: str,
    target: str | None = None,
    parameters: TraceParameters = TraceParameters(),
    *,
    rates: pd.DataFrame | None = None,
    conversion: ConversionParameters = _RATES,
    cancelled: IsCancelled = never_cancelled,
) -> Trace:
    """Follow the money of `source`, and by what paths it may have come to `target`.

    Each currency is followed by itself, unless dated `rates` (see `rates.convert`) state all in one. Raises
    KeyError where an account is in no payment, ValueError where source and target are one.
    """
    if source == target:
        raise ValueError("Source and target are the same account.")
    data = read_payments(transactions)
    start, goal = data.code(source), data.code(target) if target is not None else None
    payments = _select_period(data.table, parameters)
    no_rate = 0
    if rates is not None:
        stated = convert(payments.amount_minor, payments.currency, payments.time, rates, conversion)
        no_rate = int(stated.isna().sum())
        payments = payments.assign(amount_minor=stated, currency=conversion.into)[stated.notna()]
        payments = payments.astype({"amount_minor": "int64"}).reset_index(drop=True)
    counterparties = count_counterparties(payments, len(data.accounts))
    hub = counterparties > parameters.hub_counterparties
    hub[[at for at in (start, goal) if at is not None]] = False
    edges = _edges(payments, hub, parameters)
    found = find_reached(edges, start, parameters.max_hops)
    follower = _Follower(start, goal, hub, found, parameters)
    follower.follow(payments)
    paths: list[list[int]] = []
    complete = True
    if goal is not None:
        paths, cut = find_paths(
            edges, start, goal, parameters.max_hops, parameters.max_paths, parameters.max_steps, cancelled
        )
        complete = not cut
    met = hub & np.isin(np.arange(len(hub)), payments.payee[payments.payer.isin([start, *found])])
    hubs = pd.DataFrame({"account": data.accounts[met], "counterparties": counterparties[met]})
    path_table, path_payments = _path_tables(payments, paths, data)
    return Trace(
        _step_table(payments, follower.steps, data),
        _end_table(follower.ends, data),
        path_table,
        path_payments,
        hubs.sort_values(["counterparties", "account"], ascending=[False, True], ignore_index=True),
        complete,
        len(found) / max(1, len(data.accounts) - 1),
        no_rate,
        data.left_out,
        parameters,
    )


def count_counterparties(payments: pd.DataFrame, accounts: int) -> np.ndarray:
    """How many different accounts each account pays or is paid by, itself and the outside apart."""
    named = payments[
        (payments.payer != payments.payee) & (payments.payer != OUTSIDE) & (payments.payee != OUTSIDE)
    ]
    ends = np.r_[named.payer, named.payee], np.r_[named.payee, named.payer]
    pairs = pd.unique(ends[0].astype(np.int64) * max(accounts, 1) + ends[1])
    return np.bincount(pairs // max(accounts, 1), minlength=accounts)


def _select_period(payments: pd.DataFrame, parameters: TraceParameters) -> pd.DataFrame:
    inside = np.ones(len(payments), bool)
    if parameters.begin is not None:
        inside &= (payments.time >= parameters.begin).to_numpy()
    if parameters.end is not None:
        inside &= (payments.time <= parameters.end).to_numpy()
    return payments[inside].reset_index(drop=True)


def _edges(payments: pd.DataFrame, hub: np.ndarray, parameters: TraceParameters) -> TimedEdges:
    payer, payee = payments.payer.to_numpy(), payments.payee.to_numpy()
    used = np.flatnonzero((payer != payee) & (payer != OUTSIDE) & (payee != OUTSIDE) & ~hub[payer])
    time = payments.time.to_numpy().astype("datetime64[us]").astype(np.int64)
    return build_timed_edges(
        payer[used], payee[used], time[used], used, int(parameters.gap_days * _DAY), parameters.same_time
    )


@dataclass
class _Lot:
    """Money that an account was paid and still has. `hop` 0: not the source's."""

    amount: int
    hop: int
    since: int


_Purse = tuple[int, str]  # account, currency
_EndKey = tuple[int, str, int, str]  # account, reason, hop, currency


class _Follower:
    """Money of the source by the order rule, payment after payment in order of time.

    Each account has, by currency, the lots it was paid. Payments of one time all leave before any of them
    arrives, so that money is never passed on before it came. `steps`: {payment: (traced, hop)}; `ends`:
    {(account, reason, hop, currency): amount}."""

    def __init__(
        self, start: int, goal: int | None, hub: np.ndarray, reached: np.ndarray, parameters: TraceParameters
    ) -> None:
        self.start, self.goal, self.hub = start, goal, hub
        self.max_hops = parameters.max_hops
        self.gap, self.last_first = int(parameters.gap_days * _DAY), parameters.order == ORDERS[1]
        self.on_path = np.zeros(len(hub) + 1, bool)  # the last place is that of OUTSIDE
        self.on_path[[start, *reached]] = True
        self.on_path[:-1] &= ~hub
        self.lots: dict[_Purse, deque[_Lot]] = {}
        self.arriving: list[tuple[_Purse, _Lot]] = []
        self.steps: dict[int, tuple[int, int]] = {}
        self.ends: dict[_EndKey, int] = {}
        self.now = -1

    def follow(self, payments: pd.DataFrame) -> None:
        payer, payee = payments.payer.to_numpy(), payments.payee.to_numpy()
        used = np.flatnonzero((self.on_path[payer] | self.on_path[payee]) & (payer != payee))
        time = payments.time.to_numpy().astype("datetime64[us]").astype(np.int64)
        amount, currency = payments.amount_minor.to_numpy(), payments.currency.to_numpy()
        for at in used.tolist():
            if time[at] != self.now:
                self._arrive()
                self.now = int(time[at])
            self._pay(at, int(payer[at]), int(payee[at]), int(amount[at]), str(currency[at]))
        self._arrive()
        latest = int(time.max()) if len(time) else 0
        for (account, code), lots in self.lots.items():
            for lot in lots:
                if lot.hop:
                    reason = "rested too long" if latest - lot.since > self.gap else "still there"
                    self._end(account, reason, lot.hop, code, lot.amount)

    def _pay(self, at: int, payer: int, payee: int, amount: int, code: str) -> None:
        traced = [(part, hop) for part, hop in self._parts(payer, amount, code) if hop]
        if traced:
            self.steps[at] = sum(part for part, _ in traced), min(hop for _, hop in traced)
        untraced = amount - sum(part for part, _ in traced)
        reason = _reason(payee, self.start, self.goal, self.hub)
        for part, hop in traced:
            if reason:
                self._end(payee, reason, hop, code, part)
            elif hop == self.max_hops:
                self._end(payee, "beyond the hops", hop, code, part)
                untraced += part
            else:
                self.arriving.append(((payee, code), _Lot(part, hop, self.now)))
        if untraced and not reason and self.on_path[payee]:
            self.arriving.append(((payee, code), _Lot(untraced, 0, self.now)))

    def _parts(self, payer: int, amount: int, code: str) -> list[tuple[int, int]]:
        """(amount, hop) of what a payment is made of; hop 0: not the source's."""
        if payer == self.start:
            return [(amount, 1)]
        if not self.on_path[payer]:
            return [(amount, 0)]
        parts = []
        for lot in _take(self.lots.get((payer, code)), amount, self.last_first):
            hop = lot.hop
            if hop and self.now - lot.since > self.gap:
                self._end(payer, "rested too long", hop, code, lot.amount)
                hop = 0
            parts.append((lot.amount, hop + 1 if hop else 0))
        return parts

    def _end(self, account: int, reason: str, hop: int, code: str, amount: int) -> None:
        key = account, reason, hop, code
        self.ends[key] = self.ends.get(key, 0) + amount

    def _arrive(self) -> None:
        for purse, lot in self.arriving:
            self.lots.setdefault(purse, deque()).append(lot)
        self.arriving.clear()


def _reason(payee: int, start: int, goal: int | None, hub: np.ndarray) -> str | None:
    """Why money paid to an account is followed no further, or None."""
    if payee == OUTSIDE:
        return "taken out"
    if payee == start:
        return "came back"
    if payee == goal:
        return "reached"
    return "into a hub" if hub[payee] else None


def _take(lots: deque[_Lot] | None, wanted: int, last_first: bool) -> list[_Lot]:
    """The pieces that a payment uses up; what exceeds everything that came in is left out."""
    pieces = []
    while lots and wanted:
        lot = lots[-1 if last_first else 0]
        amount = min(wanted, lot.amount)
        pieces.append(_Lot(amount, lot.hop, lot.since))
        wanted -= amount
        lot.amount -= amount
        if not lot.amount:
            lots.pop() if last_first else lots.popleft()
    return pieces


def _step_table(payments: pd.DataFrame, steps: dict[int, tuple[int, int]], data: Payments) -> pd.DataFrame:
    own = payments.loc[list(steps)]
    return pd.DataFrame(
        {
            "row": own.row,
            "time": own.time,
            "hop": [hop for _, hop in steps.values()],
            "from_account": data.names(own.payer.to_numpy()),
            "to_account": data.names(own.payee.to_numpy()),
            "amount_minor": own.amount_minor,
            "traced_minor": [traced for traced, _ in steps.values()],
            "currency": own.currency,
        }
    ).reset_index(drop=True)


def _end_table(ends: dict[_EndKey, int], data: Payments) -> pd.DataFrame:
    table = pd.DataFrame(
        [(*key, amount) for key, amount in ends.items()],
        columns=["account", "reason", "hop", "currency", "amount_minor"],
    )
    table["account"] = data.names(table.account.to_numpy(dtype=int))
    return table.sort_values(
        ["amount_minor", "reason", "hop", "account", "currency"],
        ascending=[False, True, True, True, True],
        ignore_index=True,
    )


def _path_tables(
    payments: pd.DataFrame, paths: list[list[int]], data: Payments
) -> tuple[pd.DataFrame, pd.DataFrame]:
    at = np.array([edge for path in paths for edge in path], dtype=int)
    own = payments.loc[at]
    steps = pd.DataFrame(
        {
            "path": np.repeat(np.arange(len(paths)) + 1, [len(path) for path in paths]).astype(int),
            "step": [step for path in paths for step in range(1, len(path) + 1)],
            "row": own.row.to_numpy(),
            "time": own.time.to_numpy(),
            "from_account": data.names(own.payer.to_numpy()),
            "to_account": data.names(own.payee.to_numpy()),
            "amount_minor": own.amount_minor.to_numpy(),
            "currency": own.currency.to_numpy(),
        }
    )
    by_path = steps.groupby("path", sort=True)
    steps["waited"] = by_path.time.diff()
    same = by_path.currency.shift() == steps.currency
    steps["kept_minor"] = (-by_path.amount_minor.diff()).where(same).astype("Int64")
    one = by_path.currency.nunique() == 1
    table = pd.DataFrame(
        {
            "hops": by_path.size(),
            "begins": by_path.time.first(),
            "arrives": by_path.time.last(),
            "max_minor": by_path.amount_minor.min().astype("Int64").where(one),
            "currency": by_path.currency.first().where(one),
        }
    )
    return table.rename_axis("path").reset_index(), steps
