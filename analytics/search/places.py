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
# What a boundary is called, as the choice of boundaries on Hotspots has it.
_NAME = "coalesce(nullif(trim({0}.name), ''), nullif(trim({0}.code), ''))"
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
    hits = tuple(_hit(store, query, row) for row in rows)
    return Group("place", hits, rows[0]["matches"] if rows else 0)


def _read_places(store: Store) -> pa.Table:
    """Every name of a place once for each of its roles, folded; read once for a version of the data. Places
    of incidents none of which has coordinates are left out: no map could open them."""
    version = store.data_version()
    if (found := store.query_cache.find(version, _CACHED)) is not None:
        return found
    folded = fold_sql(f"'{SEPARATOR} ' || name || ' {SEPARATOR}'")
    roles = ", ".join(f"'{role}'" for role in _ROLES)
    places = store.query(
        "WITH named AS ("
        " SELECT place AS name, 'incidents' AS what, area_id, count(*) AS records, NULL AS layer,"
        "  min(lon) AS west, min(lat) AS south, max(lon) AS east, max(lat) AS north"
        "  FROM incident WHERE place IS NOT NULL GROUP BY place, area_id HAVING min(lon) IS NOT NULL"
        f" UNION ALL SELECT {_NAME.format('b')} AS name, b.role, b.area_id, 0, min(b.layer),"
        "  NULL, NULL, NULL, NULL"
        f"  FROM boundary b WHERE b.role IN ({roles}) AND {_NAME.format('b')} IS NOT NULL"
        "  GROUP BY ALL"
        " UNION ALL SELECT place, 'adverts', NULL, count(*), NULL, NULL, NULL, NULL, NULL"
        "  FROM advert WHERE place IS NOT NULL GROUP BY place),"
        f" lower AS (SELECT *, {folded} AS folded FROM named)"
        f" SELECT lower.*, {squeeze_sql('folded')} AS squeezed, area.name AS area"
        " FROM lower LEFT JOIN area USING (area_id)"
    )
    store.query_cache.add(version, _CACHED, places)
    return places


def _hit(store: Store, query: Query, row: dict[str, Any]) -> Hit:
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
        _target(store, row),
        find_matching(query, {"name": name}),
        rank=row["rank"],
    )


def _target(store: Store, row: dict[str, Any]) -> PageLink:
    """Adverts of the town, or the place on the map."""
    if row["what"] == "adverts":
        return PageLink("adverts", {"place": row["name"]})
    if row["what"] == "area":
        return PageLink(
            "hotspots",
            {"area": row["area"], "within_layer": row["layer"], "within": row["name"]},
        )
    return PageLink("hotspots", {"area": row["area"], "drawn": write_drawn(_outline(store, row))})


def _outline(store: Store, row: dict[str, Any]) -> shapely.Geometry:
    """What is shown of a place: a street with what lies along it, else the box around its records."""
    if row["what"] == "incidents":
        whole = shapely.box(*(row[side] for side in ("west", "south", "east", "north")))
    else:
        shapes = store.rows(
            "SELECT geometry FROM boundary b WHERE role = ? AND area_id = ?"
            f" AND {_NAME.format('b')} = ? LIMIT 500",
            [row["what"], row["area_id"], row["name"]],
        )
        whole = shapely.union_all(shapely.from_wkb([shape["geometry"] for shape in shapes]))
    return shapely.buffer(whole, _AROUND, quad_segs=2)
