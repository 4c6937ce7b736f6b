"""Exporting a view: its link, the image for paper, the table, the map."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from analytics.basemap import read_base_layers
from analytics.figures.print_result import print_result
from analytics.hotspots.catalogue import Method, Result
from analytics.hotspots.findings.exports import FORMATS, encode_result
from analytics.oversight.exercise import mark_name, mark_of_sources, mark_table
from analytics.shared.base_layers import BaseFeatures
from analytics.shared.safe_csv import safe_csv
from ui.components.audit import log
from ui.components.exporting import download_button
from ui.hotspots.screen import HotspotScreen

_NAMES = {"csv": "Table (CSV)", "geojson": "Map (GeoJSON)", "gpkg": "Map (GeoPackage)", "parquet": "Parquet"}
_IMAGES = {"png": "Image (PNG)", "svg": "Image (SVG)"}
_NO_MAP = ("csv", "parquet")
PrintPicture = Callable[[dict[str, BaseFeatures], str], bytes]


@st.fragment
def show_exports(
    screen: HotspotScreen, method: Method, result: Result, prints: PrintPicture | None = None
) -> None:
    """A popover with the link and every format; a file is written on request only. `prints` makes the
    picture from the base layers and an ending, where it is not that of the one result. Runs apart: the map is
    not drawn again."""
    with st.popover("Export", icon=":material/ios_share:"):
        st.caption("The link carries every filter and option. The data stay on this machine.")
        st.code(st.context.url or "", language=None, wrap_lines=True)
        maps = result.shape in ("cells", "outlines")
        names = {ending: _NAMES[ending] for ending in (FORMATS if maps else _NO_MAP)} | _IMAGES
        names |= {title: f"{title} (CSV)" for title in result.more}
        chosen = st.selectbox("Format", list(names), format_func=names.__getitem__, key="export_as")
        if st.button("Prepare the file", icon=":material/build:", key="export_make"):
            _offer(screen, method, result, chosen, prints or _print_one(screen, method, result))


def _print_one(screen: HotspotScreen, method: Method, result: Result) -> PrintPicture:
    title = f"{method.title}, {screen.area_name}"
    return lambda layers, ending: print_result(
        result, screen.request, screen.workspace.epsg, title, layers, ending, credit=screen.frame.credit
    )


def _offer(screen: HotspotScreen, method: Method, result: Result, chosen: str, prints: PrintPicture) -> None:
    name, ending = method.name, chosen
    mark = mark_of_sources(screen.page.store, area_id=screen.workspace.area_id)
    try:
        if chosen in _IMAGES:
            body = prints(read_base_layers(screen.page.store, screen.workspace.area_id), ending)
            kind = "image/png" if ending == "png" else "image/svg+xml"
        elif chosen in result.more:
            name, ending = f"{name}-{chosen.lower().replace(' ', '-')}", "csv"
            body, kind = safe_csv(mark_table(screen.page.store, result.more[chosen], mark)), FORMATS[ending]
        else:
            body = encode_result(result, screen.request, screen.workspace.epsg, ending, mark)
            kind = FORMATS[ending]
    except ValueError as error:
        st.error(str(error))
        return
    download_button(
        screen.page,
        "export cells",
        f"Download {name}.{ending} ({len(body) / 1024:,.0f} KB)",
        body,
        mark_name(f"{name}.{ending}", mark),
        kind,
        icon=":material/download:",
        key="export_file",
        on_click=log,
        args=(
            screen.page,
            "export cells",
            f"{method.name} of {screen.area_name}",
            {"format": ending, "rows": len(result.table)},
        ),
    )
