"""Where adverts were seen: a map of towns and the steps between them, and a timeline of places."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.figures.maps import fitted_zoom
from analytics.figures.palette import ACCENT, DARK, HOT, LIGHT

_CLEAR = "rgba(0,0,0,0)"
_ON_DARK = {"calm": "#6FB1DC", "new": "#F2B27A"}
_ON_LIGHT = {"calm": ACCENT, "new": HOT}
_MOST_PLACES, _MOST_POINTS = 40, 2_000
_NARROWEST = 415  # pixels of the map beside the timeline in a window of 1,024


def world_style(*, dark: bool) -> dict:
    """A MapLibre style of the world's countries, asked from this server alone."""
    colour = DARK if dark else LIGHT
    return {
        "version": 8,
        "sources": {
            "world": {"type": "geojson", "data": "/basemap/world.geojson", "maxzoom": 8, "tolerance": 0.5}
        },
        "layers": [
            {"id": "background", "type": "background", "paint": {"background-color": colour["water"]}},
            {"id": "land", "type": "fill", "source": "world", "paint": {"fill-color": colour["background"]}},
            {
                "id": "borders",
                "type": "line",
                "source": "world",
                "paint": {"line-color": colour["area"], "line-width": 0.7, "line-opacity": 0.7},
            },
        ],
    }


def town_map(places: pd.DataFrame, steps: pd.DataFrame, *, dark: bool, height: int = 420) -> dict:
    """Towns (place, lon, lat, adverts, is_new; those on no map left out) as circles by their number of
    adverts, with the steps (origin, destination) between them, thicker the more often. Names are drawn, never
    read as markup, and those in the east to the left, for the edge would cut them."""
    known, colour = places.dropna(subset=["lon", "lat"]), _ON_DARK if dark else _ON_LIGHT
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
        _towns(known[side], position, colour, dark=dark)
        for side, position in ((~east, "top right"), (east, "top left"))
    ]
    return {
        "data": [*_lines(steps, at, colour["calm"]), *towns],
        "layout": {
            "map": {
                "style": world_style(dark=dark),
                "center": {"lon": lon, "lat": lat},
                "zoom": min(zoom - 0.1, 8),
            },
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "height": height,
            "uirevision": "towns",
            "paper_bgcolor": _CLEAR,
            "showlegend": False,
            "clickmode": "event+select",
        },
    }


def _towns(known: pd.DataFrame, position: str, colour: dict[str, str], *, dark: bool) -> dict:
    return {
        "type": "scattermap",
        "mode": "markers+text",
        "lon": known.lon.tolist(),
        "lat": known.lat.tolist(),
        "marker": {
            "size": known["size"].tolist(),
            "color": [colour["new" if new else "calm"] for new in known.is_new],
            "opacity": 0.85,
        },
        "text": [
            f"{_drawn(place)} · {n}" + (" · new" if new else "")
            for place, n, new in zip(known.place, known.adverts, known.is_new, strict=True)
        ],
        "textposition": position,
        "textfont": {"color": "#E6EAEE" if dark else "#1B242C", "size": 12},
        "customdata": known.place.map(_drawn).tolist(),
        "hovertemplate": "%{text}<extra></extra>",
        "name": "adverts",
        "showlegend": False,
    }


def _lines(steps: pd.DataFrame, at: pd.DataFrame, colour: str) -> list[dict]:
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


def place_timeline(sightings: pd.DataFrame, places: pd.DataFrame, *, dark: bool) -> dict:
    """A point an advert: its time against its place, the places in the order they were first seen (the 40
    with the most adverts); of more than 2,000 the first of each place and day, then evenly spread ones.
    Points carry the row of `sightings` as customdata."""
    shown, colour = places.head(_MOST_PLACES).sort_values("first"), _ON_DARK if dark else _ON_LIGHT
    order = [_drawn(place) for place in shown.place]
    known = (
        sightings[sightings.place.isin(shown.place)]
        .dropna(subset=["seen_at"])
        .sort_values("seen_at", kind="stable")
    )
    if len(known) > _MOST_POINTS:
        known = known[~known.assign(day=known.seen_at.dt.floor("D")).duplicated(["place", "day"])]
    if len(known) > _MOST_POINTS:
        known = known.iloc[:: -(-len(known) // _MOST_POINTS)]
    names = known.place.map(_drawn)
    points = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": known.seen_at.dt.strftime("%Y-%m-%d %H:%M").tolist(),
        "y": names.tolist(),
        "customdata": known.index.tolist(),
        "marker": {"size": 7, "color": colour["calm"]},
        "line": {"width": 0.8, "color": "rgba(94,107,120,0.45)"},
        "hovertemplate": "%{y}<br>%{x} UTC<extra></extra>",
        "selected": {"marker": {"color": colour["new"]}},
        "unselected": {"marker": {"opacity": 0.7}},
    }
    layout = {
        "height": 110 + 24 * len(order),
        "margin": {"l": 130, "r": 10, "t": 8, "b": 34},
        "paper_bgcolor": _CLEAR,
        "plot_bgcolor": _CLEAR,
        "clickmode": "event+select",
        "dragmode": "zoom",
        "xaxis": {"type": "date", "title": {"text": "posted, UTC"}},
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
