"""The parts of the Overview page: frames in, widgets out."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.overview import Attention
from analytics.overview.change import Change
from analytics.overview.places import Places


def show_empty() -> None:
    """No incidents yet: what this page is for and how to fill it."""
    st.text(
        "This page says what changed since last week against what was expected, which places are worst, what "
        "waits for a decision and what has not been collected. It needs recorded crime to speak of."
    )
    st.page_link("pages/data.py", label="Import a crime file", icon=":material/upload_file:")
    st.caption("Or load the invented city: stop the app and run `achilles scenario --load`.")


def show_change(change: Change | None) -> None:
    st.subheader(
        "What changed", help="Each category's latest count against a prediction from the periods before."
    )
    if change is None:
        st.info("Fewer than five periods are held: too little history to say what was expected.")
        return
    st.caption(
        f"Latest {change.period}, {change.first_day:%d %b %Y} to {change.last_day:%d %b %Y}. Expected: negative "
        "binomial from the 12 periods before, 95 % band; unusual under a false-discovery rate of 5 %. "
        "Season is not modelled, and late recording makes the latest period look low."
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
        column_config={
            "category": "Category",
            "count": st.column_config.NumberColumn("Count"),
            "expected": st.column_config.NumberColumn("Expected", format="%.1f"),
            "band": "95 % band",
            "p_adjusted": st.column_config.NumberColumn("p (adjusted)", format="%.3f"),
            "verdict": "Verdict",
        },
    )


def show_worst_places(places: Places | None) -> None:
    st.subheader("Worst places", help="Squares of 250 m with the most incidents: a count, not a test.")
    if places is None or places.table.empty:
        st.info("No incident with a recorded place.")
        return
    st.caption(
        f"{places.first_day:%d %b %Y} to {places.last_day:%d %b %Y}, and the 28 days before. A plain count: "
        "Hotspots tests whether a place is more than chance."
    )
    st.dataframe(
        places.table,
        hide_index=True,
        column_config={
            "place": "Commonest place name", "category": "Commonest category",
            "count": "Incidents", "before": "28 days before",
        },
    )  # fmt: skip
    st.page_link("pages/hotspots.py", label="Open Hotspots", icon=":material/hexagon:")


def show_attention(waiting: Attention) -> None:
    st.subheader("Waiting for somebody")
    _list("Findings not yet in a product", waiting.findings, "Nothing waits: save a finding on Hotspots.")
    _list("Briefs without a decision", waiting.briefs, "No brief waits for the meeting.")
    _list("Actions due within 30 days or overdue", waiting.actions, "No action is due.")
    _list("Imports that failed in the last 14 days", waiting.failed_imports, "No import failed.")
    _list("Sources due for review within 30 days", waiting.reviews, "No source is due for review.")


def _list(title: str, frame: pd.DataFrame, nothing: str) -> None:
    st.markdown(f"**{title}** · {len(frame)}")
    if frame.empty:
        st.caption(nothing)
    else:
        shown = frame.rename(columns=lambda name: name.replace("_", " ").capitalize())
        st.dataframe(shown, hide_index=True, height=min(38 * (len(frame) + 1), 190))


def show_collection_grid(grid: pd.DataFrame) -> None:
    st.subheader(
        "Gaps in collection",
        help="Traffickers must advertise, rent premises, travel, communicate and move money, at each stage.",
    )
    st.caption(
        "Records held by commercial domain and stage, with the latest date. A gap says nothing was collected."
    )
    cell = [
        "gap: nothing held" if n == 0 else f"{n:,}" + ("" if pd.isna(day) else f" · to {day:%d %b %Y}")
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
