"""What crime is a rate of: residents, households or any target, loaded from a file for outlines or as
points."""

from __future__ import annotations

import hashlib
import io
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from pyproj import Transformer

from analytics.hotspots.grid.outlines import outlines
from analytics.hotspots.methods.rates import sum_in_areas
from analytics.oversight import Actor, record
from analytics.store import Store, now

_MOST_BYTES = 200_000_000
_LONGEST_NAME = 80


class TargetRefused(ValueError):
    """The file cannot be used; the message says which row and why. Nothing of it was kept."""


@dataclass(frozen=True)
class Target:
    """One target held: `layer` is the boundary layer its values belong to, '' for points."""

    target_id: int
    name: str
    layer: str


def load_target(
    store: Store, actor: Actor, area_id: int, name: str, data: bytes, file_name: str, *, layer: str = ""
) -> Target:
    """Keep a CSV (UTF-8, with a header): columns `name` and `value` for the outlines of `layer`, matched by
    name, or, without a layer, `lon`, `lat` (WGS 84) and `value`.

    A name that is held already is replaced. Raises TargetRefused, with the row's number as a spreadsheet
    shows it, for a missing column, a value that is not a number of at least 0, an outline that is not held or
    comes twice."""
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST_NAME:
        raise TargetRefused(
            f"Give the target a name of 1 to {_LONGEST_NAME} characters, such as 'residents'."
        )
    frame = _read(data, ("name", "value") if layer else ("lon", "lat", "value"))
    values = _numbers(frame, "value", 0, math.inf)
    if layer:
        ids = _outline_ids(store, area_id, layer, frame["name"])
        x = y = np.full(len(ids), np.nan)
    else:
        ids = [None] * len(frame)
        epsg = store.rows("SELECT epsg FROM area WHERE area_id = ?", [area_id])[0]["epsg"]
        project = Transformer.from_crs(4326, epsg, always_xy=True).transform
        x, y = project(_numbers(frame, "lon", -180, 180), _numbers(frame, "lat", -90, 90))
    kept = pa.table(
        {
            "outline_id": pa.array(ids, pa.string()),
            "x": pa.array(x, from_pandas=True),
            "y": pa.array(y, from_pandas=True),
            "value": pa.array(values),
        }
    )
    with store.write() as cursor:
        cursor.execute(
            "DELETE FROM target_value WHERE target_id IN (SELECT target_id FROM target WHERE area_id = ?"
            " AND name = ?)",
            [area_id, name],
        ).fetchall()
        cursor.execute("DELETE FROM target WHERE area_id = ? AND name = ?", [area_id, name]).fetchall()
        (number,) = cursor.execute(
            "INSERT INTO target (area_id, name, layer, file_name, sha256, loaded_by, loaded_at)"
            " VALUES (?, ?, nullif(?, ''), ?, ?, ?, ?) RETURNING target_id",
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
        cursor.register("kept_rows", kept)
        cursor.execute(
            "INSERT INTO target_value SELECT ?, outline_id, x, y, value FROM kept_rows", [number]
        ).fetchall()
        cursor.unregister("kept_rows")
        record(cursor, actor, "load target", f"target {number}", detail={"name": name, "rows": len(frame)})
    return Target(number, name, layer)


def targets(store: Store, area_id: int) -> list[Target]:
    """The targets held for a working area, by name."""
    rows = store.rows(
        "SELECT target_id, name, coalesce(layer, '') AS layer FROM target WHERE area_id = ? ORDER BY name",
        [area_id],
    )
    return [Target(**row) for row in rows]


def target_points(store: Store, target: Target) -> pd.DataFrame:
    """The points of a target: x, y (metres), value. Empty for a target held by outline."""
    return store.query(
        "SELECT x, y, value FROM target_value WHERE target_id = ? AND x IS NOT NULL", [target.target_id]
    ).to_pandas()


def target_of_outlines(
    store: Store, target: Target, layer: str, held: pd.DataFrame, metres: np.ndarray
) -> np.ndarray:
    """The target of each outline of `held` (id; `metres` their polygons, projected): its own value, or the
    sum of the points within; NaN where the file has none for it. Raises KeyError for a target of another
    layer."""
    if target.layer and target.layer != layer:
        raise KeyError(f"{target.name!r} is held for {target.layer!r}, not for {layer!r}.")
    if not target.layer:
        points = target_points(store, target)
        return sum_in_areas(points.x.to_numpy(), points.y.to_numpy(), points.value.to_numpy(), metres)[0]
    rows = store.query(
        "SELECT outline_id AS id, value FROM target_value WHERE target_id = ?", [target.target_id]
    ).to_pandas()
    return rows.set_index("id").value.reindex(held.id).to_numpy(dtype=float)


def _read(data: bytes, columns: tuple[str, ...]) -> pd.DataFrame:
    if len(data) > _MOST_BYTES:
        raise TargetRefused("The file is larger than 200 MB.")
    try:
        frame = pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (UnicodeDecodeError, ValueError) as error:
        raise TargetRefused("This is not a CSV table in UTF-8 with a header.") from error
    frame = frame.rename(columns=lambda title: str(title).strip().lower())
    missing = [column for column in columns if column not in frame]
    if missing:
        raise TargetRefused(
            f"The file needs the columns {', '.join(columns)}; it lacks {', '.join(missing)}."
        )
    if frame.empty:
        raise TargetRefused("The file has a header and no rows.")
    return frame[list(columns)]


def _numbers(frame: pd.DataFrame, column: str, least: float, most: float) -> np.ndarray:
    numbers = pd.to_numeric(frame[column].str.strip(), errors="coerce").to_numpy(dtype=float)
    wrong = np.flatnonzero(~(np.isfinite(numbers) & (numbers >= least) & (numbers <= most)))
    if len(wrong):
        raise TargetRefused(
            f"Row {wrong[0] + 2}: {column} {frame[column].iloc[wrong[0]]!r} is not a number from {least:g} "
            f"to {most:g}."
        )
    return numbers


def _outline_ids(store: Store, area_id: int, layer: str, names: pd.Series) -> list[str]:
    held = outlines(store, area_id, "area", layer)
    by_name = dict(zip(held.name.str.strip().str.casefold(), held.id, strict=True))
    keys = names.str.strip().str.casefold()
    for row, key in enumerate(keys):
        if key not in by_name:
            raise TargetRefused(f"Row {row + 2}: no outline of {layer} is named {names.iloc[row]!r}.")
    if keys.duplicated().any():
        row = int(np.flatnonzero(keys.duplicated())[0])
        raise TargetRefused(f"Row {row + 2}: {names.iloc[row]!r} comes twice.")
    return [by_name[key] for key in keys]
