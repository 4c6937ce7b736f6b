"""The places of a result as a list: what each is called, how many, and how strong in words."""

from __future__ import annotations

import pandas as pd

from analytics.hotspots.catalogue import Result
from analytics.hotspots.catalogue.place_names import PLACE
from ui.components.list import ListEntry
from ui.hotspots.draw import order_places
from ui.hotspots.screen import HotspotScreen

CHANNEL = "places"  # on which the list and the map tell each other what is chosen
_MOST = 80
_LEVELS = ((0.01, "Far beyond chance"), (0.05, "Beyond chance"), (0.1, "Perhaps beyond chance"))


def list_places(screen: HotspotScreen, result: Result, chosen: str | None) -> list[ListEntry]:
    """The highest places of a result on the map, the first first, and the chosen one where it is none of
    them."""
    table = order_places(result)
    shown = table.head(_MOST)
    if chosen is not None and chosen not in set(shown.id):
        shown = pd.concat([shown, table[table.id == chosen]])
    tested = screen.snapshot.cells.set_index("id")
    numbers = {place: number for number, place in enumerate(table.id, start=1)}
    return [_entry(row, numbers[row.id], result, tested, screen) for row in shown.itertuples(index=False)]


def say_strength(p: float, z: float) -> str:
    """How far a place stands out, in words; `p` is corrected for the number of places tested."""
    for level, words in _LEVELS:
        if p <= level:
            return words if z > 0 else words.replace("beyond", "below").replace("Beyond", "Below")
    return "Within chance"


def _entry(row, number: int, result: Result, tested: pd.DataFrame, screen: HotspotScreen) -> ListEntry:
    name = getattr(row, PLACE, None) or row.name
    count = getattr(row, "count", None)
    before = getattr(row, "before", None)
    words = _strength(row, tested)
    return ListEntry(
        id=row.id,
        name=str(name),
        about=" · ".join(filter(None, (words, _value(row, result)))),
        figure="" if count is None or callable(count) else f"{count:,.0f}",
        beside=f"{before:,.0f} before" if before is not None and screen.reaches_back else "",
        number=number,
    )


def _strength(row, tested: pd.DataFrame) -> str:
    if isinstance(kind := getattr(row, "kind", None), str):
        return kind.capitalize()
    if row.id in tested.index and "z" in tested:
        return say_strength(tested.p_adjusted[row.id], tested.z[row.id])
    if isinstance(confidence := getattr(row, "confidence", None), str):
        return f"Beyond chance, {confidence}"
    return ""


def _value(row, result: Result) -> str:
    """What the method measures, where that is not the count."""
    measure = result.measure
    if measure is None or measure.column in ("count", "value", "weight", "kind", "confidence"):
        return ""
    value = getattr(row, measure.column, "")
    if isinstance(value, str):
        return value
    number = f"{value:+,.3g}" if measure.diverging else f"{value:,.3g}"
    return f"{measure.column.replace('_', ' ')} {number}"
