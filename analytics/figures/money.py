"""Payments over time and Sankey diagrams: frames in, a Plotly figure (as a dictionary) out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.figures.theme import (
    CLEAR,
    COLD,
    DARK,
    HOT,
    LIGHT,
    MOMENT_AXIS,
    UNDER_WORDS,
    colour_scale,
    theme,
)

MAXIMUM_LANES = 40
_WRITTEN = 150  # cells of a matrix that have room for their sums


def lanes_chart(payments: pd.DataFrame, labels: dict[str, str], *, dark: bool) -> dict[str, Any]:
    """A lane for each account, a stroke from payer to payee for each payment, in time: columns occurred_at,
    from_account, to_account, description. The busiest accounts have lanes; the rest share the last one."""
    ends = pd.concat([payments.from_account, payments.to_account]).dropna()
    first = ends.drop_duplicates()
    shown = set(ends.value_counts().head(MAXIMUM_LANES).index)
    order = [name for name in first if name in shown]
    lane = {name: k for k, name in enumerate(order)}
    rest = len(order)
    y0 = payments.from_account.map(lane).fillna(rest).to_numpy()
    y1 = payments.to_account.map(lane).fillna(rest).to_numpy()
    time = payments.occurred_at.dt.strftime("%Y-%m-%d %H:%M:%S").tolist()
    line = theme(dark=dark).line
    strokes = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [t for at in time for t in (at, at, None)],
        "y": [v for pair in zip(y0, y1, [None] * len(y0), strict=True) for v in pair],
        "hoverinfo": "skip",
        "showlegend": False,
        "line": {"color": line, "width": 1.2},
        "marker": {"symbol": "arrow", "angleref": "previous", "size": [0, 9, 0] * len(time), "color": line},
    }
    text = [_safe(description) for description in payments.description]
    ends_of = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": time,
            "y": y.tolist(),
            "name": name,
            "text": text,
            "marker": {"color": colour, "size": 7, "symbol": shape},
            "hovertemplate": "%{text}<br>%{x} UTC<extra>" + name + "</extra>",
        }
        for y, name, colour, shape in ((y0, "pays", COLD, "circle"), (y1, "is paid", HOT, "square"))
    ]
    names = [_safe(labels.get(name, name)) for name in order]
    ticks = list(range(len(order)))
    if (y0 == rest).any() or (y1 == rest).any():
        ticks, names = [*ticks, rest], [*names, "others, not recorded"]
    layout = {
        "height": int(np.clip(22 * len(ticks) + 90, 240, 900)),
        "margin": {"l": 130, "r": 10, "t": 30, "b": 40},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "legend": {"orientation": "h", "y": 1.08},
        "xaxis": MOMENT_AXIS | {"title": {"text": "time (UTC)"}},
        "yaxis": {
            "tickvals": ticks,
            "ticktext": names,
            "autorange": "reversed",
            "fixedrange": True,
            "zeroline": False,
        },
    }
    return {"data": [strokes, *ends_of], "layout": layout}


def sankey_chart(edges: pd.DataFrame, labels: dict[str, str], unit: str, *, dark: bool) -> dict[str, Any]:
    """Where the money goes: columns from, to, value (in `unit`), payments. A payment to oneself is left
    out."""
    edges = edges[edges["from"] != edges["to"]]
    names = list(dict.fromkeys([*edges["from"], *edges["to"]]))
    position = {name: k for k, name in enumerate(names)}
    payers = set(edges["from"])
    nodes = {
        "label": [_safe(labels.get(name, name)) for name in names],
        "pad": 14,
        "thickness": 14,
        "color": [COLD if name in payers else HOT for name in names],
        "line": {"width": 0},
        "hovertemplate": f"%{{label}}: %{{value:,.2f}} {unit}<extra></extra>",
    }
    links = {
        "source": edges["from"].map(position).tolist(),
        "target": edges["to"].map(position).tolist(),
        "value": edges.value.tolist(),
        "customdata": edges.payments.tolist(),
        "color": theme(dark=dark).flow,
        "hovertemplate": f"%{{source.label}} to %{{target.label}}<br>%{{value:,.2f}} {unit}, %{{customdata}} "
        f"payments<extra></extra>",
    }
    font = {"color": DARK.ink if dark else LIGHT.text, "size": 12, "shadow": "none"}
    layout = {
        "height": int(np.clip(24 * len(names) + 80, 260, 760)),
        "margin": {"l": 8, "r": 8, "t": 10, "b": 18},
        "paper_bgcolor": CLEAR,
        "font": font,
    }
    return {"data": [{"type": "sankey", "node": nodes, "link": links, "textfont": font}], "layout": layout}


def matrix_of_sums(
    edges: pd.DataFrame, labels: dict[str, str], unit: str, *, dark: bool, most: int = 24
) -> dict[str, Any]:
    """Who pays whom how much, a row for each payer and a column for each payee: columns from, to, value (in
    `unit`), payments. The `most` payers and payees with the largest sums are drawn, the largest first."""
    payers = edges.groupby("from").value.sum().nlargest(most).index
    payees = edges.groupby("to").value.sum().nlargest(most).index
    drawn = edges[edges["from"].isin(payers) & edges["to"].isin(payees)]
    sums, counts = (
        drawn.pivot_table(index="from", columns="to", values=name, aggfunc="sum").reindex(
            index=payers, columns=payees
        )
        for name in ("value", "payments")
    )
    few = sums.size <= _WRITTEN
    text = [["" if np.isnan(value) else f"{value:,.0f}" for value in row] for row in sums.to_numpy()]
    heat = {
        "type": "heatmap",
        "z": [[None if np.isnan(value) else value for value in row] for row in sums.to_numpy().tolist()],
        "x": [_safe(labels.get(name, name)) for name in payees],
        "y": [_safe(labels.get(name, name)) for name in payers],
        "customdata": counts.fillna(0).astype(int).to_numpy().tolist(),
        "text": text,
        "texttemplate": "%{text}" if few else "",
        "textfont": {"color": LIGHT.text},
        "colorscale": colour_scale(UNDER_WORDS[2:]),
        "xgap": 2,
        "ygap": 2,
        "showscale": not few,
        "hovertemplate": f"%{{y}} to %{{x}}: %{{z:,.2f}} {unit}, %{{customdata}} payments<extra></extra>",
    }
    axis = {"type": "category", "fixedrange": True, "showgrid": False}
    layout = {
        "height": int(np.clip(30 * len(payers) + 120, 220, 640)),
        "margin": {"l": 120, "r": 10, "t": 40, "b": 70},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "font": {"color": DARK.ink if dark else LIGHT.text},
        "xaxis": axis | {"title": {"text": "to"}},
        "yaxis": axis | {"title": {"text": "from"}, "autorange": "reversed"},
    }
    return {"data": [heat], "layout": layout}


def _safe(text: object) -> str:
    return str(text).replace("<", "‹").replace(">", "›")
