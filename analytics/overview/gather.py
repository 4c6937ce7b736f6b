"""Everything that the page Today shows of one working area, computed at once."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd

from analytics.finance.queries import read_accounts, read_transactions
from analytics.finance.stored_leads import find_stored_leads, load_block_results
from analytics.hotspots.category_harm import weigh_categories
from analytics.hotspots.counts import choose_cell_size, count_by_cell
from analytics.hotspots.grid.cells import Grid, locate_centres, name_cells
from analytics.hotspots.selection import Selection
from analytics.intelligence.collection import tabulate_collection
from analytics.overview.attention import FEW, Attention, choose_attention
from analytics.overview.case_candidates import (
    contradiction_candidates,
    proposal_candidates,
    requirement_candidates,
    result_candidates,
)
from analytics.overview.crime_candidates import busiest_candidates, category_candidates, rising_candidates
from analytics.overview.latest_change import ChangeParameters, compare_latest
from analytics.overview.morning import LatestChange, Morning, NotComputed
from analytics.overview.network_candidates import lead_candidates, operation_candidates
from analytics.overview.queues import list_queues
from analytics.overview.rising_places import RiseParameters, find_rising_places
from analytics.overview.worst_places import PlaceParameters, find_worst_places
from analytics.shared.month_dates import gives_months
from analytics.shared.progress import IsCancelled, Progress, ignore_progress, never_cancelled
from analytics.store import Store
from analytics.store.engine import Engine, open_engine

_PICTURE_DAYS = 84
_BUSIEST = PlaceParameters(cell=500, days=84)  # of a quiet morning: a square of 28 days would have very few


def gather_morning(
    store: Store,
    area_id: int,
    today: date,
    progress: Progress = ignore_progress,
    cancelled: IsCancelled = never_cancelled,
    publish: Callable[[Morning], None] = lambda morning: None,
    false_alarms: float = 1.0,
) -> Morning:
    """Compute what a working area and the unit's work offer this morning; `publish` is given all but the five
    things as soon as that is there; `false_alarms`: how many a month categories and places together may raise
    where nothing is new, half of them each. Raises KeyError for an unknown area, Cancelled where
    `cancelled()` comes true."""
    area = store.rows("SELECT name, epsg FROM area WHERE area_id = ?", [area_id])
    if not area:
        raise KeyError(f"There is no working area {area_id}.")
    name, epsg = area[0]["name"], area[0]["epsg"]
    engine = open_engine(store)
    progress("Drawing the map", 0.05)
    grid = Grid("hexagon", choose_cell_size(engine, area_id, "hexagon"))
    cells, first, last = _count_picture(store, engine, area_id, epsg, grid)
    progress("Comparing with the weeks before", 0.2)
    morning = Morning(
        area_id,
        compare_latest(engine, area_id, ChangeParameters(false_alarms=false_alarms / 2)),
        cells,
        grid,
        first,
        last,
        tuple(list_queues(store, today)),
        tabulate_collection(store),
        tuple(_list_not_computed(store)),
        find_present_day(store, today),
    )
    publish(morning)
    progress("Looking for places that rise", 0.4)
    found = _find_in_crime(store, engine, area_id, name, epsg, morning.change, false_alarms / 2)
    progress("Looking at adverts", 0.7)
    found += operation_candidates(store)
    progress("Looking at payments", 0.8)
    found += _lead_candidates(store, morning.as_of, cancelled)
    progress("Looking at the unit's own work", 0.9)
    found += [
        *contradiction_candidates(store, morning.as_of),
        *requirement_candidates(store, today),
        *proposal_candidates(store, morning.as_of),
        *result_candidates(store, morning.as_of),
    ]
    five = choose_attention(found)
    if len(five) < FEW and (worst := find_worst_places(engine, area_id, _BUSIEST)) is not None:
        five = choose_attention([*found, *busiest_candidates(store, area_id, name, epsg, worst)])
    return replace(morning, five=tuple(five), found=len(found))


def _find_in_crime(
    store: Store,
    engine: Engine,
    area_id: int,
    name: str,
    epsg: int,
    change: LatestChange | None,
    false_alarms: float,
) -> list[Attention]:
    harm = weigh_categories(store, area_id)
    found = [] if change is None else category_candidates(name, change, harm)
    rising = find_rising_places(engine, area_id, epsg, RiseParameters(false_alarms=false_alarms))
    return found + ([] if rising is None else rising_candidates(store, area_id, name, rising, change, harm))


def find_present_day(store: Store, today: date) -> date:
    """The newest day that the store knows of, today at the latest: 'new' is new by it, so that data of an
    earlier year and an invented city have a morning too."""
    days = store.rows(
        "SELECT max(day) AS day FROM (SELECT max(local_date) AS day FROM incident"
        " UNION ALL SELECT max(created_at)::DATE FROM product"
        " UNION ALL SELECT max(observed_on) FROM report"
        " UNION ALL SELECT max(saved_at)::DATE FROM result"
        " UNION ALL SELECT max(created_at)::DATE FROM finding)"
    )[0]["day"]
    return min(days or today, today)


def _lead_candidates(store: Store, as_of: date, cancelled: IsCancelled) -> list[Attention]:
    """Of payments that were searched before: only what has changed since is searched again."""
    if load_block_results(store)[1] is None:
        return []
    leads = find_stored_leads(
        store, read_transactions(store), accounts=read_accounts(store), cancelled=cancelled
    )
    return lead_candidates(leads, as_of)


def _count_picture(
    store: Store, engine: Engine, area_id: int, epsg: int, grid: Grid
) -> tuple[pd.DataFrame, date | None, date | None]:
    rows = store.rows(
        "SELECT max(local_date) AS last, count(*) AS incidents,"
        " count(*) FILTER (WHERE time_precision = 'month') AS monthly"
        " FROM incident WHERE area_id = ? AND x IS NOT NULL",
        [area_id],
    )[0]
    last = rows["last"]
    if last is None:
        return pd.DataFrame({"id": [], "count": [], "lon": [], "lat": []}), None, None
    first = last - timedelta(days=_PICTURE_DAYS - 1)
    if gives_months(rows["monthly"], rows["incidents"]):
        first, last = last.replace(day=1), last.replace(day=monthrange(last.year, last.month)[1])
    counts = count_by_cell(engine, Selection(area_id, first, last), grid)
    counts = counts[counts["count"] > 0]
    i, j = counts.i.to_numpy(), counts.j.to_numpy()
    lon, lat = locate_centres(epsg, grid, i, j)
    cells = {"id": name_cells(i, j), "count": counts["count"].to_numpy(), "lon": lon, "lat": lat}
    return pd.DataFrame(cells), first, last


def _list_not_computed(store: Store) -> list[NotComputed]:
    row = store.rows(
        "SELECT (SELECT count(*) FROM advert) AS adverts, (SELECT count(*) FROM advert_run) AS runs,"
        ' (SELECT count(*) FROM "transaction") AS payments, (SELECT count(*) FROM lead_search) AS searches'
    )[0]
    missing = []
    if row["adverts"] and not row["runs"]:
        missing.append(NotComputed(f"{row['adverts']:,} adverts are not analysed yet.", "adverts"))
    if row["payments"] and not row["searches"]:
        missing.append(NotComputed(f"{row['payments']:,} payments are not searched yet.", "finance"))
    return missing
