"""A map into the store: read apart, cut to the working area, written in one transaction or not at all."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from analytics.basemap.layers import list_base_maps
from analytics.basemap.map_rows import prepare_rows, write_rows
from analytics.basemap.naming import describe_places
from analytics.basemap.rules import read_map_rules, rules_for
from analytics.formats.header import UnreadableFile
from analytics.formats.map_files import MapFile, hash_file, open_map, part_layers, read_map_features
from analytics.formats.map_header import Bounds, as_plain_text
from analytics.ingest.area import choose_area, measure_spread, projected_crs, surrounding_area
from analytics.ingest.import_report import SourceDetails
from analytics.ingest.job import failures_recorded
from analytics.ingest.source_record import new_source_id
from analytics.ingest.steps import Steps
from analytics.oversight import Actor, record
from analytics.shared.base_layers import LAYER_TITLES, MAP_LAYERS
from analytics.shared.progress import IsCancelled, Progress, ignore_progress, never_cancelled
from analytics.shared.wording import counted, spell_dates
from analytics.store import Store, now
from analytics.store.removal import delete_source_rows

MAX_FEATURES = 2_000_000  # of one layer of a file
_MAX_WIDTH = 400.0  # km; a projection in metres serves no more
_AROUND = 1.0  # km about the incidents of the working area
_KM_PER_DEGREE = 111.0
_ODBL = "ODbL 1.0"
# The styles of tiles that are known here are all made of OpenStreetMap, whose licence wants it named.
_ASSUMED = "© OpenStreetMap contributors, as far as known: the file names no source"


class MapExists(UnreadableFile):
    """The working area has such layers already, and nothing was said of what is to become of them."""


@dataclass(frozen=True)
class MapChoice:
    """What is taken of a map. `area` names the working area; without it the map goes to the one it lies
    around, or to a new one. `extent`: 'area', about the incidents of the working area, or all where it has
    none; 'whole'; or west, south, east, north in degrees. `roles`: the layers wanted. `existing`: what
    becomes of a map that the working area has, where both have a layer. `attribution`: whose map it is, where
    the file does not say."""

    area: str | None = None
    extent: Literal["area", "whole"] | Bounds = "area"
    roles: frozenset[str] = frozenset(MAP_LAYERS)
    existing: Literal["refuse", "replace", "add"] = "refuse"
    attribution: str | None = None


@dataclass(frozen=True)
class MapReport:
    """What came in: features by role, those left out by role, the extent, the maps that were replaced, and
    what the middle of the map is called now."""

    source_id: int
    area_id: int
    area: str
    format: str
    attribution: str
    dated: str | None
    bounds: Bounds
    counts: dict[str, int]
    outside: dict[str, int] = field(default_factory=dict)
    unusable: dict[str, int] = field(default_factory=dict)
    replaced: tuple[str, ...] = ()
    middle: str | None = None

    def sentences(self) -> list[str]:
        """What a user is told of it."""
        total = counted(sum(self.counts.values()), "feature")
        dated = f", data of {spell_dates(self.dated)}" if self.dated else ""
        west, south, east, north = self.bounds
        says = [
            f"Base map of {self.area}: {total}. {self.format}{dated}.",
            *(f"{LAYER_TITLES[role]}: {self.counts[role]:,}." for role in MAP_LAYERS if role in self.counts),
            f"Extent: longitude {west:.4f} to {east:.4f}, latitude {south:.4f} to {north:.4f}.",
        ]
        for why, counts in (("Outside the extent", self.outside), ("No usable shape", self.unusable)):
            if number := sum(counts.values()):
                says.append(f"{why}, left out: {counted(number, 'feature')} ({_listed(counts)}).")
        if self.middle:
            says.append(f"The middle of it is called: {self.middle}.")
        if self.replaced:
            says.append(f"Replaced: {', '.join(self.replaced)}.")
        if self.attribution:
            says.append(f"Shown with every map: {self.attribution}.")
        return says


@dataclass(frozen=True)
class _Ground:
    """Where a map goes: the name of an existing working area or None, what is taken, and the area's CRS."""

    area: str | None
    bounds: Bounds
    epsg: int


def import_map(
    store: Store,
    actor: Actor,
    path: Path,
    details: SourceDetails,
    choice: MapChoice = MapChoice(),
    *,
    progress: Progress = ignore_progress,
    cancelled: IsCancelled = never_cancelled,
) -> MapReport:
    """Import an OpenStreetMap extract or vector tiles as the base map of a working area.

    Raises UnreadableFile, also recorded as a failed import, MapExists or Cancelled; either way the store is
    as it was."""
    step = Steps(progress, cancelled)
    with failures_recorded(store, actor, path.name, "map", details.purpose):
        step("Opening the map", 0.02)
        file = open_map(path)
        ground = _find_ground(store, file, choice)
        _refuse_existing(store, ground.area, choice)
        features, outside, unusable = _read(file, ground, choice.roles, step)
        step("Preparing the layers", 0.75)
        rows = prepare_rows(features, ground.bounds, ground.epsg)
        if rows.empty:
            raise UnreadableFile(
                "Nothing of the map was taken: it holds no feature of the layers wanted within the extent."
            )
        digest = hash_file(path)
        with store.write() as cursor, step.interrupting(cursor):
            step("Writing", 0.85)
            west, south, east, north = ground.bounds
            spread = measure_spread(np.array([west, east]), np.array([south, north]))
            area_id, _, _ = choose_area(cursor, choice.area or ground.area, details.name, spread, None)
            replaced = _remove_replaced(store, cursor, area_id, choice)
            report = MapReport(
                new_source_id(cursor),
                area_id,
                cursor.execute("SELECT name FROM area WHERE area_id = ?", [area_id]).fetchall()[0][0],
                file.header.format,
                as_plain_text(choice.attribution or "") or file.header.attribution or _ASSUMED,
                file.header.dated,
                ground.bounds,
                {str(role): int(count) for role, count in rows.role.value_counts().items()},
                dict(+outside),
                dict(+unusable),
                tuple(replaced),
            )
            write_rows(cursor, rows, report.source_id, area_id, details.name)
            _record(cursor, actor, path.name, digest, details, report)
            step("Committing", 0.97)
        return replace(report, middle=_name_middle(store, area_id, ground.bounds))


def _name_middle(store: Store, area_id: int, bounds: Bounds) -> str | None:
    """What the middle of the map is called: the reader sees that names work, and the next page finds them
    ready."""
    west, south, east, north = bounds
    named = describe_places(store, area_id, np.array([(west + east) / 2]), np.array([(south + north) / 2]))
    (name,) = named.name
    return None if name is None else str(name)


def propose_area(store: Store, file: MapFile) -> str | None:
    """The working area that a map lies around, None where it would make a new one."""
    if file.header.bounds is None:
        return None
    with store.read() as cursor:
        return _area_of(cursor, file.header.bounds)


def _find_ground(store: Store, file: MapFile, choice: MapChoice) -> _Ground:
    """The working area that a map lies around, and what of the map is taken. Raises UnreadableFile."""
    map_bounds = file.header.bounds
    if map_bounds is None:
        raise UnreadableFile("The map does not say where it lies, and holds no point that would.")
    west, south, east, north = map_bounds
    with store.read() as cursor:
        area = choice.area or _area_of(cursor, map_bounds)
        known = cursor.execute(
            "SELECT epsg, min(lon), min(lat), max(lon), max(lat) FROM area LEFT JOIN incident USING (area_id)"
            " WHERE name = ? GROUP BY ALL",
            [area],
        ).fetchall()
    wanted: Bounds | None = None if isinstance(choice.extent, str) else choice.extent
    if choice.extent == "area" and known and known[0][1] is not None:
        wanted = _widen(*known[0][1:])
    bounds = map_bounds
    if wanted is not None:
        bounds = (max(west, wanted[0]), max(south, wanted[1]), min(east, wanted[2]), min(north, wanted[3]))
        if bounds[0] >= bounds[2] or bounds[1] >= bounds[3]:
            raise UnreadableFile(
                f"The map does not reach the extent asked for. It lies at {_degrees(map_bounds)}; "
                f"{f'the working area {area}' if choice.extent == 'area' else 'the extent'} at "
                f"{_degrees(wanted)}."
            )
    width = (bounds[2] - bounds[0]) * _KM_PER_DEGREE * np.cos(np.radians((bounds[1] + bounds[3]) / 2))
    height = (bounds[3] - bounds[1]) * _KM_PER_DEGREE
    if max(width, height) > _MAX_WIDTH:
        raise UnreadableFile(
            f"The extent is {max(width, height):,.0f} km wide; at most {_MAX_WIDTH:,.0f} km are taken. Name "
            "a working area that has incidents, or an extent."
        )
    middle = ((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    epsg = known[0][0] if known else projected_crs(*middle)
    return _Ground(area if known else None, bounds, epsg)


def _area_of(cursor: duckdb.DuckDBPyConnection, bounds: Bounds) -> str | None:
    """The working area whose incidents surround the middle of a map, else the one with most incidents on
    it."""
    around = surrounding_area(cursor, (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    where, values = (
        ("area_id = ?", [around[0]])
        if around
        else ("lon BETWEEN ? AND ? AND lat BETWEEN ? AND ?", [bounds[0], bounds[2], bounds[1], bounds[3]])
    )
    found = cursor.execute(
        f"SELECT name FROM area LEFT JOIN incident USING (area_id) WHERE {where} GROUP BY name"
        " ORDER BY count(*) DESC, name LIMIT 1",
        values,
    ).fetchall()
    return found[0][0] if found else None


def _widen(west: float, south: float, east: float, north: float) -> Bounds:
    up = _AROUND / _KM_PER_DEGREE
    across = up / max(0.05, float(np.cos(np.radians((south + north) / 2))))
    return west - across, south - up, east + across, north + up


def _refuse_existing(store: Store, area: str | None, choice: MapChoice) -> None:
    if area is None or choice.existing != "refuse":
        return
    for other in list_base_maps(store):
        if other.area == area and (shared := choice.roles & set(other.counts)):
            raise MapExists(
                f"The working area {area} has a base map already: {other.name}, with "
                f"{_named(shared)}. Replace it, or add this one beside it."
            )


def _remove_replaced(
    store: Store, cursor: duckdb.DuckDBPyConnection, area_id: int, choice: MapChoice
) -> list[str]:
    """Remove the maps of an area that have a layer wanted now; the names of those removed."""
    if choice.existing != "replace":
        return []
    replaced = [
        other
        for other in list_base_maps(store)
        if other.area_id == area_id and choice.roles & set(other.counts)
    ]
    for other in replaced:
        delete_source_rows(cursor, other.source_id)
    return [f"{other.name} (source {other.source_id})" for other in replaced]


def _read(
    file: MapFile, ground: _Ground, roles: frozenset[str], step: Steps
) -> tuple[pd.DataFrame, Counter[str], Counter[str]]:
    """Every feature wanted, and how many of each role were left out, outside and unusable."""
    rules = rules_for(file.header.kind, roles)
    layers = [layer for layer in file.layers if layer in rules]
    if not layers:
        raise UnreadableFile(
            f"The map has no layer that is known here: it has {', '.join(file.layers[:12]) or 'none'}. Known "
            "are those of OpenStreetMap, OpenMapTiles, Protomaps and Shortbread."
        )
    outside: Counter[str] = Counter()
    unusable: Counter[str] = Counter()
    tables = []
    parts = part_layers(file, layers)
    for number, part in enumerate(parts):
        read = ", ".join(layer.replace("_", " ") for layer in part)
        step(f"Reading {read}", 0.05 + 0.7 * number / len(parts))
        found = read_map_features(file, part, rules, read_map_rules().names, ground.bounds, MAX_FEATURES)
        tables.append(found.table)
        outside += found.outside
        unusable += found.unusable
    frame = pa.concat_tables(tables).to_pandas()
    return frame, outside, unusable


def _record(
    cursor: duckdb.DuckDBPyConnection,
    actor: Actor,
    file_name: str,
    digest: str,
    details: SourceDetails,
    report: MapReport,
) -> None:
    """The source's own row, that of its map, and the audit record."""
    rows = sum(report.counts.values())
    cursor.execute(
        "INSERT INTO source (source_id, kind, name, file_name, sha256, importer, parameters, area_id,"
        " imported_at, imported_by, legal_basis, purpose, handling, review_date, rows_in, rows_accepted,"
        " rows_quarantined)"
        " VALUES (?, 'map', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
        [
            report.source_id,
            details.name,
            file_name,
            digest,
            report.format,
            json.dumps({"bounds": report.bounds, "roles": sorted(report.counts)}),
            report.area_id,
            now(),
            actor.name,
            details.legal_basis,
            details.purpose,
            details.handling,
            details.review_date,
            rows,
            rows,
        ],
    ).fetchall()
    cursor.execute(
        "INSERT INTO base_map VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            report.source_id,
            report.area_id,
            report.format,
            report.attribution,
            _ODBL if "OpenStreetMap" in report.attribution else "as its publisher states",
            report.dated,
            *report.bounds,
            json.dumps({"outside": report.outside, "unusable": report.unusable}),
        ],
    ).fetchall()
    about = {
        "kind": "map",
        "file": file_name,
        "sha256": digest,
        "accepted": rows,
        "replaced": report.replaced,
    }
    record(cursor, actor, "import", f"source {report.source_id}", details.purpose, about)


def _degrees(bounds: Bounds) -> str:
    west, south, east, north = bounds
    return f"longitude {west:.3f} to {east:.3f}, latitude {south:.3f} to {north:.3f}"


def _named(roles: Iterable[str]) -> str:
    return ", ".join(LAYER_TITLES[role].lower() for role in MAP_LAYERS if role in set(roles))


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(
        f"{LAYER_TITLES.get(role, role).lower()} {count:,}" for role, count in counts.items() if count
    )
