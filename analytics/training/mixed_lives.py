"""A world in which no row gives a planted one away by how it looks.

In the built-in city networks act across three countries among people who mostly stay at home: the town, sum,
channel or route of a single row tells a planted one. In a mixed world innocent people pay, rent and travel
across the same towns, and what the shape of a planted thing does not need is borrowed from an innocent row
drawn at random. What remains is what joins rows: who, with whom, when, in what order."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.training.advert_wording import CLOSINGS, KIND_SHARES, MIDDLES, OPENINGS, SITES
from analytics.training.advert_wording import KINDS as ADVERT_KINDS
from analytics.training.people import COUNTRY, KINDS, TOWNS, People
from analytics.training.settings import Rng, Row, seed_stream

FREE_SUM = "free sum"  # the key of a planted payment of which any sum will do; for this module alone
TOWN_LIST = [town for towns in TOWNS.values() for town in towns]
HOME = TOWNS["destination"][0]
_COUNTRIES = list(COUNTRY.values())
_CODED = 0.08  # of purchases, of which the bank gives the trade; the others are payments like all others
_SAME_COUNTRY = 0.5  # of payments, that stay in the country of their town; the others go to any
_EVERYDAY, _EVERYDAY_CODED = ("groceries", "fast food", "pharmacy", "clothing", "retail"), 0.1
_USUAL, _SPREAD = 25_000, 0.9  # pence, and the spread of its logarithm: a payment between people
_FACTORS = (0.3, 4.0)  # by which a planted thing's sums may be larger or smaller
_BOUND_TO_LINE = ("structuring", "stall takings")
_LOCAL = 0.1  # of journeys, between two towns of one country
_LANDLORDS = 0.05  # of lets, held by who lets many
# From and to which stage a leg of the usual routes leads, by position in TOWNS: there, and back again.
ROUTES = ((0, 1), (1, 2), (2, 1), (1, 0))


def spread_lives(table: str, rng: Rng, rows: pa.Table, people: People) -> pa.Table:
    """Innocent rows of one table, as people leave them who live and trade across all towns."""
    spread = _SPREAD_BY_TABLE.get(table)
    if spread is None:
        return rows
    return pa.Table.from_pandas(spread(rng, rows.to_pandas(), people), rows.schema, preserve_index=False)


def borrow_looks(table: str, rng: Rng, planted: Sequence[Row], innocent: pa.Table) -> list[Row]:
    """Planted rows with what their shape does not need taken from innocent rows drawn at random."""
    borrow = _BORROWED_BY_TABLE.get(table)
    if borrow is None or not planted:
        return list(planted)
    if "merchant_category" in innocent.column_names:  # purchases differ from what people pay each other
        innocent = innocent.filter(pc.is_null(innocent["merchant_category"]))
    if not len(innocent):
        return list(planted)
    donors = innocent.take(pa.array(rng.integers(0, len(innocent), len(planted)))).to_pylist()
    chances = rng.random(len(planted))
    return [
        row | borrow(row, donor, float(chance))
        for row, donor, chance in zip(planted, donors, chances, strict=True)
    ]


class Planted(Protocol):
    """A planted thing or a look-alike."""

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> str: ...


def scale_sums(seed: int, planted: Planted, rows: list[Row]) -> list[Row]:
    """Its payments, all larger or smaller by one factor that takes their middle to a sum drawn as
    everybody's is. Purchases, and what a reporting line bounds, stay as they are."""
    free = [row["amount_minor"] for row in rows if row["merchant_category"] is None]
    if not free or planted.kind in _BOUND_TO_LINE:
        return rows
    wanted = np.exp(np.log(_USUAL) + seed_stream(seed, f"sums of {planted.name}").normal(0, _SPREAD))
    factor = float(np.clip(wanted / np.median(free), *_FACTORS))
    return [
        row
        if row["merchant_category"] is not None
        else row | {"amount_minor": _scale(row["amount_minor"], factor)}
        for row in rows
    ]


def _scale(pence: int, factor: float) -> int:
    """A round sum stays round."""
    unit = next(unit for unit in (1_000, 100, 1) if pence % unit == 0)
    return max(100, round(pence * factor / unit) * unit)


def choose_stage(begin: int, end: int) -> str | None:
    """What a booking shows of a leg between two stages (positions in TOWNS)."""
    return "origin" if begin == 0 else "destination" if (begin, end) == (1, 2) else None


def _spread_payments(rng: Rng, rows: pd.DataFrame, people: People) -> pd.DataFrame:
    count = len(rows)
    town = rng.integers(0, len(TOWN_LIST), count)
    country = np.where(rng.random(count) < _SAME_COUNTRY, town // 3, rng.integers(0, 3, count))
    uncoded = rows.merchant_category.notna() & (rng.random(count) >= _CODED)
    sums = np.exp(np.log(_USUAL) + rng.normal(0, _SPREAD, count)).astype(np.int64)
    sums = np.where(rng.random(count) < 0.35, np.maximum(1_000, sums // 1_000 * 1_000), sums)
    return rows.assign(
        place=np.take(TOWN_LIST, town),
        country=np.take(_COUNTRIES, country),
        amount_minor=np.where(uncoded, sums, rows.amount_minor),
        channel=rows.channel.where(~uncoded, rng.choice(["transfer", "remittance", "cash"], count)),
        merchant_category=rows.merchant_category.where(~uncoded, None),
    )


def _spread_adverts(rng: Rng, rows: pd.DataFrame, people: People) -> pd.DataFrame:
    """Each author (whose text is one) has a wording and a stage drawn anew, and posts in all its towns."""
    author, texts = pd.factorize(rows.body)
    kind = rng.choice(len(ADVERT_KINDS), len(texts), p=KIND_SHARES)
    stage = rng.integers(0, len(TOWNS), len(texts))
    wordings = [
        (str(rng.choice(OPENINGS[name])), f"{rng.choice(MIDDLES[name])} {rng.choice(CLOSINGS)}")
        for name in np.take(ADVERT_KINDS, kind)
    ]
    contacts = [text.rpartition(" Contact ")[2] for text in texts]
    return rows.assign(
        title=[re.sub(r"[,.].*", "", wordings[at][0]) for at in author],
        body=[f"{' '.join(wordings[at])} Contact {contacts[at]}" for at in author],
        kind=np.take(ADVERT_KINDS, kind[author]),
        site=rng.choice(SITES, len(rows)),
        place=np.take(TOWN_LIST, 3 * stage[author] + rng.integers(0, 3, len(rows))),
    )


def _spread_journeys(rng: Rng, rows: pd.DataFrame, people: People) -> pd.DataFrame:
    begin, end = np.array(ROUTES)[rng.integers(0, len(ROUTES), len(rows))].T
    local = rng.random(len(rows)) < _LOCAL
    end = np.where(local, begin, end)
    here = rng.integers(0, 3, len(rows))
    there = np.where(local, (here + rng.integers(1, 3, len(rows))) % 3, rng.integers(0, 3, len(rows)))
    return rows.assign(
        from_place=np.take(TOWN_LIST, 3 * begin + here),
        to_place=np.take(TOWN_LIST, 3 * end + there),
        stage=[choose_stage(*leg) for leg in zip(begin.tolist(), end.tolist(), strict=True)],
    )


def _spread_lets(rng: Rng, rows: pd.DataFrame, people: People) -> pd.DataFrame:
    """Anywhere but in the country of origin; most are held by who lives there."""
    town = np.take(TOWN_LIST[3:], rng.integers(0, 6, len(rows)))
    persons = people.holder.take(pa.array(rng.choice(people.of(KINDS[0]), len(rows)))).to_pylist()
    lives_there = rng.random(len(rows)) >= _LANDLORDS
    at_home = (town == HOME) & rows.lon.notna()  # only the city itself is on the map
    return rows.assign(
        address=rows.address.str.replace(r", [^,]*$", "", regex=True) + ", " + town,
        holder=np.where(lives_there, persons, rows.holder),
        lon=rows.lon.where(at_home),
        lat=rows.lat.where(at_home),
    )


_SPREAD_BY_TABLE: dict[str, Callable[[Rng, pd.DataFrame, People], pd.DataFrame]] = {
    "adverts": _spread_adverts,
    "transactions": _spread_payments,
    "journeys": _spread_journeys,
    "premises": _spread_lets,
}


def _borrow_payment(row: Row, donor: Row, chance: float) -> Row:
    """Where it was paid and what was noted; the sum and the way too, where the shape needs none: of payments
    between members, and of everyday purchases of which the bank does not give the trade."""
    if row["merchant_category"] in _EVERYDAY and chance >= _EVERYDAY_CODED:
        return {
            name: donor[name]
            for name in ("note", "place", "country", "amount_minor", "channel", "merchant_category")
        }
    taken = ["note"] if row["merchant_category"] is None else []
    if row["channel"] == "transfer" and row["merchant_category"] is None:
        taken.append("channel")
    if row.get(FREE_SUM):
        borrowed = {name: donor[name] for name in ("note", "amount_minor", "channel")}
        return borrowed | {"occurred_at": _at_time_of(row["occurred_at"], donor["occurred_at"])}
    if row["place"] == HOME:
        taken += ["place", "country"]
    return {name: donor[name] for name in taken}


def _borrow_let(row: Row, donor: Row, chance: float) -> Row:
    return {name: donor[name] for name in ("kind", "let_from", "let_to")}


def _borrow_journey(row: Row, donor: Row, chance: float) -> Row:
    return {"departed_at": _at_time_of(row["departed_at"], donor["departed_at"]), "mode": donor["mode"]}


def _at_time_of(day: datetime, moment: datetime) -> datetime:
    """The day at the time of day of another moment."""
    return datetime.combine(day.date(), moment.time())


_BORROWED_BY_TABLE: dict[str, Callable[[Row, Row, float], Row]] = {
    "transactions": _borrow_payment,
    "premises": _borrow_let,
    "journeys": _borrow_journey,
}
