"""The first rows of a file as a mapping reads them, and whether the import may go on."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.figures.world_maps import preview_map
from analytics.ingest import (
    Mapping,
    RawTable,
    UnreadableFile,
)
from analytics.ingest.preview import SAMPLE, Preview, preview
from analytics.oversight.masking import mask_rows, mask_text
from analytics.shared.wording import counted
from analytics.store import Store
from ui.components.audit import log_once
from ui.components.evidence import ROW_TITLES, readable
from ui.components.map import show_map
from ui.components.reveal import reveal
from ui.components.text import MOMENT_FORMAT, plain
from ui.data.mapping_form import repairs_key
from ui.data.repairs_form import repair_rows
from ui.shell.page import Page


@st.cache_data(max_entries=8, show_spinner="Reading the first rows …")
def _previewed(_store: Store, _raw: RawTable, data_version: int, sha256: str, mapping: Mapping) -> Preview:
    return preview(_store, _raw, mapping)


def _mask(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The first rows masked, and what each refusal quotes of its row."""
    masked = mask_rows(rows, kind)
    return (
        masked.assign(refused=masked.refused.map(mask_text, na_action="ignore"))
        if "refused" in masked
        else masked
    )


def preview_mapping(
    page: Page, raw: RawTable, mapping: Mapping, file_name: str, notes: DeltaGenerator
) -> bool:
    """The first rows as they would be read, in a table and, where they have places, on a map; what is to be
    known of how they are read in `notes`, which stands where the columns are chosen. False where the mapping
    cannot be used."""
    try:
        read = _previewed(page.store, raw, page.store.data_version(), raw.sha256, mapping)
    except UnreadableFile as error:
        st.warning(str(error))
        return False
    log_once(page, "view rows", f"preview of {file_name}", {"rows": len(read.rows)})
    has_places = any(map(mapping.of, ("longitude", "point"))) or mapping.kind == "incident"
    left, right = st.columns(2) if has_places else (st.container(), None)
    shown = read.rows.drop(columns="repost_of", errors="ignore").dropna(axis="columns", how="all")
    revealed = reveal(page, f"preview of {file_name}", key="preview")
    left.dataframe(
        readable(shown if revealed else _mask(shown, mapping.kind)),
        hide_index=True,
        placeholder="",
        height=260,
        alt="The first rows as they would be read",
        column_config=ROW_TITLES
        | {
            "refused": st.column_config.TextColumn("Refused because", width=260),
            "start": st.column_config.DatetimeColumn("From (as written)", format=MOMENT_FORMAT),
            "finish": st.column_config.DatetimeColumn("To", format=MOMENT_FORMAT),
            "lon": st.column_config.NumberColumn("Longitude", format="%.4f"),
            "lat": st.column_config.NumberColumn("Latitude", format="%.4f"),
        },
    )
    counts = (
        f"The first {counted(len(read.rows), 'row')}: "
        f"{int(read.rows.refused.notna().sum()):,} would be refused"
    )
    if right is not None:
        placed = read.rows.dropna(subset=["lon", "lat"])
        counts += f", {len(read.rows) - len(placed):,} have no place"
        if placed.empty:
            right.info("None of the first rows has a place.")
        else:
            label = f"Where the first {counted(len(placed), 'row')} lie"
            dark = st.context.theme.type == "dark"
            with right:
                show_map(preview_map(placed.lon, placed.lat, label=label, dark=dark), key="preview")
    st.caption(
        counts
        + ". The whole file is judged on import."
        + (f" Notes rest on {SAMPLE:,} rows spread over it." if raw.table.num_rows > SAMPLE else "")
    )
    for note in read.notes:
        notes.warning(as_sentence(note), icon=":material/warning:")
    repair_rows(raw, read, mapping, repairs_key(raw, mapping.kind))
    return _pass_gate(read, f"{mapping.kind}-{raw.sha256}")


def _pass_gate(read: Preview, key: str) -> bool:
    """Whether the import may go on: where much of the file would be lost, only once the user says so."""
    if not read.losses:
        return True
    st.warning(
        "**Much of this file would be lost.**\n\n" + "\n".join(f"- {plain(loss)}" for loss in read.losses),
        icon=":material/front_hand:",
    )
    return st.checkbox("Import it nevertheless", key=f"gate-{key}", persist_state="session")


def as_sentence(note: str) -> str:
    """A note of an import as a sentence."""
    return note[0].upper() + note[1:] + ("" if note.endswith(("?", ".")) else ".")
