"""Every record that says from where to where: one leg each, with the places as they were recorded.

A journey has its two ends; journeys of one traveller that follow one another are one leg with its transit. A
payment goes from where the payer is at home to where it was paid out, a call from telephone to telephone, an
advert from where the same contact advertised before. A line of a report goes where its words say. What nobody
recorded is 'not known'. Places alone leave here: no name and no characteristic of a person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.finance.corridors import list_corridor_payments
from analytics.finance.queries import read_accounts, read_transactions
from analytics.shared.identifier_value import normalise_identifier
from analytics.store import Store
from analytics.strategic.places_in_text import find_route_places

NOT_KNOWN = "not known"
NO_TRANSIT = "none recorded"
THROUGH = ", "  # between the places of a transit
JOURNEY, PAYMENT, CALL, ADVERT, LINE = DOMAINS = ("journeys", "payments", "calls", "adverts", "report lines")
TABLES = {
    JOURNEY: "journey",
    PAYMENT: "transaction",
    CALL: "communication",
    ADVERT: "advert",
    LINE: "report_line",
}
COLUMNS = (
    "domain",
    "source_id",
    "row_number",
    "origin",
    "transit",
    "destination",
    "time",
    "stage",
    "grade",
)


@dataclass(frozen=True)
class RouteParameters:
    """A journey goes on where the same traveller leaves the place of arrival within `stay_days`; an advert
    moved where the same contact had advertised elsewhere at most `advert_days` before. `region`: of
    telephone numbers without a country's code."""

    stay_days: int = 14
    advert_days: int = 30
    region: str = "GB"

    def __post_init__(self) -> None:
        if self.stay_days < 0 or self.advert_days < 1:
            raise ValueError("Days between legs are at least 0, and those between adverts at least 1.")


_DEFAULTS = RouteParameters()


def read_legs(store: Store, parameters: RouteParameters = _DEFAULTS) -> pd.DataFrame:
    """One row a record (see `COLUMNS`), places in one spelling. Of a report line `source_id` is the number of
    the report and `row_number` that of the line; `grade` is of lines alone."""
    parts = [
        _read_journeys(store, parameters),
        _read_payments(store),
        _read_calls(store, parameters),
        _read_adverts(store, parameters),
    ]
    found = pd.concat(parts, ignore_index=True)
    places = {place for name in ("origin", "destination") for place in found[name].dropna()}
    lines = _read_lines(store, places | _list_positions(store))
    legs = pd.concat([found, lines], ignore_index=True).reindex(columns=list(COLUMNS))
    spelt: dict[str, str] = {}
    for name in ("origin", "destination"):
        legs[name] = [_spell(value, spelt) or NOT_KNOWN for value in legs[name]]
    legs["transit"] = [
        THROUGH.join(filter(None, (_spell(place, spelt) for place in through))) or NO_TRANSIT
        for through in legs.transit
    ]
    legs["time"] = pd.to_datetime(legs.time)
    return legs


def fold_place(name: object) -> str:
    """A place's name as it is compared: without capitals and blanks too many; '' for none."""
    return " ".join(str(name).split()).casefold() if isinstance(name, str) else ""


def _spell(name: object, spelt: dict[str, str]) -> str:
    """A place in the spelling it was first met in."""
    folded = fold_place(name)
    return spelt.setdefault(folded, " ".join(str(name).split())) if folded else ""


def _read_journeys(store: Store, parameters: RouteParameters) -> pd.DataFrame:
    """One row a journey; those that follow one another have the same origin, transit and destination. A name
    alone makes no traveller: it takes a document, or a name with a date of birth, a contact or a payer."""
    rows = store.query(
        "SELECT source_id, row_number, from_place, to_place, departed_at,"
        " coalesce(arrived_at, departed_at) AS arrived_at, stage,"
        " coalesce(nullif(trim(document), ''), CASE WHEN nullif(trim(traveller), '') IS NOT NULL"
        " THEN lower(trim(traveller)) || chr(31) || coalesce(CAST(born AS VARCHAR),"
        " nullif(trim(contact), ''), nullif(trim(paid_by), '')) END) AS traveller FROM journey"
        " ORDER BY traveller NULLS LAST, departed_at, source_id, row_number"
    ).to_pandas()
    start, end = rows.from_place.map(fold_place), rows.to_place.map(fold_place)
    gap = (rows.departed_at - rows.arrived_at.shift()).dt.total_seconds() / 86_400
    goes_on = (
        rows.traveller.notna()
        & (rows.traveller == rows.traveller.shift())
        & (start != "")
        & (start == end.shift())
        & (end != start.shift())  # there and back are two journeys
        & (end != start)
        & gap.between(0, parameters.stay_days)
    )
    leg = (~goes_on).cumsum()
    groups = rows.groupby(leg, sort=False)
    stops = groups.to_place.apply(list) if len(rows) else pd.Series(dtype=object)
    return rows.assign(
        domain=JOURNEY,
        origin=leg.map(groups.from_place.first()) if len(rows) else None,
        transit=[stops[number][:-1] for number in leg],
        destination=leg.map(groups.to_place.last()) if len(rows) else None,
        time=rows.departed_at,
    )


def _read_payments(store: Store) -> pd.DataFrame:
    """One row a payment, by the ends of a corridor of places."""
    table = read_transactions(store)
    columns = ["source_id", "row_number", "occurred_at", "stage"]
    rows = table.select(columns).to_pandas()
    rows = rows.assign(domain=PAYMENT, time=rows.occurred_at, origin=None, destination=None, transit=None)
    if len(rows):
        ends = list_corridor_payments(table, read_accounts(store))
        for name, end in (("origin", "from"), ("destination", "to")):
            known = ends[ends[end] != NOT_KNOWN]
            values = np.full(len(rows), None, dtype=object)
            values[known.row.to_numpy()] = known[end].to_numpy()
            rows[name] = values
    return rows.assign(transit=[[] for _ in range(len(rows))])


def _read_calls(store: Store, parameters: RouteParameters) -> pd.DataFrame:
    """One row a call: from where it was made, else where its telephone is known to be at home."""
    rows = store.query(
        "SELECT source_id, row_number, from_phone, to_phone, place, started_at AS time, stage"
        " FROM communication ORDER BY source_id, row_number"
    ).to_pandas()
    homes = _locate_telephones(store, parameters.region)
    known = {
        text: homes.get(normalise_identifier(text, parameters.region) or "")
        for text in pd.concat([rows.from_phone, rows.to_phone]).dropna().unique()
    }
    origin = [place if fold_place(place) else known.get(phone) for place, phone in _pair(rows, "place")]
    return rows.assign(
        domain=CALL,
        origin=origin,
        transit=[[] for _ in range(len(rows))],
        destination=[known.get(phone) for phone in rows.to_phone],
    )


def _pair(rows: pd.DataFrame, name: str) -> list[tuple[object, object]]:
    return list(zip(rows[name], rows.from_phone, strict=True))


def _locate_telephones(store: Store, region: str) -> dict[str, str]:
    """The place of each telephone that one place alone is known of: of the accounts that name it, else of
    the adverts."""
    found: dict[str, str] = {}
    for sql in (
        "SELECT DISTINCT phone AS contact, place FROM account WHERE phone IS NOT NULL AND place IS NOT NULL",
        "SELECT DISTINCT contact, place FROM advert WHERE contact IS NOT NULL AND place IS NOT NULL",
    ):
        rows = store.query(sql).to_pandas()
        rows["number"] = [normalise_identifier(text, region) for text in rows.contact]
        rows["folded"] = rows.place.map(fold_place)
        rows = rows[rows.number.notna() & (rows.folded != "")]
        single = rows[rows.groupby("number").folded.transform("nunique") == 1]
        for number, place in zip(single.number, single.place, strict=True):
            found.setdefault(number, place)
    return found


def _read_adverts(store: Store, parameters: RouteParameters) -> pd.DataFrame:
    """One row an advert: its place is the destination, the place of the contact's advert before it the
    origin, where that is another place and not long ago."""
    rows = store.query(
        "SELECT source_id, row_number, contact, place, posted_at AS time, stage FROM advert"
        " ORDER BY contact NULLS LAST, posted_at, source_id, row_number"
    ).to_pandas()
    numbers = {text: normalise_identifier(text, parameters.region) for text in rows.contact.dropna().unique()}
    rows["number"] = [numbers.get(text) for text in rows.contact]
    rows["folded"] = rows.place.map(fold_place)
    order = ["number", "time", "source_id", "row_number"]
    rows = rows.sort_values(order, na_position="last", ignore_index=True)
    days = (rows.time - rows.time.shift()).dt.total_seconds() / 86_400
    moved = (
        rows.number.notna()
        & (rows.number == rows.number.shift())
        & (rows.folded != "")
        & (rows.folded.shift() != "")
        & (rows.folded != rows.folded.shift())
        & days.between(0, parameters.advert_days)
    )
    return rows.assign(
        domain=ADVERT,
        origin=rows.place.shift().where(moved),
        transit=[[] for _ in range(len(rows))],
        destination=rows.place,
    )


def _read_lines(store: Store, places: set[str]) -> pd.DataFrame:
    """One row a graded line on the trade, of the latest version of each report, by its sanitised words."""
    rows = store.query(
        "SELECT l.report_id AS source_id, l.line AS row_number, l.sanitised, l.stage, r.place,"
        " CAST(r.observed_on AS TIMESTAMP) AS time, l.source_grade || l.information_grade AS grade"
        " FROM report_line l JOIN report r USING (report_id, version)"
        " WHERE (l.report_id, l.version) IN (SELECT report_id, max(version) FROM report GROUP BY report_id)"
        " AND coalesce(l.stage, l.domain, l.operational_domain, l.strategic_theme) IS NOT NULL"
        " ORDER BY source_id, row_number"
    ).to_pandas()
    known = {fold_place(place): place for place in sorted(places)}
    found = [
        find_route_places(text, known, place, stage)
        for text, place, stage in zip(rows.sanitised, rows.place, rows.stage, strict=True)
    ]
    return rows.assign(
        domain=LINE,
        origin=[route.origin for route in found],
        transit=[list(route.transit) for route in found],
        destination=[route.destination for route in found],
    )


def _list_positions(store: Store) -> set[str]:
    rows = store.rows("SELECT DISTINCT name FROM place_position WHERE level = 'place' AND name IS NOT NULL")
    return {str(row["name"]) for row in rows}
