"""What a rate of crime is per: residents, households or another denominator, loaded from a file by outline
or as points. The tables and the stored options call it `target`."""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from pyproj import Transformer

from analytics.hotspots.grid.outlines import read_outlines
from analytics.hotspots.methods.rates import sum_in_areas
from analytics.oversight import Actor, record
from analytics.shared.projection import project
from analytics.store import Store, now
from analytics.store.engine import Engine, denominator_values, denominators, open_engine

_MAX_BYTES = 200_000_000
_MAX_NAME = 80


class DenominatorRefused(ValueError):
    """The file cannot be used; the message says which row and why. Nothing of it was stored."""


@dataclass(frozen=True)
class Denominator:
    """What a rate is per: `layer` is the boundary layer its values belong to, '' for points."""

    target_id: int
    name: str
    layer: str


def load_denominator(
    store: Store, actor: Actor, area_id: int, name: str, data: bytes, file_name: str, *, layer: str = ""
) -> Denominator:
    """Store a CSV (UTF-8, with a header): columns `name` and `value` for the outlines of `layer`, matched by
    name, or, without a layer, `lon`, `lat` (WGS 84) and `value`.

    A name that exists already is replaced. Raises DenominatorRefused, with the row's number as a spreadsheet
    shows it, for a missing column, a value that is not a number of at least 0, an outline that is unknown or
    comes twice."""
    name = " ".join(name.split())
    if not name or len(name) > _MAX_NAME:
        raise DenominatorRefused(f"Give it a name of 1 to {_MAX_NAME} characters, such as 'residents'.")
    frame = _read(data, ("name", "value") if layer else ("lon", "lat", "value"))
    values = _numbers(frame, "value", 0, math.inf)
    ids: Sequence[str | None]
    if layer:
        ids = _outline_ids(store, area_id, layer, frame["name"])
        x = y = np.full(len(ids), np.nan)
    else:
        ids = [None] * len(frame)
        epsg = store.rows("SELECT epsg FROM area WHERE area_id = ?", [area_id])[0]["epsg"]
        project = Transformer.from_crs(4326, epsg, always_xy=True).transform
        x, y = project(_numbers(frame, "lon", -180, 180), _numbers(frame, "lat", -90, 90))
    rows = pa.table(
        {
            "outline_id": pa.array(ids, pa.string()),
            "x": pa.array(x, from_pandas=True),
            "y": pa.array(y, from_pandas=True),
            "value": pa.array(values),
        }
    )
    with store.write() as cursor:
        cursor.execute(
            "DELETE FROM target_value WHERE target_id IN (SELECT target_id FROM target WHERE area_id = ? "
            "AND name = ?)",
            [area_id, name],
        ).fetchall()
        cursor.execute("DELETE FROM target WHERE area_id = ? AND name = ?", [area_id, name]).fetchall()
        (number,) = cursor.execute(
            "INSERT INTO target (area_id, name, layer, file_name, sha256, loaded_by, loaded_at) VALUES (?, "
            "?, nullif(?, ''), ?, ?, ?, ?) RETURNING target_id",
            [
                area_id,
                name,
                layer,
                file_name,
                hashlib.sha256(data).hexdigest(),
                actor.name,
                now(),
            ],
        ).fetchall()[0]
        cursor.register("loaded_rows", rows)
        cursor.execute(
            "INSERT INTO target_value SELECT ?, outline_id, x, y, value FROM loaded_rows", [number]
        ).fetchall()
        cursor.unregister("loaded_rows")
        record(cursor, actor, "load target", f"target {number}", detail={"name": name, "rows": len(frame)})
    return Denominator(number, name, layer)


def list_denominators(engine: Engine, area_id: int) -> list[Denominator]:
    """The denominators loaded for a working area, by name."""
    rows = denominators()
    rows = rows.filter(rows.area_id == area_id).order_by("name")
    found = engine.run(rows.select("target_id", "name", layer=rows.layer.fill_null("")))
    return [Denominator(row["target_id"], row["name"], row["layer"]) for row in found.to_pylist()]


def read_points(engine: Engine, denominator: Denominator) -> pd.DataFrame:
    """The points of a denominator: x, y (metres), value. Empty for one loaded by outline."""
    rows = denominator_values()
    rows = rows.filter(rows.target_id == denominator.target_id, rows.x.notnull())
    return engine.run(rows.select("x", "y", "value")).to_pandas()


def sum_by_outline(
    engine: Engine, denominator: Denominator, layer: str, outlines: pd.DataFrame, epsg: int
) -> np.ndarray:
    """The denominator of each of a layer's `outlines` (id, geometry in WGS 84): its own value, or the sum of
    the points within; NaN where the file has none for it. `epsg` is the CRS of the points. Raises KeyError
    for a denominator of another layer."""
    if denominator.layer and denominator.layer != layer:
        raise KeyError(f"{denominator.name!r} was loaded for {denominator.layer!r}, not for {layer!r}.")
    if not denominator.layer:
        points = read_points(engine, denominator)
        metres = project(outlines.geometry.to_numpy(), epsg)
        return sum_in_areas(points.x.to_numpy(), points.y.to_numpy(), points.value.to_numpy(), metres)[0]
    rows = denominator_values()
    rows = rows.filter(rows.target_id == denominator.target_id).select("outline_id", "value")
    values = engine.run(rows).to_pandas().set_index("outline_id").value
    by_outline: np.ndarray = values.reindex(outlines.id).to_numpy(dtype=float)
    return by_outline


def _read(data: bytes, columns: tuple[str, ...]) -> pd.DataFrame:
    if len(data) > _MAX_BYTES:
        raise DenominatorRefused("The file is larger than 200 MB.")
    try:
        frame = pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (UnicodeDecodeError, ValueError) as error:
        raise DenominatorRefused("This is not a CSV table in UTF-8 with a header.") from error
    frame = frame.rename(columns=lambda title: str(title).strip().lower())
    missing = [column for column in columns if column not in frame]
    if missing:
        raise DenominatorRefused(
            f"The file needs the columns {', '.join(columns)}; it lacks {', '.join(missing)}."
        )
    if frame.empty:
        raise DenominatorRefused("The file has a header and no rows.")
    return frame[list(columns)]


def _numbers(frame: pd.DataFrame, column: str, minimum: float, maximum: float) -> np.ndarray:
    numbers: np.ndarray = pd.to_numeric(frame[column].str.strip(), errors="coerce").to_numpy(dtype=float)
    wrong = np.flatnonzero(~(np.isfinite(numbers) & (numbers >= minimum) & (numbers <= maximum)))
    if len(wrong):
        raise DenominatorRefused(
            f"Row {wrong[0] + 2}: {column} {frame[column].iloc[wrong[0]]!r} is not a number from {minimum:g} "
            f"to {maximum:g}."
        )
    return numbers


def _outline_ids(store: Store, area_id: int, layer: str, names: pd.Series) -> list[str]:
    outlines = read_outlines(open_engine(store), area_id, "area", layer)
    by_name = dict(zip(outlines.name.str.strip().str.casefold(), outlines.id, strict=True))
    keys = names.str.strip().str.casefold()
    for row, key in enumerate(keys):
        if key not in by_name:
            raise DenominatorRefused(f"Row {row + 2}: no outline of {layer} is named {names.iloc[row]!r}.")
    if keys.duplicated().any():
        row = int(np.flatnonzero(keys.duplicated())[0])
        raise DenominatorRefused(f"Row {row + 2}: {names.iloc[row]!r} comes twice.")
    return [by_name[key] for key in keys]
