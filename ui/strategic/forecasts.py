"""Months ahead with their intervals, how such forecasts did, and how those of the last assessment did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from analytics.figures.theme import MIDDLE_BAND, MIDDLE_LINE, OTHER, theme
from analytics.oversight.exercise import mark_of_sources
from analytics.strategic.picture import StrategicPicture
from ui.components.exporting import offer_csv
from ui.components.series import DASHED, DrawnSeries, SeriesBand, show_series
from ui.components.text import MONTH_FORMAT, plain
from ui.shell.layout import pair
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
    left, right = pair("forecast", (7, 4))
    with left:
        _draw(history.months[-_SHOWN:], history.counts[at, -_SHOWN:], ahead)
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


def _draw(months: Sequence[date], counts: np.ndarray, ahead: pd.DataFrame) -> None:
    """The months recorded, and those ahead with their interval and the naive forecast."""

    def before(values: pd.Series) -> np.ndarray:
        return np.concatenate([np.full(len(months), np.nan), values.to_numpy(float)])

    recorded = np.concatenate([counts.astype(float), np.full(len(ahead), np.nan)])
    accent = theme(dark=st.context.theme.type == "dark").accent
    show_series(
        [*months, *pd.to_datetime(ahead.month).dt.date],
        "month",
        [
            DrawnSeries("recorded", recorded, accent),
            DrawnSeries("expected", before(ahead.expected), MIDDLE_LINE),
            DrawnSeries("naive", before(ahead.naive), OTHER, dashes=DASHED),
        ],
        "Incidents a month",
        key="strategic-forecast-chart",
        label="Months recorded and months ahead; the table beside it has the same",
        height=260,
        band=SeriesBand("90 % interval", before(ahead.low), before(ahead.high), MIDDLE_BAND),
    )


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
