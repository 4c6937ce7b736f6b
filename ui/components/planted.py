"""The truth of an exercise on the lists of a team's own screens, where its trainer shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from analytics.store import Store
from analytics.training.exercise.revealed import read_revealed
from ui.components.list import ListEntry, ListMark


def mark_planted(
    entries: Sequence[ListEntry], store: Store, evidence: Mapping[str, Callable[[], pd.DataFrame]]
) -> list[ListEntry]:
    """The cards, each of something planted or of an innocent look-alike with that mark first. `evidence` by
    table: `item` (the id of a card), source_id and row_number of its rows; read only where it is shown."""
    revealed = read_revealed()
    if revealed is None:
        return list(entries)
    named: dict[str, list[str]] = {}
    for table, read in evidence.items():
        for item, words in revealed.name_things(store, table, read()).items():
            named.setdefault(str(item), []).append(words)
    marks = {item: [ListMark(words, "strong") for words in said] for item, said in named.items()}
    return [replace(entry, marks=[*marks.get(entry.id, ()), *entry.marks]) for entry in entries]
