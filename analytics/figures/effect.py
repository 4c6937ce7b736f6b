"""A tasked place or network over time against its control: what was, and what would have been."""

from __future__ import annotations

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from analytics.figures.theme import DATE_AXIS, OTHER, theme


def effect_chart(
    weekly: pd.DataFrame,
    start: date,
    *,
    dark: bool = False,
    subject: str = "The place",
    similar: str = "Similar places, mean",
    unit: str = "Incidents a week",
) -> go.Figure:
    """`weekly`: week, count, control (mean of its like), synthetic (both NaN without one); `start` of the
    action."""
    colours = theme(dark=dark)
    figure = go.Figure()
    figure.add_scatter(
        x=weekly.week,
        y=weekly["count"],
        name=subject,
        mode="lines+markers",
        line={"color": colours.accent, "width": 2.5},
    )
    if weekly.control.notna().any():
        figure.add_scatter(
            x=weekly.week,
            y=weekly.control,
            name=similar,
            mode="lines",
            line={"color": OTHER, "dash": "dot"},
        )
    if weekly.synthetic.notna().any():
        figure.add_scatter(
            x=weekly.week,
            y=weekly.synthetic,
            name="Synthetic control",
            mode="lines",
            line={"color": colours.highlight, "dash": "dash"},
        )
    figure.add_vline(x=pd.Timestamp(start), line={"color": colours.highlight, "width": 1.5})
    figure.add_annotation(
        x=pd.Timestamp(start),
        y=1.06,
        yref="paper",
        text="action",
        showarrow=False,
        font={"color": colours.highlight},
    )
    figure.update_layout(
        height=320,
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        xaxis=DATE_AXIS | {"title": None},
        yaxis={"title": unit, "rangemode": "tozero"},
        showlegend=True,
        legend={"orientation": "h", "y": -0.12},
        hovermode="x unified",
    )
    return figure
