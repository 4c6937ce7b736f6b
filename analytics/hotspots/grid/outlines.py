"""The outlines of a working area: beats, wards, districts, streets."""

from __future__ import annotations

from functools import lru_cache

import ibis
import pandas as pd
import shapely

from analytics.store.engine import Engine, boundaries


def list_layers(engine: Engine, area_id: int, role: str) -> tuple[str, ...]:
    """Names of the layers of a role ('area', 'street', 'water', 'green'), in alphabetical order."""
    return tuple(engine.run(_layers(area_id, role))["layer"].to_pylist())


def read_outlines(engine: Engine, area_id: int, role: str, layer: str) -> pd.DataFrame:
    """The outlines of one layer: id ('source_row'), name, geometry (shapely, WGS 84); a nameless one gets
    its code or its number. Raises KeyError where the store has no such layer."""
    frame = engine.run(_outlines(area_id, role, layer)).to_pandas()
    if frame.empty:
        raise KeyError(f"The working area has no layer {layer!r} of the role {role!r}.")
    return frame.assign(geometry=shapely.from_wkb(frame.geometry.to_numpy()))


@lru_cache(maxsize=64)
def _layers(area_id: int, role: str) -> ibis.Table:
    rows = boundaries()
    rows = rows.filter(rows.area_id == area_id, rows.role == role)
    return rows.select("layer").distinct().order_by("layer")


@lru_cache(maxsize=64)
def _outlines(area_id: int, role: str, layer: str) -> ibis.Table:
    rows = boundaries()
    rows = rows.filter(rows.area_id == area_id, rows.role == role, rows.layer == layer)
    number = rows.row_number.cast("string")
    return rows.order_by("source_id", "row_number").select(
        id=rows.source_id.cast("string") + "_" + number,
        name=ibis.coalesce(
            rows["name"].strip().nullif(""), rows.code.strip().nullif(""), rows.layer + " " + number
        ),
        geometry=rows.geometry,
    )
