"""Maps over the world's countries: towns and the steps between them, corridors of money, points of a file.

Names are drawn as text on the map, never read as markup."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from analytics.figures.map_picture import FeatureValues, Legend, MapPicture, MapView
from analytics.figures.maps import fitted_zoom
from analytics.figures.theme import HOT, theme

_NARROWEST = 415  # pixels of the map beside the timeline in a window of 1,024
_CLOSEST = 8.0  # the zoom beyond which the world's outlines are too coarse
_LANDS = ("world", "invented-land")  # what there is land of, by its address
_LONGEST = 60  # characters of a name
_NEW = ("new", "seen before")


def world_style(*, dark: bool) -> dict[str, Any]:
    """A MapLibre style of the world's countries and of invented ones, asked from this server alone."""
    colours = theme(dark=dark)
    borders = {"line-color": colours.map_area, "line-width": 0.7, "line-opacity": 0.7}
    land = {"fill-color": colours.map_background}
    layers: list[dict[str, Any]] = [
        {"id": "background", "type": "background", "paint": {"background-color": colours.map_water}}
    ]
    for name in _LANDS:
        layers.append({"id": f"{name} land", "type": "fill", "source": name, "paint": land})
        layers.append({"id": f"{name} borders", "type": "line", "source": name, "paint": borders})
    sources = {
        name: {"type": "geojson", "data": f"/basemap/{name}.geojson", "maxzoom": 8, "tolerance": 0.5}
        for name in _LANDS
    }
    return {"version": 8, "sources": sources, "layers": layers}


def town_map(
    places: pd.DataFrame,
    steps: pd.DataFrame,
    *,
    label: str,
    dark: bool,
    height: int = 420,
    kinds: tuple[str, str] = _NEW,
) -> MapPicture:
    """Towns (place, lon, lat, adverts, is_new; those on no map left out) as circles by their number of
    adverts, with the steps (origin, destination) between them, thicker the more often. `kinds`: what the
    legend calls towns that `is_new` marks and others."""
    known, colours = places.dropna(subset=["lon", "lat"]), theme(dark=dark)
    at = known.set_index("place")[["lon", "lat"]]
    counted = steps[steps.origin.isin(at.index) & steps.destination.isin(at.index)]
    counted = counted.groupby(["origin", "destination"]).size().rename("n").reset_index()
    lines = [
        ([at.loc[row.origin].tolist(), at.loc[row.destination].tolist()], 2.4 * row.n / counted.n.max())
        for row in counted.itertuples()
    ]
    radius = 5 + 13 * np.sqrt(known.adverts / max(known.adverts.max(), 1)) if len(known) else known.adverts
    names = [_shorten(place) for place in known.place]
    written = [
        f"{name} · {n}" + (" · new" if new and kinds == _NEW else "")
        for name, n, new in zip(names, known.adverts, known.is_new, strict=True)
    ]
    points = _points(
        known.lon,
        known.lat,
        label=written,
        radius=radius.tolist(),
        colour=[colours.highlight if new else colours.accent for new in known.is_new],
    )
    legend = list(zip(kinds, (colours.highlight, colours.accent), strict=True))
    return MapPicture(
        label=label,
        style=world_style(dark=dark),
        view=_view(known.lon.to_numpy(), known.lat.to_numpy(), _NARROWEST, height, 0.1),
        sources={"steps": _lines(lines), "points": points},
        layers=[
            (_line_layer("steps", colours.accent), None),
            (_point_layer(), None),
            (_name_layer(colours.text, colours.map_background), None),
        ],
        values=_described(["adverts" if n != 1 else "advert" for n in known.adverts], names, known.adverts),
        active="points",
        legend=Legend("Towns", kinds=legend) if known.is_new.any() else None,
        height=height,
    )


def corridor_map(corridors: pd.DataFrame, *, label: str, dark: bool) -> MapPicture:
    """Corridors as bows over the world's countries, thicker the more payments: columns from, to, lon, lat,
    lon_to, lat_to, payments, description (of a corridor)."""
    height, colours = 420, theme(dark=dark)
    lift = 0.12 * np.hypot(corridors.lon_to - corridors.lon, corridors.lat_to - corridors.lat)
    width = np.ceil(4 * np.sqrt(corridors.payments / max(1, corridors.payments.max()))) * 1.6
    bows = [
        (bow_points(row, up), thick)
        for row, up, thick in zip(corridors.itertuples(), lift, width, strict=True)
    ]
    ends = pd.concat(
        [
            corridors[["from", "lon", "lat"]].set_axis(["name", "lon", "lat"], axis=1),
            corridors[["to", "lon_to", "lat_to"]].set_axis(["name", "lon", "lat"], axis=1),
        ]
    ).drop_duplicates("name")
    points = _points(
        ends.lon,
        ends.lat,
        label=[_shorten(name) for name in ends["name"]],
        radius=[4.5] * len(ends),
        colour=[colours.accent] * len(ends),
    )
    bow_layer = _line_layer("bows", colours.accent)
    return MapPicture(
        label=label,
        style=world_style(dark=dark),
        view=_view(
            np.r_[corridors.lon, corridors.lon_to], np.r_[corridors.lat, corridors.lat_to], 900, 340, 0.3
        ),
        sources={"bows": _lines(bows), "points": points},
        layers=[
            (bow_layer, None),
            (_point_layer(), None),
            (_name_layer(colours.text, colours.map_background), None),
        ],
        values=FeatureValues(
            "bows",
            _numbers(len(corridors)),
            corridors.payments.tolist(),
            [("", [str(text) for text in corridors.description])],
        ),
        active="bows",
        height=height,
    )


def preview_map(lon: pd.Series, lat: pd.Series, *, label: str, dark: bool) -> MapPicture:
    """Points in degrees over the world's countries: whether a file's rows lie where they should."""
    dots = {
        "id": "points",
        "type": "circle",
        "source": "points",
        "paint": {"circle-radius": 2.5, "circle-color": HOT, "circle-opacity": 0.6},
    }
    return MapPicture(
        label=label,
        style=world_style(dark=dark),
        view=_view(lon.to_numpy(), lat.to_numpy(), 400, 240, 0.8, closest=12.0),
        sources={"points": _points(lon, lat)},
        layers=[(dots, None)],
        height=260,
    )


def _view(
    lon: np.ndarray, lat: np.ndarray, width: int, height: int, margin: float, closest: float = _CLOSEST
) -> MapView:
    if not len(lon):
        return MapView(0.0, 30.0, 1.0)
    x, y, zoom = fitted_zoom(lon, lat, width=width, height=height)
    return MapView(x, y, min(zoom - margin, closest))


def _described(units: Iterable[str], names: list[str], counts: pd.Series) -> FeatureValues:
    texts = [f"{name}: {count:,} {unit}" for name, count, unit in zip(names, counts, units, strict=True)]
    return FeatureValues("points", _numbers(len(names)), counts.tolist(), [("", texts)])


def _numbers(count: int) -> list[str]:
    return [str(number) for number in range(count)]


def _shorten(text: object) -> str:
    return " ".join(str(text).split())[:_LONGEST]


def _collection(geometries: Iterable[dict[str, Any]], properties: Iterable[dict[str, Any]]) -> dict[str, Any]:
    features = [
        {"type": "Feature", "geometry": geometry, "properties": {"id": str(number)} | about}
        for number, (geometry, about) in enumerate(zip(geometries, properties, strict=True))
    ]
    return {
        "type": "geojson",
        "data": {"type": "FeatureCollection", "features": features},
        "promoteId": "id",
    }


def _points(lon: pd.Series, lat: pd.Series, **properties: list[Any]) -> dict[str, Any]:
    columns = zip(*properties.values(), strict=True) if properties else [()] * len(lon)
    about = [dict(zip(properties, row, strict=True)) for row in columns]
    at = zip(lon.round(5).tolist(), lat.round(5).tolist(), strict=True)
    return _collection(({"type": "Point", "coordinates": place} for place in at), about)


def _lines(lines: list[tuple[list[list[float]], float]]) -> dict[str, Any]:
    return _collection(
        ({"type": "LineString", "coordinates": places} for places, _ in lines),
        ({"width": round(float(width), 2)} for _, width in lines),
    )


def bow_points(row: Any, lift: float) -> list[list[float]]:
    """A line of points from one end to the other, up by `lift` (degrees) in the middle."""
    t = np.linspace(0, 1, 24)
    lon = row.lon + (row.lon_to - row.lon) * t
    lat = row.lat + (row.lat_to - row.lat) * t + 4 * lift * t * (1 - t)
    bow: list[list[float]] = np.c_[lon, lat].round(4).tolist()
    return bow


def _line_layer(name: str, colour: str) -> dict[str, Any]:
    paint = {"line-color": colour, "line-width": ["get", "width"], "line-opacity": 0.55}
    return {
        "id": name,
        "type": "line",
        "source": name,
        "layout": {"line-cap": "round"},
        "paint": paint,
    }


def _point_layer() -> dict[str, Any]:
    return {
        "id": "points",
        "type": "circle",
        "source": "points",
        "paint": {
            "circle-radius": ["get", "radius"],
            "circle-color": ["get", "colour"],
            "circle-opacity": 0.85,
        },
    }


def _name_layer(text: str, halo: str) -> dict[str, Any]:
    """Names beside their points, on the side where there is room."""
    return {
        "id": "names",
        "type": "symbol",
        "source": "points",
        "layout": {
            "text-field": ["get", "label"],
            "text-font": ["Source Sans"],
            "text-size": 12,
            "text-variable-anchor": ["left", "right", "top", "bottom"],
            "text-radial-offset": 1.1,
            "text-justify": "auto",
        },
        "paint": {"text-color": text, "text-halo-color": halo, "text-halo-width": 1.4},
    }
