"""Structuring: payments just under the line from which they would be reported."""

from __future__ import annotations

import ibis
import numpy as np
import pyarrow as pa
from pydantic import PositiveFloat, PositiveInt

from analytics.finance.typologies.engine.detector import Detector, Explanation, Search
from analytics.finance.typologies.engine.results import Results, best_in_block
from analytics.finance.typologies.engine.section import SectionModel, Words
from analytics.finance.typologies.engine.surroundings import DAY
from analytics.finance.typologies.engine.timed_ledger import TimedLedger
from analytics.finance.typologies.engine.wording import duration
from analytics.shared.currency import written
from analytics.shared.wording import counted


class StructuringParameters(SectionModel):
    """How many payments just below the reporting line within how many days. `nearness`: the share of the line
    from which a payment is just below it; `line_minor`: the line in minor units, by currency."""

    min_payments: PositiveInt = 4
    nearness: PositiveFloat = 0.85
    window_days: PositiveFloat = 14
    channels: Words = ("cash",)
    line_minor: dict[str, PositiveInt] = {}


def find(search: Search[StructuringParameters]) -> Results:
    """Accounts paid, in one currency and in `channels`, `min_payments` just below the line within the
    window, more than the share of such payments among all of that currency would make likely (binomial; the
    share of the account under suspicion is not counted in). Currencies are never mixed; a currency without a
    line is not judged."""
    from scipy import stats  # takes a second to load, and many data have no channels to look at

    ledger, wanted, around = search.ledger, search.parameters, search.ledger.surroundings
    at, line = judged_rows(ledger, wanted)
    account, currency = ledger.payee[at], ledger.texts["currency"][at]
    amount = ledger.amounts[at]
    near = (amount >= np.ceil(wanted.nearness * line)) & (amount < line)
    window = int(wanted.window_days * DAY)
    table = pa.table(
        {
            "at": at,
            "time": ledger.time[at],
            "account": account,
            "currency": currency,
            "near": near.astype(np.int64),
        }
    )
    begun = _count_in_windows(search, table, window)
    of_currency = np.bincount(currency, minlength=currency.max(initial=0) + 1)
    near_of = np.bincount(currency, weights=near, minlength=len(of_currency))
    others = of_currency[begun["currency"]] - begun["own"]
    share = (near_of[begun["currency"]] - begun["own_near"] + 1) / (others + 1 / 0.05)
    surprise = -stats.binom.logsf(begun["below"] - 1, begun["payments"], np.minimum(share, 1)) / np.log(10)
    strong = np.flatnonzero(
        (begun["near"] > 0) & (begun["below"] >= wanted.min_payments) & (surprise >= around.min_surprise)
    )
    key = begun["account"].astype(np.int64) * len(of_currency) + begun["currency"]
    strong = strong[best_in_block(key[strong], ledger.blocks.of(begun["time"][strong]), surprise[strong])]
    lists = [
        at[
            near
            & (account == begun["account"][k])
            & (currency == begun["currency"][k])
            & (ledger.time[at] >= begun["time"][k])
            & (ledger.time[at] <= begun["time"][k] + window)
        ]
        for k in strong
    ]
    return Results.of(
        lists,
        begun["account"][strong],
        surprise[strong],
        begun["time"][strong],
        len(np.unique(key)),
    )


def _count_in_windows(
    search: Search[StructuringParameters], rows: pa.Table, window: int
) -> dict[str, np.ndarray]:
    """Of each row the payments of its account and currency in the window that begins with it, those of them
    just `below` the line, and the account's `own` and `own_near` in all."""
    table = ibis.memtable(rows)
    ahead = ibis.range_window(
        group_by=[table.account, table.currency], order_by=table.time, preceding=0, following=window
    )
    everything = ibis.window(group_by=[table.account, table.currency])
    found = search.engine.run(
        table.select(
            "at",
            "account",
            "currency",
            "time",
            "near",
            payments=table.count().over(ahead),
            below=table.near.sum().over(ahead),
            own=table.count().over(everything),
            own_near=table.near.sum().over(everything),
        ).order_by("at")
    )
    return {name: found[name].to_numpy() for name in found.column_names}


def judged_rows(ledger: TimedLedger, wanted: StructuringParameters) -> tuple[np.ndarray, np.ndarray]:
    """The transactions into an account, in a channel and a currency that is judged, and the line of each."""
    lines = np.array([wanted.line_minor.get(name, 0) for name in ledger.words["currency"]] + [0])
    channels = np.array([name.lower() in wanted.channels for name in ledger.words["channel"]] + [False])
    line = lines[ledger.texts["currency"]]
    at = np.flatnonzero(
        (line > 0) & channels[ledger.texts["channel"]] & (ledger.payee >= 0) & (ledger.amounts > 0)
    )
    return at, line[at]


def explain(ledger: TimedLedger, rows: np.ndarray, account: int) -> Explanation:
    roles = {int(who): "payer" for who in ledger.payer[rows] if who >= 0} | {int(account): "collector"}
    currency = ledger.words["currency"][ledger.texts["currency"][rows[0]]]
    low, high = (
        written(int(amount), currency) for amount in (ledger.amounts[rows].min(), ledger.amounts[rows].max())
    )
    why = (
        f"{ledger.name(account)} was paid {counted(len(rows), 'time')} within {duration(ledger, rows)} in "
        f"sums between {low} and {high} {currency}, each just below the reporting line."
    )
    return Explanation(roles, why)


DETECTOR = Detector(
    "structuring",
    "structuring",
    StructuringParameters,
    find,
    explain,
    needs=("amount_minor", "currency", "channel"),
    shuffled=False,
)
