"""Invented incidents with planted series, and the published crimes, as the search for series takes them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from analytics.series import SeriesIncidents
from analytics.series.incidents import make_series_incidents
from analytics.series.learn import SolvedSeries


def make_world(
    seed: int, singles: int = 400, series: int = 12, length: int = 6, fields: int = 4
) -> tuple[SeriesIncidents, SolvedSeries]:
    """Single incidents in two towns of 6 km, and series whose offender keeps near an anchor, to a rhythm of
    days and to habits that hold four times in five. Times are whole minutes, values the numbers 0 to 7."""
    draw = np.random.default_rng(seed)
    common = 1 / np.arange(1, 9)
    common /= common.sum()
    rows = []
    for _ in range(singles):
        town = draw.choice([0, 15_000])
        rows.append(
            (
                -1,
                town + draw.normal(0, 2500),
                draw.normal(0, 2500),
                draw.uniform(0, 700),
                draw.choice(8, fields, p=common),
            )
        )
    for number in range(series):
        anchor, day = draw.normal(0, 2500, 2), draw.uniform(0, 600)
        habit = draw.choice(8, fields, p=common)
        for _ in range(length):
            day += draw.exponential(5)
            other = draw.choice(8, fields, p=common)
            values = np.where(draw.random(fields) < 0.8, habit, other)
            place = anchor + draw.normal(0, 350, 2)
            rows.append((number, *place, day, values))
    frame = pd.DataFrame(rows, columns=["series", "x", "y", "day", "values"])
    moments = pd.Timestamp("2024-01-01") + pd.to_timedelta((frame.day * 1440).round(), unit="min")
    table = pd.DataFrame(
        {
            "source_id": 1,
            "row_number": np.arange(2, len(frame) + 2),
            "reference": [f"R{k}" for k in range(len(frame))],
            "category": "BURGLARY",
            "place": None,
            "x": frame.x,
            "y": frame.y,
            "occurred_from": moments,
            "occurred_to": moments,
            "time_precision": "minute",
            "attributes": [
                "{" + ", ".join(f'"mo {k}": "v{value}"' for k, value in enumerate(row)) + "}"
                for row in frame["values"]
            ],
        }
    )
    incidents = make_series_incidents(table, "UTC")
    of = pd.Series(frame.series.to_numpy(), index=table.row_number)[incidents.rows.row_number].to_numpy()
    known = np.flatnonzero(of >= 0)
    return incidents, SolvedSeries(known, of[known])


def read_published(folder: Path) -> tuple[SeriesIncidents, SolvedSeries]:
    """The 490 crimes of the R package crimelinkage, and who did those that are solved."""
    crimes = pd.read_csv(folder / "series" / "crimes.csv")
    offenders = pd.read_csv(folder / "series" / "offenders.csv").drop_duplicates()
    start, end = (
        pd.to_datetime(crimes[f"DATE_{side}"])
        + pd.to_timedelta(crimes[f"TIME_{side}"] // 100 * 60 + crimes[f"TIME_{side}"] % 100, unit="min")
        for side in ("FROM", "TO")
    )
    mo = crimes[["MO1", "MO2", "MO3"]].astype(object).where(crimes[["MO1", "MO2", "MO3"]].notna(), None)
    table = pd.DataFrame(
        {
            "source_id": 1,
            "row_number": np.arange(2, len(crimes) + 2),
            "reference": crimes.crimeID,
            "category": "BURGLARY",
            "place": None,
            "x": crimes.X.astype(float),
            "y": crimes.Y.astype(float),
            "occurred_from": start,
            "occurred_to": np.maximum(start, end),
            "time_precision": "minute",
            "attributes": mo.apply(lambda row: row.to_json(), axis=1),
        }
    )
    incidents = make_series_incidents(table, "UTC")
    position = pd.Series(np.arange(len(incidents)), index=incidents.rows.reference)
    offenders = offenders[offenders.crimeID.isin(position.index)]
    return incidents, SolvedSeries(
        position[offenders.crimeID].to_numpy(), pd.factorize(offenders.offenderID)[0]
    )


def choose(incidents: SeriesIncidents, mask: np.ndarray) -> SeriesIncidents:
    """The incidents of a mask alone."""
    return SeriesIncidents(
        incidents.rows.iloc[mask].reset_index(drop=True),
        incidents.x[mask],
        incidents.y[mask],
        incidents.start[mask],
        incidents.end[mask],
        {name: codes[mask] for name, codes in incidents.values.items()},
    )
