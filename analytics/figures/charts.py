"""Clock and trend charts: arrays in, a Plotly figure (as a dictionary) out."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analytics.figures.palette import ACCENT, SEQUENTIAL, colour_scale
from analytics.hotspots.when import WEEKDAYS, WeekClock

_MARGIN = {"l": 46, "r": 8, "t": 8, "b": 34}
_CLEAR = "rgba(0,0,0,0)"


def clock_chart(clock: WeekClock) -> dict:
    """Hour by weekday, local time; drag over it to choose hours and weekdays."""
    hours = [f"{hour:02d}" for hour in range(24)]
    days = [day[:3] for day in WEEKDAYS]
    # An invisible point in each cell is what the brush selects: a heat map's cells cannot be selected.
    points = {
        "type": "scatter", "mode": "markers", "marker": {"opacity": 0, "size": 12}, "hoverinfo": "skip",
        "x": hours * 7, "y": [day for day in days for _ in hours], "showlegend": False,
    }  # fmt: skip
    heat = {
        "type": "heatmap", "z": clock.counts.tolist(), "x": hours, "y": days, "xgap": 1, "ygap": 1,
        "colorscale": colour_scale(SEQUENTIAL), "colorbar": {"thickness": 10, "title": {"text": "incidents"}},
        "hovertemplate": "%{y} %{x}:00: %{z} incidents<extra></extra>",
    }  # fmt: skip
    layout = {
        "height": 230, "margin": _MARGIN, "dragmode": "select", "paper_bgcolor": _CLEAR, "plot_bgcolor": _CLEAR,
        "xaxis": {"title": {"text": "hour, local time"}, "fixedrange": True, "type": "category"},
        "yaxis": {"autorange": "reversed", "fixedrange": True, "type": "category"},
    }  # fmt: skip
    return {"data": [heat, points], "layout": layout}


def trend_chart(trend: pd.DataFrame, unit: str, first: date, last: date) -> dict:
    """Incidents over time with the chosen period shaded; drag over it to choose another."""
    bars = {
        "type": "bar", "x": trend.start.dt.strftime("%Y-%m-%d").tolist(), "y": trend["count"].tolist(),
        "marker": {"color": ACCENT}, "hovertemplate": f"{unit} from %{{x}}: %{{y}} incidents<extra></extra>",
        "selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}},
    }  # fmt: skip
    shade = {
        "type": "rect", "xref": "x", "yref": "paper", "x0": str(first), "x1": str(last), "y0": 0, "y1": 1,
        "fillcolor": "#D9683C", "opacity": 0.14, "line": {"width": 0}, "layer": "below",
    }  # fmt: skip
    layout = {
        "height": 200, "margin": _MARGIN, "dragmode": "select", "selectdirection": "h", "bargap": 0.1,
        "paper_bgcolor": _CLEAR, "plot_bgcolor": _CLEAR, "shapes": [shade],
        "xaxis": {"fixedrange": True, "type": "date"},
        "yaxis": {"title": {"text": f"incidents a {unit}"}, "fixedrange": True, "rangemode": "tozero"},
    }  # fmt: skip
    return {"data": [bars], "layout": layout}
