"""The bands component: counts as dots on the bands of what was expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from ui.components.browser_side import declare_component

_component = declare_component("bands")


@dataclass(frozen=True)
class Band:
    """One row: its count, the ends of the band, on which side of it the count is `unusual`, and that in
    words."""

    name: str
    count: int
    low: int
    high: int
    unusual: Literal["", "more", "fewer"]
    words: str


def show_bands(bands: Sequence[Band], *, key: str, label: str) -> None:
    """Draw the rows in their order, each on a scale of its own; `label` names the table for who cannot see
    it."""
    _component(key=key, data={"rows": [asdict(band) for band in bands], "label": label})
