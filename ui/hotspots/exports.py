"""Taking a view away: its link, the picture for paper, the table, the map."""

from __future__ import annotations

import streamlit as st

from analytics.figures.print import print_result
from analytics.hotspots.catalogue import Method, Result
from analytics.hotspots.exports import FORMATS, as_file
from analytics.hotspots.places import base_layers
from ui.evidence import log
from ui.hotspots.screen import Screen

_NAMES = {"csv": "Table (CSV)", "geojson": "Map (GeoJSON)", "gpkg": "Map (GeoPackage)", "parquet": "Parquet"}
_IMAGES = {"png": "Picture (PNG)", "svg": "Picture (SVG)"}


def show_exports(screen: Screen, method: Method, result: Result) -> None:
    """A popover with the link and every format; a file is made only when it is asked for."""
    with st.popover("Export", icon=":material/ios_share:"):
        st.caption("The link holds every filter and option; the data stay here.")
        st.code(st.context.url or "", language=None, wrap_lines=True)
        maps = result.shape in ("cells", "outlines")
        endings = [*FORMATS, *_IMAGES] if maps else ["csv", "parquet"]
        ending = st.selectbox(
            "Format", endings, format_func=lambda name: (_NAMES | _IMAGES)[name], key="export_as"
        )
        if st.button("Prepare the file", icon=":material/build:", key="export_make"):
            _offer(screen, method, result, ending)


def _offer(screen: Screen, method: Method, result: Result, ending: str) -> None:
    what = f"{method.name} of {screen.area_name}"
    try:
        if ending in _IMAGES:
            body = print_result(
                result, screen.request, screen.workspace.epsg,
                f"{method.title}, {screen.area_name}", base_layers(screen.page.store, screen.workspace.area_id), ending,
            )  # fmt: skip
            kind = "image/png" if ending == "png" else "image/svg+xml"
        else:
            body, kind = as_file(result, screen.request, screen.workspace.epsg, ending), FORMATS[ending]
    except ValueError as error:
        st.error(str(error))
        return
    st.download_button(
        f"Download {method.name}.{ending} ({len(body) / 1024:,.0f} KB)", body, f"{method.name}.{ending}", kind,
        icon=":material/download:", key="export_file", on_click=log,
        args=(screen.page, "export cells", what, {"format": ending, "rows": len(result.table)}),
    )  # fmt: skip
