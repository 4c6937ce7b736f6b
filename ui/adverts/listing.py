"""The ranked operations, and the adverts that belong to none."""

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
from analytics.shared.safe_csv import safe_csv
from analytics.shared.wording import counted
from ui.adverts.screen import (
    AdvertsScreen,
    advert_names,
    count_screen_matching,
    list_screen_operations,
    read_labels,
)
from ui.adverts.text import visible
from ui.components.choosing import change_link, chosen_number, tick_row
from ui.components.evidence import log, log_once
from ui.components.text import DAY_FORMAT, MOMENT_FORMAT, plain

ORDERS = ("strength of the link", "judgements so far", "indicators for", "adverts", "places", "newest")
_MAXIMUM_ROWS = 2_000
_MAXIMUM_WIDTH = 320  # pixels of the column of kinds
_LABELS = {entry.code: entry.label for entry in LABELS.entries}
# What decides comes first, so that a small window hides counts and dates alone; widths in pixels.
_COLUMNS = {
    "operation_id": st.column_config.NumberColumn("No.", width=48),
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
}


def show_operations(screen: AdvertsScreen) -> None:
    """The list; choosing a row puts its operation into the link."""
    table = list_screen_operations(screen)
    adverts, unlinked = count_screen_matching(screen)
    if table.empty:
        st.info(
            f"No operation has an advert that passes the filter. {unlinked:,} unlinked adverts pass it."
            if screen.summary.operations
            else "No adverts share a wording or a telling identifier: see 'Unlinked adverts'."
            if screen.summary.last_run
            else "Not analysed yet: press 'Find operations'.",
            icon=":material/filter_alt_off:",
        )
        return
    table = _with_indicators(screen, table)
    order_box, about = st.columns([2, 7], vertical_alignment="bottom")
    order = order_box.selectbox("Order by", ORDERS, key="order", bind="query-params")
    learned = learn_order(screen) if order == "judgements so far" else None
    if isinstance(learned, Ordering):
        table["like_leads"] = learned.scores.reindex(table.operation_id).to_numpy()
    elif learned is not None:
        st.info(plain(learned), icon=":material/balance:")
    table = _ordered(table, order).head(_MAXIMUM_ROWS)
    about.caption(
        f"**{counted(len(table), 'operation')}** with {counted(adverts - unlinked, 'advert')} that pass the "
        f"filter; {unlinked:,} more are unlinked · {counted(screen.summary.adverts, 'advert')} in all · one "
        f"indicator is weak, and an operation may meet several and harm nobody"
    )
    shown = [
        name
        for name in _COLUMNS
        if name in table
        and not (name == "matching" and (table.matching == table.adverts).all())
        and not (name == "safeguard" and not table.safeguard.any())
    ]
    kinds = table.kinds.map(lambda text: visible(text, one_line=True))
    whole = st.column_config.TextColumn(
        "Kinds", width=int(min(18 + 6.3 * kinds.str.len().max(), _MAXIMUM_WIDTH))
    )
    tick_row(
        table[shown].assign(kinds=kinds),
        table.operation_id,
        chosen_number("operation"),
        lambda number: change_link(operation=number, advert=None),
        height=min(300, 44 + 35 * len(table)),
        key="operations",
        column_config=_COLUMNS | {"kinds": whole},
        alt="Operations, ranked",
    )
    st.download_button(
        "This list (CSV)",
        safe_csv(table[[*shown, "score"]]),
        "operations.csv",
        "text/csv",
        icon=":material/download:",
        key="operations_csv",
        on_click=log,
        args=(screen.page, "export rows", "operations of adverts", {"rows": len(table)}),
        help="Counts and numbers only: no text, contact or name.",
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
        height=min(420, 44 + 35 * len(shown)),
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
        screen.version, repr(screen.file), tuple(zip(labels.operation_id, labels.side, strict=True)), screen
    )


@st.cache_data(max_entries=8, show_spinner="Learning from the judgements …")
def _learn(version, indicators, judged, _screen: AdvertsScreen):
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
    if order == "judgements so far" and "like_leads" in table:
        # What is judged already has been read: it goes last.
        return (
            table.assign(read=table.label != "")
            .sort_values(["read", "like_leads"], ascending=[True, False], kind="stable")
            .drop(columns="read")
        )
    columns = {"indicators for": "indicators_for", "newest": "last", "adverts": "adverts", "places": "places"}
    column = columns.get(order, "score")
    return table.sort_values(column, ascending=False, kind="stable")
