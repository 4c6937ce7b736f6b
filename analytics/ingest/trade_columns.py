"""Which columns of a file of premises, journeys or communications mean what, told from their names and their
values together: of all that could have a role, the likeliest named, and no column twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from itertools import islice

from analytics.ingest.call_parties import has_digits, is_one_number, parties_a_and_b, settle_parties, without
from analytics.ingest.column_words import column_words
from analytics.ingest.columns import PLAIN_CLOCK, Column
from analytics.ingest.coordinate_columns import find_axes
from analytics.ingest.kinds import KINDS
from analytics.ingest.roles import plain
from analytics.ingest.time_columns import date_parts, with_clock

TRADE_KINDS = ("premises", "journey", "communication")
# Of a word that says which way a call went, wherever it stands in the text. Both RE2 and Python read them.
OUTGOING = (
    r"(^|[^a-z])(o|out|outgoing|outbound|outbox|mo|moc|smo|sent|originat[a-z]*|dial[a-z]*"
    r"|aradı|aradi|mesaj att[ıi]|ausgehend|abgehend|gewählt|saliente|sortant|émis|uscente|uscita|efetuada"
    r"|efectuada|realizada|uitgaand|wychodząc[ea]|исходящ\S*)([^a-z]|$)"
)
INCOMING = (
    r"(^|[^a-z])(i|in|incoming|inbound|mt|mtc|smt|rece?i?v?e?d|missed|rejected|unanswered|voicemail|inbox"
    r"|terminat[a-z]*|arandı|arandi|mesaj ald[ıi]|eingehend|ankommend|angenommen|verpasst|entrante|entrant"
    r"|reçu|entrata|recebida|recibida|perdida|inkomend|gemist|przychodząc[ea]|nieodebran[ea]|входящ\S*)([^a-z]|$)"
)
_GIVEN = (
    "given_name",
    "given_names",
    "givennames",
    "givenname",
    "first_name",
    "firstname",
    "forename",
    "forenames",
    *("nombres", "nombre", "prenom", "prenoms", "vorname", "vornamen", "nome", "voornaam", "imie", "fornavn"),
    *("fornamn", "etunimi", "jmeno", "имя"),
)
_FAMILY = (
    *("surname", "last_name", "lastname", "family_name", "familyname", "second_name"),
    *(
        "primer_apellido",
        "apellido_1",
        "apellido1",
        "apellidos",
        "apellido",
        "apellido_paterno",
        "nom",
        "nachname",
        "familienname",
        "name",
        "cognome",
    ),
    *("sobrenome", "achternaam", "nazwisko", "etternavn", "efternavn", "efternamn", "sukunimi", "prijmeni"),
    "фамилия",
)
_SECOND_FAMILY = ("segundo_apellido", "apellido_2", "apellido2", "apellido_materno")
_PEOPLE = {
    "traveller": ("", "passenger_", "traveller_", "traveler_", "pax_"),
    "holder": ("guest_", "tenant_", "booker_", "customer_", "holder_", ""),
    "owner": ("owner_", "landlord_", "host_"),
}
_ADDRESS_PARTS = (
    "unit",
    "flat",
    "saon",
    "paon",
    "house_name",
    "house_number",
    "house_no",
    *("strasse", "hausnummer", "hausnr", "plz", "calle", "codigo_postal", "rue", "code_postal", "via", "cap"),
    *("straat", "huisnummer", "logradouro", "cep", "ulica", "kod_pocztowy"),
    "street",
    "street_name",
    "address_line_1",
    "address_line_2",
    "address_line_3",
    "locality",
    "postcode",
    "post_code",
    "postal_code",
    "zip",
)
_LENGTHS = (
    "dur",
    "dauer",
    "sure",
    "czas",
    "length",
    "elapsed",
    "tempo",
    "arriv",
    "ank",
    "lleg",
    "eta",
    "sta",
)
_ENDS = frozenset(  # beside those of incidents
    ("termination", "disconnect", "hangup", "stop", "released", "eindtijd", "endzeit", "sluttid", "koniec")
)
_STAYS = {"arrival", "checkin", "departure", "start", "travel", "from"}
_MOMENTS = ("time", "end", "ended", "arrived", "booked", "born")


def find_trade_columns(columns: list[Column], kind: str) -> dict[str, tuple[str, ...]]:
    """By role, the columns that have it."""
    found: dict[str, tuple[str, ...]] = {}
    filled = [column for column in columns if column.values]
    free = {column.name: column for column in filled}

    def take(role: str, *names: str) -> None:
        found[role] = names
        for name in names:
            free.pop(name, None)

    if axes := find_axes(filled):
        take("longitude", axes[0])
        take("latitude", axes[1])
    elif pair := next((column for column in filled if column.is_pair), None):
        take("point", pair.name)
    for role, prefixes in _PEOPLE.items():
        if KINDS[kind].has(role) and (names := _whole_name(list(free.values()), prefixes)):
            take(role, *names)
    if kind == "premises" and (parts := date_parts(filled)) and _is_of_stay(free[parts[0]]):
        take("time", *parts)
    several = {role.name for role in KINDS[kind].roles if role.several} - set(_MOMENTS)
    for role, column in _claims(list(free.values()), kind):
        if column.name in free and role not in found:
            take(role, column.name)
        elif column.name in free and role in several and role in ("nights", "contact"):
            take(role, *found[role], column.name)
    if kind == "communication" and not {"from", "to", "own", "other"} & found.keys():
        for role, column in zip(("from", "to"), parties_a_and_b(list(free.values())), strict=False):
            take(role, column.name)
    if "time" not in found and (date := _only_date(list(free.values()))):
        take("time", date.name)
    if kind == "premises" and "time" in found and "end" not in found:
        start = next(column for column in filled if column.name == found["time"][0])
        if end := _later_date(start, list(free.values())):
            take("end", end.name)
    if kind == "premises":
        found["address"] = _address(found.get("address", ()), free)
    if "holder" not in found and plain(next(iter(found.get("address", ())), "")) == "name" and "end" in found:
        take("holder", *found.pop("address"))  # of a stay it is the guest's
        again = (column for role, column in _claims(list(free.values()), kind) if role == "address")
        if premises := next(again, None):
            take("address", premises.name)
    if kind == "premises" and "holder" not in found:
        people = (column.name for column in free.values() if plain(column.name) == "name" and column.is_text)
        take("holder", *islice(people, 1))
    for role in ("time", "end", "arrived"):
        if len(found.get(role, ())) == 1:
            date = next(column for column in filled if column.name == found[role][0])
            take(role, *_with_its_clock(date, list(free.values())))
    if kind == "communication" and "duration" not in found and "time" in found:
        date = next(column for column in filled if column.name == found["time"][0])
        if ended := _end_of_call(date, list(free.values())):
            take("ended", *ended)
    if kind == "communication" and found.keys() & {"own", "other"}:
        both = parties_a_and_b(filled)
        if both and all(column.distinct > 1 for column in both):  # each row says who called whom
            found = without(found, "own", "other") | {"from": (both[0].name,), "to": (both[1].name,)}
    if kind == "communication" and "other" in found and not {"own", "from", "to"} & found.keys():
        take("own", *islice((c.name for c in free.values() if c.words == ["number"] and is_one_number(c)), 1))
    if kind == "communication" and "own" in found and not {"other", "from", "to"} & found.keys():
        found["from"] = found.pop("own")  # the phones that a mast has heard: each row has one
    return {role: names for role, names in settle_parties(found, filled).items() if names}


def _end_of_call(date: Column, columns: list[Column]) -> tuple[str, ...]:
    """The columns of when a call ended: a date of its own with its time of day, or a time of day alone, which
    is that of the date on which it began."""
    ends = [c for c in columns if set(c.words) & (column_words("end") | _ENDS)]
    for dated in (column for column in ends if column.dated > 0.9):
        names = _with_its_clock(dated, columns)
        if len(names) > 1 or dated.has_clock:  # else the day on which a contract ends
            return names
    clock = next((column for column in ends if column.share(PLAIN_CLOCK) > 0.9), None)
    return (date.name, clock.name) if clock else ()


def _only_date(columns: list[Column]) -> Column | None:
    """The date of a file in which no column is called one: of several the first with a time of day. Births,
    issues, bookings and the like are none."""
    others = column_words("birth") | {"issue", "issued", "booking", "booked", "purchase", "expiry", "expires"}
    dates = [
        column
        for column in columns
        if column.dated > 0.9 and column.filled > 0.5 and not others & set(column.words)
    ]
    return next((column for column in dates if column.has_clock), next(iter(dates), None))


def _later_date(start: Column, columns: list[Column]) -> Column | None:
    """The one other date of stays, where it lies after their start in every row."""
    later = [
        column
        for column in columns
        if column.dated == start.dated == column.filled == start.filled == 1
        and all(a.at < b.at for a, b in zip(start.dates, column.dates, strict=False))
    ]
    return later[0] if len(later) == 1 and len(start.dates) == len(later[0].dates) else None


def _claims(columns: list[Column], kind: str) -> list[tuple[str, Column]]:
    """Every role that a column could have by its name and its values, the likeliest first: a whole name
    before a part of one."""
    names = {column.name: {plain(column.name), "_".join(column.words)} for column in columns}
    claims = [
        (("*" in pattern, rank, order, position), role.name, column)
        for order, role in enumerate(KINDS[kind].roles)
        for rank, pattern in enumerate(role.names)
        for position, column in enumerate(columns)
        if any(fnmatchcase(name, pattern) for name in names[column.name])
        and _fits(column, role.name, kind)
        and not ("*" in pattern and role.name == "time" and _is_of_something_else(column, kind))
    ]
    return [(role, column) for _, role, column in sorted(claims, key=lambda claim: claim[0])]


def _fits(column: Column, role: str, kind: str) -> bool:
    """Whether the values of a column can be what a role says."""
    if role in ("longitude", "latitude", "point"):
        return False  # told by their values and both names together
    if _share(column, lambda text: text.lstrip().startswith(("{", "["))) > 0.5:
        return False  # an object, whose parts are columns of their own
    if role in _MOMENTS:
        if role != "born" and set(column.words) & column_words("birth"):
            return False
        return column.dated > 0.5 or role == "born" and column.share(re.compile(r"\s*\d{6}\s*")) > 0.8
    if kind == "communication" and role in ("from", "to", "own", "other"):
        return column.dated < 0.5 and not column.is_pair and _share(column, has_digits) > 0.5
    return _FITS.get(role, _is_words)(column)


def _is_of_something_else(column: Column, kind: str) -> bool:
    """Whether a date is not that of the journey or call, by its name: of a birth, an issue, a booking."""
    others = column_words("not_occurred") | {"issue", "issued", "booking", "booked", "purchase", "expiry"}
    return kind != "premises" and bool(others & set(column.words))


def _share(column: Column, fits: Callable[[str], bool]) -> float:
    return sum(map(fits, column.values)) / len(column.values)


def _is_words(column: Column) -> bool:
    return column.is_text


def _is_mark(column: Column) -> bool:
    """Whether the values may be numbers of something, or codes."""
    return column.dated < 0.5 and not column.is_pair


def _is_way(column: Column) -> bool:
    """Whether most values say which way a call went."""
    return _share(column, lambda text: bool(call_direction(text))) >= 0.5


def _is_length(column: Column) -> bool:
    return column.dated < 0.5 and _share(column, lambda text: any(map(str.isdigit, text))) > 0.5


def _is_long_number(column: Column) -> bool:
    return _share(column, lambda text: sum(map(str.isdigit, text)) >= 14) > 0.5


def _is_yes_or_no(column: Column) -> bool:
    return {text.strip().lower() for text in column.values} <= {*"tf01yn", "true", "false", "yes", "no"}


_FITS: dict[str, Callable[[Column], bool]] = {
    "reference": _is_mark,
    "document": _is_mark,
    "vehicle": lambda column: _is_mark(column) and _share(column, lambda t: any(map(str.isdigit, t))) > 0.5,
    "service": _is_mark,
    "camera": _is_mark,
    "place": lambda column: (
        _is_mark(column) and (column.is_text or "cell" in column.words or "cgi" in column.words)
    ),
    "contact": _is_mark,
    "paid_by": _is_mark,
    "status": _is_words,
    "available": _is_yes_or_no,
    "direction": _is_way,
    "duration": _is_length,
    "nights": _is_length,
    "price": _is_length,
    "device": _is_long_number,
    "subscriber": _is_long_number,
}


def call_direction(text: str) -> int:
    """-1 for an outgoing call or message, +1 for an incoming one, 0 where the text says neither or both."""
    plain_text = text.strip().lower()
    out, into = (bool(re.search(words, plain_text)) for words in (OUTGOING, INCOMING))
    return int(into) - int(out)


def _whole_name(columns: list[Column], prefixes: tuple[str, ...]) -> tuple[str, ...]:
    """First and last name of one person, where they stand in two columns."""
    own = {plain(column.name): column.name for column in reversed(columns)}
    for prefix in prefixes:
        given = next((own[f"{prefix}{name}"] for name in _GIVEN if f"{prefix}{name}" in own), None)
        family = next((own[f"{prefix}{name}"] for name in _FAMILY if f"{prefix}{name}" in own), None)
        second = next((own[name] for name in _SECOND_FAMILY if name in own), None)
        if given and family:
            return (given, family, *([second] if second and second != family else []))
    return ()


def _is_of_stay(column: Column) -> bool:
    return bool(set(column.words) & _STAYS)


def _address(found: tuple[str, ...], free: dict[str, Column]) -> tuple[str, ...]:
    """The columns of an address: one that holds it whole with its postcode, or its parts in their order."""
    by_name = {plain(name): name for name in free} | {plain(name): name for name in found}
    parts = [by_name[part] for part in _ADDRESS_PARTS if part in by_name]
    if found and plain(found[0]) not in _ADDRESS_PARTS:
        parts = [*found, *(name for name in parts if plain(name) in _ADDRESS_PARTS[-4:])]
    return tuple(dict.fromkeys(parts))


def _with_its_clock(date: Column, columns: list[Column]) -> tuple[str, ...]:
    """A date column with that of its time of day: one named alike, or the only one there is."""
    names = with_clock(date, [date, *columns])
    if len(names) > 1 or date.has_clock:
        return names
    clocks = [c for c in columns if c.is_clock and set(c.words) & column_words("clock") and not c.dated]
    alike = [c for c in clocks if set(c.words) & set(date.words)] or clocks or _plain_clocks(columns)
    if len(alike) > 1:  # of the times of both ends, that of the beginning
        alike = [c for c in alike if set(c.words) & (column_words("occurred") | {"entry"})]
    return (date.name, alike[0].name) if len(alike) == 1 else names


def _plain_clocks(columns: list[Column]) -> list[Column]:
    """The columns of times of day as 21:15, called neither a time nor a length of time."""
    return [
        column
        for column in columns
        if column.share(PLAIN_CLOCK) > 0.9
        and not column.dated
        and not any(word.startswith(_LENGTHS) for word in column.words)
    ]
