"""The innocent background: wages, rent, shopping, money sent home, charities, calls, adverts and lets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.training.advert_wording import CLOSINGS, MIDDLES, OPENINGS, write_contact
from analytics.training.advert_wording import KINDS as ADVERT_KINDS
from analytics.training.city import City, to_degrees
from analytics.training.people import COUNTRY, KINDS, TOWNS, TRADES, People
from analytics.training.settings import Rng, convert_to_utc, first_day, read_settings

_TOWN_LIST = [town for towns in TOWNS.values() for town in towns]
Columns = dict[str, pa.Array]
_HOME = 6  # the position in _TOWN_LIST of the city itself
SCHEMAS = {
    "accounts": {
        "holder": pa.string(),
        "kind": pa.string(),
        "opened": pa.date32(),
        "place": pa.string(),
        "country": pa.string(),
        "phone": pa.string(),
    },
    "transactions": {
        "occurred_at": pa.timestamp("us"),
        "from_account": pa.string(),
        "to_account": pa.string(),
        "amount_minor": pa.int64(),
        "currency": pa.string(),
        "channel": pa.string(),
        "merchant_category": pa.string(),
        "place": pa.string(),
        "country": pa.string(),
        "stage": pa.string(),
        "note": pa.string(),
    },
    "communications": {
        "from_phone": pa.string(),
        "to_phone": pa.string(),
        "started_at": pa.timestamp("us"),
        "seconds": pa.int32(),
        "kind": pa.string(),
        "stage": pa.string(),
    },
    "adverts": {
        "title": pa.string(),
        "body": pa.string(),
        "kind": pa.string(),
        "posted_at": pa.timestamp("us"),
        "site": pa.string(),
        "place": pa.string(),
        "stage": pa.string(),
        "contact": pa.string(),
    },
    "journeys": {
        "traveller": pa.string(),
        "paid_by": pa.string(),
        "mode": pa.string(),
        "from_place": pa.string(),
        "to_place": pa.string(),
        "departed_at": pa.timestamp("us"),
        "stage": pa.string(),
    },
    "premises": {
        "address": pa.string(),
        "kind": pa.string(),
        "holder": pa.string(),
        "let_from": pa.date32(),
        "let_to": pa.date32(),
        "stage": pa.string(),
        "lon": pa.float64(),
        "lat": pa.float64(),
    },
}
TIME = {
    "transactions": "occurred_at",
    "communications": "started_at",
    "adverts": "posted_at",
    "journeys": "departed_at",
    "premises": "let_from",
}


def generate_background(table: str, rng: Rng, count: int, start: int, people: People, city: City) -> pa.Table:
    """`count` innocent rows of one table. Row `start` onward of accounts, which follow the people."""
    columns = _GENERATORS[table](rng, count, start, people, city)
    fields = SCHEMAS[table]
    filled = {
        name: columns[name].cast(kind) if name in columns else pa.nulls(count, kind)
        for name, kind in fields.items()
    }
    return pa.table(filled)


def _pick(values: Sequence[str | None], index: np.ndarray) -> pa.Array:
    return pa.array(values).take(pa.array(index))


def _draw_times(rng: Rng, count: int, first: int = 7, last: int = 23) -> pa.Array:
    days = read_settings()["period"]["days"]
    return pa.array(convert_to_utc(rng.integers(0, days, count), rng.integers(first * 60, last * 60, count)))


def _pick_habitual(who: np.ndarray, salt: int, among: np.ndarray) -> np.ndarray:
    """Everyone's fixed choice (employer, landlord, shop, sister) among others: the same in every chunk."""
    chosen: np.ndarray = among[
        ((who.astype(np.uint64) + salt) * np.uint64(2654435761) >> np.uint64(7)) % np.uint64(len(among))
    ]
    return chosen


def _draw_accounts(rng: Rng, count: int, start: int, people: People, city: City) -> Columns:
    at = np.arange(start, start + count)
    opened = np.datetime64(first_day()) - rng.integers(10, 4000, count)
    for who, day in people.opened.items():
        if start <= who < start + count:
            opened[who - start] = np.datetime64(first_day()) + day
    town = np.where(rng.random(count) < 0.7, _HOME, rng.integers(0, len(_TOWN_LIST), count))
    return {
        "holder": people.holder.take(pa.array(at)),
        "kind": _pick(KINDS, people.kind[at]),
        "opened": pa.array(opened),
        "place": _pick(_TOWN_LIST, town),
        "country": _pick(list(COUNTRY.values()), town // 3),
        "phone": people.account_contact.take(pa.array(at)),
    }


# Of every hundred transactions of the background: wages, rent, agency wages and money sent home are paid by a
# calendar, the others at any time. Each has its name, slots, typical pence and channel (an index into
# _CHANNELS).
_PURPOSES = (
    ("wages", 12, 190_000, 0),
    ("rent", 10, 70_000, 0),
    ("agency", 8, 45_000, 0),
    ("home", 6, 16_000, 2),
    ("shop", 46, 2_600, 1),
    ("family", 5, 9_000, 0),
    ("flat", 8, 4_500, 0),
    ("charity", 5, 1_500, 1),
)
_CALENDAR = 4  # the first so many of _PURPOSES are paid by a calendar
_SHOP = 4  # the position of shopping in _PURPOSES
# Tenths of the typical sum, by trade; the last is no trade.
_DEARER = np.array([10, 10, 7, 12, 6, 15, 10, 35, 5, 10])
_CHANNELS = ["transfer", "card", "remittance", "cash"]
_NOTES = ["wages", "rent", "wages", "family", None, "family", "bills", "donation"]


def _draw_transactions(rng: Rng, count: int, start: int, people: People, city: City) -> Columns:
    """Row by row of the calendar: a worker's, tenant's or sender's payments follow one another, month by
    month."""
    purpose, rank = _read_calendar(start, count)
    months = _list_months()
    turns = _count_turns(purpose, months)
    who, other = _pair_accounts(rng, purpose, rank, turns, people)
    earned = (purpose == 0) | (purpose == 2)
    day = np.where(
        purpose < _CALENDAR,
        _find_due_days(rng, purpose, who, rank % turns, months),
        rng.integers(0, read_settings()["period"]["days"], count),
    )
    minute = rng.integers(7 * 60, 23 * 60, count)
    amount = _draw_amounts(rng, purpose, who)
    # Some of the shopping is cash drawn from a machine, and some of it is done at night.
    trade = np.where(purpose == _SHOP, people.trade()[other], -1)
    drawn = (purpose == _SHOP) & (rng.random(count) < 0.06)
    amount = np.where(drawn, np.maximum(1, amount // 1000) * 1000, amount * _DEARER[trade] // 10)
    minute = np.where(
        (purpose == _SHOP) & (rng.random(count) < 0.06), rng.integers(22 * 60, 30 * 60, count) % 1440, minute
    )
    channel = np.where(
        drawn | (rng.random(count) < 0.12), 3, np.array([item[3] for item in _PURPOSES])[purpose]
    )
    note = np.where(rng.random(count) < 0.5, _NOTES.index(None), purpose)
    category = np.select([drawn, trade >= 0, purpose == 7], [-1, trade, len(TRADES)], -1)
    return {
        "occurred_at": pa.array(convert_to_utc(day, minute)),
        "from_account": people.account.take(pa.array(np.where(earned, other, who))),
        "to_account": people.account.take(pa.array(np.where(earned, who, other), mask=drawn)),
        "amount_minor": pa.array(amount),
        "currency": _pick(["GBP"], np.zeros(count, int)),
        "channel": _pick(_CHANNELS, channel),
        "merchant_category": _pick([*TRADES, "charity", None], category % (len(TRADES) + 2)),
        "place": _pick(_TOWN_LIST, np.where(rng.random(count) < 0.8, _HOME, rng.integers(0, 9, count))),
        "country": _pick(list(COUNTRY.values()), np.where(purpose == 3, rng.integers(0, 2, count), 2)),
        "note": _pick(_NOTES, note),
    }


def _read_calendar(start: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """By row from `start`: its purpose (an index into _PURPOSES) and its rank within that purpose."""
    slots = np.repeat(np.arange(len(_PURPOSES)), [purpose[1] for purpose in _PURPOSES])
    hundreds, slot = np.divmod(start + np.arange(count), len(slots))
    purpose = slots[slot]
    before = np.concatenate([[0], np.cumsum([item[1] for item in _PURPOSES])])
    return purpose, hundreds * np.diff(before)[purpose] + slot - before[purpose]


def _count_turns(purpose: np.ndarray, months: np.ndarray) -> np.ndarray:
    """By row: how many payments a whole series of its purpose has; 1 where no calendar sets them."""
    weeks = read_settings()["period"]["days"] // 7
    turns = np.array([len(months), len(months), weeks, len(months)])
    counted: np.ndarray = np.where(purpose < _CALENDAR, turns[np.minimum(purpose, _CALENDAR - 1)], 1)
    return counted


def _pair_accounts(
    rng: Rng, purpose: np.ndarray, rank: np.ndarray, turns: np.ndarray, people: People
) -> tuple[np.ndarray, np.ndarray]:
    """By row: the person and the other side (employer, landlord, agency, shop, relative, charity)."""
    count, regular = len(purpose), people.regular
    at = np.where(purpose < _CALENDAR, rank // turns, rng.integers(0, len(regular), count))
    who = regular[at % len(regular)]
    # Those whose wages are recorded also have purchases for living.
    earners = regular[: max(4, len(regular) // 30)]
    who = np.where((purpose == _SHOP) & (rng.random(count) < 0.5), rng.choice(earners, count), who)
    shops = people.of("business")
    busy = shops[(len(shops) * rng.random(count) ** 3).astype(int)]
    remitter, relative = _pick_habitual(who, 4, people.of("remitter")), _pick_habitual(who, 5, regular)
    payees = [
        _pick_habitual(who, 1, shops),
        _pick_habitual(who, 2, people.of("landlord")),
        _pick_habitual(who, 8, people.of("agency")),
        np.where(_pick_habitual(who, 20, np.arange(3)) > 0, remitter, relative),
        np.where(rng.random(count) < 0.5, _pick_habitual(who, 3, shops), busy),
        relative,
        _pick_habitual(who // 4, 6, regular),
        _pick_habitual(who, 7, people.of("charity")),
    ]
    other = np.choose(purpose, payees)
    other = np.where(other == who, regular[(rank + 1) % len(regular)], other)
    return who, np.where(other == who, shops[0], other)


def _draw_amounts(rng: Rng, purpose: np.ndarray, who: np.ndarray) -> np.ndarray:
    """Pence by row. A wage and a rent are one person's own and hardly change; the rest varies."""
    count = len(purpose)
    own = np.exp((_pick_habitual(who, 21, np.arange(1000)) / 1000 - 0.5) * 1.2)
    spread = np.array([0.03, 0.0, 0.15, 0.15, 0.4, 0.4, 0.4, 0.4])[purpose]
    typical = np.array([item[2] for item in _PURPOSES])[purpose]
    amount = np.maximum(100, typical * own * np.exp(rng.normal(0, 1, count) * spread)).astype(np.int64)
    # Innocent people pay cash, in round sums, and leave the note empty too: none of these is a giveaway.
    rounded = (rng.random(count) < 0.35) | (purpose == 1)
    return np.asarray(np.where(rounded, amount // 100 * 100, amount))


def _list_months() -> np.ndarray:
    """The months that begin in the period, as datetime64[M]."""
    first, days = np.datetime64(first_day()), read_settings()["period"]["days"]
    months = np.arange(first.astype("datetime64[M]"), (first + days - 1).astype("datetime64[M]") + 1)
    return np.asarray(months[months.astype("datetime64[D]") >= first])


def _find_due_days(
    rng: Rng, purpose: np.ndarray, who: np.ndarray, turn: np.ndarray, months: np.ndarray
) -> np.ndarray:
    """The day of the period on which a calendar payment falls: pay on the employer's day or the Friday before
    a weekend, rent on the tenant's day or the Monday after one, agency wages on Fridays, money home after
    payday."""
    month = months[turn % len(months)]
    last = ((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(int)
    pay_day = np.minimum(
        _pick_habitual(_pick_habitual(who, 1, np.arange(1009)), 22, np.array([25, 28, 31])), last
    )
    rent_day = _pick_habitual(who, 23, np.array([1, 1, 1, 5, 15]))
    paid = np.busday_offset(month.astype("datetime64[D]") + pay_day - 1, 0, roll="backward")
    rented = np.busday_offset(month.astype("datetime64[D]") + rent_day - 1, 0, roll="forward")
    friday = np.busday_offset(np.datetime64(first_day()), 0, roll="forward", weekmask="Fri") + 7 * turn
    sent = paid + rng.integers(0, 5, len(who))
    due = np.choose(np.minimum(purpose, 3), [paid, rented, friday, sent]).astype("datetime64[D]")
    days = (due - np.datetime64(first_day())).astype(int)
    return np.asarray(days.clip(0, read_settings()["period"]["days"] - 1))


def _draw_communications(rng: Rng, count: int, start: int, people: People, city: City) -> Columns:
    who = rng.integers(0, len(people.kind), count)
    friend = _pick_habitual(who * 7 + rng.geometric(0.4, count).clip(1, 6), 9, np.arange(len(people.kind)))
    friend = np.where(friend == who, (friend + 1) % len(people.kind), friend)
    return {
        "from_phone": people.contact.take(pa.array(who)),
        "to_phone": people.contact.take(pa.array(friend)),
        "started_at": _draw_times(rng, count),
        "seconds": pa.array(rng.exponential(150, count).astype(int) + 2),
        "kind": _pick(["call", "message"], rng.integers(0, 2, count)),
    }


def _draw_adverts(rng: Rng, count: int, start: int, people: People, city: City) -> Columns:
    """Shops, agencies, landlords and small practices: each has its own wording and number, and reposts."""
    authors = np.flatnonzero(people.kind != KINDS.index("charity"))
    who = authors[(len(authors) * rng.random(count) ** 2.5).astype(int)]
    kind = _pick_habitual(who, 11, np.array([0, 0, 1, 1, 2]))
    opening = _pick_phrases(OPENINGS, kind, _pick_habitual(who, 12, np.arange(8)))
    middle = _pick_phrases(MIDDLES, kind, _pick_habitual(who, 18, np.arange(8)))
    closing = _pick(CLOSINGS, _pick_habitual(who, 13, np.arange(len(CLOSINGS))))
    # Three who share a practice share its telephone; one author in seven writes the number so that no robot
    # finds it.
    phone = np.where((kind == 2) & (_pick_habitual(who // 3, 24, np.arange(2)) == 0), who - who % 3, who)
    style = _pick_habitual(who, 19, np.array([1, 2, 3, 4, *[0] * 24]))
    plain = people.contact.take(pa.array(phone))
    texts = plain.to_pylist()
    for at in np.flatnonzero(style):
        texts[at] = write_contact(texts[at], style[at])
    hidden = pa.array((style > 0) | (_pick_habitual(who, 17, np.arange(8)) == 0))
    return {
        "title": pc.replace_substring_regex(opening, r"[,.].*", ""),
        "body": pc.binary_join_element_wise(
            opening,
            middle,
            closing,
            pc.binary_join_element_wise("Contact", pa.array(texts, pa.string()), " "),
            " ",
        ),
        "kind": _pick(list(ADVERT_KINDS), kind),
        "posted_at": _draw_times(rng, count),
        "site": _pick(
            ["noticeboard.example", "smallads.example", "cornershop.example"],
            _pick_habitual(who, 14, np.arange(3)),
        ),
        "place": _pick(
            _TOWN_LIST, np.where(rng.random(count) < 0.9, _pick_habitual(who, 15, np.arange(9)), _HOME)
        ),
        "contact": pc.if_else(hidden, None, plain),
    }


def _pick_phrases(stock: dict[str, list[str]], kind: np.ndarray, which: np.ndarray) -> pa.Array:
    return _pick([text for name in ADVERT_KINDS for text in stock[name]], kind * 8 + which)


def _draw_journeys(rng: Rng, count: int, start: int, people: People, city: City) -> Columns:
    who = rng.integers(0, len(people.kind), count)
    paid = np.where(rng.random(count) < 0.75, who, _pick_habitual(who, 16, np.arange(len(people.kind))))
    begin = rng.integers(0, 9, count)
    end = (begin + rng.integers(1, 9, count)) % 9
    stage = np.where(begin < 3, 0, np.where((begin < 6) & (end >= 6), 1, 2))
    return {
        "traveller": people.holder.take(pa.array(who)),
        "paid_by": people.account.take(pa.array(paid)),
        "mode": _pick(["coach", "ferry", "air", "rail"], rng.integers(0, 4, count)),
        "from_place": _pick(_TOWN_LIST, begin),
        "to_place": _pick(_TOWN_LIST, end),
        "departed_at": _draw_times(rng, count, 5),
        "stage": _pick(["origin", "destination", None], stage),
    }


def _draw_premises(rng: Rng, count: int, start: int, people: People, city: City) -> Columns:
    at = rng.integers(0, len(city.segments), count)
    lon, lat = to_degrees(*city.segments[at, :2].T)
    town = np.where(rng.random(count) < 0.8, 0, rng.integers(0, 3, count))
    away = pa.array(town != 0)  # only the city itself is on the map
    let = np.datetime64(first_day()) + rng.integers(-400, read_settings()["period"]["days"] - 30, count)
    holder = np.where(
        rng.random(count) < 0.4,
        rng.choice(people.of("landlord"), count),
        rng.integers(0, len(people.kind), count),
    )
    address = pc.binary_join_element_wise(
        pa.array(rng.integers(1, 200, count)).cast(pa.string()), _pick(city.names, city.segment_name[at]), " "
    )
    return {
        "address": pc.binary_join_element_wise(address, _pick(_TOWN_LIST[_HOME:], town), ", "),
        "holder": people.holder.take(pa.array(holder)),
        "kind": _pick(["flat", "house", "shop", "studio"], rng.integers(0, 4, count)),
        "let_from": pa.array(let),
        "let_to": pa.array(let + rng.integers(28, 900, count)),
        "lon": pc.if_else(away, None, pa.array(lon.round(6))),
        "lat": pc.if_else(away, None, pa.array(lat.round(6))),
    }


_GENERATORS = {
    "accounts": _draw_accounts,
    "transactions": _draw_transactions,
    "communications": _draw_communications,
    "adverts": _draw_adverts,
    "journeys": _draw_journeys,
    "premises": _draw_premises,
}
