"""The tiles component: a grid of marks, darker the newer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from ui.components.browser_side import declare_component

_component = declare_component("tiles")
NOTHING = 3  # the age of a tile of which nothing is known


@dataclass(frozen=True)
class Tile:
    """`mark` stands in it, and `below` it in small letters; `words` say all of it; `age` is 0 (newest), 1, 2
    or NOTHING. `id` is by what it is chosen."""

    mark: str
    age: int
    words: str
    below: str = ""
    id: str = ""


def show_tiles(
    rows: Mapping[str, Sequence[Tile]],
    columns: Sequence[str],
    *,
    key: str,
    label: str,
    corner: str,
    chosen: str | None = None,
    on_choose: Callable[[str], None] | None = None,
) -> None:
    """Draw rows of tiles under the names of their columns; `corner` says what the rows are, and `label` names
    the grid for who cannot see it. With `on_choose` each tile is a button, the one with the id `chosen`
    marked."""
    known = {tile.id for tiles in rows.values() for tile in tiles}

    def chose() -> None:
        if on_choose is not None and (answer := st.session_state[key].chosen) in known:
            on_choose(answer)

    data = {
        "label": label,
        "corner": corner,
        "columns": list(columns),
        "rows": [{"name": name, "tiles": [asdict(tile) for tile in tiles]} for name, tiles in rows.items()],
        "choosable": on_choose is not None,
        "chosen": chosen,
    }
    _component(key=key, data=data, on_chosen_change=chose)
