"""The identifiers of stored adverts: title and text read with their spans, declared columns without."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import resources

import pyarrow as pa

from analytics.adverts.identifiers import Hints, Identifier, find_identifiers
from analytics.adverts.identifiers.fold import fold_word
from analytics.adverts.places import normalise

CHUNK = 5_000
_REMEMBERED = 50_000
# A column that its source calls a contact says what it is; how the value is read stays as doubtful as in a text.
_CONTACTS = ("phone", "email", "handle", "url", "crypto")
_COLUMNS = {
    "source_id": pa.int32(), "row_number": pa.int64(), "kind": pa.string(), "value": pa.string(), "field": pa.string(),
    "span_start": pa.int32(), "span_end": pa.int32(), "confidence": pa.float64(), "note": pa.string(),
}  # fmt: skip


@cache
def _countries() -> dict[str, str]:
    """The country of each time zone that belongs to one."""
    table = resources.files("tzdata") / "zoneinfo" / "zone.tab"
    rows = (line.split("\t") for line in table.read_text("utf-8").splitlines() if not line.startswith("#"))
    return {row[2]: row[0] for row in rows}


def read_adverts(adverts: pa.Table, local: tuple[str, ...], step: Callable[[float], None]) -> pa.Table:
    """One row an identifier of adverts (source_id, row_number, title, body, site, place, contact, time_zone).

    `local` are place names as the adverts' own columns have them. `step` is told the share done, between chunks.
    """
    names = {
        fold_word(name.strip()): name.strip()
        for name in sorted(local)
        if name.strip() and not normalise(name)
    }
    local = tuple(names)
    seen: dict[tuple, list[tuple]] = {}
    columns: dict[str, list] = {name: [] for name in _COLUMNS}
    for start in range(0, len(adverts), CHUNK):
        step(start / len(adverts))
        for row in adverts.slice(start, CHUNK).to_pylist():
            key = tuple(row[name] for name in ("title", "body", "site", "place", "contact", "time_zone"))
            found = seen.get(key)
            if found is None:
                found = _of_advert(row, local, names)
                if len(seen) < _REMEMBERED:  # reposts are many
                    seen[key] = found
            for values in found:
                for name, value in zip(columns, (row["source_id"], row["row_number"], *values), strict=True):
                    columns[name].append(value)
    return pa.table({name: pa.array(columns[name], kind) for name, kind in _COLUMNS.items()})


def _of_advert(row: dict, local: tuple[str, ...], names: dict[str, str]) -> list[tuple]:
    """(kind, value, field, start, end, confidence, note) of one advert."""
    home = _countries().get(row["time_zone"] or "")
    place = normalise(row["place"], (home,) if home else ()) if row["place"] else None
    ending = (row["site"] or "").rpartition(".")[2].lower()
    site = {"uk": "GB"}.get(ending, ending.upper()) if len(ending) == 2 else None
    regions = tuple(dict.fromkeys(filter(None, (place.country if place else None, site, home))))
    found = []
    if row["place"]:
        value, sure, note = (
            (place.value, place.confidence, place.note)
            if place
            else (row["place"].strip(), 0.9, "in no gazetteer")
        )
        found.append(("place", value, "place", None, None, sure, note))
    for line in (row["contact"] or "").splitlines():
        found += [
            (i.kind, i.value, "contact", None, None, i.confidence, i.note) for i in _declared(line, regions)
        ]
    for field in ("title", "body"):
        for i in find_identifiers(row[field], Hints(regions, local)) if row[field] else ():
            value = names.get(i.value, i.value) if i.kind == "place" else i.value
            found.append((i.kind, value, field, i.start, i.end, i.confidence, i.note))
    return found


def _declared(line: str, regions: tuple[str, ...]) -> list[Identifier]:
    """A declared contact: as it stands, else as a telephone number."""
    for lead in ("", "tel "):
        found = [i for i in find_identifiers(lead + line, Hints(regions)) if i.kind in _CONTACTS]
        if found:
            return found
    return []
