"""Payments over time, Sankey diagrams and corridors: frames in, a Plotly figure (as a dictionary) out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.figures.maps import fitted_zoom
from analytics.figures.palette import ACCENT, COLD, DARK, HOT, LIGHT

MOST_LANES = 40
_CLEAR = "rgba(0,0,0,0)"


def lanes_chart(payments: pd.DataFrame, labels: dict[str, str], *, dark: bool) -> dict:
    """A lane for each account, a stroke from payer to payee for each payment, in time: columns occurred_at, from_account,
    to_account, said. The busiest accounts have lanes; the rest share the last one."""
    ends = pd.concat([payments.from_account, payments.to_account]).dropna()
    first = ends.drop_duplicates()
    kept = set(ends.value_counts().head(MOST_LANES).index)
    order = [name for name in first if name in kept]
    lane = {name: k for k, name in enumerate(order)}
    rest = len(order)
    y0 = payments.from_account.map(lane).fillna(rest).to_numpy()
    y1 = payments.to_account.map(lane).fillna(rest).to_numpy()
    time = payments.occurred_at.dt.strftime("%Y-%m-%d %H:%M:%S").tolist()
    line = "#9AA7B3" if dark else "#7F8C99"
    strokes = {
        "type": "scatter", "mode": "lines+markers", "x": [t for at in time for t in (at, at, None)],
        "y": [v for pair in zip(y0, y1, [None] * len(y0), strict=True) for v in pair], "hoverinfo": "skip", "showlegend": False,
        "line": {"color": line, "width": 1.2},
        "marker": {"symbol": "arrow", "angleref": "previous", "size": [0, 9, 0] * len(time), "color": line},
    }  # fmt: skip
    text = [_safe(said) for said in payments.said]
    ends_of = [
        {
            "type": "scatter", "mode": "markers", "x": time, "y": y.tolist(), "name": name, "text": text,
            "marker": {"color": colour, "size": 7, "symbol": shape}, "hovertemplate": "%{text}<br>%{x} UTC<extra>" + name + "</extra>",
        }
        for y, name, colour, shape in ((y0, "pays", COLD, "circle"), (y1, "is paid", HOT, "square"))
    ]  # fmt: skip
    names = [_safe(labels.get(name, name)) for name in order]
    ticks = list(range(len(order)))
    if (y0 == rest).any() or (y1 == rest).any():
        ticks, names = [*ticks, rest], [*names, "others, not recorded"]
    layout = {
        "height": int(np.clip(22 * len(ticks) + 90, 240, 900)), "margin": {"l": 130, "r": 10, "t": 30, "b": 40},
        "paper_bgcolor": _CLEAR, "plot_bgcolor": _CLEAR, "legend": {"orientation": "h", "y": 1.08},
        "xaxis": {"type": "date", "title": {"text": "time (UTC)"}},
        "yaxis": {"tickvals": ticks, "ticktext": names, "autorange": "reversed", "fixedrange": True, "zeroline": False},
    }  # fmt: skip
    return {"data": [strokes, *ends_of], "layout": layout}


def sankey_chart(edges: pd.DataFrame, labels: dict[str, str], unit: str, *, dark: bool) -> dict:
    """Where the money goes: columns from, to, value (in `unit`), payments. A payment to oneself is left out."""
    edges = edges[edges["from"] != edges["to"]]
    names = list(dict.fromkeys([*edges["from"], *edges["to"]]))
    position = {name: k for k, name in enumerate(names)}
    payers = set(edges["from"])
    nodes = {
        "label": [_safe(labels.get(name, name)) for name in names], "pad": 14, "thickness": 14,
        "color": [COLD if name in payers else HOT for name in names], "line": {"width": 0},
        "hovertemplate": f"%{{label}}: %{{value:,.2f}} {unit}<extra></extra>",
    }  # fmt: skip
    links = {
        "source": edges["from"].map(position).tolist(), "target": edges["to"].map(position).tolist(),
        "value": edges.value.tolist(), "customdata": edges.payments.tolist(),
        "color": "rgba(150,170,190,0.35)" if dark else "rgba(90,110,130,0.28)",
        "hovertemplate": f"%{{source.label}} to %{{target.label}}<br>%{{value:,.2f}} {unit}, %{{customdata}} payments<extra></extra>",
    }  # fmt: skip
    font = {"color": "#D7DEE5" if dark else "#1B242C", "size": 12, "shadow": "none"}
    layout = {"height": int(np.clip(24 * len(names) + 80, 260, 760)), "margin": {"l": 8, "r": 8, "t": 10, "b": 10},
              "paper_bgcolor": _CLEAR, "font": font}  # fmt: skip
    return {"data": [{"type": "sankey", "node": nodes, "link": links, "textfont": font}], "layout": layout}


def corridor_map(corridors: pd.DataFrame, towns: pd.DataFrame, *, dark: bool) -> dict:
    """Corridors as lines: columns from, to, lon, lat, lon_to, lat_to, payments, said. `towns` (lon, lat) are drawn as faint
    points, which gives the land its shape without a map from anywhere."""
    lon = np.r_[corridors.lon, corridors.lon_to]
    lat = np.r_[corridors.lat, corridors.lat_to]
    x, y, zoom = fitted_zoom(lon, lat, width=900, height=380)
    ground = DARK if dark else LIGHT
    style = {
        "version": 8,
        "sources": {"none": {"type": "geojson", "data": {"type": "FeatureCollection", "features": []}}},
        "layers": [
            {"id": "background", "type": "background", "paint": {"background-color": ground["water"]}}
        ],
    }
    land = {
        "type": "scattermap", "mode": "markers", "lon": towns.lon.astype(np.float32).tolist(),
        "lat": towns.lat.astype(np.float32).tolist(), "marker": {"size": 4, "color": ground["area"], "opacity": 0.45},
        "hoverinfo": "skip", "showlegend": False,
    }  # fmt: skip
    top = max(1, corridors.payments.max())
    lines = [
        {
            "type": "scattermap", "mode": "lines", "lon": _arc(row.lon, row.lon_to, 0.0),
            "lat": _arc(row.lat, row.lat_to, 0.12 * abs(row.lon_to - row.lon)), "showlegend": False, "hoverinfo": "skip",
            "line": {"width": 1.5 + 6 * float(np.sqrt(row.payments / top)), "color": ACCENT}, "opacity": 0.7,
        }
        for row in corridors.itertuples()
    ]  # fmt: skip
    middles = {
        "type": "scattermap", "mode": "markers", "lon": ((corridors.lon + corridors.lon_to) / 2).tolist(),
        "lat": ((corridors.lat + corridors.lat_to) / 2 + 0.12 * (corridors.lon_to - corridors.lon).abs()).tolist(),
        "marker": {"size": 16, "opacity": 0.01}, "text": [_safe(said) for said in corridors.said], "showlegend": False,
        "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip
    ends = [
        {
            "type": "scattermap", "mode": "markers", "lon": corridors[a].tolist(), "lat": corridors[b].tolist(), "name": name,
            "marker": {"size": size, "color": colour}, "text": [_safe(text) for text in corridors[column]],
            "hovertemplate": "%{text}<extra>" + name + "</extra>",
        }
        for a, b, column, name, size, colour in (
            ("lon", "lat", "from", "money from", 9, COLD), ("lon_to", "lat_to", "to", "money to", 11, HOT)
        )
    ]  # fmt: skip
    layout = {
        "map": {"style": style, "center": {"lon": x, "lat": y}, "zoom": min(zoom, 6)}, "height": 420,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0}, "paper_bgcolor": _CLEAR,
        "legend": {"bgcolor": "rgba(255,255,255,0.8)", "font": {"color": "#1B242C"}, "x": 0.01, "y": 0.99},
    }  # fmt: skip
    return {"data": [land, *lines, middles, *ends], "layout": layout}


def _arc(start: float, end: float, lift: float) -> list[float]:
    """A bow of points: up by `lift` in the middle."""
    t = np.linspace(0, 1, 24)
    return (start + (end - start) * t + 4 * lift * t * (1 - t)).round(3).tolist()


def in_and_out_chart(weeks: pd.DataFrame, unit: str, *, dark: bool) -> dict:
    """Money into and out of an account by week: columns week, into, out (in `unit`)."""
    x = weeks.week.dt.strftime("%Y-%m-%d").tolist()
    bars = [
        {"type": "bar", "x": x, "y": weeks.into.tolist(), "name": "in", "marker": {"color": COLD}},
        {
            "type": "bar",
            "x": x,
            "y": (-weeks.out).tolist(),
            "name": "out",
            "marker": {"color": HOT, "pattern": {"shape": "/"}},
        },
    ]
    layout = {
        "height": 220, "margin": {"l": 60, "r": 8, "t": 24, "b": 34}, "barmode": "relative", "paper_bgcolor": _CLEAR,
        "plot_bgcolor": _CLEAR, "legend": {"orientation": "h", "y": 1.15}, "xaxis": {"type": "date"},
        "yaxis": {"title": {"text": f"{unit} a week"}},
    }  # fmt: skip
    return {"data": bars, "layout": layout}


def weeks_chart(weeks: pd.DataFrame, marked: pd.Timestamp, unit: str, *, dark: bool) -> dict:
    """Bars by week (week, value); the marked week stands out by colour and by its pattern."""
    mark = (weeks.week == marked).tolist()
    bars = {
        "type": "bar", "x": weeks.week.dt.strftime("%Y-%m-%d").tolist(), "y": weeks.value.tolist(),
        "marker": {
            "color": [HOT if one else ("#8FA3B5" if dark else "#8296A8") for one in mark],
            "pattern": {"shape": ["/" if one else "" for one in mark]},
        },
        "hovertemplate": "week of %{x}<br>%{y:,.2~f} " + _safe(unit) + "<extra></extra>",
    }  # fmt: skip
    layout = {
        "height": 220, "margin": {"l": 70, "r": 8, "t": 8, "b": 34}, "paper_bgcolor": _CLEAR, "plot_bgcolor": _CLEAR,
        "xaxis": {"type": "date", "title": {"text": "week from"}}, "yaxis": {"title": {"text": unit}}, "bargap": 0.25,
    }  # fmt: skip
    return {"data": [bars], "layout": layout}


def _safe(text: object) -> str:
    return str(text).replace("<", "‹").replace(">", "›")
