"""The adverts of a campaign one under another: what is constant in grey, what varies in a colour for its
kind.

Drawn as a table whose cells are text on a canvas: nothing in an advert can be markup there, and a thousand
rows scroll."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler
from streamlit.elements.lib.column_types import ColumnConfig

from analytics.adverts.campaigns import Template, build_template
from analytics.adverts.masking import mask_adverts, mask_template
from analytics.adverts.queries import read_identifiers
from analytics.figures.theme import CONSTANT_TEXT, SLOTS
from analytics.shared.wording import counted
from analytics.store import open_store
from ui.adverts.screen import AdvertsScreen, Operation, advert_names, collect_names_in
from ui.adverts.text import visible
from ui.components.audit import log_once
from ui.components.choosing import change_link, tick_row
from ui.components.text import MOMENT_FORMAT

_MAXIMUM_ROWS = 2_000
_MAXIMUM_CHARACTERS = 240  # characters of a cell
_FEW = 4  # segments that may take the room of their text


def show_aligned(screen: AdvertsScreen, operation: Operation, *, revealed: bool) -> None:
    """Choose a campaign of the operation and see its adverts aligned; a row chosen opens its advert."""
    campaigns = operation.adverts.campaign_id.dropna().astype(int).value_counts()
    without_wording = int(operation.adverts.campaign_id.isna().sum())
    if campaigns.empty:
        _show_rows(
            screen, operation, operation.adverts, revealed, "Adverts that share an identifier but no wording"
        )
        return
    about = {int(number): f"Wording {number}: {counted(n, 'advert')}" for number, n in campaigns.items()}
    if without_wording:
        about[-1] = f"Without a common wording: {counted(without_wording, 'advert')}"
    number = st.selectbox(
        "Wording",
        list(about),
        format_func=lambda number: about[number],
        key=f"campaign-{operation.number}",
        width=420,
    )
    if number == -1:
        _show_rows(
            screen,
            operation,
            operation.adverts[operation.adverts.campaign_id.isna()],
            revealed,
            "Without a common wording",
        )
        return
    adverts = operation.adverts[operation.adverts.campaign_id == number].reset_index(drop=True)
    if len(adverts) > _MAXIMUM_ROWS:
        pages = -(-len(adverts) // _MAXIMUM_ROWS)
        at = st.number_input(
            f"Adverts, {_MAXIMUM_ROWS:,} at a time: part 1 to {pages}",
            1,
            pages,
            key=f"part-{number}",
            width=320,
        )
        adverts = adverts.iloc[(at - 1) * _MAXIMUM_ROWS : at * _MAXIMUM_ROWS].reset_index(drop=True)
    template, cells = _aligned(
        screen.page.store.path,
        screen.version,
        number,
        (int(adverts.index[0]) if len(adverts) else 0, len(adverts)),
        revealed,
        adverts,
        collect_names_in(screen, operation.number),
    )
    log_once(screen.page, "view rows", f"campaign {number}", {"rows": len(adverts), "revealed": revealed})
    _show_template(template, cells)
    shown, columns = _table(template, cells, adverts)
    tick_row(
        shown,
        advert_names(adverts),
        st.query_params.get("advert"),
        lambda name: change_link(advert=name),
        height=min(520, 60 + 30 * len(adverts)),
        key=f"aligned-{number}",
        row_height=30,
        column_config=columns,
        alt=f"{counted(len(adverts), 'advert')} of wording {number}, aligned",
    )
    st.caption(
        f"{counted(len(adverts), 'advert')}, oldest first. Grey is constant; a colour and its title show "
        f"what varies; an empty cell is absent from that advert. Choose a row to read its advert."
    )


def _show_template(template: Template, cells: list[list[str]]) -> None:
    """The template in one line: constant words as they are, a slot as its kind in brackets."""
    words = [
        f"⟨{segment.kind}: {segment.values:,} different⟩"
        if segment.slot
        else visible(cells[template.centre][at], one_line=True)
        for at, segment in enumerate(template.segments)
    ]
    st.text(" ".join(word for word in words if word))


def _table(
    template: Template, cells: list[list[str]], adverts: pd.DataFrame
) -> tuple[Styler, dict[str, ColumnConfig]]:
    """The styled table and its column settings. Titles are ours alone, never an advert's words."""
    data = {"posted": adverts.posted_at, "place": adverts.place.map(_one_line)}
    columns: dict[str, ColumnConfig] = {}
    colours: dict[str, str] = {}
    seen: dict[str, int] = {}
    columns["posted"] = st.column_config.DatetimeColumn("Posted (UTC)", format=MOMENT_FORMAT, pinned=True)
    columns["place"] = st.column_config.TextColumn("Place", pinned=True)
    for at, segment in enumerate(template.segments):
        name = f"s{at}"
        data[name] = [_one_line(row[at])[:_MAXIMUM_CHARACTERS] for row in cells]
        kind = segment.kind if segment.slot else "constant"
        seen[kind] = seen.get(kind, 0) + 1
        title = kind if kind == "constant" else f"{kind} {seen[kind]}"
        columns[name] = st.column_config.TextColumn(
            title,
            width=_width(data[name], roomy=segment.slot or len(template.segments) <= _FEW),
            help=f"In {segment.share:.0%} of the adverts"
            + (f", {segment.values:,} different" if segment.slot else ""),
        )
        colours[name] = (
            f"background-color: {SLOTS.get(segment.kind, SLOTS['other'])}"
            if segment.slot
            else f"color: {CONSTANT_TEXT}"
        )
    frame = pd.DataFrame(data)
    styled = frame.style
    for name, style in colours.items():
        styled = styled.set_properties(subset=[name], **dict([style.split(": ", 1)]))
    return styled, columns


def _width(cells: list[str], *, roomy: bool) -> int:
    """Pixels of a column: its longest text, within bounds that leave the others in sight."""
    return min(max(16 + 7 * max(map(len, cells), default=0), 75), 520 if roomy else 160)


def _show_rows(
    screen: AdvertsScreen, operation: Operation, adverts: pd.DataFrame, revealed: bool, what: str
) -> None:
    """Adverts without a template, as rows."""
    rows = adverts.head(_MAXIMUM_ROWS).reset_index(drop=True)
    log_once(screen.page, "view rows", what, {"rows": len(rows), "revealed": revealed})
    names = collect_names_in(screen, operation.number)
    shown = rows if revealed else mask_adverts(rows, read_identifiers(screen.page.store, rows), names)
    shown = shown[["posted_at", "place", "title", "body"]].assign(
        **{name: shown[name].map(_one_line) for name in ("place", "title", "body")}
    )
    tick_row(
        shown,
        advert_names(rows),
        st.query_params.get("advert"),
        lambda name: change_link(advert=name),
        height=360,
        key="rows",
        alt=what,
        column_config={
            "posted_at": st.column_config.DatetimeColumn("Posted (UTC)", format=MOMENT_FORMAT),
            "place": "Place",
            "title": "Title",
            "body": st.column_config.TextColumn("Text", width="large"),
        },
    )


@st.cache_data(max_entries=16, show_spinner="Aligning the adverts …")
def _aligned(store, version, number, part, revealed, _adverts: pd.DataFrame, names: frozenset[str]):
    texts = [
        f"{title or ''}\n{body or ''}".strip("\n")
        for title, body in zip(_adverts.title, _adverts.body, strict=True)
    ]
    places = {str(place).split(",")[0].lower() for place in _adverts.place.dropna().unique()}
    template = build_template(texts, places)
    if revealed:
        return template, template.rows()
    return template, mask_template(template, _adverts, read_identifiers(open_store(store), _adverts), names)


def _one_line(text: object) -> str:
    return visible(text, one_line=True)
