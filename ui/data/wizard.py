"""The import wizard of the Data page."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.ingest import ImportReport, RawTable, SourceDetails, UnreadableFile, import_file
from analytics.ingest.job import ImportMode
from analytics.ingest.kinds import KINDS
from analytics.ingest.roles import ImportKind
from analytics.ingest.source_record import find_former
from analytics.intelligence.report_import import import_reports
from analytics.shared.codes import code_table
from analytics.shared.wording import counted
from analytics.store import read_today
from analytics.store.areas import list_working_areas
from ui.components.act_buttons import act_button
from ui.components.background import TASKS, Kind
from ui.components.text import DAY_INPUT, plain
from ui.components.uploads import choose_file
from ui.components.watch import watch_task
from ui.data.file_layout import read_as_chosen
from ui.data.mapping_form import correct_mapping
from ui.data.mapping_preview import as_sentence, preview_mapping
from ui.data.sources import show_refused
from ui.data.what_is_read import show_what_is_read
from ui.intelligence.incoming import preview_reports
from ui.shell.page import Page
from ui.shell.pages import page_path

REPORTS = "reports"
_KINDS = {kind.plural: kind for kind in KINDS.values()}
_STYLE = Path(__file__).with_name("foot.css")


def show_import(page: Page, plural: str) -> None:
    """Choose a file, correct what was recognised, see the first rows, say what it is, import it."""
    kind = _KINDS[plural]
    st.subheader("1 · Choose a file")
    path = choose_file(kind.plural, kind.formats)
    if path is None:
        show_what_is_read(kind)
        return
    chosen = read_as_chosen(page, path, kind.name)
    if chosen is None:
        return
    raw, reading = chosen
    st.subheader("2 · Check how it is read")
    st.caption("What was recognised is filled in. Correct what is wrong: the rows below show the effect.")
    notes = st.container()  # above the choices, or who presses Import without looking further misses them
    mapping = correct_mapping(page, raw, kind.name, path.name, reading)
    if plural == REPORTS:
        is_usable, load = preview_reports(page, raw, mapping, path.name), import_reports
    else:
        is_usable, load = preview_mapping(page, raw, mapping, path.name, notes), import_file
    if not is_usable:
        return
    work = partial(load, page.store, page.actor, path, mapping)
    st.subheader("3 · Say what it is, and import it")
    imports = Kind(
        ("import", page.store.path, plural),
        refusals=(UnreadableFile,),
        failed="The import failed unexpectedly; nothing was saved. See the server's log.",
    )
    request = f"{path} {mapping}"
    task = TASKS.find_running(imports) or TASKS.find(imports, request)
    if task is not None and not task.has_ended:
        watch_task(task, plural)
        return
    if task is not None and task.failure:
        st.error(task.failure)
    elif task is not None:
        _show_report(page, task.result, kind, raw)
        return
    former = find_former(page.store, kind.name, raw)
    if former is not None:
        st.info(
            f"This file is a source already: '{plain(former.name)}'. Importing it again puts it in the place "
            "of that source, read as above. Findings stay, and say which of their rows have changed.",
            icon=":material/info:",
        )
    submitted = _ask_details(page, path.name, kind, former, f"{plural}-{path.name}-{raw.sha256}-{former}")
    if submitted is not None:
        details, area = submitted
        mode = ImportMode.ADD if former is None else ImportMode.REPLACE
        TASKS.start(
            imports,
            request,
            lambda progress, cancelled: work(
                details=details, area=area or None, mode=mode, progress=progress, cancelled=cancelled
            ),
        )
        st.rerun()


def _show_report(page: Page, report: ImportReport, kind: ImportKind, raw: RawTable) -> None:
    if report.already_imported:
        st.info(
            f"This file is source {report.source_id} already, so nothing was added. Change the mapping above "
            "to import it again in the place of that source, or remove the source under Sources."
        )
        _go_on(page, report, kind)
        return
    unplaced = f", {report.unplaced:,} accepted without a place" if report.unplaced else ""
    outcome = (
        f"Source {report.source_id}: {report.accepted:,} of {counted(report.rows_in, 'row')} accepted, "
        f"{report.quarantined:,} "
        f"refused{unplaced}."
    )
    if report.is_whole:
        st.success(outcome, icon=":material/check_circle:")
    else:
        lost = "".join(f"\n- {plain(as_sentence(loss))}" for loss in (*report.losses, *report.unread))
        st.warning(plain(outcome) + ("\n" + lost if lost else ""), icon=":material/warning:")
    for note in report.notes:
        if note not in raw.notes:
            st.info(as_sentence(note), icon=":material/info:")
    if report.quarantined:
        show_refused(page, report.source_id)
    _go_on(page, report, kind)
    if kind.name == "incident":
        st.caption(
            "Streets, water and districts are drawn under the map once they are imported under Base map. "
            "For another file, choose it above."
        )


def _go_on(page: Page, report: ImportReport, kind: ImportKind) -> None:
    """The ways to what was imported, once its area holds incidents: its hotspots, and what to look at first;
    of reports to the reports."""
    if kind.plural == REPORTS:
        st.page_link(page_path("intelligence"), label="Open Reports & findings", icon=":material/lightbulb:")
        return
    areas = list_working_areas(page.store).set_index("area_id").name
    if not _makes_area(kind) or report.area_id not in areas:
        return
    with _foot():
        st.text(_say_imported(report), width="content")
        area = {"area": areas[report.area_id]}
        if st.button("Open Hotspots", type="primary", icon=":material/hexagon:"):
            st.switch_page(page_path("hotspots"), query_params=area)
        if st.button("Open Today", icon=":material/today:"):
            st.switch_page(page_path("overview"), query_params=area)


def _say_imported(report: ImportReport) -> str:
    """What of the file is in, in a line."""
    if report.is_whole or report.already_imported:
        return f"Source {report.source_id} is imported."
    return (
        f"Source {report.source_id} is imported: {report.accepted:,} of {counted(report.rows_in, 'row')}. "
        "What is missing stands above."
    )


def _foot() -> DeltaGenerator:
    """What goes on from here, at the foot of the window."""
    st.html(_STYLE)
    return st.container(key="page_foot", horizontal=True, vertical_alignment="center")


def _makes_area(kind: ImportKind) -> bool:
    """Whether a file of this kind has places, so that it belongs to the working area around them."""
    return kind.name in ("incident", "boundary")


def _ask_details(
    page: Page, file_name: str, kind: ImportKind, former: SourceDetails | None, key: str
) -> tuple[SourceDetails, str] | None:
    """Asked once per source, and filled in with what was said of the `former` one; None until *Import* is
    pressed. No form: it would lose what was typed when another tab is opened."""
    handlings = [str(entry) for entry in code_table("handling").entries]
    at = handlings.index(former.handling) if former and former.handling in handlings else 0
    said = former or SourceDetails(
        _spoken(file_name),
        "Law enforcement purpose",
        "Crime analysis",
        handlings[0],
        read_today() + timedelta(days=365),
    )
    with st.container(border=True):
        a, b, c = st.columns(3)
        name = a.text_input("Name of the source", said.name, key=f"name-{key}", persist_state="session")
        legal_basis = b.text_input(
            "Legal basis", said.legal_basis, key=f"legal-basis-{key}", persist_state="session"
        )
        purpose = c.text_input("Purpose", said.purpose, key=f"purpose-{key}", persist_state="session")
        handling = a.selectbox(
            "Handling", handlings, index=at, key=f"handling-{key}", persist_state="session"
        )
        review = b.date_input(
            "Review date",
            said.review_date,
            format=DAY_INPUT,
            key=f"review-{key}",
            persist_state="session",
        )
        area = "" if kind.plural == REPORTS else _ask_area(c, kind, key)
    label = "Import again with this mapping" if former else "Import"
    with _foot():
        if act_button(
            page, "import", label, type="primary", icon=":material/upload_file:", key=f"import-{key}"
        ):
            if name.strip() and legal_basis.strip() and purpose.strip():
                return SourceDetails(
                    name.strip(), legal_basis.strip(), purpose.strip(), handling, review
                ), area.strip()
            st.error("Name, legal basis and purpose are needed.")
    return None


def _ask_area(where, kind: ImportKind, key: str) -> str:
    around = "the one around its places, or a new one" if _makes_area(kind) else "an existing one, or none"
    return where.text_input(
        "Working area",
        key=f"area-{key}",
        persist_state="session",
        placeholder=around,
        help="The city or force it belongs to: analyses and maps are of one working area. Left empty, it is "
        "the one "
        "that already holds incidents around these places; where there is none, a new one by the source's "
        "name.",
    )


def _spoken(file_name: str) -> str:
    words = file_name.split(".")[0].replace("_", " ").strip()
    return words[:1].upper() + words[1:]
