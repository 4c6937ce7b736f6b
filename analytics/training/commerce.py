"""The innocent background: wages, rent, shopping, money sent home, shared flats, agencies, charities, family calls."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.training.city import City, to_degrees
from analytics.training.people import COUNTRY, KINDS, TOWNS, People
from analytics.training.settings import first_day, local_to_utc, settings

_TOWN_LIST = [town for towns in TOWNS.values() for town in towns]
_HOME = 6  # the position in _TOWN_LIST of the city itself
SCHEMAS = {
    "accounts": {"holder": pa.string(), "kind": pa.string(), "opened": pa.date32(), "place": pa.string(), "phone": pa.string()},
    "transactions": {"occurred_at": pa.timestamp("us"), "from_account": pa.string(), "to_account": pa.string(),
                     "amount_minor": pa.int64(), "currency": pa.string(), "channel": pa.string(), "merchant_category": pa.string(),
                     "place": pa.string(), "country": pa.string(), "stage": pa.string(), "note": pa.string()},
    "communications": {"from_phone": pa.string(), "to_phone": pa.string(), "started_at": pa.timestamp("us"),
                       "seconds": pa.int32(), "kind": pa.string(), "stage": pa.string()},
    "adverts": {"title": pa.string(), "body": pa.string(), "kind": pa.string(), "posted_at": pa.timestamp("us"),
                "site": pa.string(), "place": pa.string(), "stage": pa.string(), "contact": pa.string()},
    "journeys": {"traveller": pa.string(), "paid_by": pa.string(), "mode": pa.string(), "from_place": pa.string(),
                 "to_place": pa.string(), "departed_at": pa.timestamp("us"), "stage": pa.string()},
    "premises": {"address": pa.string(), "kind": pa.string(), "holder": pa.string(), "let_from": pa.date32(),
                 "let_to": pa.date32(), "stage": pa.string(), "lon": pa.float64(), "lat": pa.float64()},
}  # fmt: skip
TIME = {"transactions": "occurred_at", "communications": "started_at", "adverts": "posted_at",
        "journeys": "departed_at", "premises": "let_from"}  # fmt: skip


def background(
    table: str, rng: np.random.Generator, count: int, start: int, people: People, city: City
) -> pa.Table:
    """`count` innocent rows of one table. Row `start` onward of accounts, which follow the people."""
    columns = _MAKERS[table](rng, count, start, people, city)
    fields = SCHEMAS[table]
    filled = {
        name: columns[name].cast(kind) if name in columns else pa.nulls(count, kind)
        for name, kind in fields.items()
    }
    return pa.table(filled)


def _pick(values: list, index: np.ndarray) -> pa.Array:
    return pa.array(values).take(pa.array(index))


def _times(rng, count: int, first: int = 7, last: int = 23) -> pa.Array:
    days = settings()["period"]["days"]
    return pa.array(local_to_utc(rng.integers(0, days, count), rng.integers(first * 60, last * 60, count)))


def _habit(who: np.ndarray, salt: int, among: np.ndarray) -> np.ndarray:
    """Everyone's fixed choice (employer, landlord, shop, sister) among others: the same in every chunk."""
    return among[
        ((who.astype(np.uint64) + salt) * np.uint64(2654435761) >> np.uint64(7)) % np.uint64(len(among))
    ]


def _accounts(rng, count, start, people, city):
    at = np.arange(start, start + count)
    opened = np.datetime64(first_day()) - rng.integers(10, 4000, count)
    town = np.where(rng.random(count) < 0.7, _HOME, rng.integers(0, len(_TOWN_LIST), count))
    return {"holder": people.holder.take(pa.array(at)), "kind": _pick(KINDS, people.kind[at]), "opened": pa.array(opened),
            "place": _pick(_TOWN_LIST, town), "phone": people.contact.take(pa.array(at))}  # fmt: skip


def _transactions(rng, count, start, people, city):
    person, everyone = people.of("personal"), np.arange(len(people.kind))
    who = rng.choice(person, count)
    purpose = rng.choice(7, count, p=[0.12, 0.10, 0.47, 0.09, 0.09, 0.05, 0.08])
    pays = [  # wages, rent, shopping, money home, flat-mates, charity, agency wages: who the other side is
        _habit(who, 1, people.of("business")), _habit(who, 2, people.of("landlord")),
        np.where(rng.random(count) < 0.6, _habit(who, 3, people.of("business")), rng.choice(people.of("business"), count)),
        np.where(rng.random(count) < 0.5, _habit(who, 4, people.of("remitter")), _habit(who, 5, person)),
        _habit(who // 4, 6, person), _habit(who, 7, people.of("charity")), _habit(who, 8, people.of("agency")),
    ]  # fmt: skip
    other = np.choose(purpose, pays)
    other = np.where(other == who, everyone[(other + 1) % len(everyone)], other)
    earned = (purpose == 0) | (purpose == 6)
    scale = np.array([190000, 70000, 2600, 16000, 4500, 1500, 45000])[purpose]
    amount = np.maximum(100, (scale * rng.lognormal(0, 0.4, count)).astype(np.int64))
    # Innocent people pay cash, in round sums, and leave the note empty too: none of these is a giveaway.
    amount = np.where(rng.random(count) < 0.35, amount // 100 * 100, amount)
    channel = np.where(rng.random(count) < 0.12, 3, np.array([0, 0, 1, 2, 0, 1, 0])[purpose])
    note = np.where(rng.random(count) < 0.5, 5, np.array([0, 1, 5, 2, 3, 4, 0])[purpose])
    return {
        "occurred_at": _times(rng, count), "from_account": people.account.take(pa.array(np.where(earned, other, who))),
        "to_account": people.account.take(pa.array(np.where(earned, who, other))), "amount_minor": pa.array(amount),
        "currency": _pick(["GBP"], np.zeros(count, int)),
        "channel": _pick(["transfer", "card", "remittance", "cash"], channel),
        "merchant_category": _pick([None, None, "retail", None, None, "charity", None], purpose),
        "place": _pick(_TOWN_LIST, np.where(rng.random(count) < 0.8, _HOME, rng.integers(0, 9, count))),
        "country": _pick(list(COUNTRY.values()), np.where(purpose == 3, rng.integers(0, 2, count), 2)),
        "note": _pick(["wages", "rent", "family", "bills", "donation", None], note),
    }  # fmt: skip


def _communications(rng, count, start, people, city):
    who = rng.integers(0, len(people.kind), count)
    friend = _habit(who * 7 + rng.geometric(0.4, count).clip(1, 6), 9, np.arange(len(people.kind)))
    friend = np.where(friend == who, (friend + 1) % len(people.kind), friend)
    return {"from_phone": people.contact.take(pa.array(who)), "to_phone": people.contact.take(pa.array(friend)),
            "started_at": _times(rng, count), "seconds": pa.array(rng.exponential(150, count).astype(int) + 2),
            "kind": _pick(["call", "message"], rng.integers(0, 2, count))}  # fmt: skip


def _adverts(rng, count, start, people, city):
    """Shops, agencies, landlords and small collectives; each keeps its own wording and number, and reposts."""
    authors = np.flatnonzero(people.kind != KINDS.index("charity"))
    who = authors[(len(authors) * rng.random(count) ** 2.5).astype(int)]
    kind = _habit(who, 11, np.array([0, 0, 1, 1, 2]))
    openings = [["Kitchen help needed.", "Driver wanted, clean licence.", "Cleaner for offices, mornings.", "Care assistant, training given."],
                ["Room in a friendly shared flat.", "Two rooms to let, bills shared.", "Quiet room near the park.", "Short let for students."],
                ["Sports and back massage, qualified.", "Aromatherapy in a small shared practice.", "Head and shoulder massage at work.", "Deep tissue, by appointment."]]  # fmt: skip
    flat = [text for group in openings for text in group]
    text = _pick(flat, kind * 4 + _habit(who, 12, np.arange(4)))
    extra = _pick(["References welcome.", "Please call after six.", "Family-run for years.", "Non-smokers preferred.", "Weekdays only.", "Start as soon as you like."], _habit(who, 13, np.arange(6)))  # fmt: skip
    contact = people.contact.take(pa.array(who))
    return {"title": pc.replace_substring_regex(text, r"[,.].*", ""),
            "body": pc.binary_join_element_wise(text, extra, pc.binary_join_element_wise("Contact", contact, " "), " "),
            "kind": _pick(["jobs", "accommodation", "massage"], kind), "posted_at": _times(rng, count),
            "site": _pick(["noticeboard.example", "smallads.example", "cornershop.example"], _habit(who, 14, np.arange(3))),
            "place": _pick(_TOWN_LIST, np.where(rng.random(count) < 0.9, _habit(who, 15, np.arange(9)), _HOME)), "contact": pc.if_else(pa.array(_habit(who, 17, np.arange(8)) == 0), None, contact)}  # fmt: skip


def _journeys(rng, count, start, people, city):
    who = rng.integers(0, len(people.kind), count)
    paid = np.where(rng.random(count) < 0.75, who, _habit(who, 16, np.arange(len(people.kind))))
    begin = rng.integers(0, 9, count)
    end = (begin + rng.integers(1, 9, count)) % 9
    stage = np.where(begin < 3, 0, np.where((begin < 6) & (end >= 6), 1, 2))
    return {"traveller": people.holder.take(pa.array(who)), "paid_by": people.account.take(pa.array(paid)),
            "mode": _pick(["coach", "ferry", "air", "rail"], rng.integers(0, 4, count)), "from_place": _pick(_TOWN_LIST, begin),
            "to_place": _pick(_TOWN_LIST, end), "departed_at": _times(rng, count, 5),
            "stage": _pick(["origin", "destination", None], stage)}  # fmt: skip


def _premises(rng, count, start, people, city):
    at = rng.integers(0, len(city.segments), count)
    lon, lat = to_degrees(*city.segments[at, :2].T)
    town = np.where(rng.random(count) < 0.8, 0, rng.integers(0, 3, count))
    away = pa.array(town != 0)  # only the city itself is on the map
    let = np.datetime64(first_day()) + rng.integers(-400, settings()["period"]["days"] - 30, count)
    holder = np.where(
        rng.random(count) < 0.4,
        rng.choice(people.of("landlord"), count),
        rng.integers(0, len(people.kind), count),
    )
    address = pc.binary_join_element_wise(
        pa.array(rng.integers(1, 200, count)).cast(pa.string()), _pick(city.names, city.segment_name[at]), " "
    )
    return {"address": pc.binary_join_element_wise(address, _pick(_TOWN_LIST[_HOME:], town), ", "), "holder": people.holder.take(pa.array(holder)),
            "kind": _pick(["flat", "house", "shop", "studio"], rng.integers(0, 4, count)), "let_from": pa.array(let),
            "let_to": pa.array(let + rng.integers(28, 900, count)), "lon": pc.if_else(away, None, pa.array(lon.round(6))), "lat": pc.if_else(away, None, pa.array(lat.round(6)))}  # fmt: skip


_MAKERS = {"accounts": _accounts, "transactions": _transactions, "communications": _communications, "adverts": _adverts,
           "journeys": _journeys, "premises": _premises}  # fmt: skip
