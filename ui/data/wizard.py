"""The import wizard of the Data page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import available_timezones

import streamlit as st

from analytics.figures.preview import preview_map
from analytics.ingest import (
    ImportReport,
    Mapping,
    RawTable,
    SourceDetails,
    UnreadableFile,
    import_boundaries,
    import_incidents,
    import_records,
    propose_mapping,
    read_file,
    save_mapping,
    saved_mappings,
)
from analytics.ingest.date_formats import FORMATS, example
from analytics.ingest.presets import find_preset
from analytics.ingest.preview import SAMPLE, Preview, preview
from analytics.intelligence.report_import import import_reports
from analytics.shared.codes import code_table
from analytics.shared.progress import Progress
from analytics.store import Store
from analytics.store.areas import list_working_areas
from ui.components.background import TASKS, Kind
from ui.components.evidence import log_once
from ui.components.uploads import drop_upload, keep_upload
from ui.components.watch import watch_task
from ui.data.record_columns import FORMATS_READ, KINDS, correct_record_mapping, preview_mapping
from ui.data.sources import show_refused
from ui.intelligence import incoming
from ui.shell.page import Page
from ui.shell.pages import page_path

REPORTS = "reports"
_NONE, _AREAS_ZONE = "(none)", "that of its places"


def show_import(page: Page, kind: str) -> None:
    """Choose a file, correct what was recognised, see it on a map, say what it is, import it."""
    st.subheader("1 · Choose a file")
    path = _choose_file(kind)
    if path is None:
        return
    try:
        raw = _read(str(path), path.stat().st_mtime_ns, KINDS.get(kind, "transaction"))
    except UnreadableFile as error:
        st.error(str(error))
        return
    st.caption(
        f"{raw.format}: {raw.table.num_rows:,} rows, {len(raw.columns)} columns. {'; '.join(raw.notes)}"
    )
    st.subheader("2 · Check how it is read")
    if kind == "incidents":
        st.caption(
            "What was recognised is filled in. Correct what is wrong: the rows and the map below show the "
            "effect."
        )
        mapping = _correct_mapping(page, raw, path.name)
        if not _preview(page, path, raw, mapping):
            return
        work = partial(import_incidents, page.store, page.actor, path, mapping)
    elif kind in KINDS:
        records = correct_record_mapping(page, raw, KINDS[kind], path.name)
        if not preview_mapping(page, raw, records, path.name):
            return
        work = partial(import_records, page.store, page.actor, path, records)
    elif kind == REPORTS:
        if not incoming.preview_reports(page, raw, path.name):
            return
        work = partial(_import_reports, page, path)
    else:
        role = st.segmented_control(
            "What the outlines are",
            ["area", "street", "water", "green"],
            default="area",
            required=True,
            key="role",
            help="Areas are beats, wards or districts; the others are drawn as the base map.",
        )
        work = partial(import_boundaries, page.store, page.actor, path, role=role)
    st.subheader("3 · Say what it is, and import it")
    imports = Kind(
        ("import", page.store.path, kind),
        refusals=(UnreadableFile,),
        failed="The import failed unexpectedly; nothing of it was kept. See the server's log.",
    )
    task = TASKS.find_running(imports) or TASKS.find(imports, str(path))
    if task is not None and not task.has_ended:
        watch_task(task, kind)
        return
    if task is not None and task.failure:
        st.error(task.failure)
    elif task is not None:
        _show_report(page, task.result, kind, raw)
        return
    submitted = _ask_details(path.name, kind)
    if submitted is not None:
        details, area = submitted
        TASKS.start(
            imports,
            str(path),
            lambda progress, cancelled: work(
                details=details, area=area or None, progress=progress, cancelled=cancelled
            ),
        )
        st.rerun()


def _import_reports(
    page: Page,
    path: Path,
    *,
    details: SourceDetails,
    area: None,
    progress: Progress,
    cancelled: Callable[[], bool],
) -> ImportReport:
    return import_reports(page.store, page.actor, path, details, progress=progress, cancelled=cancelled)


def _show_report(page: Page, report: ImportReport, kind: str, raw: RawTable) -> None:
    if report.already_imported:
        st.info(f"This file is already held as source {report.source_id}: nothing was added.")
        _go_on(page, report, kind)
        return
    unplaced = f", {report.unplaced:,} accepted without a place" if kind == "incidents" else ""
    st.success(
        f"Source {report.source_id}: {report.accepted:,} of {report.rows_in:,} rows accepted, "
        f"{report.quarantined:,} "
        f"refused{unplaced}.",
        icon=":material/check_circle:",
    )
    for note in report.notes:
        if note not in raw.notes:
            st.info(_sentence(note), icon=":material/info:")
    if report.quarantined:
        show_refused(page, report.source_id)
    _go_on(page, report, kind)
    if kind == "incidents":
        st.caption(
            "Streets, water and districts are drawn under the map once they are imported in the next tab. "
            "For another "
            "file, choose it above."
        )


def _go_on(page: Page, report: ImportReport, kind: str) -> None:
    """The way to the hotspots of what was imported, once its area holds incidents; of reports to the
    reports."""
    if kind == REPORTS:
        st.page_link(page_path("intelligence"), label="Open Intelligence", icon=":material/lightbulb:")
        return
    areas = list_working_areas(page.store).set_index("area_id").name
    if (
        kind not in KINDS
        and report.area_id in areas
        and st.button("Open Hotspots", type="primary", icon=":material/hexagon:")
    ):
        st.switch_page(page_path("hotspots"), query_params={"area": areas[report.area_id]})


def _sentence(note: str) -> str:
    return note[0].upper() + note[1:] + ("" if note.endswith("?") else ".")


def _choose_file(kind: str) -> Path | None:
    left, right = st.columns(2)
    uploaded = left.file_uploader("A file from this computer", key=f"upload-{kind}")
    typed = right.text_input(
        "or the path of a large file on the machine that runs Achilles",
        key=f"path-{kind}",
        help="Reads the file where it lies: quicker than an upload above 200 MB.",
    )
    if uploaded is not None:
        return keep_upload(uploaded, kind)
    drop_upload(kind)
    if typed.strip():
        path = Path(typed.strip())
        if not path.is_file():
            right.error("There is no such file.")
            return None
        return path
    st.caption(
        (
            FORMATS_READ[kind]
            if kind in KINDS
            else incoming.FORMATS_READ
            if kind == REPORTS
            else "CSV, Excel, Parquet, GeoJSON, GeoPackage, zipped shapefile or KML"
            if kind == "incidents"
            else "GeoJSON, GeoPackage, zipped shapefile or KML: beats, wards or districts, or streets, water "
            "and parks"
        )
        + ". You see how it will be read before anything is kept."
    )
    return None


@st.cache_resource(max_entries=2, show_spinner="Reading the file …")
def _read(path: str, changed: int, kind: str) -> RawTable:
    return read_file(Path(path), kind=kind)


def _correct_mapping(page: Page, raw: RawTable, file_name: str) -> Mapping:
    """The proposed mapping in widgets, as the user corrects it."""
    saved = saved_mappings(page.store)
    preset = find_preset(raw.columns)
    recognised = f"as recognised: {preset['name']}" if preset else "as recognised"
    chosen = st.selectbox(
        "Mapping",
        [recognised, *saved],
        key=f"mapping-incident-{file_name}",
        width=480,
        help="Which column means what. One saved under a name serves next month's file.",
    )
    proposed = saved.get(chosen) or propose_mapping(raw, file_name)
    options, key = [_NONE, *raw.columns], f"incident-{file_name}-{chosen}"

    def column(where, label: str, value: str | None) -> str | None:
        index = options.index(value) if value in options else 0
        picked = where.selectbox(label, options, index=index, key=f"role-{label}-{key}")
        return None if picked == _NONE else picked

    def columns(where, label: str, values: tuple[str, ...]) -> tuple[str, ...]:
        held = [name for name in values if name in raw.columns]
        return tuple(
            where.multiselect(
                label,
                raw.columns,
                default=held,
                key=f"role-{label}-{key}",
                help="A date and a time of day, or year, month and day: several columns are read in this "
                "order.",
            )
        )

    when, look, until, utc = st.columns(4)
    start = columns(when, "Date and time, or start", proposed.start)
    formats = list(FORMATS)
    start_format = look.selectbox(
        "Dates look like",
        formats,
        index=formats.index(proposed.start_format),
        format_func=example,
        key=f"format-{key}",
        help="The last day of 2024 at a quarter past ten in the evening.",
    )
    end = columns(until, "End, where there is one", proposed.end)
    zones = [_AREAS_ZONE, *sorted(available_timezones())]
    zone = utc.selectbox(
        "Time zone",
        zones,
        index=zones.index(proposed.time_zone or _AREAS_ZONE),
        key=f"zone-{key}",
        help="Of a new working area. One already held keeps its own.",
    )
    times_are_utc = utc.checkbox(
        "Times are UTC",
        proposed.times_are_utc,
        key=f"utc-{key}",
        help="Leave off for local times, even with a Z.",
    )
    what, instead, x_axis, y_axis = st.columns(4)
    category = column(what, "Category", proposed.category)
    constant = instead.text_input(
        "or one category for all",
        proposed.category_constant or "",
        key=f"constant-{key}",
        disabled=bool(category),
    )
    longitude = column(x_axis, "Longitude or easting", proposed.longitude)
    latitude = column(y_axis, "Latitude or northing", proposed.latitude)
    system, sign, named, number = st.columns(4)
    epsg = system.number_input(
        "EPSG of the coordinates", 0, 999_999, proposed.epsg, key=f"epsg-{key}", help="4326 is degrees."
    )
    decimal = sign.selectbox(
        "Decimal sign", [".", ","], index=int(proposed.decimal == ","), key=f"decimal-{key}"
    )
    place = column(named, "Place name", proposed.place)
    reference = column(number, "Reference", proposed.reference)
    if y_axis.checkbox("Exchange the coordinates", key=f"exchange-{key}", help="Where they look swapped."):
        longitude, latitude = latitude, longitude
    mapping = replace(
        proposed,
        start=start,
        start_format=start_format,
        end=end,
        times_are_utc=times_are_utc,
        category=category,
        category_constant=constant or None,
        longitude=longitude,
        latitude=latitude,
        epsg=int(epsg),
        decimal=decimal,
        place=place,
        reference=reference,
        time_zone=None if zone == _AREAS_ZONE else zone,
    )
    with st.popover("Save this mapping for next month's file", icon=":material/bookmark:"):
        name = st.text_input("Name", key=f"save-{key}")
        if st.button("Save", disabled=not name.strip(), key=f"save-button-{key}"):
            save_mapping(page.store, page.actor, name.strip(), "incident", mapping)
            st.toast("Saved.")
    return mapping


@st.cache_data(max_entries=8, show_spinner="Reading the first rows …")
def _previewed(_store: Store, _raw: RawTable, data_version: int, sha256: str, mapping: Mapping) -> Preview:
    return preview(_store, _raw, mapping)


def _preview(page: Page, path: Path, raw: RawTable, mapping: Mapping) -> bool:
    """The first rows as they would be read, in a table and on a map; False where the mapping cannot be
    used."""
    try:
        shown = _previewed(page.store, raw, page.store.data_version(), raw.sha256, mapping)
    except UnreadableFile as error:
        st.warning(str(error))
        return False
    log_once(page, "view rows", f"preview of {path.name}", {"rows": len(shown.rows)})
    rows = shown.rows
    left, right = st.columns(2)
    left.dataframe(
        rows.dropna(axis="columns", how="all"),
        hide_index=True,
        height=260,
        alt="The first rows as they would be read",
        column_config={
            "row_number": "Row",
            "category": "Category",
            "place": "Place",
            "start": st.column_config.DatetimeColumn("From (as written)", format="D MMM YYYY, HH:mm"),
            "finish": st.column_config.DatetimeColumn("To", format="D MMM YYYY, HH:mm"),
            "lon": st.column_config.NumberColumn("Longitude", format="%.4f"),
            "lat": st.column_config.NumberColumn("Latitude", format="%.4f"),
        },
    )
    placed = rows.dropna(subset=["lon", "lat"])
    if placed.empty:
        right.info("None of the first rows has a place.")
    else:
        right.plotly_chart(
            preview_map(placed.lon, placed.lat, dark=st.context.theme.type == "dark"),
            key="preview",
            config={"displayModeBar": False},
            alt=f"Where the first {len(placed)} rows lie",
        )
    unread = int(rows.start.isna().sum())
    st.caption(
        f"The first {len(rows):,} rows. An empty cell could not be read: {unread:,} dates, "
        f"{len(rows) - len(placed):,} places. The whole file is judged on import."
        + (f" Notes rest on {SAMPLE:,} rows spread over it." if raw.table.num_rows > SAMPLE else "")
    )
    for note in shown.notes:
        st.warning(_sentence(note), icon=":material/warning:")
    return True


def _ask_details(file_name: str, kind: str) -> tuple[SourceDetails, str] | None:
    """Asked once per source; None until the form is sent."""
    with st.form(f"details-{kind}-{file_name}"):
        a, b, c = st.columns(3)
        name = a.text_input("Name of the source", _spoken(file_name))
        legal_basis = b.text_input("Legal basis", "Law enforcement purpose")
        purpose = c.text_input("Purpose", "Crime analysis")
        handling = a.selectbox("Handling", [str(entry) for entry in code_table("handling").entries])
        review = b.date_input("Review date", date.today() + timedelta(days=365))
        area = "" if kind == REPORTS else _ask_area(c, kind)
        if st.form_submit_button("Import", type="primary", icon=":material/upload_file:"):
            if name.strip() and legal_basis.strip() and purpose.strip():
                return SourceDetails(
                    name.strip(), legal_basis.strip(), purpose.strip(), handling, review
                ), area.strip()
            st.error("Name, legal basis and purpose are needed.")
    return None


def _ask_area(where, kind: str) -> str:
    around = "one already held, or none" if kind in KINDS else "the one around its places, or a new one"
    return where.text_input(
        "Working area",
        placeholder=around,
        help="The city or force it belongs to: analyses and maps are of one working area. Left empty, it is "
        "the one "
        "that already holds incidents around these places; where there is none, a new one by the source's "
        "name.",
    )


def _spoken(file_name: str) -> str:
    words = file_name.split(".")[0].replace("_", " ").strip()
    return words[:1].upper() + words[1:]
