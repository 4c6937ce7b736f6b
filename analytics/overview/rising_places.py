"""Places where more is recorded of late than each place's own past and the whole area lead one to expect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import ibis
import numpy as np
import pandas as pd
import shapely
from scipy import stats

from analytics.hotspots.grid.cells import Grid, locate_centres, name_cells, outline_cells
from analytics.hotspots.methods.hotspot_areas import label_areas
from analytics.overview.attention import Ring
from analytics.shared.month_dates import end_of_months, gives_months, has_day
from analytics.shared.predictive import predictive
from analytics.store.engine import Engine, incidents
from analytics.warnings.alarms import choose_limit

WEEK = 7
_HIGHEST_LIMIT = 0.05  # of p, however many false alarms are asked for


@dataclass(frozen=True)
class RiseParameters:
    """Hexagons of `cell` metres. The latest `days` (the latest month, where the data are monthly) against up
    to `baseline` such periods, at least `minimum_baseline`. Between the two lie up to `gap` periods that
    count for neither, so that a rise of some weeks is not measured against itself (as in EARS C2, Hutwagner
    et al. 2003). `smallest`: incidents a cell must have now to be called; `false_alarms`: how many a month
    all cells together may raise when nothing is new, measured on `permutations` permuted histories drawn by
    `seed`; `limit`: places returned; `weeks`: of the line."""

    cell: int = 400
    days: int = 28
    baseline: int = 12
    minimum_baseline: int = 4
    gap: int = 2
    smallest: int = 5
    false_alarms: float = 1.0
    permutations: int = 99
    seed: int = 1
    limit: int = 12
    weeks: int = 12


@dataclass(frozen=True)
class RisingPlace:
    """Adjacent cells that rose, as one place. `core` is the cell that rose most; `line` the counts of the
    last weeks (months), oldest first, of which each was expected to have `expected_each`; `highest` is the
    last day of the highest of them; `category` leads the rise with `category_excess` incidents more than
    before; `repeated` is the share of the latest incidents at one coordinate."""

    core: str
    count: int
    expected: float
    p_adjusted: float
    since: date
    highest: date
    line: tuple[int, ...]
    expected_each: float
    category: str
    category_excess: float
    repeated: float
    ring: Ring


@dataclass(frozen=True)
class RisingPlaces:
    """`places`, the surest first; the period and its unit; the grid; how many cells were tested; the p up to
    which a cell is called."""

    places: tuple[RisingPlace, ...]
    first_day: date
    last_day: date
    unit: str
    grid: Grid
    cells: int
    p_limit: float


def find_rising_places(
    engine: Engine, area_id: int, epsg: int, parameters: RiseParameters | None = None
) -> RisingPlaces | None:
    """Test each cell for a rise, and join those that touch.

    Null hypothesis, per cell: it has the share of the area's incidents that it had in the baseline. What is
    expected is the cell's baseline mean times the area's change; its variance is that of a negative binomial
    with the larger of the cell's own and the cells' common over-dispersion (Pearson, at least 1), and that of
    the mean itself. p is that of as many or more; cells with fewer than `smallest` now count with p = 1. A
    cell is called where p is at most the one at which permuted histories raise `false_alarms` a month.
    `p_adjusted` is Benjamini & Hochberg's (1995) over every cell with an incident in the baseline or now.
    Season that differs from place to place is not modelled. None where the data reach back too little."""
    parameters = parameters or RiseParameters()
    extent = _read_extent(engine, area_id)
    edges = _edges(extent, parameters) if extent else None
    if extent is None or edges is None:
        return None
    grid = Grid("hexagon", parameters.cell)
    monthly = extent.monthly
    counts = _count_cells(engine, area_id, grid, edges, monthly)
    tested = _test(counts, parameters)
    by_chance = draw_by_chance(np.stack(counts["counts"].to_list()), parameters)
    limit = choose_place_limit(by_chance, monthly, parameters)
    called = tested[tested.p <= limit].reset_index(drop=True)
    places: tuple[RisingPlace, ...] = ()
    if len(called):
        called["label"] = label_areas(called, grid)
        order = called.groupby("label").p.min().sort_values().index[: parameters.limit]
        called = called[called.label.isin(order)]
        steps = edges[-parameters.weeks - 1 :] if monthly else _weeks(edges[-1], edges[0], parameters.weeks)
        rows = _read_rows(engine, area_id, grid, called, min(steps[0], edges[0]), monthly)
        places = tuple(
            _describe(called[called.label == label], rows, edges, steps, grid, epsg) for label in order
        )
    unit = "month" if monthly else f"{parameters.days} days"
    return RisingPlaces(places, edges[-2], edges[-1] - timedelta(days=1), unit, grid, len(tested), limit)


class _Extent(NamedTuple):
    """First and last day of the located incidents that are counted; `monthly`: by calendar months."""

    first: date
    last: date
    monthly: bool


def _read_extent(engine: Engine, area_id: int) -> _Extent | None:
    """None without an incident that has a place. Of data by month the last day is that of the last month that
    is over, where some of its incidents have days."""
    rows = incidents().filter(incidents().area_id == area_id, incidents().x.notnull())
    dated = has_day(rows)
    found = engine.run(
        rows.aggregate(
            rows=rows.count(),
            dated=dated.sum(),
            first=rows.local_date.min(),
            last=rows.local_date.max(),
            first_dated=rows.local_date.min(where=dated),
            last_dated=rows.local_date.max(where=dated),
        )
    ).to_pylist()[0]
    if found["last"] is None:
        return None
    if not gives_months(found["rows"] - found["dated"], found["rows"]):
        return _Extent(found["first_dated"], found["last_dated"], False)
    last, last_dated = found["last"], found["last_dated"]
    return _Extent(found["first"], end_of_months(last, last_dated), True)


def _edges(extent: _Extent, parameters: RiseParameters) -> list[date] | None:
    """Ascending starts of the periods within the data, and the day after the last."""
    periods = parameters.baseline + parameters.gap + 1
    if extent.monthly:
        month = extent.last.year * 12 + extent.last.month
        edges = [date(m // 12, m % 12 + 1, 1) for m in range(month - periods, month + 1)]
    else:
        end = extent.last + timedelta(days=1)
        edges = [end - timedelta(days=parameters.days * k) for k in range(periods, -1, -1)]
    edges = [edge for edge in edges if edge >= extent.first]
    return edges if len(edges) >= parameters.minimum_baseline + 2 else None


def _weeks(end: date, first: date, weeks: int) -> list[date]:
    starts = [end - timedelta(days=WEEK * k) for k in range(weeks, -1, -1)]
    return [start for start in starts if start >= first]


def _located(area_id: int, since: date, monthly: bool) -> ibis.Table:
    """The incidents with a place since a day; not those known to the month only, unless data are by month."""
    rows = incidents()
    rows = rows.filter(rows.area_id == area_id, rows.x.notnull(), rows.local_date >= since)
    return rows if monthly else rows.filter(has_day(rows))


def _count_cells(engine: Engine, area_id: int, grid: Grid, edges: list[date], monthly: bool) -> pd.DataFrame:
    """i, j and `counts`, an array of the counts by period, of every cell with an incident in them."""
    rows = _located(area_id, edges[0], monthly)
    rows = rows.filter(rows.local_date < edges[-1])
    i, j = grid.index(rows.x, rows.y)
    step = sum(
        ((rows.local_date >= ibis.literal(edge)).cast("int64") for edge in edges[1:-1]),
        start=ibis.literal(0, "int64"),
    )
    frame = engine.run(rows.group_by(i=i, j=j, step=step).aggregate(n=rows.count())).to_pandas()
    cells, at = np.unique(frame[["i", "j"]].to_numpy(), axis=0, return_inverse=True)
    counts = np.zeros((len(cells), len(edges) - 1), dtype=np.int64)
    counts[at.ravel(), frame.step] = frame.n
    return pd.DataFrame({"i": cells[:, 0], "j": cells[:, 1], "counts": list(counts)})


def _test(cells: pd.DataFrame, parameters: RiseParameters) -> pd.DataFrame:
    """The cells with count, expected, p and p_adjusted."""
    counts = np.stack(cells["counts"].to_list())
    expected, p = judge_latest(counts, parameters)
    return cells.assign(
        count=counts[:, -1].astype(int),
        expected=expected,
        p=p,
        p_adjusted=stats.false_discovery_control(p, method="bh"),
    )


def judge_latest(counts: np.ndarray, parameters: RiseParameters) -> tuple[np.ndarray, np.ndarray]:
    """What each cell was expected to have in its latest period, and p of as many or more; `counts`: (cells,
    periods)."""
    counts = counts.astype(float)
    gap = min(parameters.gap, counts.shape[1] - 1 - parameters.minimum_baseline)
    baseline, latest = counts[:, : -1 - gap], counts[:, -1]
    periods = baseline.shape[1]
    mean = np.maximum(baseline.mean(axis=1), 0.5 / periods)  # an event never seen is rare, not impossible
    whole, now = baseline.sum(axis=0), latest.sum()
    fitted = mean[:, None] * (whole / whole.mean())
    pearson = ((baseline - fitted) ** 2 / np.maximum(fitted, 1e-9)).sum(axis=1) / (periods - 1)
    busy = mean >= 1
    common = max(1.0, float(pearson[busy].mean())) if busy.any() else 1.0
    dispersion = np.maximum(pearson, common)
    expected = mean * now / whole.mean()
    enough, p = latest >= parameters.smallest, np.ones(len(counts))
    likely, spread = expected[enough], dispersion[enough]
    variance = likely * spread + likely**2 * spread / (periods * mean[enough])
    p[enough] = predictive(likely, variance).sf(latest[enough] - 1)
    return expected, p


def draw_by_chance(counts: np.ndarray, parameters: RiseParameters) -> np.ndarray:
    """p of every cell in each permuted history, ascending.

    Of each cell (rows) the periods before the latest change places, so that a cell's own bursts stay and
    what is new now is no part of it. Where those are too few to be tested the latest is one of them."""
    past = counts[:, :-1] if counts.shape[1] > parameters.minimum_baseline + 2 else counts
    generator = np.random.default_rng(parameters.seed)
    drawn = (generator.permuted(past, axis=1) for _ in range(parameters.permutations))
    return np.sort(np.concatenate([judge_latest(history, parameters)[1] for history in drawn]))


def choose_place_limit(by_chance: np.ndarray, monthly: bool, parameters: RiseParameters) -> float:
    """The largest p up to which permuted histories (`draw_by_chance`) raise as many cells as asked for, where
    each week's look (each month's, of monthly data) raises its own; 0.05 at most."""
    allowed = int(choose_limit(parameters.false_alarms, 1, monthly) * parameters.permutations)
    if allowed >= len(by_chance):
        return _HIGHEST_LIMIT
    return float(min(_HIGHEST_LIMIT, np.nextafter(by_chance[allowed], 0)))


def _read_rows(
    engine: Engine, area_id: int, grid: Grid, cells: pd.DataFrame, since: date, monthly: bool
) -> pd.DataFrame:
    """The incidents of these cells since a day: i, j, local_date, category, x, y."""
    rows = _located(area_id, since, monthly)
    i, j = grid.index(rows.x, rows.y)
    wanted = {(int(row.i), int(row.j)) for row in cells.itertuples()}
    near = rows.mutate(i=i, j=j).select("i", "j", "local_date", "category", "x", "y")
    near = near.filter(
        near.i.isin(sorted({a for a, _ in wanted})), near.j.isin(sorted({b for _, b in wanted}))
    )
    frame = engine.run(near).to_pandas()
    inside = [pair in wanted for pair in zip(frame.i, frame.j, strict=True)]
    return frame[inside].reset_index(drop=True)


def _describe(
    cells: pd.DataFrame, rows: pd.DataFrame, edges: list[date], steps: list[date], grid: Grid, epsg: int
) -> RisingPlace:
    pairs = set(zip(cells.i, cells.j, strict=True))
    rows = rows[[pair in pairs for pair in zip(rows.i, rows.j, strict=True)]]
    day = pd.to_datetime(rows.local_date)
    count, expected = int(cells["count"].sum()), float(cells.expected.sum())
    each = expected * (steps[-1] - steps[-2]).days / (edges[-1] - edges[-2]).days
    line = _bin(day, steps)
    category, excess = _leading_category(rows, edges)
    latest = rows[day >= pd.Timestamp(edges[-2])]
    repeated = latest.groupby(["x", "y"]).size().max() / max(len(latest), 1)
    core = cells.sort_values("p").iloc[0]
    i, j = cells.i.to_numpy(), cells.j.to_numpy()
    lon, lat = locate_centres(epsg, grid, np.array([core.i]), np.array([core.j]))
    return RisingPlace(
        core=name_cells(np.array([core.i]), np.array([core.j]))[0],
        count=count,
        expected=expected,
        p_adjusted=float(cells.p_adjusted.min()),
        since=find_start(line, each, steps),
        highest=steps[len(line) - int(np.argmax(line[::-1]))] - timedelta(days=1),
        line=tuple(int(value) for value in line),
        expected_each=each,
        category=category,
        category_excess=excess,
        repeated=float(repeated),
        ring=Ring(float(lon[0]), float(lat[0]), join_rings(outline_cells(epsg, grid, i, j))),
    )


def find_start(line: np.ndarray, expected: float, steps: list[date]) -> date:
    """Since when a line has been nearer to its latest level than to what was expected: the step from which
    the sum of the differences from half-way between the two, up to now, is largest (Page 1954, whose
    cumulative sum has that reference value). The latest level is the mean of the last four steps."""
    half_way = (expected + float(np.mean(line[-4:]))) / 2
    after = np.cumsum((line - half_way)[::-1])[::-1]
    return steps[int(np.argmax(after))]


def join_rings(cells: np.ndarray) -> tuple[tuple[tuple[float, float], ...], ...]:
    """The outlines around cells (closed rings, degrees) that touch, without the holes between them."""
    # A hair wider, so that corners rounded apart meet.
    around = shapely.union_all(shapely.buffer(shapely.polygons(cells), 2e-6, join_style="mitre"))
    return tuple(
        tuple((round(x, 5), round(y, 5)) for x, y in shapely.get_coordinates(part.exterior).tolist())
        for part in shapely.get_parts(around)
    )


def _bin(days: pd.Series, steps: list[date]) -> np.ndarray:
    at = np.searchsorted(pd.DatetimeIndex(steps), days, side="right") - 1
    inside = (at >= 0) & (at < len(steps) - 1)
    return np.bincount(at[inside], minlength=len(steps) - 1)


def _leading_category(rows: pd.DataFrame, edges: list[date]) -> tuple[str, float]:
    """The category with the largest rise over its mean in the baseline, and the rise."""
    days = pd.to_datetime(rows.local_date)
    rises = {
        str(category): float(counts[-1] - counts[:-1].mean())
        for category, group in days.groupby(rows.category)
        for counts in [_bin(group, edges)]
    }
    name = max(sorted(rises), key=rises.__getitem__)
    return name, rises[name]
