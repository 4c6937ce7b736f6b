"""The inspector's sampling: draw acts at random, judge each."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.oversight import may
from analytics.oversight.sampling import (
    JUDGEMENTS,
    KINDS,
    draw_sample,
    list_samples,
    note_on,
    read_sample,
)
from analytics.shared.wording import counted, write_day
from ui.components.address import change_address
from ui.components.choosing import chosen_number, fit_rows, tick_row
from ui.components.exporting import offer_csv
from ui.components.list import ListEntry, ListMark, show_list
from ui.components.text import plain
from ui.oversight.allowed import is_allowed
from ui.oversight.record import COLUMNS, show_record_detail
from ui.shell.layout import fill_pane, pad_pane, scroll_pane, window_pane
from ui.shell.page import Page


@st.fragment
def show_sampling(page: Page) -> None:
    """The samples beside the records of the chosen one, each to be judged."""
    if not is_allowed(page, "read audit"):
        return
    samples = list_samples(page.store)
    asked = chosen_number("sample")
    chosen = samples[samples.sample_id == asked] if asked else samples.head(1)
    with window_pane("oversight"):
        with fill_pane("index"):
            with pad_pane("list_head"):
                _offer_draw(page)
            with fill_pane("sample_list"):
                show_list(
                    [_entry(row) for row in samples.itertuples()],
                    key="samples",
                    label="Samples, the latest first",
                    chosen=None if chosen.empty else str(chosen.sample_id.iloc[0]),
                    on_choose=lambda number: change_address(sample=number, record=None),
                )
        with fill_pane("reading"), scroll_pane("reading"):
            if chosen.empty:
                st.text(
                    "No sample yet. Choose what to draw from and how many: the acts are drawn at random by a "
                    "seed that is recorded, so that anybody can draw the same again."
                )
            else:
                _show_sample(page, chosen.iloc[0])


def _offer_draw(page: Page) -> None:
    with st.form("draw", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.selectbox("Draw from", list(KINDS))
        size = st.number_input("How many", 1, 200, 10, width=110)
        if st.form_submit_button(
            "Draw", icon=":material/casino:", disabled=not may(page.actor, "draw sample")
        ):
            try:
                number = draw_sample(page.store, page.actor, kind, int(size))
            except ValueError as error:
                st.error(plain(error))
            else:
                change_address(sample=str(number), record=None)
                st.rerun()


def _entry(row) -> ListEntry:
    done = row.judged == row.size
    return ListEntry(
        str(row.sample_id),
        f"Sample {row.sample_id} · {row.drawn_from}",
        f"{write_day(row.drawn_at)} · {row.drawn_by} · seed {row.seed}",
        marks=[ListMark(f"{row.judged} of {row.size} judged", "" if done else "strong")],
    )


def _show_sample(page: Page, sample: pd.Series) -> None:
    number = int(sample.sample_id)
    records = read_sample(page.store, number)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(f"Sample {number}", width="stretch")
        offer_csv(
            page, "CSV", records, f"sample-{number}", "export sample", f"sample {number}", type="tertiary"
        )
    st.caption(
        plain(
            f"{counted(len(records), 'record')} of {sample.drawn_from.lower()}, drawn with seed {sample.seed}"
            f" from the records up to {sample.last_sequence}."
        )
    )
    picked = tick_row(
        records,
        records.sequence.tolist(),
        chosen_number("record"),
        lambda sequence: change_address(record=None if sequence is None else str(sequence)),
        key=f"sample-{number}",
        column_order=["sequence", "recorded_at", "actor", "act", "object", "judgement"],
        column_config=COLUMNS | {"judgement": st.column_config.TextColumn("Found", width=120)},
        height=fit_rows(len(records), 320),
        alt="The records of the sample",
    )
    if picked is None:
        st.caption("Tick a record to read it and to judge it.")
        return
    row = records[records.sequence == picked].iloc[0]
    show_record_detail(row)
    with st.form(f"judge-{number}-{picked}", border=False):
        judged = row.judgement if row.judgement in JUDGEMENTS else None
        found = st.segmented_control("Found", JUDGEMENTS, default=judged, format_func=str.capitalize)
        note = st.text_input("Note", row.note if isinstance(row.note, str) else "")
        if st.form_submit_button(
            "Record", icon=":material/save:", disabled=not may(page.actor, "judge sample")
        ):
            try:
                note_on(page.store, page.actor, number, int(picked), found or "", note)
            except ValueError as error:
                st.error(plain(error))
            else:
                st.rerun()
