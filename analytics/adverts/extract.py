"""The identifiers of stored adverts: title and text read with their spans, declared columns without."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache, lru_cache, partial
from importlib import resources
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import Any

import pyarrow as pa

from analytics.adverts.identifiers import Hints, Identifier, find_identifiers, kind_of
from analytics.adverts.identifiers.normalise import fold_word
from analytics.adverts.identifiers.places import normalise

CHUNK = 5_000
_MANY = 20_000  # adverts: fewer are read before other processes have begun
_REMEMBERED = 50_000
_COLUMNS = {
    "source_id": pa.int32(),
    "row_number": pa.int64(),
    "kind": pa.string(),
    "value": pa.string(),
    "field": pa.string(),
    "span_start": pa.int32(),
    "span_end": pa.int32(),
    "confidence": pa.float64(),
    "note": pa.string(),
}


@cache
def _countries() -> dict[str, str]:
    """The country of each time zone that belongs to one."""
    table = resources.files("tzdata") / "zoneinfo" / "zone.tab"
    rows = (line.split("\t") for line in table.read_text("utf-8").splitlines() if not line.startswith("#"))
    return {row[2]: row[0] for row in rows}


def read_adverts(adverts: pa.Table, local: tuple[str, ...], step: Callable[[float], None]) -> pa.Table:
    """One row an identifier of adverts (source_id, row_number, title, body, site, place, contact, time_zone).

    `local` are place names as the adverts' own columns have them. `step` receives the share done after each
    chunk; where it raises, the reading ends. Many adverts are read by one process a core, with the same
    result."""
    step(0.0)
    slices = [adverts.slice(start, CHUNK) for start in range(0, len(adverts), CHUNK)]
    parts = [_table([])]
    with _reading(local, many=len(adverts) >= _MANY) as read:
        for part in read(slices):
            parts.append(part)
            step((len(parts) - 1) / len(slices))
    return pa.concat_tables(parts)


@contextmanager
def _reading(
    local: tuple[str, ...], *, many: bool
) -> Iterator[Callable[[list[pa.Table]], Iterator[pa.Table]]]:
    """A function that reads slices one after another, in this process or in several."""
    processes = os.cpu_count() or 1
    if not many or processes == 1:
        yield partial(map, _Reader(local).read)
        return
    pool = ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=_begin_process, initargs=(local,)
    )
    try:
        yield partial(pool.map, _read_in_process)
    finally:
        pool.shutdown(cancel_futures=True)


# kind, value, field, start and end (None where declared), confidence, note
_Found = tuple[str, str, str, int | None, int | None, float, str]
_readers: list[_Reader] = []  # of a process that only reads: its own


def _begin_process(local: tuple[str, ...]) -> None:
    gc.disable()  # reading makes no circles, and looking for them took a sixth of its time
    _readers.append(_Reader(local))
    Thread(target=_end_with, args=(parent_process(),), daemon=True).start()


def _end_with(parent: BaseProcess | None) -> None:
    """Nobody takes the answers of a process whose parent was killed."""
    if parent is not None:
        parent.join()
    os._exit(1)


def _read_in_process(adverts: pa.Table) -> pa.Table:
    return _readers[0].read(adverts)


class _Reader:
    """Reads adverts, and remembers those it has read: reposts are many."""

    def __init__(self, local: tuple[str, ...]) -> None:
        self._names = {
            fold_word(name.strip()): name.strip()
            for name in sorted(local)
            if name.strip() and not normalise(name)
        }
        self._seen: dict[tuple[Any, ...], list[_Found]] = {}

    def read(self, adverts: pa.Table) -> pa.Table:
        rows = []
        for row in adverts.to_pylist():
            key = tuple(row[name] for name in ("title", "body", "site", "place", "contact", "time_zone"))
            found = self._seen.get(key)
            if found is None:
                found = _read_advert(row, tuple(self._names), self._names)
                if len(self._seen) < _REMEMBERED:
                    self._seen[key] = found
            rows += [(row["source_id"], row["row_number"], *values) for values in found]
        return _table(rows)


def _table(rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [()] * len(_COLUMNS)
    return pa.table(
        {name: pa.array(column, kind) for (name, kind), column in zip(_COLUMNS.items(), columns, strict=True)}
    )


def _read_advert(row: dict[str, Any], local: tuple[str, ...], names: dict[str, str]) -> list[_Found]:
    """(kind, value, field, start, end, confidence, note) of one advert."""
    home = _countries().get(row["time_zone"] or "")
    place = _normalise(row["place"], (home,) if home else ()) if row["place"] else None
    ending = (row["site"] or "").rpartition(".")[2].lower()
    site = {"uk": "GB"}.get(ending, ending.upper()) if len(ending) == 2 else None
    regions = tuple(dict.fromkeys(filter(None, (place.country if place else None, site, home))))
    found: list[_Found] = []
    if row["place"]:
        value, sure, note = (
            (place.value, place.confidence, place.note)
            if place
            else (row["place"].strip(), 0.9, "in no gazetteer")
        )
        found.append(("place", value, "place", None, None, sure, note))
    for line in (row["contact"] or "").splitlines():
        found += [
            (i.kind, i.value, "contact", None, None, i.confidence, i.note)
            for i in _read_contact(line, regions)
        ]
    for field in ("title", "body"):
        for i in find_identifiers(row[field], Hints(regions, local)) if row[field] else ():
            value = names.get(i.value, i.value) if i.kind == "place" else i.value
            found.append((i.kind, value, field, i.start, i.end, i.confidence, i.note))
    return found


_normalise = lru_cache(maxsize=1 << 12)(normalise)  # adverts name few places


def _read_contact(line: str, regions: tuple[str, ...]) -> list[Identifier]:
    """A declared contact: as it stands, else as a telephone number. That its source calls it a contact makes
    no reading surer."""
    for lead in ("", "tel "):
        found = [i for i in find_identifiers(lead + line, Hints(regions)) if kind_of(i.kind).personal]
        if found:
            return found
    return []
