"""A hotspot as a finding: what it says in one sentence, what it rests on, what else would explain it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.hotspots.grid import Grid, outlines
from analytics.hotspots.picture import Picture
from analytics.hotspots.selection import Selection
from analytics.hotspots.when import WeekClock
from analytics.intelligence.findings import Finding

_NEAREST = 400
ALTERNATIVES = [
    {
        "explanation": "More people or targets are there, so more happens without any higher risk.",
        "how to tell": "Compare with residents, visitors or parked vehicles; look at the rate, not the count.",
    },
    {
        "explanation": "More is recorded there: a reporting drive, a patrol, a store detective.",
        "how to tell": "Check recording practice, calls for service and the reporting officer or source.",
    },
    {
        "explanation": "The recorded place is a stand-in: a police station, a hospital, a snapped map point.",
        "how to tell": "Look at the rows: are they at one coordinate or one place name?",
    },
    {
        "explanation": "A few linked incidents, already stopped, made the count.",
        "how to tell": "Look at the dates and the references; ask the investigators about arrests.",
    },
]


def hotspot_finding(
    picture: Picture, chosen: str, selection: Selection, grid: Grid, *, area_name: str, epsg: int,
    data_version: int, clock: WeekClock, categories: pd.DataFrame, places: pd.DataFrame, trend: pd.DataFrame,
) -> Finding:  # fmt: skip
    """Build the finding for the cell `chosen` ('i_j'); clock, categories, places and trend are that cell's."""
    cell = picture.cells.set_index("id").loc[chosen]
    named = places.dropna(subset=["place"])
    place = str(named.place.iloc[0]) if len(named) else f"cell {chosen}"
    tested = not picture.refusal
    is_hot = tested and cell.verdict == "hot"
    average = picture.cells["count"].mean()
    what = ", ".join(selection.categories) if selection.categories else "all recorded crime"
    statement = (
        f"{int(cell['count'])} incidents ({what}) were recorded in one {grid.size} m {grid.kind} around {place}, "
        f"{area_name}, from {selection.first:%d %b %Y} to {selection.last:%d %b %Y}; an average cell had "
        f"{average:.1f}, and this one {int(cell.before)} in the same number of days before."
    )
    if tested:
        verdict = "more than chance would place" if is_hot else "not shown to be more than chance"
        statement += f" With its neighbours that is {verdict} (Gi* z = {cell.z:.1f}, adjusted p = {cell.p_adjusted:.2g})."
    return Finding(
        title=f"Hotspot at {place}: {what}"[:160],
        statement=statement,
        method="Getis-Ord Gi*" if tested else "Count by cell",
        parameters={
            "grid": grid.kind, "cell_m": grid.size, "weights": "binary, self included, touching neighbours",
            "p": "two-sided, all counts permuted over the study area, Benjamini-Hochberg, 5 %",
            "study_area": f"{len(picture.cells)} cells that ever had an incident",
            "categories": list(selection.categories), "hours": list(selection.hours),
            "weekdays": list(selection.weekdays), "cell": chosen,
        },
        data_version=data_version,
        area_id=selection.area_id,
        period_from=selection.first,
        period_to=selection.last,
        result={
            "kind": "hotspot",
            "focus": _focus(cell, place, grid, epsg, tested),
            "cells": _nearest(picture, cell, grid, epsg, tested),
            "categories": categories.to_dict("records"),
            "hours": clock.counts.tolist() if clock.counts.sum() else None,
            "hours_unknown": clock.unknown,
            "trend": [{"period": f"{start:%Y-%m-%d}", "count": int(n)} for start, n in zip(trend.start, trend["count"], strict=True)],
            "total": picture.total,
        },
        confidence="moderate" if is_hot and cell["count"] >= 30 else "low",
        confidence_basis=_basis(picture, is_hot, int(cell["count"])),
        assumptions="Recorded places and times are right; recording did not differ between the cells compared; "
        "the study area is where anything was ever recorded.",
        alternatives=ALTERNATIVES,
    )  # fmt: skip


def _basis(picture: Picture, is_hot: bool, count: int) -> str:
    if picture.refusal:
        return f"A count only, not tested: {picture.refusal}"
    tested = (
        "It passes a test corrected for the number of cells."
        if is_hot
        else "It does not pass the corrected test."
    )
    return f"{tested} It rests on {count} incidents of one kind of source, recorded crime; nothing corroborates it yet."


def _focus(cell: pd.Series, place: str, grid: Grid, epsg: int, tested: bool) -> dict:
    ring = outlines(epsg, grid, np.array([cell.i]), np.array([cell.j]))[0]
    lon, lat = ring[:-1].mean(axis=0)
    return {
        "label": place, "place": place, "lon": float(lon), "lat": float(lat), "ring": ring.tolist(),
        "count": int(cell["count"]), "previous_count": int(cell.before),
        "z": float(cell.z) if tested else None, "p_adjusted": float(cell.p_adjusted) if tested else None,
    }  # fmt: skip


def _nearest(picture: Picture, cell: pd.Series, grid: Grid, epsg: int, tested: bool) -> list[dict]:
    """The cells nearest the focus, for the printed map."""
    x, y = grid.centres(picture.cells.i.to_numpy(), picture.cells.j.to_numpy())
    x0, y0 = grid.centres(cell.i, cell.j)
    near = picture.cells.iloc[np.argsort(np.hypot(x - x0, y - y0), kind="stable")[:_NEAREST]]
    rings = outlines(epsg, grid, near.i.to_numpy(), near.j.to_numpy()).tolist()
    hot = (near.verdict == "hot").tolist() if tested else [False] * len(near)
    return [
        {"ring": ring, "count": int(count), "significant": significant}
        for ring, count, significant in zip(rings, near["count"], hot, strict=True)
    ]
