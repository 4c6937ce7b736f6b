"""Hotspots that an analyst follows: named, counted over time, retired but never deleted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import shapely

from analytics.hotspots.catalogue import (
    Measure,
    Method,
    Request,
    Result,
    Workspace,
    count_study_area,
    refuse_to_run,
)
from analytics.hotspots.catalogue.place_names import name_outlines
from analytics.hotspots.counts import count_by_outline
from analytics.hotspots.evidence_rows import select_in_outline
from analytics.hotspots.grid.custom_area import write_drawn
from analytics.hotspots.methods.time_of_week import count_trend
from analytics.oversight import Actor, record
from analytics.store import Store, now

_LONGEST_NAME = 120
FOLLOWED = Method(
    "followed", "Followed hotspot", "Followed", "What became of the places we follow?", "", refuse_to_run
)

DRAWN = Method("drawn", "Drawn area", "Followed", "What falls in the area that was drawn?", "", refuse_to_run)


def follow_hotspot(
    store: Store, actor: Actor, area_id: int, name: str, outline: shapely.Geometry, note: str = ""
) -> int:
    """Keep an outline (WGS 84 polygon) under a name; returns its id. Raises ValueError for an empty or taken
    name, or for what is no polygon."""
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST_NAME:
        raise ValueError(f"Give the hotspot a name of 1 to {_LONGEST_NAME} characters.")
    if outline.geom_type not in ("Polygon", "MultiPolygon") or outline.is_empty:
        raise ValueError("A hotspot is an area: choose one or more cells, or an outline.")
    with store.write(changes_data=False) as cursor:
        taken = cursor.execute(
            "SELECT 1 FROM hotspot WHERE area_id = ? AND name = ? AND retired_at IS NULL", [area_id, name]
        ).fetchall()
        if taken:
            raise ValueError(f"A hotspot named {name!r} is already followed.")
        number: int
        (number,) = cursor.execute(
            "INSERT INTO hotspot (area_id, name, note, outline, created_by, created_at) VALUES (?, ?, ?, ?, "
            "?, ?) RETURNING hotspot_id",
            [area_id, name, note.strip(), shapely.to_wkb(outline), actor.name, now()],
        ).fetchall()[0]
        record(cursor, actor, "keep hotspot", f"hotspot {number}", detail={"name": name})
    return number


def retire_hotspot(store: Store, actor: Actor, hotspot_id: int) -> None:
    """Stop following a hotspot; it stays in the store. Raises KeyError where it is not followed."""
    with store.write(changes_data=False) as cursor:
        done = cursor.execute(
            "UPDATE hotspot SET retired_by = ?, retired_at = ? WHERE hotspot_id = ? AND retired_at IS NULL "
            "RETURNING hotspot_id",
            [actor.name, now(), hotspot_id],
        ).fetchall()
        if not done:
            raise KeyError(f"Hotspot {hotspot_id} is not followed.")
        record(cursor, actor, "retire hotspot", f"hotspot {hotspot_id}")


def list_followed(store: Store, area_id: int) -> pd.DataFrame:
    """The hotspots followed in a working area: id (text), name, note, created_by, created_at, geometry."""
    frame = store.query(
        "SELECT CAST(hotspot_id AS VARCHAR) AS id, name, note, created_by, created_at, outline FROM hotspot "
        "WHERE area_id = ? AND retired_at IS NULL ORDER BY hotspot_id",
        [area_id],
    ).to_pandas()
    return frame.assign(geometry=shapely.from_wkb(frame.outline.to_numpy())).drop(columns="outline")


def describe_followed(workspace: Workspace, request: Request, hotspots: pd.DataFrame, unit: str) -> Result:
    """`follow` as a result that is drawn, written and saved like those of the methods."""
    harmed = request.harm is not None
    says = (
        "A hotspot is chosen because it was high, so it tends to fall by itself: compare with similar "
        "places before crediting what was done there.",
    )
    return Result(
        "outlines",
        count_followed(workspace, request, hotspots, unit),
        says,
        request.describe(),
        Measure("harm", "harm") if harmed else Measure("count", "incidents"),
    )


def describe_drawn(workspace: Workspace, request: Request, outline: shapely.Geometry, unit: str) -> Result:
    """An area that was drawn (WGS 84) as a result of one outline, as which it is saved. Its id is
    how a link writes it; its share is of the whole selection."""
    wider = replace(request, selection=replace(request.selection, within=b""))
    area = pd.DataFrame(
        {
            "id": [write_drawn(outline)],
            "name": name_outlines(workspace, np.array([outline])),
            "geometry": [outline],
        }
    )
    says = ("The area was drawn by hand: what lies beside its edge is not counted, and nothing was tested.",)
    harmed = request.harm is not None
    return Result(
        "outlines",
        count_followed(workspace, wider, area, unit),
        says,
        wider.describe(),
        Measure("harm", "harm") if harmed else Measure("count", "incidents"),
    )


def count_followed(workspace: Workspace, request: Request, hotspots: pd.DataFrame, unit: str) -> pd.DataFrame:
    """`hotspots` with what fell in each: count and before (the selection's dates and those compared with),
    with harm weights harm and harm_before too, share (of the selection's located incidents, or their harm)
    and history (incidents a day, week or month, all dates)."""
    counts = pd.concat(
        [
            count_by_outline(workspace.engine, request.selection, np.array([outline]), request.harm)
            for outline in hotspots.geometry
        ],
        ignore_index=True,
    ).drop(columns="harm_squares", errors="ignore")
    history = []
    for outline in hotspots.geometry:
        rows = select_in_outline(request.selection, outline, workspace.epsg, any_period=True)
        over_time = count_trend(workspace.engine, rows, unit)
        history.append([] if over_time.empty else over_time["count"].tolist())
    total = float(count_study_area(workspace, request).value.sum())
    counts["share"] = counts["count" if request.harm is None else "harm"] / (total or 1.0)
    return pd.concat([hotspots.reset_index(drop=True), counts], axis=1).assign(history=history)
