"""What the networks leave in the five commercial domains, as few rows as a real one would leave."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from analytics.training.advert_wording import (
    CLOSINGS,
    DISGUISED_SHARE,
    HIDDEN_SHARE,
    KIND_SHARES,
    MIDDLES,
    OPENINGS,
    SITES,
    STYLES,
    write_contact,
)
from analytics.training.advert_wording import KINDS as ADVERT_KINDS
from analytics.training.city import City, to_degrees
from analytics.training.mixed_lives import FREE_SUM, choose_stage
from analytics.training.networks import Network
from analytics.training.people import COUNTRY, TOWNS, People
from analytics.training.settings import Rng, Row, first_day, read_settings, seed_stream

_STYLES = [0.4, 0.15, 0.15, 0.15, 0.15]  # of the authors of a network, by STYLES
_STYLES_MIXED = [1 - DISGUISED_SHARE, *[DISGUISED_SHARE / 4] * 4]


def build_traces(
    seed: int, network: Network, people: People, city: City, *, mixed: bool = False
) -> dict[str, list[Row]]:
    """Rows by table, without reference; stage only where the source itself would know it. In a `mixed` world
    members advertise and travel as everybody does there."""
    rng = seed_stream(seed, "traces" + network.name)
    who = [
        {
            "account": people.account[int(at)].as_py(),
            "contact": people.contact[int(at)].as_py(),
            "holder": people.holder[int(at)].as_py(),
            "stage": stage,
            "town": str(rng.choice(TOWNS[stage])),
        }
        for at, stage in zip(network.members, network.stages, strict=True)
    ]
    rows: dict[str, list[Row]] = {
        name: [] for name in ("transactions", "communications", "adverts", "journeys", "premises")
    }
    for a, b, begin, end, events in network.ties:
        for _ in range(events):
            when = _moment(rng, begin, end)
            one, two = (who[a], who[b]) if rng.random() < 0.5 else (who[b], who[a])
            if rng.random() < 0.6:
                rows["communications"].append(_call(rng, one, two, when))
            else:
                rows["transactions"].append(_payment(rng, one, two, when))
    days = read_settings()["period"]["days"]
    for at, person in enumerate(who):
        begin = int(rng.integers(30, days - 60))
        if (mixed or person["stage"] != "transit") and at % 3 == 0:
            rows["adverts"] += _campaign(rng, person, begin, mixed)
        if person["stage"] != "origin" and at % 3 == 1:
            rows["premises"].append(_let(rng, person, begin, city))
        if at % 2 == 0:
            rows["journeys"] += _trip(rng, person, people, begin, mixed)
    return rows


def _moment(rng: Rng, begin: int, end: int) -> datetime:
    """A time of day, when no clock is changed, in UTC."""
    since = timedelta(days=int(rng.integers(begin, end)), minutes=int(rng.integers(8 * 60, 23 * 60)))
    zone = ZoneInfo(read_settings()["area"]["time_zone"])
    return (datetime.combine(first_day(), time(), zone) + since).astimezone(UTC).replace(tzinfo=None)


def _call(rng: Rng, one: Row, two: Row, when: datetime) -> Row:
    return {
        "from_phone": one["contact"],
        "to_phone": two["contact"],
        "started_at": when,
        "seconds": int(rng.exponential(150)) + 2,
        "kind": str(rng.choice(["call", "message"])),
        "stage": None,
    }


def _payment(rng: Rng, one: Row, two: Row, when: datetime) -> Row:
    return {
        "occurred_at": when,
        "from_account": one["account"],
        "to_account": two["account"],
        "amount_minor": int(rng.integers(80, 990)) * 100,
        "currency": "GBP",
        "channel": str(rng.choice(["transfer", "remittance", "cash"])),
        "merchant_category": None,
        "place": one["town"],
        "country": COUNTRY[two["stage"]],
        "stage": None,
        "note": None,
        FREE_SUM: True,
    }


def _campaign(rng: Rng, person: Row, begin: int, mixed: bool) -> list[Row]:
    """One text of the common stock, reposted in every town of the stage; often the number is disguised, in a
    mixed world as seldom as innocent authors do."""
    kind = "jobs" if person["stage"] == "origin" else str(rng.choice(["massage", "accommodation"]))
    if mixed:
        kind = str(rng.choice(ADVERT_KINDS, p=KIND_SHARES))
    opening = str(rng.choice(OPENINGS[kind]))
    body = f"{opening} {rng.choice(MIDDLES[kind])} {rng.choice(CLOSINGS)}"
    style = int(rng.choice(len(STYLES), p=_STYLES_MIXED if mixed else _STYLES))
    hidden = style > 0 or (mixed and rng.random() < HIDDEN_SHARE)
    sites = SITES if mixed else SITES[:2]
    contact, rows = person["contact"], []
    for post in range(int(rng.integers(4, 9))):
        rows.append(
            {
                "title": re.sub(r"[,.].*", "", opening),
                "body": f"{body} Contact {write_contact(contact, style)}",
                "kind": kind,
                "posted_at": _moment(rng, begin, begin + 60),
                "site": str(rng.choice(sites)),
                "place": TOWNS[person["stage"]][post % 3],
                "stage": None,
                "contact": None if hidden else contact,
                "behind": person["account"],
            }
        )
    return rows


def _let(rng: Rng, person: Row, begin: int, city: City) -> Row:
    start = np.datetime64(read_settings()["period"]["last_day"]) - int(
        read_settings()["period"]["days"] - begin
    )
    at = int(rng.integers(0, len(city.segments)))
    lon, lat = to_degrees(*city.segments[at, :2])
    inside = person["town"] == TOWNS["destination"][0]
    return {
        "address": f"{rng.integers(1, 200)} {city.names[city.segment_name[at]]}, {person['town']}",
        "kind": str(rng.choice(["flat", "house", "shop", "studio"])),
        "holder": person["holder"],
        "let_from": start.item(),
        "let_to": (start + int(rng.integers(28, 600))).item(),
        "stage": None,
        "lon": round(float(lon), 6) if inside else None,
        "lat": round(float(lat), 6) if inside else None,
    }


def _trip(rng: Rng, person: Row, people: People, begin: int, mixed: bool) -> list[Row]:
    """A traveller's two legs, paid by a member: origin to transit, transit to destination; in a mixed world
    as often home again."""
    traveller = people.holder[int(rng.integers(0, len(people.holder)))].as_py()
    stops = [str(rng.choice(TOWNS[stage])) for stage in TOWNS]
    legs = [(0, 1), (1, 2)]
    if mixed and rng.random() < 0.5:
        legs = [(2, 1), (1, 0)]
    return [
        {
            "traveller": traveller,
            "paid_by": person["account"],
            "mode": str(rng.choice(["coach", "ferry", "air", "rail"])),
            "from_place": stops[start],
            "to_place": stops[end],
            "departed_at": _moment(rng, begin + 3 * turn, begin + 3 * turn + 2),
            "stage": choose_stage(start, end),
        }
        for turn, (start, end) in enumerate(legs)
    ]
