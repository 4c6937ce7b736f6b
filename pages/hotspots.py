"""Hotspots: the map, the clock and the trend of recorded crime, each filtering the others."""

import json
from functools import partial

import streamlit as st

from analytics.engine import DuckDBEngine
from analytics.figures.cells import cells_geojson
from analytics.figures.charts import clock_chart, trend_chart
from analytics.figures.maps import MapFrame, Measure, cell_map, fitted_zoom
from analytics.hotspots.counts import automatic_size, study_cells
from analytics.hotspots.density import kernel_density
from analytics.hotspots.extent import area_extent
from analytics.hotspots.grid import KINDS, SIZES, Grid, outlines
from analytics.hotspots.picture import hotspot_picture
from analytics.hotspots.when import trend_unit
from analytics.overview.scope import working_areas
from analytics.tables import safe_csv
from ui.evidence import log
from ui.filters import brush_clock, brush_trend, choose_area, choose_selection, clear_filters
from ui.hotspot_cell import show_cell
from ui.overview import show_empty
from ui.page import begin

page = begin("Where is crime concentrated, and is it more than chance?")
engine = DuckDBEngine(page.store)
areas = working_areas(page.store)
if areas.empty:
    show_empty()
    st.stop()
version = page.store.data_version()


@st.cache_data(max_entries=32, show_spinner=False)
def _extent(data_version, area_id):
    return area_extent(engine, area_id)


@st.cache_data(max_entries=32, show_spinner="Choosing a cell size …")
def _automatic_size(data_version, area_id, kind):
    return automatic_size(engine, area_id, kind)


@st.cache_data(max_entries=32, show_spinner="Laying the grid …")
def _study(data_version, area_id, grid, epsg):
    study = study_cells(engine, area_id, grid)
    centres = outlines(epsg, grid, study.i.to_numpy(), study.j.to_numpy())[:, 0]
    return study, fitted_zoom(centres[:, 0], centres[:, 1])


@st.cache_data(max_entries=128, show_spinner=False)
def _picture(data_version, selection, grid, unit):
    return hotspot_picture(
        engine, selection, grid, _study(data_version, selection.area_id, grid, epsg)[0], unit
    )


top, grid_kind, grid_size, measure_box = st.columns([3, 1.5, 1.5, 4], vertical_alignment="bottom")
with top:
    area_id = choose_area(areas)
area = areas.set_index("area_id").loc[area_id]
epsg = int(area.epsg)
extent = _extent(version, area_id)
kind = grid_kind.selectbox("Cells", KINDS, key="cells", bind="query-params")
size_label = grid_size.selectbox(
    "Cell size", ["automatic", *(f"{size} m" for size in SIZES)], key="size", bind="query-params"
)
size = _automatic_size(version, area_id, kind) if size_label == "automatic" else int(size_label.split()[0])
shown = measure_box.segmented_control(
    "Show",
    ["Count", "Density", "Gi*", "Change"],
    default="Count",
    key="show",
    bind="query-params",
    required=True,
)
selection = choose_selection(area_id, extent)
grid = Grid(kind, size)
unit = trend_unit((extent.last - extent.first).days, monthly=extent.monthly)
study, (lon, lat, zoom) = _study(version, area_id, grid, epsg)
if len(study) > 20_000:
    st.error(f"{len(study):,} cells of {size} m are too many to draw. Choose larger cells or 'automatic'.")
    st.stop()
picture = _picture(version, selection, grid, unit)

reaches_back = selection.earlier().first >= extent.first
before_words = (
    f"{picture.total_before:,} in the {selection.days} days before"
    if reaches_back
    else f"the data do not hold all of the {selection.days} days before"
)
summary, clear = st.columns([8, 1], vertical_alignment="center")
summary.caption(
    f"**{picture.total:,}** located incidents, {selection.first:%d %b %Y} to {selection.last:%d %b %Y}; "
    f"{before_words} · {kind}s of {size} m on EPSG:{epsg} · "
    f"{len(study):,} cells that ever had an incident · data version {version}, to {extent.last:%d %b %Y} · "
    f"{extent.incidents - extent.located:,} of {extent.incidents:,} held have no place"
)
clear.button("Clear filters", on_click=clear_filters, args=(extent,), key="clear", type="tertiary")

cells = picture.cells
if shown == "Density":
    bandwidth = 3 * size
    cells = cells.assign(density=kernel_density(cells, grid, bandwidth))
    measure = Measure("density", f"incidents per km², quartic kernel of {bandwidth} m")
    visible = cells[cells.density > 0]
elif shown == "Gi*" and picture.refusal:
    st.warning(picture.refusal, icon=":material/block:")
    measure, visible = Measure("count", "incidents"), cells[cells["count"] > 0]
elif shown == "Gi*":
    measure, visible = (
        Measure("z", "Gi* z-score, significant cells", diverging=True),
        cells[cells.verdict != ""],
    )
    before_correction = int((cells.p <= 0.05).sum())
    st.caption(
        f"{(cells.verdict == 'hot').sum():,} hot and {(cells.verdict == 'cold').sum():,} cold cells at a false-discovery "
        f"rate of 5 %; without the correction {before_correction:,} would have been called. Binary weights, the cell "
        "itself included, neighbours that touch, two-sided p; only significant cells are drawn."
    )
elif shown == "Change" and not reaches_back:
    st.warning(
        f"Change needs the {selection.days} days before {selection.first:%d %b %Y} as well; the data begin on "
        f"{extent.first:%d %b %Y}. Choose a shorter or later period. The count is shown instead.",
        icon=":material/block:",
    )
    measure, visible = Measure("count", "incidents"), cells[cells["count"] > 0]
elif shown == "Change":
    measure = Measure(
        "change", f"incidents more (+) or fewer (-) than the {selection.days} days before", diverging=True
    )
    visible = cells[(cells["count"] > 0) | (cells.before > 0)]
else:
    measure, visible = Measure("count", "incidents"), cells[cells["count"] > 0]

if "cell" in st.query_params and "chosen_cell" not in st.session_state:
    st.session_state["chosen_cell"] = st.query_params["cell"]


def _choose_on_map():
    points = st.session_state["map"].selection.points
    if points:
        _choose(points[0]["location"])


def _choose(cell_id):
    st.session_state["chosen_cell"] = st.query_params["cell"] = cell_id


def _choose_in_table():
    rows = st.session_state["worst"].selection.rows
    if rows:
        _choose(worst.id.iloc[rows[0]])


chosen = st.session_state.get("chosen_cell")
if chosen not in set(cells.id):
    chosen = None
frame = MapFrame(area_id, version, lon, lat, zoom, dark=st.context.theme.type == "dark")
map_column, side = st.columns([3, 2], gap="medium")
with map_column:
    st.plotly_chart(
        cell_map(visible, grid, measure, frame, chosen=chosen), key="map", on_select=_choose_on_map,
        selection_mode="points", config={"displaylogo": False, "scrollZoom": True},
        alt=f"Map of {measure.legend} in {len(visible)} cells; the table beside it lists the highest",
    )  # fmt: skip
worst = visible.sort_values(
    ["z" if shown == "Gi*" and not picture.refusal else measure.column, "count"], ascending=False
).head(200)
with side:
    if extent.monthly:
        st.info(
            "The data give months only: no hours, no weekdays, no near repeats.", icon=":material/schedule:"
        )
    elif picture.clock.counts.sum() == 0:
        st.info("No incident here has a known hour.", icon=":material/schedule:")
    else:
        st.plotly_chart(
            clock_chart(picture.clock), key="clock", on_select=brush_clock, selection_mode="box",
            config={"displayModeBar": False}, alt="Incidents by hour and weekday",
        )  # fmt: skip
        st.caption(f"{picture.clock.unknown:,} have no known hour and are left out. Drag to filter.")
    st.plotly_chart(
        trend_chart(picture.trend, unit, selection.first, selection.last), key="trend",
        on_select=partial(brush_trend, extent, unit), selection_mode="box", config={"displayModeBar": False},
        alt=f"Incidents a {unit}",
    )  # fmt: skip

st.subheader("Worst cells", help="Choose a row, or click a cell on the map.")
columns = [
    c for c in ("id", "count", "before", "change", "density", "z", "p_adjusted", "verdict") if c in worst
]
st.dataframe(
    worst[columns], hide_index=True, height=230, key="worst", on_select=_choose_in_table, selection_mode="single-row",
    column_config={
        "id": "Cell",
        "count": "Incidents",
        "before": "Period before",
        "change": "Change",
        "density": st.column_config.NumberColumn("Density (per km²)", format="%.1f"),
        "z": st.column_config.NumberColumn("Gi* z", format="%.2f"),
        "p_adjusted": st.column_config.NumberColumn("p (adjusted)", format="%.2g"),
        "verdict": "Verdict",
    },
)  # fmt: skip
export_csv, export_geojson, _ = st.columns([1, 1, 4])
export_csv.download_button(
    "Cells (CSV)", safe_csv(worst[columns]), "cells.csv", "text/csv", icon=":material/download:",
    on_click=log, args=(page, "export cells", f"hotspots of {area['name']}"),
)  # fmt: skip
if export_geojson.button("Prepare GeoJSON", icon=":material/map:"):
    collection = json.loads(cells_geojson(page.store, area_id, kind, size))
    values = visible.set_index("id")[[c for c in columns if c != "id"]].to_dict("index")
    collection["features"] = [
        f | {"properties": values[f["id"]]} for f in collection["features"] if f["id"] in values
    ]
    export_geojson.download_button(
        "Cells (GeoJSON)", json.dumps(collection, default=str), "cells.geojson", "application/geo+json",
        on_click=log, args=(page, "export cells", f"hotspots of {area['name']}"),
    )  # fmt: skip

if chosen is None:
    st.info("Click a cell on the map, or choose a row of the table, to see the very incidents behind it.")
else:
    st.subheader(f"Cell {chosen}")
    show_cell(page, picture, chosen, selection, grid, area, unit)

with st.expander("When not to use this"):
    st.text(
        "A count favours places with many people or many records. Density smooths and is no test. Gi* assumes that "
        "incidents could fall in any cell of the study area and says nothing of why they fell there; neighbouring cells "
        "share incidents, so one cluster lights several cells. Change between two short periods is mostly noise. Points "
        "snapped to anonymous places (police.uk) can put a whole street's crime into one cell."
    )
