"""The Achilles grid as tiles: what is known of each stage of the trade in each of its domains."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd

from analytics.shared.wording import counted, write_day
from ui.components.tiles import NOTHING, Tile, show_tiles

_SHORT = {
    "premises": "Premises",
    "communications": "Calls",
    "finance": "Payments",
}  # where there is little room
_AGES = (28, 182)  # days, up to which a tile has the first and the second shade
STAGE_NAMES = {
    "origin": "Origin",
    "transit": "Transit",
    "destination": "Destination",
    "not known": "Not known",
}


def show_known_tiles(
    grid: pd.DataFrame,
    as_of: date,
    *,
    key: str,
    chosen: str | None = None,
    on_choose: Callable[[str], None] | None = None,
) -> None:
    """Draw what `collection_grid` gives: the best grade of a report line, or • where there are records alone,
    darker the newer. With `on_choose` a tile says more and can be chosen by its `name_cell`."""
    detailed = on_choose is not None
    domains = grid[["domain", "domain_code"]].drop_duplicates()
    rows = {
        domain if detailed else _SHORT.get(code, domain): [
            _tile(cell, as_of, detailed=detailed) for cell in grid[grid.domain == domain].itertuples()
        ]
        for domain, code in domains.itertuples(index=False)
    }
    show_tiles(
        rows,
        [STAGE_NAMES[stage] for stage in grid.stage.unique()],
        key=key,
        label="What is known, by commercial domain and stage",
        corner="Domain",
        chosen=chosen,
        on_choose=on_choose,
    )


def name_cell(domain_code: str, stage: str) -> str:
    """By what a link names a cell of the grid."""
    return f"{domain_code} {stage}"


def describe_cell(cell) -> list[str]:
    """What is known of a cell, each part in words."""
    parts = []
    if cell.lines:
        parts.append(f"{counted(cell.lines, 'graded line')}: {cell.graded}")
    if cell.records:
        parts.append(counted(cell.records, "record"))
    return parts


def _tile(cell, as_of: date, *, detailed: bool) -> Tile:
    parts, name = describe_cell(cell), name_cell(cell.domain_code, cell.stage)
    asked = f"{cell.requirements:,} asked" if cell.requirements else ""
    if not parts:
        words = ", ".join(filter(None, (f"{cell.domain}, {cell.stage}: a gap", asked)))
        below = (asked or "a gap") if detailed else ""
        return Tile("?" if cell.requirements else "–", NOTHING, words, below, name)
    dated = not pd.isna(cell.newest)
    age = sum((as_of - cell.newest.date()).days > limit for limit in _AGES) if dated else len(_AGES)
    newest = f"newest {write_day(cell.newest)}" if dated else "not dated"
    below = " · ".join(filter(None, (newest.removeprefix("newest "), asked))) if detailed else ""
    words = f"{cell.domain}, {cell.stage}: {'; '.join(parts)}; {newest}"
    return Tile(cell.best or "•", age, words, below, name)
