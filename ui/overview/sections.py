"""The parts of the Overview page: frames in, widgets out."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from analytics.overview.latest_change import LatestChange
from analytics.overview.waiting import WaitingItems
from analytics.overview.worst_places import WorstPlaces
from analytics.shared.wording import counted, write_day, write_period
from ui.components.choosing import choose_row
from ui.components.text import MOMENT_FORMAT
from ui.shell.pages import page_path

PURPOSE = (
    "Here you will see what changed since last week against what was expected, which places are worst, what "
    "waits for a decision and what has not been collected. It needs recorded crime to speak of."
)
_OLD = 14  # days after which the latest record is no longer this morning's


def show_age(last: date, today: date) -> None:
    """How old the latest record is: 'last week' means the last week in the data."""
    age = (today - last).days
    text = f"Latest record {write_day(last)}, {counted(age, 'day')} ago."
    if age > _OLD:
        st.warning(f"{text} 'Latest' below means the last in the data.", icon=":material/history:")
    else:
        st.caption(text)


def show_change(change: LatestChange | None) -> None:
    st.subheader(
        "What changed", help="Each category's latest count against a prediction from the periods before."
    )
    if change is None:
        st.info("The data have fewer than five periods: too little history to say what was expected.")
        return
    st.caption(
        f"Latest {change.period}, {write_period(change.first_day, change.last_day)}. Expected: "
        "negative binomial from the 12 periods before, 95 % band; unusual under a false-discovery rate of 5 "
        "%. Season is not modelled, and late recording makes the latest period look low."
    )
    table = change.table.assign(
        band=[f"{low} – {high}" for low, high in zip(change.table.low, change.table.high, strict=True)],
        verdict=change.table.unusual.map(
            {"more": "▲ more than expected", "fewer": "▼ fewer than expected", "": "as expected"}
        ),
    )
    st.dataframe(
        table[["category", "count", "expected", "band", "p_adjusted", "verdict"]],
        hide_index=True,
        alt="Latest counts against what was expected, by category",
        column_config={
            "category": "Category",
            "count": st.column_config.NumberColumn("Count"),
            "expected": st.column_config.NumberColumn("Expected", format="%.1f"),
            "band": "95 % band",
            "p_adjusted": st.column_config.NumberColumn("p (adjusted)", format="%.3f"),
            "verdict": "Verdict",
        },
    )


def show_worst_places(places: WorstPlaces | None, area_name: str) -> None:
    """The squares with the most incidents; one chosen can be opened on the Hotspots page."""
    st.subheader("Worst places", help="Squares of 250 m with the most incidents: a count, not a test.")
    if places is None or places.table.empty:
        st.info("No incident with a recorded place.")
        return
    st.caption(
        f"{write_period(places.first_day, places.last_day)}, and the 28 days before. A plain count: "
        "Hotspots tests whether a place is more than chance. Choose a row to open it there."
    )
    cell = choose_row(
        places.table[["place", "category", "count", "before"]],
        places.table.cell,
        key="worst-places",
        alt="Squares with the most incidents",
        column_config={
            "place": "Commonest place",
            "category": "Commonest category",
            "count": "Incidents",
            "before": "28 days before",
        },
    )
    if cell is not None:
        st.page_link(
            page_path("hotspots"),
            label="Open it on Hotspots",
            icon=":material/hexagon:",
            query_params={
                "area": area_name,
                "cells": "square",
                "size": f"{places.cell} m",
                "cell": cell,
                "period": [places.first_day.isoformat(), places.last_day.isoformat()],
            },
        )


def show_waiting(waiting: WaitingItems) -> None:
    st.subheader("Waiting for somebody")
    _list(
        "Findings not yet in a product",
        waiting.findings,
        "Nothing waits: save a finding on Hotspots, Adverts or Money.",
    )
    _list("Briefs without a decision", waiting.briefs, "No brief waits for the meeting.")
    _list("Actions due within 30 days or overdue", waiting.actions, "No action is due.")
    _list("Imports that failed in the last 14 days", waiting.failed_imports, "No import failed.")
    _list("Sources due for review within 30 days", waiting.reviews, "No source is due for review.")


def _list(title: str, frame: pd.DataFrame, nothing: str) -> None:
    st.markdown(f"**{title}** · {len(frame)}")
    if frame.empty:
        st.caption(nothing)
    else:
        titles = {name: name.replace("_", " ").removesuffix(" id").capitalize() for name in frame}
        moments = {
            name: st.column_config.DatetimeColumn(f"{titles[name]} (UTC)", format=MOMENT_FORMAT)
            for name in frame.select_dtypes("datetime")
        }
        st.dataframe(
            frame,
            hide_index=True,
            height="content" if len(frame) <= 4 else 190,
            column_config=titles | moments,
            alt=title,
        )


def show_collection_grid(grid: pd.DataFrame) -> None:
    st.subheader(
        "Gaps in collection",
        help="Traffickers must advertise, rent premises, travel, communicate and move money, at each stage.",
    )
    st.caption(
        "Records by commercial domain and stage, with the latest date. "
        "A gap means that nothing was collected."
    )
    cell = [
        "gap: no records" if n == 0 else f"{n:,}" + ("" if pd.isna(day) else f" · to {write_day(day)}")
        for n, day in zip(grid.records, grid.latest, strict=True)
    ]
    wide = grid.assign(cell=cell).pivot(index="domain", columns="stage", values="cell")
    order = {
        "origin": "Origin",
        "transit": "Transit",
        "destination": "Destination",
        "not known": "Stage not known",
    }
    st.dataframe(wide.loc[grid.domain.unique(), list(order)].rename(columns=order).rename_axis("Domain"))
