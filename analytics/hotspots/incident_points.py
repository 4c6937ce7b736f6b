"""The located incidents of a selection as one frame: what every method on points starts from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analytics.hotspots.counts import express_weight
from analytics.hotspots.refusal import TooFewData
from analytics.hotspots.selection import Selection, select_incidents
from analytics.shared.month_dates import gives_months, is_month_dated
from analytics.store.engine import Engine

COLUMNS = (
    "source_id",
    "row_number",
    "x",
    "y",
    "local_date",
    "occurred_from",
    "occurred_to",
    "time_precision",
    "category",
)


def read_incident_points(
    engine: Engine, selection: Selection, *, any_period: bool = False, located: bool = True
) -> pd.DataFrame:
    """Located incidents (or, where `located` is False, all), ordered by source and row, with COLUMNS: x and y
    in metres on the area's CRS, local_date as datetime64 at midnight, occurred_from and occurred_to in UTC
    without a zone."""
    rows = select_incidents(selection, any_period=any_period)
    rows = rows.filter(rows.x.notnull()) if located else rows
    frame = engine.run(rows.select(*COLUMNS).order_by("source_id", "row_number")).to_pandas()
    return frame.assign(local_date=pd.to_datetime(frame.local_date))


def count_alike(
    engine: Engine,
    selection: Selection,
    columns: Sequence[str],
    weights: Mapping[str, float] | None = None,
    *,
    any_period: bool = False,
) -> tuple[pd.DataFrame, np.ndarray]:
    """The distinct values that all incidents of a selection have in `columns`, in order, and how many
    incidents (int64) or how much harm by category (float64) each row stands for. The engine counts: not every
    incident comes back."""
    rows = select_incidents(selection, any_period=any_period)
    keys = [*columns, *(["category"] if weights is not None else [])]
    counted = rows.group_by(keys).aggregate(incidents=rows.count())
    frame = engine.run(counted.order_by(keys)).to_pandas()
    number: np.ndarray = frame.incidents.to_numpy()
    harm = weigh_incidents(frame, weights)
    return frame, number if harm is None else harm * number


def count_month_dated(engine: Engine, selection: Selection) -> int:
    """How many incidents of a selection are known to the month only. Raises TooFewData where those are too
    many to be left out."""
    counted, _ = count_alike(engine, selection, ("time_precision",))
    return check_month_dated(counted)


def check_month_dated(counted: pd.DataFrame) -> int:
    """The same of a frame as `count_alike` gives it, `time_precision` among its columns."""
    monthly = int(counted.incidents[is_month_dated(counted)].sum())
    incidents = int(counted.incidents.sum())
    if gives_months(monthly, incidents):
        raise TooFewData(
            f"{monthly:,} of {incidents:,} incidents are known to the month only: choose 'month'."
        )
    return monthly


def weigh_incidents(points: pd.DataFrame, weights: Mapping[str, float] | None) -> np.ndarray | None:
    """The harm of each incident by its category, 0 where its category has no weight; None to count
    instead."""
    if weights is None:
        return None
    harm: np.ndarray = points.category.map(weights).fillna(0.0).to_numpy(dtype=float)
    return harm


def read_weighted_places(
    engine: Engine, selection: Selection, weights: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Each distinct located coordinate of a selection: x, y (metres), count, and weight, the sum of harm or
    the count. Recorded crime repeats its places, so this is far smaller than the incidents."""
    rows = select_incidents(selection)
    rows = rows.filter(rows.x.notnull())
    weight = rows.count().cast("float64") if weights is None else express_weight(rows.category, weights).sum()
    places = rows.group_by("x", "y").aggregate(count=rows.count(), weight=weight.fill_null(0.0))
    return engine.run(places.order_by("x", "y")).to_pandas()


def find_minimum_weight(minimum: float, harm: np.ndarray | None) -> float:
    """A minimum number of incidents as a minimum weight: that of so many incidents of average harm, or the
    number where incidents are counted. Raises TooFewData where there is no harm at all."""
    if harm is None:
        return minimum
    if not harm.sum() > 0:
        raise TooFewData("None of these incidents has a harm weight: load weights for these categories.")
    return minimum * float(harm.mean())
