"""A map as data: what the map component of the page is told to draw. Nothing here draws.

Sources, layers and the style are MapLibre's (https://maplibre.org/maplibre-style-spec). The browser's side is
frontend/src/message.ts.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from analytics.figures.theme import CLEAR

VALUE = ["to-number", ["feature-state", "value"], 0]
HAS_VALUE = ["==", ["typeof", ["feature-state", "value"]], "number"]
IS_CHOSEN = ["boolean", ["feature-state", "chosen"], False]


@dataclass(frozen=True)
class MapView:
    """The centre (degrees, WGS 84) and the zoom: MapLibre shows 512 * 2^zoom pixels for 360 degrees. Where
    there is a `box` (west, south, east, north), it is shown whole in whatever pane the map has."""

    lon: float
    lat: float
    zoom: float
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class FeatureValues:
    """A value for each feature of a source, which its paint reads as VALUE, and what is shown of a feature
    that is pointed at: pairs of a label and a text or number for each id, or None for the value itself.
    Texts are data: the component sets them as text, never as markup. Where there is a `top`, paint reads
    values as shares of it, from -1 to 1: another top then needs no other paint. A value of NaN is none, so
    that ids and texts stay the same while values come and go. `ranks` are 1 for the first
    of the page's list, and 0 where a rank says nothing."""

    source: str
    ids: Sequence[str]
    values: Sequence[float]
    about: Sequence[tuple[str, Sequence[str | float] | None]] = ()
    top: float | None = None
    ranks: Sequence[int] = ()

    @cached_property
    def named(self) -> dict[str, Any]:
        """What seldom changes: the ids, and the texts of `about`. `key` is the same for the same."""
        texts = [list(of) for _, of in self.about if of is not None and _are_texts(of)]
        lasting = {"ids": list(self.ids), "texts": texts}
        return {"key": _digest(lasting), **lasting}


@dataclass(frozen=True)
class Choices:
    """Features that a list of the page names too (`ui.components.list`, of the same `channel`): what is
    chosen there is marked here at once, and the other way round. `source` draws them in `layers`, its
    features identified by the list's ids; `places` (longitude, latitude, degrees) is what is brought into
    sight."""

    channel: str
    source: str
    layers: Sequence[str]
    places: Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Legend:
    """What colours say: a ramp from low to high with its ticks, or named kinds with a colour each."""

    title: str
    colours: Sequence[str] = ()
    ticks: Sequence[str] = ()
    kinds: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class LayerGroup:
    """Layers that the reader shows and hides together, with one opacity; `shown` until they say otherwise.
    What an `on_demand` group draws is sent only once the reader asks for it."""

    name: str
    layers: tuple[str, ...]
    shown: bool = True
    on_demand: bool = False


@dataclass(frozen=True)
class MapPicture:
    """The base map, what lies over it (each layer below the layer named beside it, None for on top), the
    values that are painted, and the layer (`active`) that answers to the pointer. `chosen` is one of the
    `choices` where there are some, else a feature with a value; a `height` of None fills the pane. The reader
    shows and hides `groups` of layers; features of `described` ones say their property `label` when pointed
    at. `label` is for who cannot see the map, `credit` names whose data the base map is; maps of one `group`
    move together."""

    label: str
    style: dict[str, Any]
    view: MapView
    sources: dict[str, Any] = field(default_factory=dict)
    layers: Sequence[tuple[dict[str, Any], str | None]] = ()
    values: FeatureValues | None = None
    active: str | None = None
    choices: Choices | None = None
    chosen: str | None = None
    legend: Legend | None = None
    groups: Sequence[LayerGroup] = ()
    described: Sequence[str] = ()
    drawable: bool = False
    group: str | None = None
    credit: str = ""
    height: int | None = 520

    def message(self) -> dict[str, Any]:
        """The map as the component reads it, JSON throughout, without what `values` names. `pictureKey` is
        the same for two pictures that differ in nothing but what is chosen, `styleKey` for two that differ in
        values alone."""
        style = {
            "style": self.style,
            "sources": self.sources,
            "layers": [
                {"layer": layer, "below": below} if below else {"layer": layer}
                for layer, below in self.layers
            ],
        }
        drawn = {
            "styleKey": _digest(style),
            "values": self.values and _write_values(self.values),
            "active": self.active,
            "choices": self.choices and _write_choices(self.choices),
            "legend": self.legend and _write_legend(self.legend),
        }
        view = {"lon": self.view.lon, "lat": self.view.lat, "zoom": self.view.zoom, "box": self.view.box}
        return {
            **style,
            **drawn,
            "pictureKey": _digest(drawn),
            "view": view,
            "chosen": self.chosen,
            "groups": [
                {
                    "name": group.name,
                    "layers": list(group.layers),
                    "shown": group.shown,
                    "onDemand": group.on_demand,
                }
                for group in self.groups
            ],
            "described": list(self.described),
            "drawable": self.drawable,
            "group": self.group,
            "label": self.label,
            "credit": self.credit,
            "height": self.height,
        }


def colour_by_value(stops: Sequence[float], colours: Sequence[str]) -> list[Any]:
    """A colour expression: a ramp through rising `stops`, and clear where a feature has no value."""
    ramp = [part for pair in zip(stops, colours, strict=True) for part in pair]
    return ["case", HAS_VALUE, ["interpolate", ["linear"], VALUE, *ramp], CLEAR]


def colour_by_kind(colours: Sequence[str]) -> list[Any]:
    """A colour expression: the colour of that number, and clear where a feature has no value."""
    if not colours:
        return ["literal", CLEAR]
    matches = [part for number, colour in enumerate(colours[:-1]) for part in (number, colour)]
    last = colours[-1]
    chosen = ["match", VALUE, *matches, last] if matches else last
    return ["case", HAS_VALUE, chosen, CLEAR]


def _write_values(values: FeatureValues) -> dict[str, Any]:
    """Numbers as columns, texts by their place in what `named` sends."""
    about: list[dict[str, Any]] = []
    texts = 0
    for label, of in values.about:
        if of is None:
            about.append({"label": label})
        elif _are_texts(of):
            about.append({"label": label, "text": texts})
            texts += 1
        else:
            about.append({"label": label, "of": write_column(of)})
    return {
        "source": values.source,
        "named": values.named["key"],
        "column": write_column(values.values),
        "top": values.top,
        "about": about,
        "ranks": write_column(values.ranks) if len(values.ranks) else None,
    }


def write_column(numbers: Sequence[Any]) -> dict[str, str]:
    """Numbers in the fewest bytes, base64: whole ones from 0 up in 1, 2 or 4 bytes each, others as 4-byte
    floats (seven digits), little-endian. No number (NaN) is the largest whole one of its kind."""
    column = np.asarray(numbers, dtype=float)
    missing = np.isnan(column)
    known = column[~missing]
    kind = "f4"
    if (known >= 0).all() and (known == np.floor(known)).all():
        ends = (("u1", 2**8 - 1), ("u2", 2**16 - 1), ("u4", 2**32 - 1))
        kind, end = next((size for size in ends if known.max(initial=0) < size[1]), ("f4", 0))
        if end:
            column = np.where(missing, end, column)
    return {"kind": kind, "data": base64.b64encode(column.astype(f"<{kind}").tobytes()).decode()}


def _are_texts(of: Sequence[str | float]) -> bool:
    return len(of) > 0 and isinstance(of[0], str)


def _digest(message: Any) -> str:
    return hashlib.sha256(json.dumps(message, separators=(",", ":")).encode()).hexdigest()[:16]


def _write_choices(choices: Choices) -> dict[str, Any]:
    return {
        "channel": choices.channel,
        "source": choices.source,
        "layers": list(choices.layers),
        "places": {name: list(place) for name, place in choices.places.items()},
    }


def _write_legend(legend: Legend) -> dict[str, Any]:
    return {
        "title": legend.title,
        "ramp": {"colours": list(legend.colours), "ticks": list(legend.ticks)} if legend.colours else None,
        "kinds": [{"name": name, "colour": colour} for name, colour in legend.kinds],
    }
