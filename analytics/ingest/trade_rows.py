"""How the rows of a file become premises, journeys and communications, one function a kind.

A plate read is a journey of a vehicle of which one point is known: where and when it was seen."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
from tzfpy import get_tz

from analytics.ingest.amounts import note_currency, read_amounts
from analytics.ingest.mapping import Mapping
from analytics.ingest.name_words import words_of
from analytics.ingest.places import locate, read_places
from analytics.ingest.row_times import note_unnamed_time, read_moment, read_row_times
from analytics.ingest.rows import NO_TEXT, Destination, Rows
from analytics.ingest.sql import RawRows, literal
from analytics.ingest.times import read_times
from analytics.ingest.trade_columns import INCOMING, OUTGOING
from analytics.shared.wording import counted
from analytics.store import read_today

PLATE_READ = "plate read"
FILLED_ROLES = {  # which one text may fill for every row that leaves them blank
    "premises": ("holder", "owner", "address", "place", "contact"),
    "journey": ("traveller", "contact", "document", "vehicle", "service", "from", "to", "paid_by"),
}
_NO_OWN_NUMBER = (
    "the file does not say whose phone the list is of: that side of each call is left empty until you give "
    "its number (--own-number)"
)
_ROUNDED = r"\d([.,]\d+)?[eE]\+\d+"


@dataclass(frozen=True)
class _Points:
    """SQL of the degrees of rows. `middle`: of the places, in degrees. `place`: the column that is NULL where
    a row has no place, None where the file has no places at all."""

    lon: str = "CAST(NULL AS DOUBLE)"
    lat: str = "CAST(NULL AS DOUBLE)"
    middle: tuple[float, float] | None = None
    notes: tuple[str, ...] = ()
    place: str | None = None


def _read_points(cursor: duckdb.DuckDBPyConnection, raw: RawRows, mapping: Mapping) -> _Points:
    """The places of rows, which may lie anywhere. One that cannot be used is left out and counted."""
    if not (mapping.of("longitude") or mapping.of("point")):
        return _Points()
    places = read_places(cursor, raw, mapping, are_near=False)
    located = locate(cursor, raw, places, 4326)
    notes = places.notes
    if located.some_refused:
        ((unusable,),) = cursor.execute(f"SELECT count({located.reason}) FROM {raw.table}").fetchall()
        notes += (f"{counted(unusable, 'row')} with a place that cannot be read, kept without one",)
    lon, lat = (f"if({located.reason} IS NULL, {axis}, NULL)" for axis in (located.lon, located.lat))
    return _Points(lon, lat, places.middle(), notes, "lon")


def premises_rows(
    cursor: duckdb.DuckDBPyConnection, raw: RawRows, mapping: Mapping, destination: Destination
) -> Rows:
    """Lets, stays, licences and sales. Days are as written; a row of a calendar is one night."""
    area_id, time_zone = destination.area_named(cursor, mapping.time_zone)
    destination.step("Reading dates and places", 0.3)
    points = _read_points(cursor, raw, mapping)
    joins, start, finish = "", "CAST(NULL AS DATE)", "CAST(NULL AS DATE)"
    notes: tuple[str, ...] = points.notes
    ends_early = NO_TEXT
    if mapping.of("time") or mapping.of("end"):
        written = read_times(cursor, raw, mapping.times())
        joins += f" {written.join(raw)}"
        start, finish = (f"CAST({written.table}.{side} AS DATE)" for side in ("start", "finish"))
        ends_early = f"if({finish} < {start}, 'it ends before it starts', NULL)"
        notes += (*written.notes, *note_unnamed_time(mapping), *_note_unread_days(cursor, written.table))
    price, currency = "CAST(NULL AS BIGINT)", NO_TEXT
    if column := mapping.one("price"):
        amounts = read_amounts(
            cursor,
            raw,
            raw.column(column),
            mapping.of("currency"),
            mapping.currency,
            decimal=mapping.decimal,
            minor=mapping.amounts_are_minor,
            rounded=True,
        ).table
        joins += f" JOIN {amounts} ON {amounts}.row_number = {raw.table}.row_number"
        price = f"if({amounts}.reason IS NULL, {amounts}.minor_units, NULL)"
        currency = f"if({price} IS NULL, NULL, {amounts}.currency)"
        notes += (*note_currency(cursor, amounts),)
    reference, address = raw.text(mapping.one("reference")), _filled(raw, mapping, "address", ", ")
    nameless = f"if(coalesce({reference}, {address}) IS NULL, 'no address and no number', NULL)"
    return Rows(
        {
            "reference": reference,
            "address": address,
            "kind": _lower(raw, mapping.one("type")),
            "holder": _filled(raw, mapping, "holder"),
            "let_from": start,
            "let_to": f"coalesce({finish}, {_nights_later(raw, mapping, start)})",
            "lon": points.lon,
            "lat": points.lat,
            "place": _filled(raw, mapping, "place"),
            "owner": _filled(raw, mapping, "owner"),
            "contact": _filled(raw, mapping, "contact", "\n"),
            "status": _status(raw, mapping),
            "price_minor": price,
            "currency": currency,
        },
        f"coalesce({nameless}, {ends_early})",
        f"{raw.table}{joins}",
        notes,
        place=points.place,
        area_id=area_id,
        time_zone=time_zone,
    )


def _note_unread_days(cursor: duckdb.DuckDBPyConnection, written: str) -> tuple[str, ...]:
    ((unread,),) = cursor.execute(
        f"""SELECT coalesce(sum(rows), 0) FROM {written}
        WHERE start_text IS NOT NULL AND start IS NULL OR end_text IS NOT NULL AND finish IS NULL"""
    ).fetchall()
    return (f"{counted(unread, 'row')} with a day that cannot be read, kept without it",) if unread else ()


def _nights_later(raw: RawRows, mapping: Mapping, start: str) -> str:
    """SQL of the day on which a stay of so many nights ends."""
    if mapping.of("available"):
        return f"({start} + 1)"
    if not mapping.of("nights"):
        return "CAST(NULL AS DATE)"
    counts = [f"coalesce(TRY_CAST({raw.text(name)} AS DOUBLE), 0)" for name in mapping.of("nights")]
    nights = f"CAST(least({' + '.join(counts)}, 36500) AS INTEGER)"
    return f"if({nights} > 0, {start} + {nights}, NULL)"


def _status(raw: RawRows, mapping: Mapping) -> str:
    stated = _lower(raw, mapping.one("status"))
    if not mapping.of("available"):
        return stated
    free = f"{_lower(raw, mapping.one('available'))} IN ('t', 'true', 'yes', 'y', '1')"
    return f"coalesce({stated}, if({free}, 'free', 'taken'))"


def journey_rows(
    cursor: duckdb.DuckDBPyConnection, raw: RawRows, mapping: Mapping, destination: Destination
) -> Rows:
    """Tickets, bookings, lists of passengers and plate reads. Times are local to the working area or zone
    named, else to the file's places."""
    area_id, time_zone = destination.area_named(cursor, mapping.time_zone)
    destination.step("Reading times and places", 0.3)
    points = _read_points(cursor, raw, mapping)
    notes = list(points.notes)
    is_stated = mapping.time_zone or destination.area
    if not is_stated and points.middle and (of_places := get_tz(*points.middle)):
        time_zone = of_places
        notes.append(f"times are read as local to the places of the file ({time_zone})")
    times = read_row_times(cursor, raw, mapping, time_zone, required=False)
    arrived, booked, born = (
        read_moment(cursor, raw, mapping, role, time_zone) for role in ("arrived", "booked", "born")
    )
    if mapping.of("booked") and not mapping.of("time"):
        notes.append("the file says when a journey was booked, not when it was made")
    traveller, contact = _filled(raw, mapping, "traveller"), _filled(raw, mapping, "contact", "\n")
    from_place, to_place = _filled(raw, mapping, "from"), _filled(raw, mapping, "to")
    who = ("traveller", "contact", "document", "vehicle", "reference")
    if not any(map(mapping.of, who)) and not any(map(mapping.constant, who)):
        notes.append(
            "the file does not say who travelled: its journeys are known by their places and times alone, "
            "unless you name the traveller (--value traveller=NAME)"
        )
    today = f"DATE {literal(str(read_today()))}"
    reference = raw.text(mapping.one("reference"))
    document, vehicle = (_filled(raw, mapping, role) for role in ("document", "vehicle"))
    return Rows(
        {
            "reference": reference,
            "traveller": traveller,
            "paid_by": _filled(raw, mapping, "paid_by"),
            "mode": _mode(raw, mapping),
            "from_place": f"coalesce({from_place}, {raw.text(mapping.one('camera'))})",
            "to_place": to_place,
            "departed_at": times.at,
            "time_precision": times.precision,
            "arrived_at": arrived.at,
            "booked_at": booked.at,
            "contact": contact,
            "document": document,
            # of two digits of a year the century is that in which the traveller is born already
            "born": f"if({born.day} > {today}, CAST({born.day} - INTERVAL 100 YEAR AS DATE), {born.day})",
            "vehicle": vehicle,
            "service": _filled(raw, mapping, "service"),
            "lon": points.lon,
            "lat": points.lat,
        },
        f"if(coalesce({traveller}, {contact}, {document}, {vehicle}, {reference}, {from_place}, {to_place})"
        f" IS NULL, 'no traveller, document, vehicle or booking', {_not_made(raw, mapping)})",
        f"{raw.table}{times.join}{arrived.join}{booked.join}{born.join}",
        (*notes, *times.notes),
        place=points.place,
        area_id=area_id,
        time_zone=time_zone,
    )


def _not_made(raw: RawRows, mapping: Mapping) -> str:
    """SQL of the reason where a row says that its journey was cancelled."""
    column = mapping.one("status")
    if column is None:
        return NO_TEXT
    cancelled = r"cancel|no[ _-]?show|storniert|annul|anulad|unfulfilled|failed|declined|not made"
    is_cancelled = f"regexp_matches(lower({raw.text(column)}), {literal(cancelled)})"
    return f"if({is_cancelled}, 'the journey was not made', NULL)"


def _mode(raw: RawRows, mapping: Mapping) -> str:
    """SQL of how the journey was made: as stated, else as the columns of the file show."""
    if mapping.of("type"):
        return _lower(raw, mapping.one("type"))
    others = any(map(mapping.of, ("traveller", "document", "service", "from", "to", "arrived")))
    if mapping.of("vehicle") and (mapping.of("camera") or not others):
        return literal(PLATE_READ)
    service = set(words_of(mapping.one("service") or ""))
    modes = {"flight": "flight", "train": "train", "vessel": "ship", "voyage": "ship", "ferry": "ship"}
    mode = next((mode for word, mode in modes.items() if word in service), None)
    return f"if({raw.text(mapping.one('service'))} IS NULL, NULL, {literal(mode)})" if mode else NO_TEXT


def communication_rows(
    cursor: duckdb.DuckDBPyConnection, raw: RawRows, mapping: Mapping, destination: Destination
) -> Rows:
    """Calls and messages, from who began them to whom. Times are local to the area or zone named, else
    UTC."""
    area_id, time_zone = destination.area_named(cursor, mapping.time_zone)
    destination.step("Reading times and numbers", 0.3)
    points = _read_points(cursor, raw, mapping)
    times = read_row_times(cursor, raw, mapping, time_zone, required=True)
    ended = read_moment(cursor, raw, mapping, "ended", time_zone)
    seconds = _seconds(raw, mapping.one("duration"))
    if mapping.of("ended") and not mapping.of("duration"):
        is_clock_alone = mapping.of("ended")[0] == mapping.one("time")
        seconds = _seconds_until(times.at, ended.at, is_clock_alone=is_clock_alone)
    parties = _own_view(raw, mapping) if mapping.of("other") else _stated_parties(raw, mapping)
    caller, called = _number(parties.caller), _number(parties.called)
    rounded = " OR ".join(f"regexp_full_match({n}, {literal(_ROUNDED)})" for n in (caller, called))
    reason = (
        f"if(coalesce({caller}, {called}) IS NULL, {parties.reason}, if(coalesce({rounded}, false),"
        " 'the number was rounded by a spreadsheet: export it as text', NULL))"
    )
    return Rows(
        {
            "reference": raw.text(mapping.one("reference")),
            "from_phone": caller,
            "to_phone": called,
            "from_name": f"coalesce({_name(parties.caller)}, {parties.caller_name})",
            "to_name": f"coalesce({_name(parties.called)}, {parties.called_name})",
            "started_at": times.at,
            "time_precision": times.precision,
            "seconds": seconds,
            "kind": _lower(raw, mapping.one("type")),
            "place": raw.text(mapping.one("place")),
            "lon": points.lon,
            "lat": points.lat,
            "device": raw.text(mapping.one("device")),
            "subscriber": raw.text(mapping.one("subscriber")),
        },
        f"coalesce({times.reason}, {reason})",
        f"{raw.table}{times.join}{ended.join}",
        (*points.notes, *parties.notes, *times.notes),
        place=points.place,
        area_id=area_id,
        time_zone=time_zone,
    )


@dataclass(frozen=True)
class _Parties:
    """SQL of the text of who began a call and of whom it was to, of their names where these stand apart, and
    of why a row without either is refused."""

    caller: str
    called: str
    caller_name: str
    called_name: str
    reason: str = "'neither number is given'"
    notes: tuple[str, ...] = ()


def _stated_parties(raw: RawRows, mapping: Mapping) -> _Parties:
    caller, called, caller_name, called_name = (
        raw.text(mapping.one(role)) for role in ("from", "to", "from_name", "to_name")
    )
    return _Parties(caller, called, caller_name, called_name)


def _own_view(raw: RawRows, mapping: Mapping) -> _Parties:
    """Of one phone's own list: its number, and the other party by the direction of the call. A party may
    state the direction itself: 'From: 07700 900101 Anna'."""
    stand_in = literal(mapping.own_account) if mapping.own_account else NO_TEXT
    own = f"coalesce({raw.text(mapping.one('own'))}, {stand_in})"
    other, name = raw.text(mapping.one("other")), raw.text(mapping.one("other_name"))
    said_from, said_to = (
        rf"nullif(regexp_extract({other}, '(?is)\b{a}\s*:\s*(.*?)\s*(?:\b{b}\s*:|$)', 1), '')"
        for a, b in (("from", "to"), ("to", "from"))
    )
    way = _lower(raw, mapping.one("direction"))
    out, into = (
        f"coalesce(regexp_matches({way}, {literal(words)}), false)" for words in (OUTGOING, INCOMING)
    )
    is_out = f"({said_to} IS NOT NULL OR {out} AND NOT {into})"
    is_in = f"({said_from} IS NOT NULL OR {into} AND NOT {out})"
    notes: tuple[str, ...] = ()
    if not mapping.of("own") and not mapping.own_account:
        notes = (_NO_OWN_NUMBER,)
    return _Parties(
        f"coalesce({said_from}, if({is_out}, {own}, if({is_in}, {other}, NULL)))",
        f"coalesce({said_to}, if({is_out}, {other}, if({is_in}, {own}, NULL)))",
        f"if({is_out}, NULL, {name})",
        f"if({is_out}, {name}, NULL)",
        f"if({other} IS NULL, 'the other number is not given', 'it does not say who called whom')",
        notes,
    )


_JID = r"^(\S+@\S+)"
_DIGITS = r"^(\+?\(?\d[\d\s().-]*\d)(?:\s+\D|\s*$)"


def _number(text: str) -> str:
    """SQL of the number at the beginning of a text; a text without one, such as a sender's name, stays."""
    whole = rf"nullif(nullif(regexp_replace(trim({text}, ' '''), '^(\d+)\.0$', '\1'), ''), '-')"
    found = [f"nullif(regexp_extract({whole}, {literal(p)}, 1), '')" for p in (_JID, _DIGITS)]
    return f"trim(coalesce({', '.join(found)}, {whole}))"


def _name(text: str) -> str:
    """SQL of the name that follows a number in a text."""
    return rf"nullif(regexp_extract(trim({text}), '^\+?[\d\s().-]*\d\s+(\D.*)$', 1), '')"


def _seconds(raw: RawRows, column: str | None) -> str:
    """SQL of a duration in whole seconds: 65, 65.2, 01:05, 00:01:05, 1m 5s."""
    if column is None:
        return "CAST(NULL AS INTEGER)"
    text = f"lower({raw.text(column)})"
    words = set(words_of(column))
    factor = 60 if words & {"min", "mins", "minutes", "minuten"} else 0.001 if words & {"ms", "millis"} else 1

    def part(pattern: str) -> str:
        return f"coalesce(TRY_CAST(nullif(regexp_extract({text}, {literal(pattern)}, 1), '') AS DOUBLE), 0)"

    clock = r"^(?:\d+:)?\d+:\d+(\.\d+)?$"
    units = r"^(\d+\s*(h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?)[\s,.:]*)+$"
    by_clock = [part(r"^(\d+):\d+:\d"), part(r"(\d+):\d+(?:\.\d+)?$"), part(r":(\d+)(?:\.\d+)?$")]
    by_units = [part(r"(\d+)\s*h"), part(r"(\d+)\s*m"), part(r"(\d+)\s*s")]
    read = (
        f"CASE WHEN TRY_CAST({text} AS DOUBLE) IS NOT NULL THEN TRY_CAST({text} AS DOUBLE) * {factor}"
        f" WHEN regexp_matches({text}, {literal(clock)}) THEN {_summed(by_clock)}"
        f" WHEN regexp_matches({text}, {literal(units)}) THEN {_summed(by_units)} END"
    )
    return f"TRY_CAST(round({read}) AS INTEGER)"


def _seconds_until(start: str, finish: str, *, is_clock_alone: bool) -> str:
    """SQL of the seconds from one time to another, NULL where that is before it; a time of day alone before
    that of the start is the next day's."""
    apart = f"date_diff('second', {start}, {finish})"
    next_day = f" WHEN {apart} > -86400 THEN {apart} + 86400" if is_clock_alone else ""
    return f"CASE WHEN {apart} >= 0 THEN {apart}{next_day} END"


def _summed(parts: list[str]) -> str:
    """SQL of the seconds of hours, minutes and seconds."""
    hours, minutes, seconds = parts
    return f"3600 * {hours} + 60 * {minutes} + {seconds}"


def _joined(raw: RawRows, names: tuple[str, ...], between: str) -> str:
    """SQL of the texts of some columns joined, NULL where none is written."""
    if len(names) < 2:
        return raw.text(next(iter(names), None))
    return f"nullif(concat_ws({literal(between)}, {', '.join(raw.text(name) for name in names)}), '')"


def _filled(raw: RawRows, mapping: Mapping, role: str, between: str = " ") -> str:
    """SQL of the texts of the columns of a role, else of the text that stands for every row."""
    text, always = _joined(raw, mapping.of(role), between), mapping.constant(role)
    return f"coalesce({text}, {literal(always)})" if always else text


def _lower(raw: RawRows, name: str | None) -> str:
    return f"lower({raw.text(name)})"
