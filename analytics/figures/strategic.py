"""The chart of the strategic picture: trend against harm."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.figures.theme import ACCENT, CLEAR, OTHER

_SYMBOLS = {"low": "circle-open", "moderate": "circle", "high": "square"}
_SHORT = 24


def trend_harm_chart(problems: pd.DataFrame) -> dict[str, Any]:
    """A mark for each problem: columns name, change, low, high (per cent, a year against the one before),
    harm (per cent of all) and confidence, which sets its form."""
    traces = []
    for confidence, symbol in _SYMBOLS.items():
        own = problems[problems.confidence == confidence]
        if own.empty:
            continue
        labels = [_shorten(name) for name in own["name"]]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": own.change.tolist(),
                "y": own.harm.tolist(),
                "text": labels,
                "name": f"{confidence} confidence",
                "marker": {"symbol": symbol, "size": 11, "color": ACCENT, "line": {"width": 2}},
                "error_x": {
                    "type": "data",
                    "symmetric": False,
                    "array": (own.high - own.change).tolist(),
                    "arrayminus": (own.change - own.low).tolist(),
                    "thickness": 1.2,
                    "width": 3,
                    "color": OTHER,
                },
                "hovertemplate": "%{text}<br>%{x:+.0f} %, %{y:.0f} % of harm<extra></extra>",
            }
        )
    span = float(np.nanmax(np.abs(problems[["low", "high"]].to_numpy(float)), initial=10.0)) * 1.1
    layout = {
        "height": 330,
        "margin": {"l": 52, "r": 12, "t": 30, "b": 40},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "legend": {"orientation": "h", "y": 1.12},
        "showlegend": True,
        "xaxis": {
            "title": {"text": "Change against the spell before (%), with its interval"},
            "range": [-min(span, 100.0), span],
            "zeroline": True,
            "zerolinewidth": 2,
            "zerolinecolor": OTHER,
        },
        "yaxis": {"title": {"text": "Share of harm (%)"}, "rangemode": "tozero"},
        "annotations": _label_problems(problems),
    }
    return {"data": traces, "layout": layout}


def _label_problems(problems: pd.DataFrame) -> list[dict[str, Any]]:
    """Names beside the marks that stand apart; the others are in the table and in their hover."""
    order = problems.sort_values("harm", ascending=False)
    placed: list[float] = []
    labels = []
    room = 0.07 * float(problems.harm.max() or 1.0)
    for row in order.itertuples():
        if all(abs(row.harm - other) >= room for other in placed):
            placed.append(row.harm)
            labels.append(
                {
                    "x": row.change,
                    "y": row.harm,
                    "text": _shorten(row.name),
                    "showarrow": False,
                    "yshift": 13,
                    "font": {"size": 11},
                }
            )
    return labels


def _shorten(name: object) -> str:
    """A name as a chart may show it: short, and without what Plotly reads as markup."""
    text = " ".join(str(name).replace("<", "‹").replace(">", "›").split())
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"
