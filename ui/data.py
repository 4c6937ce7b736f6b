"""The parts of the Data page."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import streamlit as st

from analytics.figures.preview import preview_map
from analytics.ingest import (
    Mapping,
    RawTable,
    SourceDetails,
    UnreadableFile,
    import_boundaries,
    import_incidents,
    propose_mapping,
    quarantine_rows,
    read_file,
    remove_source,
    save_mapping,
    saved_mappings,
)
from analytics.ingest.incidents import check_mapping
from analytics.ingest.mapping import FORMATS
from analytics.ingest.preview import preview_rows
from analytics.intelligence.codes import code_table
from analytics.tables import safe_csv
from ui.evidence import log, log_once
from ui.page import Page

_NONE = "(none)"


def show_sources(page: Page, sources: pd.DataFrame) -> None:
    """The table of sources; one chosen shows its refused rows and can be removed."""
    if sources.empty:
        st.text(
            "Nothing is held yet. Import a crime file in the next tab: CSV, Excel, Parquet, GeoJSON, GeoPackage, zipped "
            "shapefile or KML. Or load the invented city: stop the app and run `achilles scenario --load`."
        )
        return
    event = st.dataframe(
        sources, hide_index=True, on_select="rerun", selection_mode="single-row", key="sources", height=300,
        column_config={
            "source_id": "No.", "rows_in": "Rows", "rows_accepted": "Accepted", "rows_quarantined": "Refused",
            "imported_at": st.column_config.DatetimeColumn("Imported (UTC)"), "is_scenario": "Invented",
        },
    )  # fmt: skip
    if not event.selection.rows:
        st.caption("Choose a source to see its refused rows or remove it.")
        return
    source = sources.iloc[event.selection.rows[0]]
    number = int(source.source_id)
    refused = quarantine_rows(page.store, number)
    st.text(f"Source {number}: {source['name']}. {len(refused):,} rows refused.")
    if len(refused):
        log_once(page, "view rows", f"refused rows of source {number}", {"rows": len(refused)})
        st.dataframe(refused, hide_index=True, height=200)
        st.download_button(
            "Download refused rows (CSV)", safe_csv(refused), f"refused-{number}.csv", "text/csv",
            on_click=log, args=(page, "export rows", f"refused rows of source {number}"),
        )  # fmt: skip
    with st.popover("Remove this source …", icon=":material/delete:"):
        st.text(f"This removes {source.rows_accepted:,} rows. Findings that rest on them stay and say so.")
        why = st.text_input("Why is it removed?", key=f"why-{number}")
        if st.button("Remove", type="primary", disabled=not why.strip(), key=f"remove-{number}"):
            remove_source(page.store, page.actor, number, why)
            st.rerun()


def show_import(page: Page, kind: str) -> None:
    """Choose a file, correct what was recognised, see it on a map, say what it is, import it."""
    path = _choose_file(kind)
    if path is None:
        return
    try:
        raw = _read(str(path), path.stat().st_mtime_ns)
    except UnreadableFile as error:
        st.error(str(error))
        return
    st.caption(
        f"{raw.format}: {raw.table.num_rows:,} rows, {len(raw.columns)} columns. {'; '.join(raw.notes)}"
    )
    role = "area"
    if kind == "incidents":
        mapping = _correct_mapping(page, raw, path.name)
        if mapping is None:
            return
        _preview(raw, mapping)
    else:
        role = st.segmented_control(
            "What the outlines are", ["area", "street", "water", "green"], default="area", required=True, key="role",
            help="Areas are beats, wards or districts; the others are drawn as the base map.",
        )  # fmt: skip
    submitted = _ask_details(page, path.name, kind)
    if submitted is None:
        return
    details, area = submitted
    progress = st.progress(0.0, "Starting …")
    try:
        if kind == "incidents":
            report = import_incidents(
                page.store, page.actor, path, mapping, details, area=area or None,
                progress=lambda text, share: progress.progress(share, text),
            )  # fmt: skip
        else:
            report = import_boundaries(page.store, page.actor, path, details, role=role, area=area or None)
    except UnreadableFile as error:
        progress.empty()
        st.error(str(error))
        return
    progress.empty()
    if report.already_imported:
        st.info(f"This file is already held as source {report.source_id}: nothing was added.")
        return
    st.success(
        f"Source {report.source_id}: {report.accepted:,} of {report.rows_in:,} rows accepted, {report.quarantined:,} "
        f"refused, {report.unplaced:,} without a place."
    )
    if report.quarantined:
        refused = quarantine_rows(page.store, report.source_id)
        st.dataframe(refused.groupby("reason").size().rename("rows").reset_index(), hide_index=True)
        st.download_button("Download refused rows (CSV)", safe_csv(refused), "refused.csv", "text/csv")
    st.page_link("pages/hotspots.py", label="Open Hotspots", icon=":material/hexagon:")


def _choose_file(kind: str) -> Path | None:
    left, right = st.columns(2)
    uploaded = left.file_uploader("A file from this computer", key=f"upload-{kind}")
    typed = right.text_input(
        "or the path of a large file on the machine that runs Achilles", key=f"path-{kind}",
        help="Reads the file where it lies: quicker than an upload above 200 MB.",
    )  # fmt: skip
    if uploaded is not None:
        folder = Path(tempfile.gettempdir()) / "achilles-uploads" / uploaded.file_id
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / Path(uploaded.name).name
        if not path.exists():
            path.write_bytes(uploaded.getbuffer())
        return path
    if typed.strip():
        path = Path(typed.strip())
        if not path.is_file():
            right.error("There is no such file.")
            return None
        return path
    return None


@st.cache_data(max_entries=2, show_spinner="Reading the file …")
def _read(path: str, changed: int) -> RawTable:
    return read_file(Path(path))


def _correct_mapping(page: Page, raw: RawTable, file_name: str) -> Mapping | None:
    """The proposed mapping in selectboxes; None where it cannot be imported yet."""
    saved = saved_mappings(page.store)
    chosen = st.selectbox("Mapping", ["as recognised", *saved], key=f"mapping-{file_name}")
    proposed = saved.get(chosen) or propose_mapping(raw, file_name)
    options = [_NONE, *raw.columns]
    key = f"{file_name}-{chosen}"

    def column(where, label: str, value: str | None, help_: str | None = None) -> str | None:
        index = options.index(value) if value in options else 0
        picked = where.selectbox(label, options, index=index, key=f"{label}-{key}", help=help_)
        return None if picked == _NONE else picked

    a, b, c, d = st.columns(4)
    start = a.multiselect(
        "Date and time, or start of the interval", raw.columns, default=[n for n in proposed.start if n in raw.columns],
        key=f"start-{key}", help="Several columns are joined in this order.",
    )  # fmt: skip
    formats = list(FORMATS)
    start_format = b.selectbox(
        "Date format", formats, index=formats.index(proposed.start_format), key=f"format-{key}"
    )
    end = column(c, "End of the interval", proposed.end)
    times_are_utc = d.checkbox(
        "Times are UTC",
        proposed.times_are_utc,
        key=f"utc-{key}",
        help="Leave off for local times, even with a Z.",
    )
    category = column(a, "Category", proposed.category)
    constant = b.text_input(
        "or one category for all",
        proposed.category_constant or "",
        key=f"constant-{key}",
        disabled=bool(category),
    )
    longitude = column(c, "Longitude or easting", proposed.longitude)
    latitude = column(d, "Latitude or northing", proposed.latitude)
    epsg = a.number_input(
        "EPSG of the coordinates", 0, 999_999, proposed.epsg, key=f"epsg-{key}", help="4326 is degrees."
    )
    decimal = b.selectbox(
        "Decimal sign", [".", ","], index=int(proposed.decimal == ","), key=f"decimal-{key}"
    )
    place = column(c, "Place name", proposed.place)
    reference = column(d, "Reference", proposed.reference)
    mapping = replace(
        proposed, start=tuple(start), start_format=start_format, end=end, times_are_utc=times_are_utc, category=category,
        category_constant=constant or None, longitude=longitude, latitude=latitude, epsg=int(epsg), decimal=decimal,
        place=place, reference=reference,
    )  # fmt: skip
    try:
        check_mapping(raw, mapping)
    except UnreadableFile as error:
        st.warning(str(error))
        return None
    with st.popover("Save this mapping for next month's file", icon=":material/bookmark:"):
        name = st.text_input("Name", key=f"save-{key}")
        if st.button("Save", disabled=not name.strip(), key=f"save-button-{key}"):
            save_mapping(page.store, page.actor, name.strip(), "incident", mapping)
            st.toast("Saved.")
    return mapping


def _preview(raw: RawTable, mapping: Mapping) -> None:
    """The first rows as they would be read, in a table and on a map."""
    rows = preview_rows(raw, mapping)
    left, right = st.columns(2)
    left.dataframe(rows, hide_index=True, height=260)
    placed = rows.dropna(subset=["lon", "lat"])
    if placed.empty:
        right.info("None of the first rows has a place.")
    else:
        right.plotly_chart(
            preview_map(placed.lon, placed.lat, dark=st.context.theme.type == "dark"), key="preview",
            config={"displayModeBar": False}, alt=f"Where the first {len(placed)} rows lie",
        )  # fmt: skip


def _ask_details(page: Page, file_name: str, kind: str) -> tuple[SourceDetails, str] | None:
    """Asked once per source; None until the form is sent."""
    with st.form(f"details-{kind}-{file_name}"):
        a, b, c = st.columns(3)
        name = a.text_input("Name of the source", file_name.split(".")[0].replace("_", " "))
        legal_basis = b.text_input("Legal basis", "Law enforcement purpose")
        purpose = c.text_input("Purpose", "Crime analysis")
        handling = a.selectbox("Handling", [str(entry) for entry in code_table("handling").entries])
        review = b.date_input("Review date", date.today() + timedelta(days=365))
        area = c.text_input("Working area", placeholder="the one around its places, or a new one")
        if st.form_submit_button("Import", type="primary", icon=":material/upload_file:"):
            if name.strip() and legal_basis.strip() and purpose.strip():
                return SourceDetails(
                    name.strip(), legal_basis.strip(), purpose.strip(), handling, review
                ), area.strip()
            st.error("Name, legal basis and purpose are needed.")
    return None
