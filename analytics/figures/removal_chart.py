"""What taking nodes out of a network leaves apart, as a band over recoveries, against chance."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.figures.theme import CLEAR, MIDDLE_BAND, MIDDLE_LINE, theme


def removal_chart(rows: pd.DataFrame, *, dark: bool = False) -> dict[str, Any]:
    """`rows`: of `simulate_disruption`. The band is the range over recoveries, the grey one 90 % of random
    sets."""
    colours = theme(dark=dark)
    x = rows.removed.tolist()
    data = [
        *_band(x, rows.random_low, rows.random_high, MIDDLE_BAND, "as many at random (90 %)"),
        _line(x, rows.random, MIDDLE_LINE, "at random, mean", dash="dot"),
        *_band(x, rows.low, rows.high, _fade(colours.highlight), "the best set, by recovery"),
        _line(x, rows.none, colours.highlight, "the best set, no recovery"),
    ]
    layout = {
        "height": 260,
        "margin": {"l": 46, "r": 8, "t": 8, "b": 64},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "legend": {"orientation": "h", "y": -0.28},
        "xaxis": {"title": {"text": "nodes taken out"}, "dtick": 1, "fixedrange": True},
        "yaxis": {"title": {"text": "apart"}, "range": [0, 1.02], "fixedrange": True},
    }
    return {"data": data, "layout": layout}


def _band(x: list[int], low: pd.Series, high: pd.Series, colour: str, name: str) -> list[dict[str, Any]]:
    return [
        {
            "x": x,
            "y": low.tolist(),
            "mode": "lines",
            "line": {"width": 0},
            "showlegend": False,
            "hoverinfo": "skip",
        },
        {
            "x": x,
            "y": high.tolist(),
            "mode": "lines",
            "line": {"width": 0},
            "fill": "tonexty",
            "fillcolor": colour,
            "name": name,
            "hoverinfo": "skip",
        },
    ]


def _line(x: list[int], y: pd.Series, colour: str, name: str, dash: str = "solid") -> dict[str, Any]:
    return {
        "x": x,
        "y": y.tolist(),
        "mode": "lines+markers",
        "line": {"color": colour, "width": 2, "dash": dash},
        "name": name,
        "hovertemplate": f"%{{x}} out: %{{y:.2f}} apart<extra>{name}</extra>",
    }


def _fade(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.25)"
