"""How a file is laid out, shown and chosen: its first lines with the row that names the columns, and its
sheets, layers or files."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import streamlit as st

from analytics.formats.parsed import Layout
from analytics.formats.parts import FileReading, Part
from analytics.ingest import RawTable, UnreadableFile, read_file
from analytics.ingest.column_words import column_words
from analytics.ingest.name_words import words_of
from analytics.ingest.written_dates import read_written_date
from analytics.oversight.masking import mask_text
from analytics.shared.wording import counted
from ui.components.audit import log_once
from ui.components.choosing import fit_rows, tick_row
from ui.shell.page import Page

_SHOWN_COLUMNS = 12
_UNNAMED = 0
_DEGREES = re.compile(r"\s*[+-]?\d{1,3}[.,]\d{1,8}\s*")
_DATED = re.compile(r"\s*\d{1,4}([/.-])\d{1,2}\1\d{1,4}\b.*")


def read_as_chosen(page: Page, path: Path, kind: str) -> tuple[RawTable, FileReading] | None:
    """The file as the user has it read; None where it cannot be, which is said with its first lines."""
    changed = path.stat().st_mtime_ns
    key = f"{kind}-{path.name}-{changed}"
    reading = FileReading(
        tuple(st.session_state.get(f"parts-{key}", ())), st.session_state.get(f"header-row-{key}")
    )
    try:
        raw = _read(str(path), changed, kind, reading)
    except UnreadableFile as error:
        _explain(page, path, kind, reading, str(error), key)
        return None
    st.caption(
        f"{raw.format}: {counted(raw.table.num_rows, 'row')}, {counted(len(raw.columns), 'column')}. "
        f"{'; '.join(raw.notes)}"
    )
    _choose_parts(raw.layout.parts, key)
    _choose_header(page, raw.layout, path.name, key)
    return raw, reading


def _explain(page: Page, path: Path, kind: str, reading: FileReading, problem: str, key: str) -> None:
    """Why the file cannot be read and, where it has lines to choose the header from, those lines."""
    st.error(problem)
    if reading != FileReading() and st.button("Read it as found", icon=":material/undo:", key=f"undo-{key}"):
        for name in (f"parts-{key}", f"header-row-{key}"):
            st.session_state.pop(name, None)
        st.rerun()
    try:
        raw = _read(str(path), path.stat().st_mtime_ns, kind, FileReading(reading.parts, _UNNAMED))
    except UnreadableFile:
        return
    _choose_parts(raw.layout.parts, key)
    _choose_header(page, raw.layout, path.name, key, is_problem=True)


@st.cache_resource(max_entries=4, show_spinner="Reading the file …")
def _read(path: str, changed: int, kind: str, reading: FileReading) -> RawTable:
    return read_file(Path(path), kind=kind, reading=reading)


def _choose_parts(parts: tuple[Part, ...], key: str) -> None:
    """The parts of a file that has several, those to be read chosen."""
    if not parts:
        return
    noun = parts[0].noun
    labels = {
        part.name: f"{part.name} · {counted(part.rows, 'row')}, {counted(len(part.columns), 'column')}"
        for part in parts
    }
    st.multiselect(
        f"{noun.capitalize()}s to read",
        list(labels),
        default=[part.name for part in parts if part.is_read],
        format_func=lambda name: labels[name],
        key=f"parts-{key}",
        persist_state="session",
        help=f"The file has {len(parts)} {noun}s. Several are read as one table, each row with its {noun}.",
    )
    unread = [part for part in parts if not part.is_read]
    if unread:
        st.warning(
            f"{counted(len(unread), noun)} of the file will not be read: "
            f"{', '.join(part.name for part in unread[:8])}{' …' if len(unread) > 8 else ''}.",
            icon=":material/warning:",
        )


def mask_head(layout: Layout, width: int) -> list[list[str]]:
    """The first rows of a file, so many cells each: contacts and numbers masked, dates and degrees as they
    are unless their column is one of births."""
    header = layout.head[layout.header_row - 1] if layout.header_row else ()
    births = {at for at, name in enumerate(header) if set(words_of(name)) & column_words("birth")}
    return [
        [
            cell if at not in births and _tells_when_or_where(cell) else mask_text(cell)
            for at, cell in enumerate((*row[:width], *[""] * (width - len(row))))
        ]
        for row in layout.head
    ]


def _tells_when_or_where(cell: str) -> bool:
    if not _DATED.fullmatch(cell):
        return _DEGREES.fullmatch(cell) is not None
    return any(read_written_date(cell, day_first=order) for order in (True, False))


def _choose_header(page: Page, layout: Layout, file_name: str, key: str, is_problem: bool = False) -> None:
    """The first lines as they stand in the file; the row ticked names the columns."""
    if not layout.head:
        return
    name = f"header-row-{key}"
    found = layout.header_row
    where = f"row {found} names the columns" if found else "no row names the columns"
    title = "Choose the row that names the columns" if is_problem else f"First lines of the file: {where}"
    with st.expander(title, expanded=is_problem or found != 1, icon=":material/table_rows:"):
        log_once(page, "view rows", f"first lines of {file_name}", {"rows": len(layout.head)})
        width = min(max(map(len, layout.head)), _SHOWN_COLUMNS)
        table = pd.DataFrame(mask_head(layout, width))
        table.columns = [f"{k + 1}" for k in range(width)]
        rows = range(1, len(table) + 1)
        table.insert(0, "Row", rows)
        table.insert(1, "Is", ["column names" if row == found and not is_problem else "" for row in rows])

        def choose(row: int | None) -> None:
            st.session_state[name] = row

        st.caption("Tick the row that holds the column names; what is above it is not read.")
        tick_row(
            table,
            rows,
            None if is_problem or not found else found,
            choose,
            key=f"head-{key}",
            height=fit_rows(len(table), 300),
            alt="The first lines of the file as they stand in it",
            column_config={
                "Row": st.column_config.NumberColumn(width=50),
                "Is": st.column_config.TextColumn("", width=110),
            },
        )
        st.checkbox(
            "The file has no row of column names: number the columns",
            not found and not is_problem,
            key=f"unnamed-{key}",
            persist_state="session",
            on_change=lambda: choose(_UNNAMED if st.session_state[f"unnamed-{key}"] else None),
        )
