"""The base map of the Data page: what is under each working area, and the import of another."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Literal

import pandas as pd
import streamlit as st

from analytics.basemap import BaseMap, MapChoice, MapReport, import_map, list_base_maps, propose_area
from analytics.figures.basemap import base_picture
from analytics.figures.map_picture import MapView
from analytics.figures.maps import fitted_zoom
from analytics.formats.map_files import MapFile, open_map
from analytics.formats.map_header import Bounds
from analytics.ingest import SourceDetails, UnreadableFile, remove_source
from analytics.shared.base_layers import LAYER_TITLES, MAP_LAYERS
from analytics.shared.codes import code_table
from analytics.shared.wording import counted, write_day
from analytics.store import read_today
from analytics.store.areas import list_area_names
from ui.components.act_buttons import act_button
from ui.components.background import TASKS, Kind
from ui.components.map import show_map
from ui.components.text import DAY_INPUT, plain
from ui.components.uploads import choose_file
from ui.components.watch import watch_task
from ui.shell.page import Page

_SLOT = "map"
_FORMATS = "OpenStreetMap extracts (.osm.pbf, .osm), vector tiles (MBTiles, PMTiles)"
_AROUND, _WHOLE, _RECTANGLE = "About the incidents", "Whole map", "A rectangle"
_EXISTING: dict[str, Literal["replace", "add"]] = {"Replace it": "replace", "Add this one beside it": "add"}
_MANY = 20_000  # features of a layer that is not drawn until it is asked for
_WIDTH, _HEIGHT = 760, 460  # pixels that a map is fitted to


def show_base_map(page: Page) -> None:
    """The maps in the store, drawn, and the import of one."""
    maps = list_base_maps(page.store)
    if maps:
        _show_maps(page, maps)
    else:
        st.text(
            "A base map puts streets, water, parks and names under every map of a working area, with no "
            "network, and calls each place by its street and crossing. Import the OpenStreetMap extract of "
            "your city, or its vector tiles."
        )
    st.subheader("Import a map" if maps else "1 · Choose a map")
    _show_import(page)


def _show_maps(page: Page, maps: list[BaseMap]) -> None:
    labels = {entry.source_id: f"{entry.area}: {entry.name} (source {entry.source_id})" for entry in maps}
    chosen = maps[0]
    if len(maps) > 1:
        number = st.selectbox(
            "Map",
            list(labels),
            format_func=labels.__getitem__,
            key="map-shown",
            persist_state="session",
            width=480,
        )
        chosen = next(entry for entry in maps if entry.source_id == number)
    left, right = st.columns([5, 3], gap="medium")
    with right:
        _describe(page, chosen)
    with left:
        present = [role for role in MAP_LAYERS if role in chosen.counts]
        usual = [role for role in present if chosen.counts[role] <= _MANY]
        drawn = st.pills(
            "Layers",
            present,
            selection_mode="multi",
            default=usual,
            format_func=LAYER_TITLES.__getitem__,
            key=f"map-layers-{chosen.source_id}",
            label_visibility="collapsed",
            wrap=True,
        )
        west, south, east, north = chosen.bounds
        lon, lat, zoom = fitted_zoom(
            pd.Series([west, east]).to_numpy(),
            pd.Series([south, north]).to_numpy(),
            width=_WIDTH,
            height=_HEIGHT,
        )
        picture = base_picture(
            chosen.area_id,
            page.store.data_version(),
            MapView(lon, lat, zoom),
            layers=drawn,
            label=f"Base map of {chosen.area}: {', '.join(LAYER_TITLES[role].lower() for role in drawn)}",
            credit=f"{chosen.attribution} ({chosen.licence})",
            dark=st.context.theme.type == "dark",
            height=_HEIGHT,
        )
        show_map(picture, key="base-map")


def _describe(page: Page, shown: BaseMap) -> None:
    st.markdown(f"**{plain(shown.area)}**: {plain(shown.name)}")
    st.dataframe(
        pd.DataFrame(
            {
                "Layer": [LAYER_TITLES[role] for role in MAP_LAYERS if role in shown.counts],
                "Features": [shown.counts[role] for role in MAP_LAYERS if role in shown.counts],
            }
        ),
        hide_index=True,
        height="content",
        alt="Features of the map by layer",
        column_config={"Features": st.column_config.NumberColumn(format="localized")},
    )
    west, south, east, north = shown.bounds
    dated = f", data of {write_day(shown.dated)}" if shown.dated else ""
    outside, unusable = sum(shown.outside.values()), sum(shown.unusable.values())
    st.caption(
        f"{plain(shown.file_name)} ({shown.format}{dated}) · longitude {west:.3f} to {east:.3f}, latitude "
        f"{south:.3f} to {north:.3f} · left out: {counted(outside, 'feature')} outside, {unusable:,} without "
        f"a usable shape · imported {write_day(shown.imported_at)} by {plain(shown.imported_by)}"
    )
    st.caption(f"{plain(shown.attribution)}, {plain(shown.licence)}: shown with every map drawn from it.")
    if act_button(
        page,
        "remove source",
        "Remove this map …",
        icon=":material/delete:",
        key=f"remove-map-{shown.source_id}",
    ):
        _confirm_removal(page, shown)


@st.dialog("Remove this map?")
def _confirm_removal(page: Page, shown: BaseMap) -> None:
    st.text(
        f"Source {shown.source_id}, {shown.name}: its {counted(sum(shown.counts.values()), 'feature')} are "
        f"removed permanently. Places of {shown.area} lose the names that it gave them. The removal and its "
        "reason stay in the audit trail."
    )
    why = st.text_input("Why is it removed?", key=f"why-map-{shown.source_id}")
    if act_button(
        page,
        "remove source",
        "Remove it",
        type="primary",
        disabled=not why.strip(),
        key=f"confirm-map-{shown.source_id}",
    ):
        remove_source(page.store, page.actor, shown.source_id, why.strip())
        st.rerun()


def _show_import(page: Page) -> None:
    path = choose_file(_SLOT, _FORMATS)
    if path is None:
        return
    imports = Kind(
        ("map", page.store.path),
        refusals=(UnreadableFile,),
        failed="The import failed unexpectedly; nothing was saved. See the server's log.",
    )
    subject = (str(path), path.stat().st_mtime_ns)
    task = TASKS.find_running(imports) or TASKS.find(imports, subject)
    if task is not None and not task.has_ended:
        watch_task(task, _SLOT)
        return
    if task is not None and task.has_succeeded:
        _show_report(task.result)
        if st.button("Import this file again", key="map-again"):
            TASKS.forget(imports, subject)
            st.rerun()
        return
    if task is not None and task.failure:
        st.error(task.failure)
    try:
        file = _open(str(path), path.stat().st_mtime_ns)
    except UnreadableFile as error:
        st.error(str(error))
        return
    asked = _ask_choice(page, file)
    if asked is not None:
        details, choice = asked
        TASKS.start(
            imports,
            subject,
            lambda progress, cancelled: partial(import_map, page.store, page.actor, path, details, choice)(
                progress=progress, cancelled=cancelled
            ),
        )
        st.rerun()


@st.cache_data(max_entries=4, show_spinner="Opening the map …")
def _open(path: str, changed: int) -> MapFile:
    return open_map(Path(path))


def _ask_choice(page: Page, file: MapFile) -> tuple[SourceDetails, MapChoice] | None:
    """Where the map goes and what of it is taken; None until *Import* is pressed."""
    header = file.header
    where = "It does not say where it lies."
    if header.bounds is not None:
        west, south, east, north = header.bounds
        where = f"Longitude {west:.3f} to {east:.3f}, latitude {south:.3f} to {north:.3f}."
    dated = f" Data of {write_day(date.fromisoformat(header.dated))}." if header.dated else ""
    st.caption(f"{header.format}: {counted(len(file.layers), 'layer')}. {where}{dated}")
    st.subheader("2 · Say what is taken, and import it")
    names = list_area_names(page.store)
    proposed = propose_area(page.store, file)
    a, b, c, d = st.columns(4)
    area = a.selectbox(
        "Working area",
        names,
        index=names.index(proposed) if proposed in names else None,
        placeholder="a new one",
        accept_new_options=True,
        key=f"map-area-{proposed}-{file.path}",
        persist_state="session",
        help="The one that the map lies around is proposed. Type a name for a new one.",
    )
    name = b.text_input(
        "Name of the map", _spoken(file.path.name), key=f"map-name-{file.path}", persist_state="session"
    )
    attribution = c.text_input(
        "Attribution",
        header.attribution,
        key=f"map-attribution-{file.path}",
        persist_state="session",
        help="Whose map it is. It is shown under every map drawn from it.",
    )
    review = d.date_input(
        "Review date",
        read_today() + timedelta(days=365),
        format=DAY_INPUT,
        key=f"map-review-{file.path}",
        persist_state="session",
    )
    roles = st.pills(
        "Layers",
        MAP_LAYERS,
        selection_mode="multi",
        default=MAP_LAYERS,
        format_func=LAYER_TITLES.__getitem__,
        key=f"map-roles-{file.path}",
        persist_state="session",
        wrap=True,
    )
    extent = _ask_extent(file)
    existing = _ask_existing(page, area, frozenset(roles), file)
    ready = bool(name.strip() and roles and extent and existing)
    if not act_button(
        page,
        "import",
        "Import the map",
        type="primary",
        icon=":material/upload_file:",
        disabled=not ready,
        key="map-import",
    ):
        return None
    assert extent is not None and existing is not None
    handling = str(code_table("handling")["P"])
    details = SourceDetails(name.strip(), "Open data", "Base map", handling, review)
    return details, MapChoice(area or None, extent, frozenset(roles), existing, attribution or None)


def _ask_extent(file: MapFile) -> Literal["area", "whole"] | Bounds | None:
    """What part of the map is taken; None while the rectangle is none."""
    chosen = st.segmented_control(
        "Extent",
        [_AROUND, _WHOLE, _RECTANGLE],
        default=_AROUND,
        required=True,
        key=f"map-extent-{file.path}",
        persist_state="session",
        help="About the incidents: the rectangle of the working area's incidents and a kilometre about it; "
        "the whole map where it has none.",
    )
    if chosen == _WHOLE:
        return "whole"
    if chosen == _AROUND:
        return "area"
    sides = file.header.bounds or (-180.0, -90.0, 180.0, 90.0)
    names = ("West", "South", "East", "North")
    boxes = st.columns(4)
    west, south, east, north = (
        box.number_input(
            name, -180.0, 180.0, side, format="%.4f", key=f"map-{name}-{file.path}", persist_state="session"
        )
        for box, name, side in zip(boxes, names, sides, strict=True)
    )
    if not (west < east and -90 <= south < north <= 90):
        st.warning("West lies before east and south before north, in degrees.")
        return None
    return west, south, east, north


def _ask_existing(
    page: Page, area: str | None, roles: frozenset[str], file: MapFile
) -> Literal["refuse", "replace", "add"] | None:
    """What becomes of a map that the working area has; None while that is to be said."""
    others = [
        entry for entry in list_base_maps(page.store) if entry.area == area and roles & set(entry.counts)
    ]
    if not others:
        return "refuse"
    st.warning(
        f"{plain(area)} has a base map already: {', '.join(plain(entry.name) for entry in others)}.",
        icon=":material/layers:",
    )
    answer = st.radio(
        "What becomes of it?",
        list(_EXISTING),
        index=None,
        horizontal=True,
        key=f"map-existing-{file.path}",
    )
    return _EXISTING[answer] if answer else None


def _show_report(report: MapReport) -> None:
    head, *rest = report.sentences()
    st.success(plain(head), icon=":material/check_circle:")
    st.caption(" ".join(plain(sentence) for sentence in rest))


def _spoken(file_name: str) -> str:
    words = file_name.split(".")[0].replace("_", " ").strip()
    return words[:1].upper() + words[1:]
