"""Curves, matrices and intervals: arrays in, a Plotly figure (as a dictionary) out."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.figures.theme import (
    CLEAR,
    DATE_AXIS,
    HOT,
    LIGHT,
    MIDDLE_BAND,
    MIDDLE_LINE,
    OTHER,
    SERIES,
    UNDER_WORDS,
    colour_scale,
)

_MARGIN = {"l": 46, "r": 8, "t": 8, "b": 34}


def matrix_colours(table: pd.DataFrame, value: str, middle: float) -> pd.Series:
    """What a table's cells are coloured by: its `value`, but neutral where fewer than one is `expected`, for
    there a single one more or less makes the ratio."""
    return table[value].mask(table.expected.between(0, 1, inclusive="neither"), middle)


def matrix_chart(
    table: pd.DataFrame, rows: str, columns: str, value: str, text: str, *, middle: float
) -> dict[str, Any]:
    """A table as a heat map: `value` of each pair, its text in the column `text`; `middle`
    is the neutral value, twice which the colours end at."""
    wide = table.assign(**{value: matrix_colours(table, value, middle)}).pivot(
        index=rows, columns=columns, values=value
    )
    wide = wide.loc[table[rows].drop_duplicates(), table[columns].drop_duplicates()]
    # In two lines: in one the words shrink on a narrow screen until they cannot be read.
    lines = table.assign(**{text: table[text].str.replace(" (", "<br>(", regex=False)})
    texts = lines.pivot(index=rows, columns=columns, values=text).loc[wide.index, wide.columns]
    heat = {
        "type": "heatmap",
        "z": wide.to_numpy().tolist(),
        "x": wide.columns.tolist(),
        "y": wide.index.tolist(),
        "text": texts.to_numpy().tolist(),
        "texttemplate": "%{text}",
        "textfont": {"color": LIGHT.text},
        "xgap": 2,
        "ygap": 2,
        "zmin": 0,
        "zmid": middle,
        "zmax": 2 * middle,
        "colorscale": colour_scale(UNDER_WORDS),
        "colorbar": {"title": {"text": value}, "thickness": 12},
        "hovertemplate": f"{rows} %{{y}}, {columns} %{{x}}: %{{text}}<extra></extra>",
    }
    layout = {
        "height": 90 + 46 * len(wide),
        "margin": _MARGIN | {"l": 110, "b": 50},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "xaxis": {
            "title": {"text": columns},
            "type": "category",
            "range": [-0.5, wide.shape[1] - 0.5],
            "fixedrange": True,
        },
        # Not by autorange: it leaves out rows and columns in which nothing is known.
        "yaxis": {
            "title": {"text": rows},
            "type": "category",
            "range": [len(wide) - 0.5, -0.5],
            "fixedrange": True,
        },
    }
    return {"data": [heat], "layout": layout}


def band_chart(
    x: list[Any],
    value: list[Any],
    low: list[Any],
    high: list[Any],
    *,
    x_title: str,
    y_title: str,
    name: str,
    band: str = "95 % band",
    middle: list[Any] | None = None,
    middle_name: str = "expected",
    marked: list[bool] | None = None,
    since: str = "",
) -> dict[str, Any]:
    """A line on its band, and dashed what was expected; `marked` points stand out by shape as well as colour,
    and a rule stands at `since`. Where the band is missing (NaN) it is not drawn."""
    traces = _draw_band(x, low, high, band)
    line = {"color": MIDDLE_LINE, "width": 2}
    traces.append({"type": "scatter", "mode": "lines", "x": x, "y": value, "line": line, "name": name})
    if middle is not None:
        dashed = {"color": OTHER, "dash": "dash", "width": 1.8}
        traces.append(
            {"type": "scatter", "mode": "lines", "x": x, "y": middle, "line": dashed, "name": middle_name}
        )
    if marked is not None and any(marked):
        traces.append(_mark_exceptions(x, value, marked))
    layout = {
        "height": 330,
        "margin": _MARGIN | {"t": 30},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "legend": {"orientation": "h", "y": 1.12},
        "hovermode": "x unified",
        "xaxis": (DATE_AXIS if x and isinstance(x[0], str) else {}) | {"title": {"text": x_title}},
        "yaxis": {"title": {"text": y_title}, "rangemode": "tozero"},
    }
    if since:
        rule = {"type": "line", "xref": "x", "yref": "paper", "x0": since, "x1": since, "y0": 0, "y1": 1}
        layout["shapes"] = [rule | {"line": {"color": HOT, "width": 1.5, "dash": "dot"}}]
    return {"data": traces, "layout": layout}


def _draw_band(x: list[Any], low: list[Any], high: list[Any], name: str) -> list[dict[str, Any]]:
    known = [k for k in range(len(x)) if low[k] == low[k] and high[k] == high[k]]
    if not known:
        return []
    return [
        {
            "type": "scatter",
            "x": [x[k] for k in [*known, *known[::-1]]],
            "fill": "toself",
            "mode": "lines",
            "y": [high[k] for k in known] + [low[k] for k in known[::-1]],
            "fillcolor": MIDDLE_BAND,
            "line": {"width": 0},
            "hoverinfo": "skip",
            "name": name,
        }
    ]


def _mark_exceptions(x: list[Any], value: list[Any], marked: list[bool]) -> dict[str, Any]:
    at = [k for k, mark in enumerate(marked) if mark]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [x[k] for k in at],
        "y": [value[k] for k in at],
        "marker": {"symbol": "diamond", "size": 11, "color": HOT, "line": {"color": "white", "width": 1}},
        "name": "exception",
    }


def interval_chart(table: pd.DataFrame) -> dict[str, Any]:
    """Methods side by side with their 95 % intervals, a panel for each measure and a mark for each share:
    columns method, measure, share, value, lower, upper."""
    measures, shares = list(dict.fromkeys(table.measure)), sorted(set(table.share))
    traces, layout = (
        [],
        {"height": 120 + 26 * table.method.nunique(), "margin": _MARGIN | {"l": 150, "t": 40, "b": 40}},
    )
    marks = ("circle", "diamond", "square", "triangle-up", "x")
    for k, measure in enumerate(measures):
        for s, share in enumerate(shares):
            part = table[(table.measure == measure) & (table.share == share)]
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "x": part.value.tolist(),
                    "y": part.method.tolist(),
                    "xaxis": f"x{k + 1}",
                    "yaxis": "y",
                    "name": f"{share:.0%} of the area",
                    "legendgroup": str(share),
                    "showlegend": k == 0,
                    "marker": {
                        "symbol": marks[s % 5],
                        "size": 8,
                        "color": SERIES[s % 5],
                    },
                    "error_x": {
                        "type": "data",
                        "symmetric": False,
                        "thickness": 1.2,
                        "width": 3,
                        "array": (part.upper - part.value).tolist(),
                        "arrayminus": (part.value - part.lower).tolist(),
                    },
                    "hovertemplate": f"%{{y}}<br>{measure} %{{x:.3g}}<extra>{share:.0%}</extra>",
                }
            )
        width = 1 / len(measures)
        layout[f"xaxis{k + 1}"] = {
            "domain": [k * width + 0.01, (k + 1) * width - 0.01],
            "title": {"text": measure},
            "rangemode": "tozero",
        }
    layout |= {
        "yaxis": {"autorange": "reversed", "type": "category"},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "legend": {"orientation": "h", "y": 1.12},
    }
    return {"data": traces, "layout": layout}
