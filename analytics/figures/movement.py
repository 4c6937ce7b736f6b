"""When adverts were seen where: a timeline of places."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.figures.theme import CLEAR, MOMENT_AXIS, STEP, theme

_MAXIMUM_PLACES, _MAXIMUM_POINTS = 40, 2_000


def place_timeline(sightings: pd.DataFrame, places: pd.DataFrame, *, dark: bool) -> dict[str, Any]:
    """A point an advert: its time against its place, the places in the order they were first seen (the 40
    with the most adverts); of more than 2,000 the first of each place and day, then evenly spread ones.
    Points carry the row of `sightings` as customdata."""
    shown, colours = places.head(_MAXIMUM_PLACES).sort_values("first"), theme(dark=dark)
    order = [_drawn(place) for place in shown.place]
    known = (
        sightings[sightings.place.isin(shown.place)]
        .dropna(subset=["seen_at"])
        .sort_values("seen_at", kind="stable")
    )
    if len(known) > _MAXIMUM_POINTS:
        known = known[~known.assign(day=known.seen_at.dt.floor("D")).duplicated(["place", "day"])]
    if len(known) > _MAXIMUM_POINTS:
        known = known.iloc[:: -(-len(known) // _MAXIMUM_POINTS)]
    names = known.place.map(_drawn)
    points = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": known.seen_at.dt.strftime("%Y-%m-%d %H:%M").tolist(),
        "y": names.tolist(),
        "customdata": known.index.tolist(),
        "marker": {"size": 7, "color": colours.accent},
        "line": {"width": 0.8, "color": STEP},
        "hovertemplate": "%{y}<br>%{x} UTC<extra></extra>",
        "selected": {"marker": {"color": colours.highlight}},
        "unselected": {"marker": {"opacity": 0.7}},
    }
    layout = {
        "height": 110 + 24 * len(order),
        "margin": {"l": 130, "r": 10, "t": 8, "b": 34},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "clickmode": "event+select",
        "dragmode": "zoom",
        "xaxis": MOMENT_AXIS | {"title": {"text": "posted, UTC"}},
        "yaxis": {
            "type": "category",
            "categoryorder": "array",
            "categoryarray": order[::-1],
            "fixedrange": True,
        },
    }
    return {"data": [points], "layout": layout}


def _drawn(text: object) -> str:
    """A place's name for Plotly, which reads a few tags, entities and %{...} in texts: none is left in it."""
    plain = " ".join(str(text).split())[:60]
    return (
        plain.replace("&", "＆").replace("<", "‹").replace(">", "›").replace("%{", "% {").replace("$", "＄")
    )
