"""A hotspot as a finding: what it says in one sentence, what it rests on, what else would explain it."""

from __future__ import annotations

import json
from typing import Any, Literal

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from analytics.basemap import has_streets
from analytics.hotspots.catalogue import Method, Request, Result, Workspace
from analytics.hotspots.catalogue.place_names import name_cell_places
from analytics.hotspots.catalogue.snapshot import Snapshot
from analytics.hotspots.evidence_rows import (
    break_down,
    read_evidence,
    select_in_cell,
    select_in_outline,
    select_members,
)
from analytics.hotspots.findings.recipe import FindingContext, write_recipe
from analytics.hotspots.grid.cells import outline_cells
from analytics.hotspots.methods.time_of_week import count_trend, count_week
from analytics.hotspots.selection import Selection, select_incidents
from analytics.intelligence.finding_results import (
    CategoryCount,
    CellCount,
    Focus,
    MethodResult,
    PeriodCount,
    PlaceResult,
)
from analytics.intelligence.findings import Finding
from analytics.shared.projection import project
from analytics.shared.two_counts import judge_counts
from analytics.shared.wording import counted, write_period

_NEAREST = 400
_ENOUGH = 30  # incidents
_TESTED_AREA = "Its cells pass a test corrected for the number of cells. "
_NAMES_A_SPOT = 0.1  # of a place name's incidents, in the cell
ALTERNATIVES = [
    {
        "explanation": "More people or targets are there, so more happens without any higher risk.",
        "how to tell": "Compare with residents, visitors or parked vehicles; look at the rate, not the "
        "count.",
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
        "explanation": "A few linked incidents, which have stopped, explain the count.",
        "how to tell": "Look at the dates and the references; ask the investigators about arrests.",
    },
]


def build_cell_finding(
    workspace: Workspace, request: Request, snapshot: Snapshot, chosen: str, context: FindingContext
) -> tuple[Finding, pa.Table]:
    """The finding of the cell `chosen` ('x3y-4') and its evidence (table_name, source_id, row_number)."""
    selection, grid = request.selection, request.grid
    cell = snapshot.cells.set_index("id").loc[chosen]
    i, j = int(cell.i), int(cell.j)
    rows = select_in_cell(selection, grid, i, j)
    found = break_down(workspace.engine, rows)
    place = _place(workspace, request, found["place"], chosen)
    near = place.removeprefix("Near ").removeprefix("On or near ")  # 'around' and 'at' say it already
    kinds = found["category"].category.tolist()
    only = kinds[0] if len(kinds) == 1 and not selection.categories else None
    tested = not snapshot.refusal
    is_hot = bool(tested and cell.verdict == "hot")
    count = int(cell["count"])
    before = _before(workspace, selection, count, int(cell.before))
    statement = (
        f"{counted(count, 'incident')} ({_what(selection)}{f'; here only {only}' if only else ''}) "
        f"{'was' if count == 1 else 'were'} recorded in one {grid.size} m {grid.kind} around {near}, "
        f"{context.area_name}, from {write_period(selection.first, selection.last)}; an average cell had "
        f"{snapshot.cells['count'].mean():.1f}{before}."
    )
    if request.weights is not None:
        statement += f" Their harm weights sum to {cell.value:,.0f}."
    if tested:
        verdict = "more than chance would place" if is_hot else "not shown to be more than chance"
        statement += (
            f" With its neighbours that is {verdict} (Gi* z = {cell.z:.1f}, adjusted p = "
            f"{cell.p_adjusted:.2g})."
        )
    ring = outline_cells(workspace.epsg, grid, np.array([i]), np.array([j]))[0]
    focus = _focus(place, shapely.Polygon(ring), int(cell["count"]), before and int(cell.before))
    if tested:
        focus = focus.model_copy(update={"z": float(cell.z), "p_adjusted": float(cell.p_adjusted)})
    parameters = request.describe() | {
        "weights": "binary, self included, touching neighbours",
        "p": "two-sided, all counts permuted over the study area, Benjamini-Hochberg, 5 %",
        "study_area": f"{counted(len(snapshot.cells), 'cell')} that ever had an incident",
        "place": place,
    }
    ever = select_in_cell(selection, grid, i, j, any_period=True)
    finding = Finding(
        title=f"Hotspot: {place}, {only or _what(selection)}"[:160],
        statement=statement,
        method="Getis-Ord Gi*" if tested else "Count by cell",
        parameters=parameters,
        result=_result(workspace, request, snapshot, focus, rows, ever, context, found),
        confidence="moderate" if is_hot and cell["count"] >= _ENOUGH else "low",
        confidence_basis=_basis(snapshot, is_hot, int(cell["count"])),
        assumptions=_ASSUMPTIONS,
        recipe=write_recipe(request, context, cell=chosen),
        **_frame(selection, context),
    )
    return finding, read_evidence(workspace.engine, rows)


def build_outline_finding(
    workspace: Workspace,
    request: Request,
    method: Method,
    result: Result,
    snapshot: Snapshot,
    chosen: str,
    context: FindingContext,
) -> tuple[Finding, pa.Table]:
    """The finding of one outline of a result (a beat, a cluster, a street, a drawn hotspot) and its
    evidence."""
    selection = request.selection
    outline = result.table.set_index("id").loc[chosen]
    ever = select_in_outline(selection, outline.geometry, workspace.epsg, any_period=True)
    if result.members is None:
        rows = select_in_outline(selection, outline.geometry, workspace.epsg)
    else:
        rows = select_members(selection, result.members[result.members.id == chosen])
        if method.group != "Where" or outline.geometry.geom_type not in ("Polygon", "MultiPolygon"):
            ever = rows  # a series has its own days, and nothing lies within a line
    count = int(workspace.engine.run(rows.aggregate(n=rows.count()))["n"][0].as_py())
    name = str(outline["name"])
    before = _before(workspace, selection, count, int(outline.before)) if "before" in outline else ""
    statement = _state_outline(result, method, outline, count, f"({_what(selection)})")
    statement += f", {context.area_name}, from {write_period(selection.first, selection.last)}{before}. "
    if result.measure is None or not result.measure.kinds:
        value = float(outline[result.measure.column]) if result.measure else count
        statement += f"{method.title}: {value:,.4g} {result.measure.legend if result.measure else ''}."
    focus = _focus(name, outline.geometry, count, before and int(outline.before))
    is_tested = "p_adjusted" in outline and "z" in outline
    if is_tested:
        focus = focus.model_copy(update={"z": float(outline.z), "p_adjusted": float(outline.p_adjusted)})
        statement += f" Its surest cell has an adjusted p of {outline.p_adjusted:.2g} (Gi*)."
    finding = Finding(
        title=f"{method.title}: {name}, {_what(selection)}"[:160],
        statement=" ".join([statement, *result.says]),
        method=method.title,
        parameters=dict(result.parameters) | {"outline": name},
        result=_result(workspace, request, snapshot, focus, rows, ever, context),
        confidence="moderate" if is_tested and count >= _ENOUGH else "low",
        confidence_basis=f"{_TESTED_AREA if is_tested else ''}It rests on {counted(count, 'incident')} of "
        "one kind of source, recorded crime; nothing corroborates it yet.",
        assumptions=_ASSUMPTIONS,
        recipe=write_recipe(request, context, method=method.name, outline=chosen),
        **_frame(selection, context),
    )
    return finding, read_evidence(workspace.engine, rows)


def _state_outline(result: Result, method: Method, outline: pd.Series, count: int, what: str) -> str:
    """Which incidents it is about: those within it, or where the outline only has a kind, those that it was
    worked out from, which need not lie in it."""
    name = str(outline["name"])
    if result.measure and result.measure.kinds:
        return f"{method.title}, '{name}': worked out from {counted(count, 'incident')} {what}"
    lie = "lies" if count == 1 else "lie"
    return f"{counted(count, 'incident')} {what} {lie} in {_within(result, name)}"


def build_method_finding(
    workspace: Workspace, request: Request, method: Method, result: Result, context: FindingContext
) -> tuple[Finding, pa.Table]:
    """A finding of a whole result, such as a near-repeat table or a backtest; its evidence is the selection's
    rows, or the result's members where it names them."""
    selection = request.selection
    rows = (
        select_incidents(selection) if result.members is None else select_members(selection, result.members)
    )
    total = int(workspace.engine.run(rows.aggregate(n=rows.count()))["n"][0].as_py())
    clock = count_week(workspace.engine, rows)
    over_time = count_trend(workspace.engine, select_incidents(selection, any_period=True), context.unit)
    finding = Finding(
        title=f"{method.title}: {_what(selection)}, {context.area_name}"[:160],
        statement=" ".join(
            [
                *result.says,
                f"({_what(selection)}, {write_period(selection.first, selection.last)})",
            ]
        ),
        method=method.title,
        parameters=dict(result.parameters),
        result=MethodResult(
            method=method.name,
            table=_records(result.table.drop(columns=_unwritten(result), errors="ignore").head(200)),
            hours=clock.counts.tolist() if clock.counts.sum() else None,
            hours_unknown=clock.unknown,
            trend=_points(over_time),
            total=total,
        ).model_copy(update=_precision(workspace)),
        confidence="low",
        confidence_basis=f"It rests on {counted(total, 'incident')} of one kind of source, recorded crime; "
        "nothing corroborates it yet.",
        assumptions=_ASSUMPTIONS,
        recipe=write_recipe(request, context, method=method.name),
        **_frame(selection, context),
    )
    return finding, read_evidence(workspace.engine, rows)


_ASSUMPTIONS = (
    "Recorded places and times are right; recording did not differ between the places compared; the study "
    "area is where anything was ever recorded."
)


def _frame(selection: Selection, context: FindingContext) -> dict[str, Any]:
    return {
        "data_version": context.data_version,
        "area_id": selection.area_id,
        "period_from": selection.first,
        "period_to": selection.last,
        "alternatives": ALTERNATIVES,
    }


def _place(workspace: Workspace, request: Request, places: pd.DataFrame, chosen: str) -> str:
    """What to call a cell: as the map names its middle. Without streets, its commonest recorded place where
    that names a spot, which is where at least a tenth of its incidents fall here; 'street' and 'residence'
    are kinds of place and are given beside the name."""
    (name,) = name_cell_places(workspace, request.grid, [chosen])
    named = places.dropna(subset=["place"])
    if named.empty or has_streets(workspace.store, workspace.area_id):
        return name
    place, here = str(named.place.iloc[0]), int(named["count"].iloc[0])
    alike = select_incidents(request.selection).filter(ibis._.place == place)
    everywhere = workspace.engine.run(alike.aggregate(n=alike.count()))["n"][0].as_py()
    return place if here >= _NAMES_A_SPOT * everywhere else f"{name} (mostly {place})"


def _within(result: Result, name: str) -> str:
    """A district, street or followed hotspot by its name; an area that a method drew, by where it is."""
    return name if result.layer or result.members is None else f"the area at {name.removeprefix('Near ')}"


def _what(selection: Selection) -> str:
    return ", ".join(selection.categories) if selection.categories else "all recorded crime"


def _before(workspace: Workspace, selection: Selection, now: int, before: int) -> str:
    """The comparison in words, with its test; nothing where the data do not cover all of the earlier
    dates."""
    if selection.earlier().first < workspace.extent.first:
        return ""
    return f", and {before} fell here in {selection.compared_with} ({judge_counts(now, before)})"


def _basis(snapshot: Snapshot, is_hot: bool, count: int) -> str:
    if snapshot.refusal:
        return f"A count only, not tested: {snapshot.refusal}"
    tested = (
        "It passes a test corrected for the number of cells."
        if is_hot
        else "It does not pass the corrected test."
    )
    return (
        f"{tested} It rests on {counted(count, 'incident')} of one kind of source, recorded crime; nothing "
        "corroborates it yet."
    )


def _focus(label: str, outline: shapely.Geometry, count: int, before: int | str) -> Focus:
    """The place a brief speaks of; `before` is '' where it is not known."""
    parts = [part for part in shapely.get_parts(outline) if part.geom_type == "Polygon"]
    parts = sorted(parts, key=lambda part: -part.area) or [outline.buffer(1e-4)]
    rings = [tuple(part.exterior.coords) for part in parts]
    centre = outline.centroid
    return Focus(
        label=label,
        place=label,
        lon=centre.x,
        lat=centre.y,
        ring=rings[0],
        parts=tuple(rings[1:]),
        count=count,
        previous_count=None if before == "" else int(before),
        z=None,
        p_adjusted=None,
    )


def _result(
    workspace: Workspace,
    request: Request,
    snapshot: Snapshot,
    focus: Focus,
    rows: ibis.Table,
    ever: ibis.Table,
    context: FindingContext,
    found: dict[str, pd.DataFrame] | None = None,
) -> PlaceResult:
    """What a brief draws: the focus, the cells around it, its categories, hours and trend."""
    clock = count_week(workspace.engine, rows)
    found = found or break_down(workspace.engine, rows)
    return PlaceResult(
        focus=focus,
        cells=_nearest(workspace, request, snapshot, focus),
        categories=tuple(
            CategoryCount(category=category, count=count)
            for category, count in zip(found["category"].category, found["category"]["count"], strict=True)
        ),
        hours=clock.counts.tolist() if clock.counts.sum() else None,
        hours_unknown=clock.unknown,
        trend=_points(count_trend(workspace.engine, ever, context.unit)),
        total=snapshot.total,
    ).model_copy(update=_precision(workspace))


def _precision(workspace: Workspace) -> dict[str, Literal["month"]]:
    """Said only where dates are known to the month."""
    return {"dates": "month"} if workspace.extent.monthly else {}


def _points(over_time: pd.DataFrame) -> tuple[PeriodCount, ...]:
    if over_time.empty:
        return ()
    return tuple(
        PeriodCount(period=f"{start:%Y-%m-%d}", count=int(n))
        for start, n in zip(over_time.start, over_time["count"], strict=True)
    )


def _nearest(
    workspace: Workspace, request: Request, snapshot: Snapshot, focus: Focus
) -> tuple[CellCount, ...]:
    """The cells nearest the focus, for the printed map."""
    cells, grid = snapshot.cells, request.grid
    x, y = grid.centres(cells.i.to_numpy(), cells.j.to_numpy())
    middle = project(shapely.Point(focus.lon, focus.lat), workspace.epsg)
    near = cells.iloc[np.argsort(np.hypot(x - middle.x, y - middle.y), kind="stable")[:_NEAREST]]
    rings = outline_cells(workspace.epsg, grid, near.i.to_numpy(), near.j.to_numpy()).tolist()
    hot = (near.verdict == "hot").tolist() if "verdict" in near else [False] * len(near)
    return tuple(
        CellCount(ring=ring, count=int(count), significant=significant)
        for ring, count, significant in zip(rings, near["count"], hot, strict=True)
    )


def _unwritten(result: Result) -> list[str]:
    """Columns that a finding's table leaves out: shapes, and the codes of cells, which have names."""
    return ["geometry", *(("i", "j", "id") if result.shape == "cells" else ())]


def _records(table: pd.DataFrame) -> tuple[dict[str, Any], ...]:
    """The rows as JSON can hold them: dates as text, what is missing as null."""
    return tuple(
        json.loads(
            table.to_json(orient="records", date_format="iso", double_precision=15, default_handler=str)
        )
    )
