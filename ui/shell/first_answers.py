"""What each page shows first, computed ahead of its first visitor into the caches that the page reads."""

from __future__ import annotations

import logging
from collections.abc import Callable

from analytics.oversight import Actor
from analytics.store import Store, UnusableStore, open_store, read_today
from analytics.store.areas import list_working_areas
from ui.adverts.panes import compute_first_cards
from ui.finance.screen import search_ahead
from ui.hotspots.screen import compute_first_map
from ui.intelligence.cached_findings import prepare_ladder
from ui.network.screen import compute_first_links
from ui.overview.background import read_morning
from ui.results.screen import measure_first
from ui.search.background import prepare_search
from ui.shell.page import Page

_NO_SESSION = "streamlit.runtime.scriptrunner_utils.script_run_context"  # warns of work without a session


def compute_first_answers() -> None:
    """One after another, in the order of the rail. What fails is logged, and left to the page."""
    logging.getLogger(_NO_SESSION).setLevel(logging.ERROR)
    try:
        steps = _list_steps(open_store())
    except UnusableStore:
        return  # the pages say so
    for step in steps:
        try:
            step()
        except Exception:
            logging.getLogger("achilles").exception("A first answer could not be computed")


def _list_steps(store: Store) -> list[Callable[[], object]]:
    page = Page(store, Actor("server"))
    areas = list_working_areas(store).area_id.tolist()
    return [
        lambda: prepare_search(store),
        *(lambda area=area: read_morning(page, area, read_today())[1].wait() for area in areas[:1]),
        *(lambda area=area: compute_first_map(page, area) for area in areas[:1]),
        lambda: compute_first_cards(page),
        lambda: search_ahead(page),
        lambda: compute_first_links(page),
        lambda: prepare_ladder(page),
        lambda: measure_first(page),
    ]
