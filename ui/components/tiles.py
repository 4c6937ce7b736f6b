"""The tiles component: a grid of marks, darker the newer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from ui.components.browser_side import declare_component

_component = declare_component("tiles")
NOTHING = 3  # the age of a tile of which nothing is known


@dataclass(frozen=True)
class Tile:
    """`mark` stands in it, `words` say all of it; `age` is 0 (newest), 1, 2 or NOTHING."""

    mark: str
    age: int
    words: str


def show_tiles(
    rows: Mapping[str, Sequence[Tile]], columns: Sequence[str], *, key: str, label: str, corner: str
) -> None:
    """Draw rows of tiles under the names of their columns; `corner` says what the rows are, and `label` names
    the grid for who cannot see it."""
    data = {
        "label": label,
        "corner": corner,
        "columns": list(columns),
        "rows": [{"name": name, "tiles": [asdict(tile) for tile in tiles]} for name, tiles in rows.items()],
    }
    _component(key=key, data=data)
