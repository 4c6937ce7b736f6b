"""Relayed scatter-gather: a source's sums reach one sink through several accounts, nearly whole, over
weeks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
from pydantic import PositiveFloat, PositiveInt

from analytics.finance.typologies.engine.detector import Detector, Explanation, Search
from analytics.finance.typologies.engine.relays import find_relays
from analytics.finance.typologies.engine.results import Results
from analytics.finance.typologies.engine.section import SectionModel
from analytics.finance.typologies.engine.surprise import poisson_surprise
from analytics.finance.typologies.engine.surroundings import DAY
from analytics.finance.typologies.engine.timed_ledger import TimedLedger, by_account
from analytics.finance.typologies.engine.wording import duration
from analytics.shared.wording import counted


class RelayGatherParameters(SectionModel):
    """How many middlemen, within how long each, and what share of what a middleman got he pays on."""

    min_middlemen: PositiveInt = 3
    max_gap_days: PositiveFloat = 30
    min_share: PositiveFloat = 0.75
    max_share: PositiveFloat = 1.02
    min_digits: PositiveFloat = 0.5


def find(search: Search[RelayGatherParameters]) -> Results:
    """Pairs of a source and a sink with several middlemen, each of whom got a sum from the source and paid
    most of it to the sink afterwards, all his dealings with either within `max_gap_days`.

    Surprising is how many they share, where as many such relays are expected between the two as their
    shares of all relays give (Poisson)."""
    ledger, wanted = search.ledger, search.parameters
    gap = int(wanted.max_gap_days * DAY)
    pairs = _short_pairs(ledger, gap)
    onward = {name: f"next_{name}" for name in ("pair", "payee", "total", "since", "until", "currency")}
    legs, second = ibis.memtable(pairs), ibis.memtable(pairs).rename({n: o for o, n in onward.items()})
    second = second.rename(middle="payer")
    met = legs.join(
        second,
        [
            legs.payee == second.middle,
            legs.currency == second.next_currency,
            second.next_since > legs.since,
            second.next_until <= legs.since + gap,
            second.next_total >= legs.total * wanted.min_share,
            second.next_total <= legs.total * wanted.max_share,
            legs.payer != second.next_payee,
        ],
    )
    table = search.engine.run(met.select("pair", "next_pair", "payer", "middle", "next_payee")).to_pandas()
    whole = _shared_relays(ledger, table, wanted.min_middlemen, _rows_by_pair(ledger))
    single = _shared_relays(ledger, _single_relays(ledger, wanted), wanted.min_middlemen, lambda row: [row])
    found = whole + single
    rows = [rows for rows, _, _ in found]
    begun = [ledger.time[own[0]] for own in rows]
    return Results.of(rows, [f[1] for f in found], [f[2] for f in found], begun, max(len(table), 1))


def _single_relays(ledger: TimedLedger, wanted: RelayGatherParameters) -> pd.DataFrame:
    """Single payments that were relayed, of standing contacts too, in place of pairs."""
    relays = find_relays(
        ledger, wanted.max_gap_days / 2, wanted.min_share, wanted.max_share, wanted.min_digits
    )
    table = pd.DataFrame(
        {
            "pair": relays.received,
            "next_pair": relays.paid,
            "payer": ledger.payer[relays.received],
            "next_payee": ledger.payee[relays.paid],
            "middle": ledger.payee[relays.received],
        }
    )
    return table[table.payer != table.next_payee]


def _shared_relays(
    ledger: TimedLedger,
    table: pd.DataFrame,
    min_middlemen: int,
    rows_of: Callable[[int], Sequence[int] | np.ndarray],
) -> list[tuple[np.ndarray, int, float]]:
    """(rows, source, surprise) of each source and sink that share so many middlemen."""
    relays = max(len(table), 1)
    sent = table.groupby("payer").pair.transform("size")
    got = table.groupby("next_payee").pair.transform("size")
    table = table.assign(expected=sent * got / relays)
    middlemen = table.groupby(["payer", "next_payee"]).middle.transform("nunique")
    table = table[middlemen >= min_middlemen].sort_values(["payer", "next_payee", "pair", "next_pair"])
    found = []
    for (payer, _), own in table.groupby(["payer", "next_payee"]):
        surprise = float(poisson_surprise(own.middle.nunique(), float(own.expected.iloc[0])))
        if surprise >= ledger.surroundings.min_surprise:
            rows = np.concatenate([rows_of(int(part)) for part in np.unique(own[["pair", "next_pair"]])])
            found.append((np.unique(rows).astype(np.int64), int(payer), surprise))
    return found


def _short_pairs(ledger: TimedLedger, longest: int) -> pa.Table:
    """Pairs that deal within `longest` microseconds and at no other time: their code, ends, total and
    times."""
    rows = np.flatnonzero(ledger.path & (ledger.amounts > 0))
    key = _pair_codes(ledger)[rows]
    order = np.argsort(key, kind="stable")
    rows, key = rows[order], key[order]
    start = np.flatnonzero(np.diff(key, prepend=-1) != 0)
    stop = np.append(start, len(key))[1:] - 1
    total = np.add.reduceat(ledger.amounts[rows], start) if len(start) else np.empty(0, np.int64)
    since, until = ledger.time[rows[start]], ledger.time[rows[stop]]
    currency = ledger.texts.get("currency", np.zeros(len(ledger), np.int32))[rows[start]]
    short = until - since <= longest
    return pa.table(
        {
            "pair": key[start][short],
            "payer": ledger.payer[rows[start]][short],
            "payee": ledger.payee[rows[start]][short],
            "total": total[short],
            "since": since[short],
            "until": until[short],
            "currency": currency[short],
        }
    )


def _pair_codes(ledger: TimedLedger) -> np.ndarray:
    return np.asarray(ledger.payer.astype(np.int64) * len(ledger.accounts) + ledger.payee)


def _rows_by_pair(ledger: TimedLedger) -> Callable[[int], np.ndarray]:
    """A look-up of a pair's payments on paths by its code."""
    starts, order = by_account(ledger.payer, np.flatnonzero(ledger.path), len(ledger.accounts))

    def rows_of(pair: int) -> np.ndarray:
        payer, payee = divmod(int(pair), len(ledger.accounts))
        own = order[starts[payer] : starts[payer + 1]]
        return np.asarray(own[ledger.payee[own] == payee])

    return rows_of


def explain(ledger: TimedLedger, rows: np.ndarray, account: int) -> Explanation:
    middle = np.unique(ledger.payee[rows[ledger.payer[rows] == account]])
    onwards = rows[np.isin(ledger.payer[rows], middle)]
    sinks, counts = np.unique(ledger.payee[onwards], return_counts=True)
    sink = int(sinks[np.argmax(counts)]) if len(sinks) else -1
    roles = {int(who): "middleman" for who in middle} | {sink: "sink", int(account): "source"}
    why = (
        f"{ledger.name(account)} paid {counted(len(middle), 'account')}, and each passed most of it on to "
        f"{ledger.name(sink)}, within {duration(ledger, rows)} in all."
    )
    return Explanation(roles, why)


DETECTOR = Detector(
    "relayed scatter-gather",
    "relay_gather",
    RelayGatherParameters,
    find,
    explain,
    ("amount_minor",),
    shuffled=False,
)
