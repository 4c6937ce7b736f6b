"""Two pictures of the same cells as one result: a column a side, how far they agree, and the rows behind
both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd
import pyarrow as pa

from analytics.hotspots.catalogue import (
    METHODS,
    Measure,
    Method,
    Request,
    Result,
    Workspace,
    refuse_to_run,
)
from analytics.hotspots.catalogue.place_names import PLACE
from analytics.hotspots.findings.hotspot_finding import build_method_finding
from analytics.hotspots.findings.recipe import FindingContext
from analytics.hotspots.incident_points import read_incident_points
from analytics.hotspots.methods.agreement import Agreement, measure_agreement
from analytics.intelligence.findings import Finding


@dataclass(frozen=True)
class Side:
    """One of the two: what it is called, the method's name, what was asked, and the answer by cell."""

    label: str
    method: str
    request: Request
    result: Result

    @property
    def measure(self) -> Measure:
        """What its cells show. Raises ValueError for a result that shows nothing on a map."""
        if self.result.measure is None:
            raise ValueError(f"{self.label} shows nothing on a map.")
        return self.result.measure

    @property
    def values(self) -> pd.Series:
        return self.result.table.set_index("id")[self.measure.behind or self.measure.column].astype(float)


def compare(sides: Sequence[Side], cells: pd.DataFrame) -> tuple[Result, Agreement]:
    """The two sides over the study area's `cells` (i, j, id): columns first and second, and for one measure
    their difference, where a cell that a side does not show is 0. The agreement is over every cell."""
    first, second = (side.values.reindex(cells.id).fillna(0.0) for side in sides)
    found = measure_agreement(first, second)
    table = cells[["i", "j", "id"]].reset_index(drop=True)
    places = pd.concat([side.result.table.set_index("id")[PLACE] for side in sides])
    places = places[~places.index.duplicated()].reindex(cells.id)
    table = table.assign(place=places.to_numpy(), first=first.to_numpy(), second=second.to_numpy())
    same = sides[0].measure == sides[1].measure
    if same:
        table["difference"] = table["first"] - table["second"]
    names = [side.label for side in sides]
    says = (
        f"{names[0]} against {names[1]}: rank correlation {found.spearman:.2f} over {found.cells:,} cells.",
        f"Of the highest 5 % of cells in each ({found.top:,}), {found.both:,} are the same (Jaccard overlap "
        f"{found.overlap:.2f}).",
        "Cells near each other share incidents and tops hang on a few of them: neither number is a test.",
    )
    parameters = {
        place: {"what": side.label, "method": METHODS[side.method].title, "shows": side.measure.legend}
        | dict(side.result.parameters)
        for place, side in zip(("first", "second"), sides, strict=True)
    }
    shows = (
        Measure("difference", f"{sides[0].measure.legend}: first less second", diverging=True)
        if same
        else None
    )
    shown = table[(table["first"] != 0) | (table["second"] != 0)].reset_index(drop=True)
    titles = dict(zip(("first", "second"), names, strict=True)) | {"difference": "First less second"}
    return Result("cells", shown, says, parameters, shows, titles=titles), found


COMPARISON = Method("compare", "Comparison", "Compare", "How far do two pictures agree?", "", refuse_to_run)


def build_comparison_finding(
    workspace: Workspace, sides: Sequence[Side], result: Result, context: FindingContext
) -> tuple[Finding, pa.Table]:
    """The comparison as a finding; its evidence are the located incidents of both sides. It keeps no recipe:
    nothing else in the catalogue asks two questions at once."""
    rows = [
        read_incident_points(workspace.engine, side.request.selection)[["source_id", "row_number"]]
        for side in sides
    ]
    members = pd.concat(rows).drop_duplicates().assign(id="compared")
    finding, evidence = build_method_finding(
        workspace, sides[0].request, COMPARISON, replace(result, members=members), context
    )
    first, last = (
        pick(getattr(side.request.selection, end) for side in sides)
        for pick, end in ((min, "first"), (max, "last"))
    )
    return replace(finding, recipe=None, period_from=first, period_to=last), evidence
