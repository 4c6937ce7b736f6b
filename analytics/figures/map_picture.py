"""A map as data: what the map component of the page is told to draw. Nothing here draws.

Sources, layers and the style are MapLibre's (https://maplibre.org/maplibre-style-spec). The browser's side is
frontend/src/message.ts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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
    Texts are data: the component sets them as text, never as markup."""

    source: str
    ids: Sequence[str]
    values: Sequence[float]
    about: Sequence[tuple[str, Sequence[str | float] | None]] = ()


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
    """Layers that the reader shows and hides together, with one opacity; `shown` until they say otherwise."""

    name: str
    layers: tuple[str, ...]
    shown: bool = True


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
        """The map as the component reads it, JSON throughout. `pictureKey` is the same for two pictures that
        differ in nothing but what is chosen."""
        drawn = {
            "style": self.style,
            "sources": self.sources,
            "layers": [
                {"layer": layer, "below": below} if below else {"layer": layer}
                for layer, below in self.layers
            ],
            "values": self.values and _write_values(self.values),
            "active": self.active,
            "choices": self.choices and _write_choices(self.choices),
            "legend": self.legend and _write_legend(self.legend),
        }
        key = hashlib.sha256(json.dumps(drawn, separators=(",", ":")).encode()).hexdigest()
        view = {"lon": self.view.lon, "lat": self.view.lat, "zoom": self.view.zoom, "box": self.view.box}
        return drawn | {
            "pictureKey": key[:16],
            "view": view,
            "chosen": self.chosen,
            "groups": [
                {"name": group.name, "layers": list(group.layers), "shown": group.shown}
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
    return {
        "source": values.source,
        "ids": list(values.ids),
        "values": list(values.values),
        "about": [
            {"label": label} if of is None else {"label": label, "of": list(of)} for label, of in values.about
        ],
    }


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
