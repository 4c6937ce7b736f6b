"""Near repeats: pairs of incidents close in space and time, by distance and days, and where they were."""

from __future__ import annotations

import pandas as pd
import shapely

from analytics.basemap import describe_places
from analytics.hotspots.catalogue.method import Method, Option, within_step
from analytics.hotspots.catalogue.request import Request
from analytics.hotspots.catalogue.workspace import Workspace
from analytics.hotspots.incident_points import read_incident_points
from analytics.hotspots.methods.knox import KnoxParameters, knox_table
from analytics.hotspots.methods.near_repeats import NearRepeatParameters, NearRepeats, near_repeats
from analytics.shared.method_result import Result
from analytics.shared.month_dates import leave_out_months, say_left_out
from analytics.shared.progress import Progress
from analytics.shared.projection import unproject
from analytics.shared.wording import counted

_AS_LABELLED = "nrc, as labelled"
_LISTED = [
    "chain",
    "role",
    "date",
    "category",
    "place",
    "source_id",
    "row_number",
    "earlier",
    "later",
    "same_day",
]


def tabulate_near_repeats(workspace: Workspace, request: Request, progress: Progress) -> Result:
    option = request.option
    progress("Reading the incidents", 0.0)
    read = read_incident_points(workspace.engine, request.selection)
    points = leave_out_months(read)
    distance, days = float(option["band"]), int(option["days"])
    parameters = _read_knox_parameters(request)
    given = (points.x.to_numpy(), points.y.to_numpy(), points.local_date.to_numpy())
    precision = points.time_precision.to_numpy()
    permuting = within_step(progress, "Counting pairs, and again with the dates permuted", 0.02, 0.9)
    table = knox_table(*given, parameters, time_precision=precision, progress=permuting)
    progress("Listing the pairs", 0.9)
    pairs = near_repeats(
        *given,
        NearRepeatParameters(distance, days, parameters.metric, parameters.same_place_m),
        time_precision=precision,
    )
    events = _describe_events(workspace, points, pairs)
    return Result(
        "matrix",
        _write_cells(table),
        (
            *_describe_knox(table, parameters),
            _describe_pairs(pairs, distance, days),
            *_warn_of_knox(table, request),
            *say_left_out(len(read) - len(points)),
        ),
        request.describe(),
        titles={
            "ratio": "Observed by expected",
            "observed": "Pairs observed",
            "expected": "Pairs expected",
            "p": "p (more than chance)",
            "p_fdr": "p (whole table)",
        },
        members=events.assign(id="near repeats")[["id", "source_id", "row_number"]],
        more={"Originators and near repeats": events[_LISTED].sort_values(["chain", "date"], kind="stable")},
    )


def _write_cells(table: pd.DataFrame) -> pd.DataFrame:
    """The Knox table as it is shown: each cell with its pairs and its ratio, starred where it is called."""
    labels = [
        f"{row.observed:,} ({row.ratio:.2f}{'*' if row.p_fdr <= 0.05 else ''})"
        if row.expected > 0
        else "none"
        for row in table.itertuples()
    ]
    return pd.DataFrame(
        {"distance": table.distance, "days": table.days, "ratio": table.ratio, "observed (ratio)": labels}
    ).join(table[["observed", "expected", "p", "p_fdr"]])


def _describe_events(workspace: Workspace, points: pd.DataFrame, pairs: NearRepeats) -> pd.DataFrame:
    """The incidents of the pairs, with the row, date, category and place of each."""
    rows = points.iloc[pairs.events.row]
    return pairs.events.assign(
        source_id=rows.source_id.to_numpy(),
        row_number=rows.row_number.to_numpy(),
        date=rows.local_date.to_numpy(),
        category=rows.category.to_numpy(),
        place=_name_events(workspace, rows),
    )


def _name_events(workspace: Workspace, points: pd.DataFrame) -> list[str | None]:
    """Where each incident of a pair was, by street and crossing; incidents at one crossing share its name."""
    if points.empty:
        return []
    lonlat = shapely.get_coordinates(unproject(shapely.points(points[["x", "y"]]), workspace.epsg))
    return list(describe_places(workspace.store, workspace.area_id, *lonlat.T).name)


def _read_knox_parameters(request: Request) -> KnoxParameters:
    option = request.option
    parameters = KnoxParameters(
        distance_edges_m=tuple(float(option["band"]) * k for k in range(1, 6)),
        day_edges=tuple(int(option["days"]) * k for k in range(1, 6)),
        metric=str(option["metric"]),
        same_place_m=float(option["same_place"]),
        permutations=int(option["permutations"]),
        seed=int(option["seed"]),
        labels="nrc" if option["labels"] == "nrc" else "intervals",
    )
    return parameters.with_labels_true() if option["labels"] == _AS_LABELLED else parameters


def _describe_knox(table: pd.DataFrame, parameters: KnoxParameters) -> list[str]:
    closest = table[table.day_from == 0].sort_values("distance_from_m")
    raised = closest[closest.p_fdr <= 0.05]
    distances = "; ".join(f"{row.distance} ({row.ratio:.2f} times)" for row in raised.itertuples())
    named = ", but is named as the Near Repeat Calculator names it" if parameters.labels == "nrc" else ""
    return [
        f"Within the first days, pairs are more frequent than chance at: {distances or 'no distance'}. "
        f"One-sided p from {parameters.permutations} permutations of the dates, false-discovery rate 5 % "
        "over the table (*).",
        "Days are the difference of the local dates, 0 the same date; a band includes its lower edge and not "
        f"its upper one{named}.",
    ]


def _describe_pairs(pairs: NearRepeats, distance: float, days: int) -> str:
    if not len(pairs.pairs):
        return f"No pair lies under {distance:g} m and {days} days."
    roles = ", ".join(f"{count:,} {role}" for role, count in pairs.events.role.value_counts().items())
    return (
        f"{counted(len(pairs.pairs), 'pair')} under {distance:g} m and {days} days, in "
        f"{counted(pairs.events.chain.nunique(), 'chain')}: {roles}. Such pairs occur by chance too."
    )


def _warn_of_knox(table: pd.DataFrame, request: Request) -> list[str]:
    says = []
    if table.expected.between(0, 1, inclusive="neither").any():
        says.append("Where fewer than one pair is expected the cell has no colour: one pair makes the ratio.")
    if request.harm is not None:
        says.append("Pairs of incidents are counted here, whatever their harm: a pair has none.")
    return says


NEAR_REPEATS = Method(
    "near-repeats",
    "Near repeats",
    "Where and when",
    "Does one offence raise the risk next door soon after?",
    "Not on points snapped to anonymous places, nor on months: both make or hide pairs. Pairs are "
    "counted whoever committed them; a season or a growing city also makes pairs close in time.",
    tabulate_near_repeats,
    (
        Option(
            "band",
            "Distance bands",
            100.0,
            "Width of each of five bands.",
            minimum=10,
            maximum=2000,
            unit="m",
        ),
        Option("days", "Day bands", 7, "Length of each of five bands.", minimum=1, maximum=60, unit="days"),
        Option(
            "same_place",
            "Same place within",
            0.0,
            "How far apart two records of one address may lie.",
            minimum=0,
            maximum=100,
            unit="m",
        ),
        Option(
            "metric",
            "Distance",
            "euclidean",
            "Straight line, or along a street grid.",
            choices=("euclidean", "manhattan"),
        ),
        Option(
            "labels",
            "Labels",
            "intervals",
            "True intervals; the Near Repeat Calculator's words for them; or the intervals that its "
            "words say ('1 to 100' with 100).",
            choices=("intervals", "nrc", _AS_LABELLED),
        ),
        Option(
            "permutations", "Permutations", 999, "More make the p-values finer.", minimum=99, maximum=9999
        ),
        Option("seed", "Seed", 0, "The same seed gives the same p-values.", minimum=0, maximum=2**31 - 1),
    ),
    long=True,
)
