"""`achilles warnings`: what is new, without a browser."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
import numpy as np
import pandas as pd
from pyproj import Transformer

from analytics.basemap import name_places
from analytics.oversight import record
from analytics.oversight.command_line import find_actor, open_seen_store
from analytics.oversight.exercise import mark_of_sources, mark_table
from analytics.shared.cli_options import store_option
from analytics.shared.safe_csv import write_csv
from analytics.shared.wording import counted, write_day
from analytics.store import Store
from analytics.store.area_argument import find_asked_area
from analytics.store.areas import list_working_areas
from analytics.store.engine import open_engine
from analytics.warnings.alarms import EarlyWarning, WarningParameters, find_warnings

_DATE = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--as-of", type=_DATE, help="Last day looked at, YYYY-MM-DD (default: the last in the data).")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="CSV file to write: a row for every category, drift and place tested.",
)
@click.option("--area", help="Working area, by name or number; the largest where not given.")
@click.option(
    "--false-alarms",
    type=click.FloatRange(0.01, 30),
    default=1.0,
    show_default=True,
    help="False alarms a month that all tests together may raise.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the permutations.")
@store_option
def warnings(
    as_of: datetime | None,
    out: Path,
    area: str | None,
    false_alarms: float,
    seed: int,
    store_path: Path | None,
) -> None:
    """What is new: categories, slow drifts and places that rise beyond what earlier seasons give.

    Columns: rank, kind (category, drift or place), category, where, since, until, observed, expected, p
    (one-sided, against permuted history), alarm (whether p is within the limit that raises the false alarms
    asked for, and not of one day alone), of a place its longitude, latitude and radius_m, and note: whether
    the category was named otherwise before, weeks were not delivered, or one day holds most of it."""
    if out.suffix.lower() != ".csv":
        raise click.UsageError("--out must end in .csv")
    store = open_seen_store(store_path)
    area_id = find_asked_area(store, area)
    parameters = WarningParameters(false_alarms=false_alarms, seed=seed)
    found = find_warnings(open_engine(store), area_id, as_of.date() if as_of else None, parameters)
    if found.refused or found.last_day is None:
        raise click.ClickException(found.refused)
    table = mark_table(store, locate_warnings(store, area_id, found), mark_of_sources(store, area_id=area_id))
    write_csv(table, out)
    with store.write(changes_data=False) as cursor:
        record(
            cursor,
            find_actor(),
            "export warnings",
            f"area {area_id}",
            detail={"as of": found.last_day.isoformat(), "rows": len(table)},
        )
    click.echo(
        f"Up to {write_day(found.last_day)}: {counted(int(table.alarm.sum()), 'warning')} among "
        f"{counted(len(table), 'test')}. {found.basis} p up to {found.limit:.4f} warns."
    )
    click.echo(f"{counted(len(table), 'row')} written to {out}.")


def locate_warnings(store: Store, area_id: int, found: EarlyWarning) -> pd.DataFrame:
    """The table of `found` with `where` in words and places in degrees, in the order of an export."""
    areas = list_working_areas(store).set_index("area_id")
    table = found.table
    to_degrees = Transformer.from_crs(int(areas.epsg[area_id]), 4326, always_xy=True)
    is_place = table.kind == "place"
    longitude, latitude = np.full(len(table), np.nan), np.full(len(table), np.nan)
    x, y = table.x[is_place].to_numpy(float), table.y[is_place].to_numpy(float)
    longitude[is_place], latitude[is_place] = to_degrees.transform(x, y)
    where = pd.Series(areas.name[area_id], index=table.index, dtype=object)
    if is_place.any():
        where[is_place] = name_places(store, area_id, longitude[is_place], latitude[is_place])
    return pd.DataFrame(
        {
            "rank": table["rank"],
            "kind": table.kind,
            "category": table.category,
            "where": where,
            "since": table.since,
            "until": table.until,
            "observed": table.observed.astype(int),
            "expected": table.expected.astype(float).round(2),
            "p": table.p,
            "alarm": table.alarm,
            "longitude": longitude.round(5),
            "latitude": latitude.round(5),
            "radius_m": table.radius_m.astype(float).round(0),
            "note": table.note,
        }
    )
