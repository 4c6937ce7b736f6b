"""Before and after, in a treated area and a control."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import shapely

from analytics.hotspots.catalogue.method import Method, Option
from analytics.hotspots.catalogue.options import list_area_layers, read_area_outlines
from analytics.hotspots.catalogue.request import Request
from analytics.hotspots.catalogue.workspace import Workspace
from analytics.hotspots.incident_points import read_incident_points, weigh_incidents
from analytics.hotspots.methods.displacement import BeforeAfter, before_after, count_areas
from analytics.hotspots.methods.treated_vs_control import count_steps
from analytics.hotspots.refusal import TooFewData
from analytics.hotspots.selection import Selection
from analytics.shared.method_result import Curve, Result
from analytics.shared.progress import Progress
from analytics.shared.projection import project
from analytics.shared.wording import write_period

_DIFFERENCE_TITLES = {
    "estimate": "Difference",
    "se": "Standard error",
    "low": "95 % from",
    "high": "95 % to",
}


_Period = tuple[date, date]  # first and last day


def compare_with_control(workspace: Workspace, request: Request, progress: Progress) -> Result:
    names, areas = _choose_areas(workspace, request)
    before, after = _choose_periods(workspace, request)
    points = read_incident_points(workspace.engine, request.selection, any_period=True)
    harm = weigh_incidents(points, request.harm)
    counts, parameters = count_areas(points, areas, before, after, weight=harm)
    found = before_after(counts, parameters)
    steps, step = count_steps(points, areas, after[0], (after[1] - after[0]).days + 1, weight=harm)
    curve = Curve(
        steps.assign(x=steps.start.dt.strftime("%Y-%m-%d"), value=steps.treated),
        f"{step} from",
        f"{request.unit} a {step}" if step != "four weeks" else f"{request.unit} in four weeks",
        names[0],
        "where 95 % of such steps would lie",
        f"had it gone as {names[1]}, at its own level before",
        since=str(after[0]),
    )
    return Result(
        "list",
        found.areas.assign(
            area=[f"{row.area}: {name}" for row, name in zip(found.areas.itertuples(), names, strict=True)]
        ),
        _describe(found, names, before, after, request.unit),
        request.describe()
        | {
            "treated": names[0],
            "control": names[1],
            "before": f"{before[0]} to {before[1]}",
            "after": f"{after[0]} to {after[1]}",
        },
        titles={
            "area": "Area",
            "before": f"{request.unit.capitalize()} before",
            "after": f"{request.unit.capitalize()} after",
            "rate_ratio": "After by before",
            "low": "95 % from",
            "high": "95 % to",
            "p": "p (exact)",
        },
        more={
            "Weighted displacement difference, local part": found.difference[found.difference.part == "local"]
            .drop(columns="part")
            .rename(columns=_DIFFERENCE_TITLES)
        },
        curves={"Before and after": curve},
    )


def _choose_areas(workspace: Workspace, request: Request) -> tuple[list[str], dict[str, shapely.Geometry]]:
    """The names of the treated outline and of its control, and both by role, in metres."""
    option = request.option
    layer = str(option["layer"])
    if not layer:
        raise TooFewData(
            "There are no beats or wards to choose a treated area and a control from. Import them first."
        )
    outlines = read_area_outlines(workspace, layer).set_index("name").geometry
    names = [str(option["treated"] or outlines.index[0]), str(option["control"] or outlines.index[-1])]
    unknown = [name for name in names if name not in outlines.index]
    if unknown or names[0] == names[1]:
        raise TooFewData(
            f"Name two different outlines of {layer}, one treated and one like it: "
            f"{', '.join(outlines.index[:12])} …"
        )
    areas = {
        role: project(shapely.union_all(outlines[[name]].to_numpy()), workspace.epsg)
        for role, name in zip(("treated", "control"), names, strict=True)
    }
    return names, areas


def _choose_periods(workspace: Workspace, request: Request) -> tuple[_Period, _Period]:
    """As many days before the measure as after its first day."""
    since = _day(str(request.option["since"]), request.selection)
    length = timedelta(days=int(request.option["days"]) - 1)
    after = (since, min(since + length, workspace.extent.last))
    before = (since - (after[1] - after[0]) - timedelta(days=1), since - timedelta(days=1))
    if before[0] < workspace.extent.first or after[1] <= since:
        raise TooFewData(
            f"The data reach from {write_period(workspace.extent.first, workspace.extent.last)}: "
            "choose a day with as long before it as after."
        )
    return before, after


def _describe(
    found: BeforeAfter, names: list[str], before: _Period, after: _Period, unit: str
) -> tuple[str, ...]:
    local = found.difference.set_index("part").loc["local"]
    says = [
        f"{names[0]} against {names[1]}, {write_period(*before)} and {write_period(*after)}: the treated "
        f"area changed by {local.estimate:+,.1f} {unit} more than its control did (95 % interval "
        f"{local.low:,.1f} to {local.high:,.1f}, p = {local.p:.2g}).",
    ]
    relative = found.relative
    if np.isfinite(relative["ratio"]):
        says.append(
            f"Relative to the control it is {relative['ratio']:.2f} times what it was ({relative['low']:.2f} "
            f"to {relative['high']:.2f})."
        )
    says.append(
        "A place chosen because it was high tends to fall by itself; only a like control shows an effect."
    )
    return tuple(says)


def _outline_names(workspace: Workspace) -> tuple[str, ...]:
    """Of every layer: a name that the chosen layer does not have is refused with the reason."""
    layers = (read_area_outlines(workspace, layer).name for layer in list_area_layers(workspace))
    return tuple(sorted({str(name) for names in layers for name in names}))


def _day(text: str, selection: Selection) -> date:
    if not text.strip():
        return selection.first
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise TooFewData(f"{text!r} is no day: write it as 2026-03-01.") from error


METHODS = (
    Method(
        "before-after",
        "Before and after",
        "Where and when",
        "Did a treated area change more than one like it?",
        "Without a control that is truly like the treated area this shows nothing. Counts vary more than "
        "the Poisson assumption says, so the intervals are too narrow.",
        compare_with_control,
        (
            Option(
                "layer",
                "Boundaries",
                "",
                "The layer of both areas.",
                choices_of=list_area_layers,
            ),
            Option(
                "treated",
                "Treated",
                "",
                "The outline where something was done.",
                choices_of=_outline_names,
                placeholder="the first of them",
            ),
            Option(
                "control",
                "Control",
                "",
                "One like it, where nothing was done.",
                choices_of=_outline_names,
                placeholder="the last of them",
            ),
            Option(
                "since",
                "Since",
                "",
                "First day of the measure, as 2026-03-01.",
                placeholder="the period's first day",
            ),
            Option(
                "days", "For", 90, "Days after, and as many before.", minimum=7, maximum=1500, unit="days"
            ),
        ),
    ),
)
