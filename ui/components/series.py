"""The series component: values over equal periods as lines, bars and a band. Its browser side is
`frontend/src/series.ts`. A page with no other chart need not load Plotly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from analytics.shared.wording import write_day, write_month
from ui.components.browser_side import declare_component
from ui.components.times import find_place, write_ticks

_component = declare_component("series")
DASHED, DOTTED = "6 4", "2 3"  # as SVG takes them


@dataclass(frozen=True)
class DrawnSeries:
    """One thing that is measured: a value for each period, none where it is not a number. Bars may hang
    downward. Without a name it is called by its unit."""

    name: str
    values: ArrayLike
    colour: str
    form: Literal["line", "bars", "bars down"] = "line"
    dashes: str = ""


@dataclass(frozen=True)
class SeriesBand:
    """Between two values in each period."""

    name: str
    low: ArrayLike
    high: ArrayLike
    colour: str


@dataclass(frozen=True)
class DayMark:
    """A line where a day begins."""

    day: date
    name: str
    colour: str


def show_series(
    days: Sequence[date],
    unit: str,
    series: Sequence[DrawnSeries],
    measured: str,
    *,
    key: str,
    label: str,
    height: int = 220,
    band: SeriesBand | None = None,
    mark: DayMark | None = None,
    stressed: tuple[date, str] | None = None,
) -> None:
    """Draw what is `measured` ('Incidents a week') in each `unit`, which begin at `days`. `stressed` is the
    period whose bar stands out, and its colour; `label` is for who cannot see it."""
    write = write_month if unit == "month" else write_day
    shown: dict[str, Any] = {
        "label": label,
        "height": height,
        "unit": measured,
        "starts": [
            {"name": write(day), "tick": tick}
            for day, tick in zip(days, write_ticks(days, unit), strict=True)
        ],
        "series": [
            {
                "name": one.name,
                "values": _numbers(one.values),
                "form": one.form,
                "colour": one.colour,
                "dashes": one.dashes,
            }
            for one in series
        ],
        "band": None,
        "mark": None,
        "stressed": None,
    }
    if band is not None:
        low, high = _numbers(band.low), _numbers(band.high)
        shown["band"] = {"name": band.name, "low": low, "high": high, "colour": band.colour}
    if mark is not None:
        shown["mark"] = {"at": find_place(days, mark.day), "name": mark.name, "colour": mark.colour}
    if stressed is not None and stressed[0] in days:
        shown["stressed"] = {"at": days.index(stressed[0]), "colour": stressed[1]}
    _component(key=key, data=shown, height="content")


def _numbers(values: ArrayLike) -> list[float | None]:
    """The values as the browser takes them: JSON has no NaN."""
    return [None if np.isnan(value) else float(value) for value in np.asarray(values, dtype=float)]
