"""`achilles series`: which incidents are linked, without a browser."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
import numpy as np
import pandas as pd

from analytics.oversight import record
from analytics.oversight.command_line import find_actor, open_seen_store
from analytics.oversight.exercise import mark_of_sources, mark_table
from analytics.series.describe import tabulate_members, tabulate_pairs
from analytics.series.evidence import LinkLimits
from analytics.series.find import SeriesParameters, find_series
from analytics.series.incidents import SeriesIncidents, TooFewIncidents, read_series_incidents
from analytics.series.learn import SolvedSeries
from analytics.shared.cli_options import store_option
from analytics.shared.safe_csv import write_csv
from analytics.shared.wording import counted
from analytics.store.area_argument import find_asked_area
from analytics.store.engine import open_engine

_DATE = click.DateTime(["%Y-%m-%d"])
_CSV = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--out", type=_CSV, required=True, help="CSV file to write: a row for every member of a series."
)
@click.option(
    "--pairs", "pairs_out", type=_CSV, help="CSV file for the pairs: what speaks for each, field by field."
)
@click.option("--category", "categories", multiple=True, help="Incidents of this category; may be repeated.")
@click.option("--first", type=_DATE, help="First local date, YYYY-MM-DD.")
@click.option("--last", type=_DATE, help="Last local date, YYYY-MM-DD.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    help="Compare this attribute column; may be repeated (default: all that can be evidence).",
)
@click.option(
    "--solved",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV with the columns reference and series: solved series, from which the weights are learned.",
)
@click.option(
    "--within-km",
    type=click.FloatRange(0, 1000, min_open=True),
    default=20.0,
    show_default=True,
    help="How far apart two incidents of a series may be.",
)
@click.option(
    "--within-days",
    type=click.FloatRange(0, 36_500, min_open=True),
    default=365.0,
    show_default=True,
    help="How many days apart two incidents of a series may be.",
)
@click.option(
    "--probability",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.5,
    show_default=True,
    help="What the average pair of a series must reach.",
)
@click.option(
    "--minimum-members", type=click.IntRange(2), default=3, show_default=True, help="Smallest series written."
)
@click.option("--area", help="Working area, by name or number; the largest where not given.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the random pairs.")
@store_option
def series(
    out: Path,
    pairs_out: Path | None,
    categories: tuple[str, ...],
    first: datetime | None,
    last: datetime | None,
    columns: tuple[str, ...],
    solved: Path | None,
    within_km: float,
    within_days: float,
    probability: float,
    minimum_members: int,
    area: str | None,
    seed: int,
    store_path: Path | None,
) -> None:
    """Linked series: incidents that place, time and the way they were done tie to one another.

    Columns of --out: series, members, source, row, reference, category, place, from, to (local time), bits,
    bayes_factor and probability (of belonging to the others of its series), strongest_link (bits) and why.
    A link is evidence about incidents, never about a person."""
    for path in (out, pairs_out):
        if path is not None and path.suffix.lower() != ".csv":
            raise click.UsageError("--out and --pairs must end in .csv")
    store = open_seen_store(store_path)
    area_id = find_asked_area(store, area)
    zone = store.rows("SELECT time_zone FROM area WHERE area_id = ?", [area_id])[0]["time_zone"]
    parameters = SeriesParameters(LinkLimits(within_km, within_days), probability, minimum_members, seed)
    try:
        incidents = read_series_incidents(
            open_engine(store),
            area_id,
            zone,
            categories=categories,
            first=first.date() if first else None,
            last=last.date() if last else None,
            columns=columns or None,
        )
        found = find_series(incidents, parameters, _read_solved(solved, incidents) if solved else None)
    except (TooFewIncidents, KeyError) as error:
        raise click.ClickException(str(error.args[0])) from error
    mark = mark_of_sources(store, area_id=area_id)
    members = tabulate_members(incidents, found)
    write_csv(mark_table(store, members, mark), out)
    if pairs_out is not None:
        write_csv(mark_table(store, tabulate_pairs(incidents, found), mark), pairs_out)
    with store.write(changes_data=False) as cursor:
        detail = {"series": len(found.series), "rows": len(members), "pairs": pairs_out is not None}
        record(cursor, find_actor(), "export series", f"area {area_id}", detail=detail)
    click.echo(
        f"{counted(len(found.series), 'series', 'series')} among {counted(len(incidents), 'incident')}."
    )
    for sentence in found.says:
        click.echo(sentence)
    click.echo(f"{counted(len(members), 'row')} written to {out}.")


def _read_solved(path: Path, incidents: SeriesIncidents) -> SolvedSeries:
    """The solved series of a CSV with the columns reference and series. Raises ClickException where it cannot
    be read, or names none of the incidents."""
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (ValueError, OSError) as error:
        raise click.ClickException(f"{path}: {error}") from error
    table.columns = table.columns.str.strip().str.lower()
    if not {"reference", "series"} <= set(table.columns):
        raise click.ClickException(f"{path}: it needs the columns reference and series.")
    table = table.apply(lambda column: column.str.strip())
    known = pd.DataFrame({"reference": incidents.rows.reference, "position": np.arange(len(incidents))})
    matched = table[table.series != ""].merge(known.dropna(), on="reference")
    if matched.empty:
        raise click.ClickException(f"{path}: none of its references is that of an incident compared here.")
    return SolvedSeries(matched.position.to_numpy(), pd.factorize(matched.series)[0])
