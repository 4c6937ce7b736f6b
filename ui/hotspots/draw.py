"""How a result is drawn: one function for each shape, each with the table that says the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd
import shapely
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from analytics.figures.charts import band_chart, interval_chart, matrix_chart
from analytics.figures.map_picture import Choices
from analytics.figures.maps import cell_map, outline_map
from analytics.hotspots.catalogue import Measure, Method, Result
from analytics.hotspots.catalogue.place_names import PLACE
from analytics.hotspots.grid.custom_area import find_cells_within, join_cells, write_drawn
from analytics.shared.week_clock import WeekClock, read_clock
from analytics.shared.wording import counted
from ui.components.address import change_address
from ui.components.filters import brush_clock, brush_trend
from ui.components.map import read_wanted, show_map
from ui.components.map_marks import mark_incidents, mark_map
from ui.components.text import DAY_FORMAT, plain
from ui.components.times import show_clock, show_trend
from ui.hotspots.screen import HotspotScreen
from ui.shell.layout import then_run_page

MAPS = ("cells", "outlines")
_ROWS = 200
_MORE_ROWS = 2_000
_IN_SIGHT = 80
_CHOSEN = "chosen-place"  # the place of the link, and what it stood for when it was chosen
_TITLES: dict[str, ColumnConfig | str | None] = {
    PLACE: "Place",
    "name": "Name",
    "count": "Incidents",
    "before": "Before",
    "harm": "Harm",
    "value": st.column_config.NumberColumn("Value", format="%.4g"),
    "density": st.column_config.NumberColumn("Density (per km²)", format="%.1f"),
    "z": st.column_config.NumberColumn("z", format="%.2f"),
    "p": st.column_config.NumberColumn("p", format="%.2g"),
    "p_adjusted": st.column_config.NumberColumn("p (adjusted)", format="%.2g"),
    "change": st.column_config.NumberColumn("Change", format="%+.4g"),
    "verdict": "Verdict",
    "confidence": "Confidence",
    "busiest": "Four fifths fall from",
    "history": st.column_config.LineChartColumn("Over all dates"),
    "ever": "Ever",
    "p_map": st.column_config.NumberColumn("p (whole map)", format="%.2g"),
    "p_etest": st.column_config.NumberColumn("p (E-test)", format="%.2g"),
    "per_100m": st.column_config.NumberColumn("Per 100 m", format="%.4g"),
    "category": "Class",
    "share": st.column_config.NumberColumn("Share", format="percent"),
}
_HIDDEN = ("id", "i", "j", "ever", "geometry", "value_before", "harm_before")
_FIRST = (PLACE, "name", "count", "before", "change")


def draw_map(
    screen: HotspotScreen, method: Method, result: Result, chosen: str | None, channel: str | None = None
) -> None:
    """The map of cells or outlines; a click chooses one, a box or lasso over cells filters by them. A list of
    the same `channel` follows what is chosen here, and the other way round."""
    assert result.measure is not None
    label = (
        f"Map of {result.measure.legend}: {method.title}, {counted(len(result.table), 'place')}; "
        "the table lists the highest"
    )
    table = rank_places(result)
    if result.shape == "cells":
        picture = cell_map(
            table,
            screen.grid,
            result.measure,
            screen.frame,
            label=label,
            chosen=chosen,
            drawable=True,
            names=screen.study.names,
        )
    else:
        picture = outline_map(
            table, result.measure, screen.frame, layer=result.layer, label=label, chosen=chosen
        )
    if channel is not None and picture.values is not None and picture.active is not None:
        choices = Choices(channel, picture.values.source, [picture.active], locate_places(screen, result))
        picture = replace(picture, choices=choices)
    dark, store = screen.frame.dark, screen.page.store
    engine, epsg = screen.workspace.engine, screen.workspace.epsg
    wanted = read_wanted("map")
    picture = mark_incidents(picture, engine, screen.selection, epsg, wanted="Incidents" in wanted, dark=dark)
    picture = mark_map(picture, store, screen.workspace.area_id, wanted=wanted, dark=dark)
    show_map(
        picture,
        key="map",
        on_pick=choose_place,
        on_draw=lambda corners: _filter_by_drawn(screen, result, corners),
    )


def locate_places(screen: HotspotScreen, result: Result) -> dict[str, tuple[float, float]]:
    """Where the first places of a result lie (degrees), by id: what a list names is brought into sight."""
    first = order_places(result).head(_IN_SIGHT)
    if result.shape == "cells":
        middles = screen.study.middles
        return {cell: middles[cell] for cell in first.id if cell in middles}
    lon, lat = shapely.get_coordinates(shapely.point_on_surface(first.geometry.to_numpy())).T
    places = zip(np.round(lon, 5).tolist(), np.round(lat, 5).tolist(), strict=True)
    return dict(zip(first.id, places, strict=True))


def rank_places(result: Result) -> pd.DataFrame:
    """The table of a result with the `rank` of each place in the list; 0 where nothing is measured there."""
    assert result.measure is not None
    table, measure = result.table, result.measure
    ranks = pd.Series(np.arange(1, len(table) + 1), index=order_places(result).index)
    if not measure.kinds:
        ranks = ranks.where(table[measure.column] != 0, 0)
    return table.assign(rank=ranks)


def draw_table(result: Result) -> None:
    """The highest rows with all that the method says of them."""
    measure = result.measure
    table = result.table.iloc[::-1] if result.shape == "series" else result.table
    if measure is not None:
        table = _highest_first(table, measure)
    shown = table.head(_ROWS)
    columns = _columns(result, shown)
    height: Literal["auto"] | int = "auto" if len(shown) < 12 else 420
    titles = _TITLES | _titles_of(shown[columns], result.titles)
    st.dataframe(shown[columns], hide_index=True, key="all_rows", height=height, column_config=titles)
    if len(table) > _ROWS:
        st.caption(f"The first {_ROWS} of {len(table):,}; the export has all.")


def draw_chart(method: Method, result: Result, *, dark: bool) -> None:
    """A result that is no map: its figure, or its curves."""
    table = result.table
    if result.shape == "matrix":
        rows, columns, value, label = table.columns[:4]
        figure = matrix_chart(table, rows, columns, value, label, middle=1.0)
    elif result.shape == "clock":
        what = str(result.parameters["measure"])
        says = f"{method.title}: {' '.join(result.says)}"
        show_clock(read_clock(table), key="chart", label=says, dark=dark, what=what, height=320)
        return
    elif result.shape == "intervals":
        figure = interval_chart(table)
    else:
        draw_curves(result)
        return
    st.plotly_chart(
        figure, key="chart", config={"displaylogo": False}, alt=f"{method.title}: {' '.join(result.says)}"
    )


def draw_curves(result: Result) -> None:
    """Each curve of a result on its band."""
    for title, curve in result.curves.items():
        table = curve.table
        optional = {name: table[name].tolist() if name in table else None for name in ("expected", "marked")}
        figure = band_chart(
            *(table[name].tolist() for name in ("x", "value", "low", "high")),
            x_title=curve.x_title,
            y_title=curve.y_title,
            name=curve.line,
            band=curve.band,
            middle=optional["expected"],
            middle_name=curve.expected,
            marked=optional["marked"],
            since=curve.since,
        )
        st.plotly_chart(figure, key=f"curve {title}", config={"displaylogo": False}, alt=title)


def draw_more(result: Result) -> None:
    """Further tables of a result, each under its title."""
    for title, table in result.more.items():
        with st.expander(plain(title), expanded=len(table) <= 12):
            shown = table.head(_MORE_ROWS)
            st.dataframe(shown, hide_index=True, column_config=_titles_of(shown))
            if len(table) > _MORE_ROWS:
                st.caption(f"The first {_MORE_ROWS:,} of {len(table):,}; the export has all.")


def draw_times(screen: HotspotScreen, clock: WeekClock, trend: pd.DataFrame) -> None:
    """The clock and the trend of what is chosen; dragging over them filters the whole page."""
    if screen.extent.monthly:
        st.info(
            "The data give months only: no hours, no weekdays, no near repeats.", icon=":material/schedule:"
        )
    elif clock.counts.sum() == 0:
        st.info("No incident here has a known hour.", icon=":material/schedule:")
    else:
        show_clock(
            clock,
            key="clock",
            label="Incidents by hour and weekday",
            dark=screen.frame.dark,
            on_brush=lambda *span: then_run_page(partial(brush_clock, *span))(),
        )
        st.caption(f"{clock.unknown:,} have no known hour and are left out. Drag to filter.")
    if not trend.empty:
        starts = trend.start
        show_trend(
            starts,
            trend["count"],
            screen.unit,
            key="trend",
            label=f"Incidents a {screen.unit}",
            shaded=(screen.selection.first, screen.selection.last),
            on_brush=lambda bars: then_run_page(
                partial(brush_trend, screen.extent, screen.unit, *(starts.iloc[bar] for bar in bars))
            )(),
        )
        left_out = screen.unit != "month" and screen.extent.known_to_the_month > 0
        without = " Those known to the month only are left out." if left_out else ""
        st.caption(f"Incidents a {screen.unit}, the period shaded.{without}")


def choose_place(place: str | None) -> None:
    """Choose a cell or outline in the link; None chooses none."""
    change_address(cell=place)
    st.session_state.pop(_CHOSEN, None)


def chosen_place(screen: HotspotScreen, result: Result) -> str | None:
    """The cell or outline that the link names, None where it is not there. A cell's name is of one grid and
    the number of a cluster of one answer: once it stands for another place, nothing is chosen any more."""
    chosen = st.query_params.get("cell")
    if chosen is None:
        return None
    extent: object
    if result.shape == "cells":
        if chosen not in screen.study.middles:
            return None
        extent = (screen.workspace.area_id, screen.grid)
    elif chosen in set(result.table.id):
        extent = result.table.set_index("id").geometry[chosen].wkb
    else:
        return None
    if st.session_state.setdefault(_CHOSEN, (chosen, extent)) != (chosen, extent):
        if st.session_state[_CHOSEN][0] == chosen:
            choose_place(None)
            return None
        st.session_state[_CHOSEN] = (chosen, extent)
    return chosen


def _filter_by_drawn(screen: HotspotScreen, result: Result, corners: list[tuple[float, float]]) -> None:
    epsg = screen.workspace.epsg
    if inside := find_cells_within(result.table.id.tolist(), screen.grid, epsg, corners):
        change_address(drawn=write_drawn(join_cells(inside, screen.grid, epsg)))
    else:
        st.toast("No cell has its centre in the drawn area.", icon=":material/info:")


def order_places(result: Result) -> pd.DataFrame:
    """The rows of a result on the map, the highest first."""
    return result.table if result.measure is None else _highest_first(result.table, result.measure)


def _highest_first(table: pd.DataFrame, measure: Measure) -> pd.DataFrame:
    """By the measure, the highest first; classes in the order of their legend, the fullest places of each
    first; what was tested over the whole map, the surest first."""
    if "p_map" in table:
        return table.iloc[np.lexsort((-table[measure.column].abs(), table.p_map))]
    if not measure.kinds:
        return table.sort_values(measure.column, ascending=False, kind="stable")
    rank = table[measure.column].map({kind: k for k, kind in enumerate(measure.kinds)})
    fewest = -table["count"] if "count" in table else rank
    return table.iloc[np.lexsort((fewest, rank))]


def _columns(result: Result, table: pd.DataFrame) -> list[str]:
    """What the table shows, the same first columns on every view; a value that is the count is not shown
    twice."""
    hidden = set(_HIDDEN)
    if result.shape == "matrix":
        hidden.add(table.columns[3])  # the words of the chart, whose numbers stand in columns of their own
    if "count" in table and "harm" not in table:
        hidden.add("value")
    if "weight" in table and "count" in table and (table.weight == table["count"]).all():
        hidden.add("weight")
    first = [name for name in _FIRST if name in table and result.shape in MAPS]
    return [name for name in [*first, *table.columns.difference(first, sort=False)] if name not in hidden]


def _words(name: str) -> str:
    """A column's name as a title, its unit in brackets."""
    words = name.replace("_", " ")
    for ending, unit in (("km2", "km²"), ("m", "m")):
        if words.endswith(f" {ending}"):
            words = f"{words.removesuffix(ending)}({unit})"
    return words[0].upper() + words[1:]


def _titles_of(
    table: pd.DataFrame, named: Mapping[str, str] | None = None
) -> dict[str, ColumnConfig | str | None]:
    """A readable title for every column that has none of its own, or is `named`; small numbers keep their
    digits."""
    titles: dict[str, ColumnConfig | str | None] = {}
    named = named or {}
    for name in table:
        if name in _TITLES and name not in named:
            continue
        words = named.get(name) or _words(str(name))
        if pd.api.types.is_float_dtype(table[name]):
            titles[name] = st.column_config.NumberColumn(words, format="%.4g")
        elif pd.api.types.is_datetime64_any_dtype(table[name]):
            titles[name] = st.column_config.DateColumn(words, format=DAY_FORMAT)
        else:
            titles[name] = words
    return titles
