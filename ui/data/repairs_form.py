"""Repairs of a file on the page: spellings of a category merged, refused rows corrected or dropped."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.ingest import Mapping, RawTable
from analytics.ingest.preview import Preview
from analytics.ingest.repairs import NO_REPAIRS, Repairs, cells_of, find_spellings, is_written_once
from analytics.shared.wording import counted
from ui.components.drafts import edit_table, forget_table
from ui.components.text import plain

_SHOWN = 100  # refused rows at once
_WIDE = 30  # columns of a row


def stored_repairs(key: str) -> Repairs:
    """The repairs made so far on the page."""
    return st.session_state.get(f"repairs-{key}", NO_REPAIRS)


def ask_merges(raw: RawTable, mapping: Mapping, key: str) -> tuple[tuple[str, str], ...]:
    """Which spellings of the category are to be merged into which."""
    column = mapping.one("category")
    if column is None or column not in raw.columns:
        return ()
    spellings = find_spellings(raw, column)
    if not spellings:
        return ()
    names = ", ".join(f"'{old}' → '{new}'" for old, new, _ in spellings[:3])
    label = f"Merge {counted(len(spellings), 'spelling')} of the category that differ in case or marks alone"
    more = " …" if len(spellings) > 3 else ""
    if not st.checkbox(label, key=f"merge-{key}", persist_state="session", help=f"{names}{more}"):
        return ()
    table = pd.DataFrame(spellings, columns=["old", "new", "rows"])
    table.insert(0, "merge", True)
    edited = edit_table(
        f"spellings-{key}",
        table,
        disabled=["old", "rows"],
        column_config={
            "merge": "Merge",
            "old": "As the file has it",
            "new": "Becomes",
            "rows": st.column_config.NumberColumn("Rows", format="localized"),
        },
    )
    return tuple((row.old, row.new.strip()) for row in edited.itertuples() if row.merge and row.new)


def ask_filled_down(raw: RawTable, mapping: Mapping, key: str) -> tuple[str, ...]:
    """The column of the date, where it may be written once above the rows of a day and is to be filled down;
    of a saved mapping, those that it fills."""
    before = mapping.repairs.filled_down
    date = mapping.one("time")
    if date is None or not is_written_once(raw.table, date):
        return before
    chosen = st.checkbox(
        f"Read each blank of '{plain(date)}' as the text above it",
        value=date in before,
        key=f"fill-down-{key}",
        persist_state="session",
        help="For files in which a date is written once above all rows of its day.",
    )
    others = tuple(name for name in before if name != date)
    return (*others, date) if chosen else others


def repair_rows(raw: RawTable, read: Preview, mapping: Mapping, key: str) -> None:
    """The rows that would be refused as the file has them, to be corrected or dropped."""
    repairs = stored_repairs(key)
    _show_repairs(repairs, key)
    rows = _refused_rows(raw, read, mapping)
    if rows.empty:
        return
    title = f"Correct or drop {counted(len(rows), 'row')} that would be refused"
    if len(rows) == _SHOWN:
        title = f"Correct or drop the first {_SHOWN} rows that would be refused"
    with st.expander(title, icon=":material/edit:"):
        st.caption(
            "Each row as the file has it. The file itself is not changed; the source records what was."
        )
        edited = edit_table(
            f"rows-{key}",
            rows,
            disabled=["row", "reason"],
            column_config={
                "row": st.column_config.NumberColumn("Row", width=60, pinned=True),
                "reason": st.column_config.TextColumn("Refused because", width=260, pinned=True),
                "drop": st.column_config.CheckboxColumn("Drop", width=60, pinned=True),
            },
        )
        unchanged = edited.equals(rows)
        if st.button("Apply the repairs", icon=":material/check:", key=f"apply-{key}", disabled=unchanged):
            _store(rows, edited, repairs, key)
            forget_table(f"rows-{key}")
            st.rerun()


def _show_repairs(repairs: Repairs, key: str) -> None:
    corrected = len({row for row, _, _ in repairs.corrected})
    if not corrected and not repairs.dropped:
        return
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.info(
        f"Repaired by hand: {counted(corrected, 'row')} corrected, "
        f"{counted(len(repairs.dropped), 'row')} dropped.",
        icon=":material/edit:",
    )
    if right.button("Undo all", icon=":material/undo:", key=f"undo-repairs-{key}", width="stretch"):
        st.session_state.pop(f"repairs-{key}", None)
        st.rerun()


def _refused_rows(raw: RawTable, read: Preview, mapping: Mapping) -> pd.DataFrame:
    """Row, reason, drop, and the cells of each refused row by column, those with a meaning first."""
    columns = [*mapping.names(), *(name for name in raw.columns if name not in mapping.names())][:_WIDE]
    refused = read.refused.set_index("row_number").reason.to_dict()
    found = raw.table.filter(_is_in(raw, list(refused))).select([*columns, "row_number"]).to_pylist()
    cells = {row.pop("row_number"): row for row in found}
    for number, reason, text in raw.refused:
        if number not in mapping.repairs.dropped:
            row = cells_of(text, raw.columns, raw.separator)
            corrections = {name: new for row_, name, new in mapping.repairs.corrected if row_ == number}
            cells[number] = {name: row.get(name, "") for name in columns} | corrections
            refused.setdefault(number, reason)
    listed = [
        {"row": number, "reason": refused[number], "drop": False}
        | {name: cells[number].get(name) or "" for name in columns}
        for number in sorted(refused.keys() & cells.keys())[:_SHOWN]
        if number not in mapping.repairs.dropped
    ]
    return pd.DataFrame(listed)


def _is_in(raw: RawTable, numbers: list[int]):
    return pd.Series(raw.table.column("row_number").to_numpy()).isin(numbers).to_numpy()


def _store(rows: pd.DataFrame, edited: pd.DataFrame, repairs: Repairs, key: str) -> None:
    """Add what was changed to the repairs."""
    corrected = {(row, name): text for row, name, text in repairs.corrected}
    dropped = set(repairs.dropped)
    names = [name for name in rows.columns if name not in ("row", "reason", "drop")]
    for before, after in zip(rows.to_dict("records"), edited.to_dict("records"), strict=True):
        number = int(after["row"])
        if after["drop"]:
            dropped.add(number)
            continue
        changed = {name for name in names if (after[name] or "") != before[name]}
        if changed and "columns where" in str(before["reason"]):
            changed = set(names)  # of a row that does not fit the header every cell is stated
        corrected |= {(number, name): after[name] or "" for name in changed}
    made = Repairs(
        repairs.merged,
        tuple((row, name, text) for (row, name), text in sorted(corrected.items()) if row not in dropped),
        tuple(sorted(dropped)),
    )
    st.session_state[f"repairs-{key}"] = made
