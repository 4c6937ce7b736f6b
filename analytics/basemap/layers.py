"""The base maps in the store: which there are, what they hold, and their features by layer and window."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd
import shapely

from analytics.formats.map_header import Bounds
from analytics.shared.base_layers import BASE_LAYERS, BaseFeatures
from analytics.store import Store

MAXIMUM_PRINTED = 20_000  # features of a layer on one printed map, the widest


@dataclass(frozen=True)
class BaseMap:
    """An imported map. `counts`: its features by role. `outside`, `unusable`: what was left out, by role.
    `attribution` is plain text, to be shown wherever the map is."""

    source_id: int
    area_id: int
    area: str
    name: str
    file_name: str
    format: str
    attribution: str
    licence: str
    dated: date | None
    bounds: Bounds
    imported_at: datetime
    imported_by: str
    counts: dict[str, int]
    outside: dict[str, int]
    unusable: dict[str, int]


def list_base_maps(store: Store) -> list[BaseMap]:
    """Every base map, the newest first."""
    rows = store.rows(
        "SELECT source_id, m.area_id, area.name AS area, source.name, file_name, format, attribution,"
        " licence, dated, west, south, east, north, imported_at, imported_by,"
        " CAST(left_out AS VARCHAR) AS left_out"
        " FROM base_map m JOIN source USING (source_id) JOIN area ON area.area_id = m.area_id"
        " ORDER BY source_id DESC"
    )
    counts = count_features(store, [row["source_id"] for row in rows])
    maps = []
    for row in rows:
        bounds = tuple(row.pop(side) for side in ("west", "south", "east", "north"))
        left_out = json.loads(row.pop("left_out"))
        maps.append(BaseMap(**row, bounds=bounds, counts=counts.get(row["source_id"], {}), **left_out))
    return maps


def count_features(store: Store, source_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """By source, its features by role."""
    rows = store.rows(
        "SELECT source_id, role, count(*) AS n FROM boundary WHERE list_contains(?, source_id) GROUP BY ALL",
        [list(source_ids)],
    )
    counts: dict[int, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row["source_id"], {})[row["role"]] = row["n"]
    return counts


def attribute_maps(store: Store, area_id: int) -> str:
    """Whose map is under a working area and by what licence, as it is to be shown with every picture of it;
    '' where nobody asks for that."""
    rows = store.rows(
        "SELECT DISTINCT attribution, licence FROM base_map WHERE area_id = ? AND attribution <> ''"
        " ORDER BY ALL",
        [area_id],
    )
    return "; ".join(f"{row['attribution']} ({row['licence']})" for row in rows)


def read_base_layers(store: Store, area_id: int, bounds: Bounds | None = None) -> dict[str, BaseFeatures]:
    """The base map within `bounds` (degrees) by role: what a printed map draws around its places."""
    frame = read_window(store, area_id, BASE_LAYERS, bounds, MAXIMUM_PRINTED)
    return {
        str(role): BaseFeatures(rows.geometry.tolist(), rows.kind.tolist(), rows.name.tolist())
        for role, rows in frame.groupby("role")
    }


def read_window(
    store: Store, area_id: int, roles: Sequence[str], bounds: Bounds | None = None, maximum: int | None = None
) -> pd.DataFrame:
    """Features of an area's map, imported as a map or as a layer, that reach into `bounds` (degrees): id
    ('source_row'), role, kind ('' where not known), name, level, geometry (WKB, WGS 84).

    With `maximum` only so many of each role: the widest."""
    within, values = "", []
    if bounds is not None:
        within = " AND (f.west IS NULL OR (f.west <= ? AND f.east >= ? AND f.south <= ? AND f.north >= ?))"
        values = [bounds[2], bounds[0], bounds[3], bounds[1]]
    largest = (
        " QUALIFY row_number() OVER (PARTITION BY role ORDER BY greatest(f.east - f.west, f.north - f.south)"
        f" DESC NULLS FIRST) <= {int(maximum)}"
        if maximum is not None
        else ""
    )
    frame = store.query(
        "SELECT b.source_id || '_' || b.row_number AS id, b.role, coalesce(f.kind, b.code, '') AS kind,"
        " coalesce(b.name, if(f.kind IS NULL, b.code, NULL), '') AS name, coalesce(f.level, 0) AS level,"
        " b.geometry FROM boundary b LEFT JOIN base_feature f USING (source_id, row_number)"
        f" WHERE b.area_id = ? AND list_contains(?, b.role){within}{largest}"
        " ORDER BY b.source_id, b.row_number",
        [area_id, list(roles), *values],
    ).to_pandas()
    if bounds is None or frame.empty:
        return frame
    west, south, east, north = shapely.bounds(shapely.from_wkb(frame.geometry.to_numpy())).T
    reaches = (west <= bounds[2]) & (east >= bounds[0]) & (south <= bounds[3]) & (north >= bounds[1])
    return frame[reaches].reset_index(drop=True)
