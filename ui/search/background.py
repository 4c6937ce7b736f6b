"""The search's index, built after an import, so that no search waits for it."""

from __future__ import annotations

from analytics.search import is_index_current, refresh_index
from analytics.store import Store
from ui.components.background import TASKS, Kind


def prepare_search(store: Store) -> None:
    """Fold what came in since the last look, in the background, once for each version of the data."""
    if not is_index_current(store):
        kind = Kind(("search index", store.path), maximum=1)
        TASKS.find_or_start(
            kind, store.data_version(), lambda progress, cancelled: refresh_index(store, progress, cancelled)
        )
