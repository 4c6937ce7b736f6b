"""Events of several kinds on one time line: a lane for each kind."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.figures.theme import CLEAR, DATE_AXIS, theme

_LANE = 30  # pixels
_SIGN = 7
_MARGIN = 0.03  # of the span, on either side


def event_lanes_chart(events: pd.DataFrame, records: str, *, dark: bool) -> dict[str, Any]:
    """A dot for each event: columns lane, moment (UTC), about (plain text). Lanes stand in the order in which
    they first occur; an event without a moment is left out. What is of the lane `records` may be much older
    than the rest, whose span is shown first."""
    known = events.dropna(subset=["moment"])
    shown = known.moment[known.lane != records]
    margin = (shown.max() - shown.min()) * _MARGIN if len(shown) else None
    span = [str(shown.min() - margin), str(shown.max() + margin)] if margin else None
    lanes = list(dict.fromkeys(events.lane))
    data = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": own.moment.dt.strftime("%Y-%m-%d %H:%M:%S").tolist(),
            "y": [lane] * len(own),
            "name": lane,
            "text": [_safe(text) for text in own.about],
            "marker": {"size": _SIGN, "color": theme(dark=dark).accent, "opacity": 0.8},
            "hovertemplate": "%{text}<br>%{x} UTC<extra></extra>",
        }
        for lane in lanes
        if len(own := known[known.lane == lane])
    ]
    layout = {
        "height": _LANE * max(len(lanes), 2) + 60,
        "margin": {"l": 110, "r": 12, "t": 8, "b": 34},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "showlegend": False,
        "xaxis": DATE_AXIS | ({"range": span} if span else {}),
        "yaxis": {
            "categoryorder": "array",
            "categoryarray": lanes[::-1],
            "fixedrange": True,
            "zeroline": False,
        },
    }
    return {"data": data, "layout": layout}


def _safe(text: object) -> str:
    """Plotly reads a few tags in a label; a text from the data has none."""
    return str(text).replace("<", "‹").replace(">", "›")
