"""Proposals by priority: a point and its interval each, the highest on top."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics.figures.theme import ACCENT


def ranking_chart(scored: pd.DataFrame) -> go.Figure:
    """`scored`: product_id, title, priority, low, high (0 to 100), in order of priority."""
    rows = scored.iloc[::-1]
    figure = go.Figure(
        go.Scatter(
            x=rows.priority,
            y=[f"{row.product_id} · {row.title[:50]}" for row in rows.itertuples()],
            mode="markers",
            marker={"color": ACCENT, "size": 10},
            hovertemplate="%{y}: %{x:.0f}<extra></extra>",
            error_x={
                "type": "data",
                "symmetric": False,
                "array": rows.high - rows.priority,
                "arrayminus": rows.priority - rows.low,
                "color": ACCENT,
                "thickness": 2,
            },
        )
    )
    figure.update_layout(
        height=76 + 34 * len(rows),
        margin={"l": 10, "r": 10, "t": 8, "b": 40},
        xaxis={"title": "Priority, 0 to 100", "range": [0, 100]},
        yaxis={"automargin": True},
    )
    return figure
