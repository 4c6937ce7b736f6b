"""Months ahead with their intervals, how such forecasts did, and how those of the last assessment did."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from analytics.figures.strategic import forecast_chart
from analytics.oversight.exercise import mark_of_sources
from analytics.strategic.picture import StrategicPicture
from ui.components.exporting import offer_csv
from ui.components.text import MONTH_FORMAT, plain
from ui.shell.page import Page

_SHOWN = 36  # months recorded before those ahead


def show_forecasts(page: Page, picture: StrategicPicture) -> None:
    forecasts, history = picture.forecasts, picture.history
    if forecasts.table.empty or history is None:
        st.info(plain(f"No forecast: {forecasts.refused}"))
        return
    st.markdown(plain(f"{forecasts.basis} {forecasts.describe_test()}"))
    category = st.selectbox("Problem", history.categories, key="strategic-forecast")
    ahead = forecasts.table[forecasts.table.category == category]
    at = history.categories.index(category)
    left, right = st.columns([7, 4], gap="medium")
    with left:
        st.plotly_chart(
            forecast_chart(history.months[-_SHOWN:], history.counts[at, -_SHOWN:].tolist(), ahead),
            key="strategic-forecast-chart",
            config={"displayModeBar": False},
            alt="Months recorded and months ahead; the table beside it has the same",
        )
    with right:
        st.dataframe(
            ahead[["month", "expected", "low", "high", "naive"]],
            hide_index=True,
            alt="Months ahead of this problem",
            column_config=_COLUMNS,
        )
    st.caption("It assumes that what the past shows goes on. The next assessment scores it.")
    mark = mark_of_sources(page.store, area_id=picture.area_id)
    offer_csv(
        page, "Forecasts (CSV)", forecasts.table, "forecasts", "export forecasts", picture.area, mark=mark
    )
    _show_scored(picture)


_COLUMNS: dict[str, Any] = {
    "category": "Problem",
    "month": st.column_config.DateColumn("Month", format=MONTH_FORMAT),
    "expected": st.column_config.NumberColumn("Expected", format="%.0f"),
    "low": st.column_config.NumberColumn("Low", format="%.0f"),
    "high": st.column_config.NumberColumn("High", format="%.0f"),
    "naive": st.column_config.NumberColumn("Naive", format="%.0f"),
    "observed": st.column_config.NumberColumn("Recorded", format="%.0f"),
    "inside": "Within its interval",
}


def _show_scored(picture: StrategicPicture) -> None:
    st.subheader("How the last assessment's forecasts did")
    st.markdown(plain(picture.scored.describe()))
    table: pd.DataFrame = picture.scored.table
    if picture.scored.score.months:
        inside = table.observed.astype(float).between(table.low, table.high)
        shown = table.assign(inside=inside.map({True: "yes", False: "no"}))
        st.dataframe(
            shown[["category", "month", "expected", "low", "high", "naive", "observed", "inside"]],
            hide_index=True,
            alt="Forecasts of the last assessment beside what was recorded",
            column_config=_COLUMNS,
        )
