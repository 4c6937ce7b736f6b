"""One advert: its text as plain text, where and when, what was read in it, the indicators it meets and by
which words."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from analytics.adverts.identifiers import kind_of
from analytics.adverts.indicators import find_matched_words
from analytics.adverts.masking import mask_adverts, mask_identifier
from analytics.adverts.queries import read_advert, read_identifiers
from analytics.desk.tray import TrayItem
from analytics.search import PageLink
from analytics.shared.wording import write_moment
from ui.adverts.screen import AdvertsScreen, collect_names_in
from ui.adverts.text import visible
from ui.components.audit import log_once
from ui.components.choosing import change_link, choose_row
from ui.components.entity_link import link_identifier
from ui.components.opening import open_link
from ui.components.reveal import reveal
from ui.shell.layout import fill_pane, pad_pane, scroll_pane
from ui.shell.page import Page
from ui.shell.tray import add_to_case

_ABOUT = {
    "reference": "Reference",
    "kind": "Kind",
    "site": "Site",
    "place": "Place",
    "source_name": "Source",
    "file_name": "File",
    "legal_basis": "Legal basis",
    "purpose": "Purpose",
    "handling": "Handling",
}


def show_advert(screen: AdvertsScreen, mark: str, beside: int | None) -> None:
    """The pane of the advert of the link ('3-17': source 3, row 17), shown beside an operation or none."""
    with fill_pane("advert"):  # of its own, so that it begins at its top
        _show_pane(screen, mark, beside)


def _show_pane(screen: AdvertsScreen, mark: str, beside: int | None) -> None:
    source, _, row = mark.partition("-")
    try:
        advert = read_advert(screen.page.store, int(source), int(row))
    except (ValueError, KeyError):
        with pad_pane("detail_head", horizontal=True):
            st.markdown("**No advert**", width="stretch")
            _close_button()
        with scroll_pane("detail"):
            st.warning("The link names an advert that is not in the store.", icon=":material/link_off:")
        return
    number = f"advert {advert['row_number']} of source {advert['source_id']}"
    with pad_pane("detail_head", horizontal=True):
        st.markdown(f"**Row {advert['row_number']} of source {advert['source_id']}**", width="stretch")
        _close_button()
    with scroll_pane("detail"):
        _show_text(screen, advert, number, beside)
    with pad_pane("detail_foot", horizontal=True):
        label = f"Advert, {number.removeprefix('advert ')}"
        item = TrayItem("advert", mark, label, PageLink("adverts", {"advert": mark}))
        add_to_case(screen.page, item, key=f"advert-{mark}")


def _close_button() -> None:
    st.button(
        "",
        icon=":material/close:",
        key="close_advert",
        type="tertiary",
        shortcut="Esc",
        help="Close",
        on_click=partial(change_link, advert=None),
    )


def _show_text(screen: AdvertsScreen, advert: dict, number: str, beside: int | None) -> None:
    frame = pd.DataFrame([advert])
    read = read_identifiers(screen.page.store, frame)
    within = advert["operation_id"]
    revealed = reveal(screen.page, f"operation {within}" if within is not None else number, key="advert")
    log_once(screen.page, "view rows", number, {"revealed": revealed})
    shown = frame.iloc[0] if revealed else mask_adverts(frame, read, collect_names_in(screen, within)).iloc[0]
    with st.container(border=True):
        st.text(visible(shown.title) or "(no title)")
        st.text(visible(shown.body) or "(no text)")
        if shown.contact:
            st.text("Declared contacts: " + visible(shown.contact, one_line=True))
    posted = f"{write_moment(advert['posted_at'])} UTC" if advert["posted_at"] is not None else "not known"
    lines = [f"Posted: {posted}"] + [
        f"{title}: {visible(advert[name], one_line=True)}" for name, title in _ABOUT.items() if advert[name]
    ]
    st.text("\n".join(lines))
    if within is not None and within != beside:
        st.button(
            f"Open operation {within}",
            icon=":material/hub:",
            on_click=partial(change_link, operation=within, advert=None),
            key="open_operation",
        )
    _show_read(screen.page, read, revealed)
    _show_indicators(screen, advert)


def _show_read(page: Page, read: pd.DataFrame, revealed: bool) -> None:
    if read.empty:
        st.caption("No number, address, price or place was found in it.")
        return
    identities = list(zip(read.kind, read.value, read.field, read.span_start.fillna(-1), strict=True))
    table = read.assign(
        value=[
            visible(v if revealed else mask_identifier(k, v), one_line=True)
            for k, v in zip(read.kind, read.value, strict=True)
        ],
        kind=[kind_of(kind).label for kind in read.kind],
        note=read.note.map(lambda text: visible(text, one_line=True)),
        span=[
            f"{a:.0f}–{b:.0f}" if a == a else ""
            for a, b in zip(read.span_start.astype(float), read.span_end.astype(float), strict=True)
        ],
    )
    chosen = choose_row(
        table[["kind", "value", "everywhere", "confidence", "field", "span", "note"]],
        identities,
        key="read-in-advert",
        alt="Identifiers found in the advert",
        column_config={
            "kind": "Kind",
            "value": "Value",
            "field": "In",
            "span": "Characters",
            "everywhere": "In all adverts",
            "note": "Note",
            "confidence": st.column_config.NumberColumn("Confidence", format="percent"),
        },
    )
    if chosen is not None:
        opens = link_identifier(page, chosen[0], chosen[1])
        open_link(opens, "What it is linked with", key="read-in-advert")


def _show_indicators(screen: AdvertsScreen, advert: dict) -> None:
    hits = screen.hits
    mine = hits[(hits.source_id == advert["source_id"]) & (hits.row_number == advert["row_number"])]
    text = f"{advert['title'] or ''} . {advert['body'] or ''}"
    rows = [
        {
            "indicator": indicator.title,
            "counts": indicator.direction,
            "evidence": indicator.evidence,
            "words": visible(find_matched_words(text, indicator), one_line=True) if indicator.phrases else "",
        }
        for indicator in screen.file.indicators
        if len(mine) and mine[indicator.name].iloc[0]
    ]
    if not rows:
        st.caption("It meets none of the indicators.")
        return
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        alt="Indicators the advert meets",
        column_config={
            "indicator": st.column_config.TextColumn("Indicator", width="large"),
            "counts": "Counts",
            "evidence": "Evidence",
            "words": "Matching words (in lower case)",
        },
    )
