"""Places: streets, districts and towns of the maps, places of incidents, towns of adverts."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import shapely

from analytics.hotspots.grid.custom_area import write_drawn
from analytics.search.folding import (
    SEPARATOR,
    Query,
    find_matching,
    fold_sql,
    matches_sql,
    rank_sql,
    squeeze_sql,
)
from analytics.search.hits import Group, Hit, PageLink
from analytics.shared.wording import counted
from analytics.store import Store

_CACHED = "places for the search"
_AROUND = 0.0006  # degrees about a point or a street that is opened on the map: some 60 m
_ROLES = ("area", "street", "path", "place", "rail", "water", "green", "coast", "poi")
_ROLE_NAMES = {"area": "District", "place": "Neighbourhood or town", "poi": "Point of interest"}


def find_places(store: Store, query: Query, limit: int) -> Group:
    """Places by name, those with most records first."""
    places = _read_places(store)
    condition, parameters = matches_sql(query)
    rank, ranked = rank_sql(query)
    rows = store.query(
        f"SELECT * EXCLUDE (folded, squeezed), {rank} AS rank, count(*) OVER () AS matches"
        f" FROM places WHERE {condition}"
        f" ORDER BY rank DESC, records DESC, length(name), name, what LIMIT {int(limit)}",
        parameters | ranked,
        tables={"places": places},
    ).to_pylist()
    hits = [_hit(store, query, row) for row in rows]
    return Group("place", tuple(hit for hit in hits if hit), rows[0]["matches"] if rows else 0)


def _read_places(store: Store) -> pa.Table:
    """Every name of a place once for each of its roles, folded; read once for a version of the data."""
    version = store.data_version()
    if (found := store.query_cache.find(version, _CACHED)) is not None:
        return found
    folded = fold_sql(f"'{SEPARATOR} ' || name || ' {SEPARATOR}'")
    roles = ", ".join(f"'{role}'" for role in _ROLES)
    places = store.query(
        "WITH named AS ("
        " SELECT place AS name, 'incidents' AS what, area_id, count(*) AS records, NULL AS layer,"
        "  min(lon) AS west, min(lat) AS south, max(lon) AS east, max(lat) AS north, NULL AS mark"
        "  FROM incident WHERE place IS NOT NULL GROUP BY place, area_id"
        " UNION ALL SELECT coalesce(b.name, b.code), b.role, b.area_id, 0, any_value(b.layer),"
        "  min(f.west), min(f.south), max(f.east), max(f.north),"
        "  any_value(b.source_id || '_' || b.row_number)"
        "  FROM boundary b LEFT JOIN base_feature f USING (source_id, row_number)"
        f"  WHERE b.role IN ({roles}) AND coalesce(b.name, b.code) IS NOT NULL"
        "  GROUP BY coalesce(b.name, b.code), b.role, b.area_id"
        " UNION ALL SELECT place, 'adverts', NULL, count(*), NULL, NULL, NULL, NULL, NULL, NULL"
        "  FROM advert WHERE place IS NOT NULL GROUP BY place),"
        f" lower AS (SELECT *, {folded} AS folded FROM named)"
        f" SELECT lower.*, {squeeze_sql('folded')} AS squeezed, area.name AS area"
        " FROM lower LEFT JOIN area USING (area_id)"
    )
    store.query_cache.add(version, _CACHED, places)
    return places


def _hit(store: Store, query: Query, row: dict[str, Any]) -> Hit | None:
    target = _target(store, row)
    if target is None:
        return None
    what, records = row["what"], int(row["records"])
    if what == "incidents":
        text = f"Place of {counted(records, 'incident')}"
    elif what == "adverts":
        text = f"Town of {counted(records, 'advert')}"
    else:
        text = " · ".join(filter(None, (_ROLE_NAMES.get(what, what.capitalize()), row["layer"])))
    name = row["name"]
    return Hit(
        "place",
        f"{what}:{row['area_id'] or ''}:{name}",
        name,
        text,
        target,
        find_matching(query, {"name": name}),
        rank=row["rank"],
    )


def _target(store: Store, row: dict[str, Any]) -> PageLink | None:
    """Adverts of the town, or the place on the map; None where nothing says where it lies."""
    if row["what"] == "adverts":
        return PageLink("adverts", {"place": row["name"]})
    if row["what"] == "area":
        return PageLink(
            "hotspots",
            {"area": row["area"], "within_layer": row["layer"], "within": row["name"]},
        )
    outline = _outline(store, row)
    if outline is None:
        return None
    return PageLink("hotspots", {"area": row["area"], "drawn": write_drawn(outline)})


def _outline(store: Store, row: dict[str, Any]) -> shapely.Geometry | None:
    """What is shown of a place: a street with what lies along it, else the box around its records."""
    if row["mark"] is not None:
        source, _, number = row["mark"].partition("_")
        shapes = store.rows(
            "SELECT b.geometry FROM boundary b JOIN boundary o ON o.role = b.role AND o.area_id = b.area_id"
            " AND coalesce(o.name, o.code) = coalesce(b.name, b.code)"
            " WHERE o.source_id = ? AND o.row_number = ? LIMIT 500",
            [int(source), int(number)],
        )
        if shapes:
            whole = shapely.union_all(shapely.from_wkb([shape["geometry"] for shape in shapes]))
            return shapely.buffer(whole, _AROUND, quad_segs=2)
    sides = [row[side] for side in ("west", "south", "east", "north")]
    return None if None in sides else shapely.buffer(shapely.box(*sides), _AROUND, quad_segs=2)
