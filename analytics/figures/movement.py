"""Where adverts were seen: a map of towns and the steps between them, and a timeline of places."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.figures.maps import fitted_zoom
from analytics.figures.theme import CLEAR, MOMENT_AXIS, STEP, Theme, theme

_MAXIMUM_PLACES, _MAXIMUM_POINTS = 40, 2_000
_NARROWEST = 415  # pixels of the map beside the timeline in a window of 1,024


def world_style(*, dark: bool) -> dict[str, Any]:
    """A MapLibre style of the world's countries, asked from this server alone."""
    colours = theme(dark=dark)
    return {
        "version": 8,
        "sources": {
            "world": {"type": "geojson", "data": "/basemap/world.geojson", "maxzoom": 8, "tolerance": 0.5}
        },
        "layers": [
            {"id": "background", "type": "background", "paint": {"background-color": colours.map_water}},
            {
                "id": "land",
                "type": "fill",
                "source": "world",
                "paint": {"fill-color": colours.map_background},
            },
            {
                "id": "borders",
                "type": "line",
                "source": "world",
                "paint": {"line-color": colours.map_area, "line-width": 0.7, "line-opacity": 0.7},
            },
        ],
    }


def town_map(places: pd.DataFrame, steps: pd.DataFrame, *, dark: bool, height: int = 420) -> dict[str, Any]:
    """Towns (place, lon, lat, adverts, is_new; those on no map left out) as circles by their number of
    adverts, with the steps (origin, destination) between them, thicker the more often. Names are drawn, never
    read as markup, and those in the east to the left, for the edge would cut them."""
    known, colours = places.dropna(subset=["lon", "lat"]), theme(dark=dark)
    at = known.set_index("place")[["lon", "lat"]]
    size = 10 + 26 * np.sqrt(known.adverts / max(known.adverts.max(), 1)) if len(known) else known.adverts
    lon, lat, zoom = (
        fitted_zoom(known.lon.to_numpy(), known.lat.to_numpy(), width=_NARROWEST, height=height)
        if len(known)
        else (0.0, 30.0, 1.0)
    )
    known = known.assign(size=size)
    east = known.lon > lon + 0.2 * (known.lon.max() - known.lon.min())
    towns = [
        _towns(known[side], position, colours)
        for side, position in ((~east, "top right"), (east, "top left"))
    ]
    return {
        "data": [*_lines(steps, at, colours.accent), *towns],
        "layout": {
            "map": {
                "style": world_style(dark=dark),
                "center": {"lon": lon, "lat": lat},
                "zoom": min(zoom - 0.1, 8),
            },
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "height": height,
            "uirevision": "towns",
            "paper_bgcolor": CLEAR,
            "showlegend": False,
            "clickmode": "event+select",
        },
    }


def _towns(known: pd.DataFrame, position: str, colours: Theme) -> dict[str, Any]:
    return {
        "type": "scattermap",
        "mode": "markers+text",
        "lon": known.lon.tolist(),
        "lat": known.lat.tolist(),
        "marker": {
            "size": known["size"].tolist(),
            "color": [colours.highlight if new else colours.accent for new in known.is_new],
            "opacity": 0.85,
        },
        "text": [
            f"{_drawn(place)} · {n}" + (" · new" if new else "")
            for place, n, new in zip(known.place, known.adverts, known.is_new, strict=True)
        ],
        "textposition": position,
        "textfont": {"color": colours.text, "size": 12},
        "customdata": known.place.map(_drawn).tolist(),
        "hovertemplate": "%{text}<extra></extra>",
        "name": "adverts",
        "showlegend": False,
    }


def _lines(steps: pd.DataFrame, at: pd.DataFrame, colour: str) -> list[dict[str, Any]]:
    """The steps by how often they were made, in three widths."""
    counted = steps[steps.origin.isin(at.index) & steps.destination.isin(at.index)]
    counted = counted.groupby(["origin", "destination"]).size().rename("n").reset_index()
    if counted.empty:
        return []
    width = np.ceil(3 * counted.n / counted.n.max()).astype(int)
    lines = []
    for step in sorted(set(width)):
        lon, lat = [], []
        for row in counted[width == step].itertuples():
            lon += [at.lon[row.origin], at.lon[row.destination], None]
            lat += [at.lat[row.origin], at.lat[row.destination], None]
        lines.append(
            {
                "type": "scattermap",
                "mode": "lines",
                "lon": lon,
                "lat": lat,
                "hoverinfo": "skip",
                "showlegend": False,
                "line": {"color": colour, "width": 0.8 * step},
                "opacity": 0.55,
            }
        )
    return lines


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
