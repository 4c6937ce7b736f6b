"""A finding of the Hotspots page made again: the same method and parameters on the present data."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from analytics.hotspots.catalogue import METHODS
from analytics.hotspots.catalogue.snapshot import take_snapshot
from analytics.hotspots.catalogue.workspace import open_workspace
from analytics.hotspots.findings.followed import (
    DRAWN,
    FOLLOWED,
    describe_drawn,
    describe_followed,
    list_followed,
)
from analytics.hotspots.findings.hotspot_finding import (
    build_cell_finding,
    build_method_finding,
    build_outline_finding,
)
from analytics.hotspots.findings.recipe import FindingContext, read_request
from analytics.hotspots.grid.custom_area import read_drawn
from analytics.hotspots.refusal import TooFewData
from analytics.intelligence.finding_results import Focus
from analytics.intelligence.findings import Finding
from analytics.intelligence.recheck import NotReproducible, RerunRequest
from analytics.store import Store


def rerun_finding(store: Store, finding: Finding, work: RerunRequest) -> tuple[Finding, pa.Table]:
    """The finding as the present data give it; with `work.latest`, for as many days up to the newest record.
    Raises NotReproducible where the place, the method or the data are no longer there."""
    recipe = finding.recipe
    if recipe is None:
        raise NotReproducible("The finding does not record how it was made.")
    try:
        workspace = open_workspace(store, recipe["area_id"])
    except KeyError as error:
        raise NotReproducible(f"No incidents of {recipe['area_name']} are stored any more.") from error
    request = read_request(recipe, until=workspace.extent.last if work.latest else None)
    context = FindingContext(recipe["area_name"], store.data_version(), recipe["unit"])
    work.progress("Counting the cells", 0.1)
    try:
        snapshot = take_snapshot(workspace, request, context.unit)
        if "cell" in recipe:
            if recipe["cell"] not in set(snapshot.cells.id):
                raise NotReproducible("No incident was ever recorded in its cell in the present data.")
            return build_cell_finding(workspace, request, snapshot, recipe["cell"], context)
        method = (METHODS | {other.name: other for other in (FOLLOWED, DRAWN)}).get(recipe["method"])
        if method is None:
            raise NotReproducible(f"There is no method {recipe['method']!r} any more.")
        work.progress(f"{method.title}: computing", 0.4)
        if method is FOLLOWED:
            followed = list_followed(store, recipe["area_id"])
            if followed.empty:
                raise NotReproducible("No hotspot is followed there any more.")
            result = describe_followed(workspace, request, followed, context.unit)
        elif method is DRAWN:
            result = describe_drawn(workspace, request, read_drawn(recipe["outline"]), context.unit)
        else:
            result = method.run(workspace, request)
    except TooFewData as error:
        raise NotReproducible(str(error)) from error
    if "outline" not in recipe:
        return build_method_finding(workspace, request, method, result, context)
    chosen = _outline(result.table, recipe["outline"], finding.result.focus)
    if chosen is None:
        place = finding.result.focus.label if finding.result.focus else "its place"
        raise NotReproducible(f"{method.title} finds nothing at {place} any more.")
    return build_outline_finding(workspace, request, method, result, snapshot, chosen, context)


def _outline(table: pd.DataFrame, named: str, focus: Focus | None) -> str | None:
    """The outline that was chosen, by its own name where it covers the same ground (a cluster's number may
    have gone to another), else the one that shares most ground with it."""
    ground = focus.outline if focus else None
    if ground is None:
        return named if named in set(table.id) else None
    shared = pd.Series(
        [shape.intersection(ground).area for shape in table.geometry], index=table.id, dtype=float
    )
    if shared.get(named, 0.0) > 0:
        return named
    return str(shared.idxmax()) if len(shared) and shared.max() > 0 else None
