"""The operations in an order, as a table and a file, and the adverts that belong to none."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from analytics.adverts.indicator_hits import build_features
from analytics.adverts.judgement import LABELS
from analytics.adverts.masking import mask_adverts
from analytics.adverts.ordering import Ordering, TooFewJudgements, order_by_judgements
from analytics.adverts.queries import AdvertFilter, list_unlinked, read_identifiers
from analytics.adverts.strength import SCORE_SCALE, describe_score
from analytics.oversight.exercise import mark_name, mark_of_sources, mark_table
from analytics.shared.safe_csv import safe_csv
from analytics.shared.wording import counted
from ui.adverts.reading import ReasonedOrder
from ui.adverts.screen import (
    AdvertsScreen,
    advert_names,
    count_screen_matching,
    list_screen_operations,
    read_labels,
)
from ui.adverts.text import visible
from ui.components.address import change_address, choice_of_address
from ui.components.audit import log, log_once
from ui.components.choosing import change_link, chosen_number, fit_rows, tick_row
from ui.components.exporting import download_button
from ui.components.text import DAY_FORMAT, MOMENT_FORMAT

WORTH, JUDGED = "worth reading", "judgements so far"
ORDERS = (WORTH, "strength of the link", JUDGED, "indicators for", "adverts", "places", "newest")
_MAXIMUM_ROWS = 2_000
_MAXIMUM_WIDTH = 320  # pixels of the column of kinds
_LABELS = {entry.code: entry.label for entry in LABELS.entries}
# What decides comes first, so that a small window hides counts and dates alone; widths in pixels.
_COLUMNS = {
    "operation_id": st.column_config.NumberColumn("No.", width=48),
    "worth": st.column_config.NumberColumn(
        "Worth reading",
        format="%.1f",
        width=100,
        help="The sum of the reasons for and against. It orders the reading and is not a probability.",
    ),
    "like_leads": st.column_config.ProgressColumn(
        "Like the leads so far",
        format="percent",
        min_value=0,
        max_value=1,
        help="How closely it resembles operations judged to be leads. It orders the reading and is not a "
        "probability of harm.",
    ),
    "strength": st.column_config.TextColumn(
        "Strength of the link",
        width=120,
        help="How far wording and shared identifiers exceed chance. " + SCORE_SCALE + " The figure is in the "
        "tooltip of the chosen operation, and in the CSV.",
    ),
    "adverts": st.column_config.NumberColumn("Adverts", width=66),
    "matching": st.column_config.NumberColumn("Match the filter", width=106),
    "kinds": "Kinds",
    "indicators_for": st.column_config.NumberColumn("Indicators for", width=100),
    "indicators_against": st.column_config.NumberColumn("Indicators against", width=124),
    "safeguard": st.column_config.TextColumn("Child: refer first", width=110),
    "label": "Judged",
    "campaigns": st.column_config.NumberColumn("Wordings", width=76),
    "places": st.column_config.NumberColumn("Places", width=60),
    "phones": st.column_config.NumberColumn("Numbers", width=76),
    "sites": st.column_config.NumberColumn("Sites", width=52),
    "last": st.column_config.DateColumn("Last", format=DAY_FORMAT, width=92),
    "first": st.column_config.DateColumn("First", format=DAY_FORMAT, width=92),
    "why": st.column_config.TextColumn("Reasons for", width="large"),
    "why_not": st.column_config.TextColumn("Reasons against", width="large"),
}


def choose_order() -> str:
    return st.selectbox(
        "Order by",
        ORDERS,
        label_visibility="collapsed",
        width="stretch",
        **choice_of_address("order", ORDERS, WORTH),
    )


def order_table(screen: AdvertsScreen, reading: ReasonedOrder) -> pd.DataFrame:
    """The operations that pass the filter with the columns of the table, in the order of the link."""
    table = _with_indicators(screen, list_screen_operations(screen))
    worth = reading.worth.reindex(table.operation_id).to_numpy()
    table = table.assign(
        worth=worth,
        why=["; ".join(reading.reasons(number)[0]) for number in table.operation_id],
        why_not=["; ".join(reading.reasons(number)[1]) for number in table.operation_id],
    )
    order = st.query_params.get("order", WORTH)
    if order == JUDGED and isinstance(learned := learn_order(screen), Ordering):
        table["like_leads"] = learned.scores.reindex(table.operation_id).to_numpy()
    return _ordered(table, order)


def _columns_of(table: pd.DataFrame) -> list[str]:
    return [
        name
        for name in _COLUMNS
        if name in table
        and not (name == "matching" and (table.matching == table.adverts).all())
        and not (name == "safeguard" and not table.safeguard.any())
    ]


def show_table(table: pd.DataFrame) -> None:
    """All columns of the operations, to choose one from."""
    shown = table.head(_MAXIMUM_ROWS)
    kinds = shown.kinds.map(lambda text: visible(text, one_line=True))
    whole = st.column_config.TextColumn(
        "Kinds", width=int(min(18 + 6.3 * kinds.str.len().max(), _MAXIMUM_WIDTH)) if len(kinds) else None
    )
    tick_row(
        shown[_columns_of(table)].assign(kinds=kinds),
        shown.operation_id,
        chosen_number("operation"),
        _choose,
        height=fit_rows(len(shown), 560),
        key="operations_table",
        column_config=_COLUMNS | {"kinds": whole},
        alt="Operations, ranked",
    )
    if len(table) > _MAXIMUM_ROWS:
        st.caption(f"The first {_MAXIMUM_ROWS:,} of {len(table):,}; the export has all.")


def _choose(number: int | None) -> None:
    change_address(operation=None if number is None else str(number), advert=None)


def download_operations(screen: AdvertsScreen, table: pd.DataFrame) -> None:
    mark = mark_of_sources(screen.page.store, table="advert")
    download_button(
        screen.page,
        "export rows",
        "CSV",
        lambda: safe_csv(mark_table(screen.page.store, table[[*_columns_of(table), "score"]], mark)),
        mark_name("operations.csv", mark),
        "text/csv",
        icon=":material/download:",
        key="operations_csv",
        type="tertiary",
        disabled=table.empty,
        on_click=log,
        args=(screen.page, "export rows", "operations of adverts", {"rows": len(table)}),
        help="This list: counts, numbers and reasons only; no text, contact or name.",
    )


def show_unlinked(screen: AdvertsScreen) -> None:
    """Adverts that belong to no operation."""
    _, unlinked = count_screen_matching(screen)
    rows = list_unlinked(screen.page.store, screen.chosen)
    if rows.empty:
        st.info(
            "Every advert that passes the filter belongs to an operation, or none passes it.",
            icon=":material/filter_alt_off:",
        )
        return
    log_once(screen.page, "view rows", "unlinked adverts", {"rows": len(rows), "filter": str(screen.chosen)})
    shown = mask_adverts(rows, read_identifiers(screen.page.store, rows))
    for name in ("title", "body", "kind", "site", "place", "reference"):
        shown[name] = shown[name].map(lambda text: visible(text, one_line=True))
    st.caption(
        f"{counted(unlinked, 'advert shares', 'adverts share')} no wording and no telling identifier with "
        f"any other. The newest {len(rows):,} are listed: choose one to read it."
    )
    tick_row(
        shown[["posted_at", "place", "kind", "title", "body", "site", "reference"]],
        advert_names(rows),
        st.query_params.get("advert"),
        lambda name: change_link(advert=name),
        height=fit_rows(len(shown), 420),
        key="unlinked",
        alt="Unlinked adverts",
        column_config={
            "posted_at": st.column_config.DatetimeColumn("Posted (UTC)", format=MOMENT_FORMAT),
            "place": "Place",
            "kind": "Kind",
            "title": "Title",
            "body": st.column_config.TextColumn("Text", width="large"),
            "site": "Site",
            "reference": "Reference",
        },
    )


def learn_order(screen: AdvertsScreen) -> Ordering | TooFewJudgements:
    """The order learnt from the judgements of all operations, or why there is none."""
    labels = read_labels(screen.page)
    return _learn(
        screen.page.store.path,
        screen.version,
        repr(screen.file),
        tuple(zip(labels.operation_id, labels.side, strict=True)),
        screen,
    )


@st.cache_data(max_entries=8, show_spinner="Learning from the judgements …")
def _learn(store, version, indicators, judged, _screen: AdvertsScreen):
    every = list_screen_operations(replace(_screen, chosen=AdvertFilter()))
    features = build_features(every, _screen.hits, _screen.file)
    sides = pd.Series(dict(judged), dtype=object)
    try:
        return order_by_judgements(features, sides, every.set_index("operation_id").score)
    except TooFewJudgements as error:
        return error


def _with_indicators(screen: AdvertsScreen, table: pd.DataFrame) -> pd.DataFrame:
    counts = screen.hit_counts.reindex(table.operation_id).reset_index(drop=True)
    labels = read_labels(screen.page).set_index("operation_id").label
    return pd.concat([table.reset_index(drop=True), counts], axis=1).assign(
        strength=[describe_score(score) for score in table.score],
        label=table.operation_id.map(labels).map(_LABELS).fillna("").to_numpy(),
        safeguard=counts.safeguard.map({True: "refer", False: ""}).fillna(""),
    )


def _ordered(table: pd.DataFrame, order: str) -> pd.DataFrame:
    if order == JUDGED and "like_leads" in table:
        # What is judged already has been read: it goes last.
        return (
            table.assign(read=table.label != "")
            .sort_values(["read", "like_leads"], ascending=[True, False], kind="stable")
            .drop(columns="read")
        )
    columns = {
        "strength of the link": "score",
        "indicators for": "indicators_for",
        "newest": "last",
        "adverts": "adverts",
        "places": "places",
    }
    return table.sort_values(columns.get(order, "worth"), ascending=False, kind="stable", ignore_index=True)
