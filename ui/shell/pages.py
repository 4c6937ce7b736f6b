"""The pages of the app: the one table that navigation, links between pages and the browser tests read."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

_FOLDER = Path(__file__).parents[2] / "pages"


class PageEntry(NamedTuple):
    """A page as navigation shows it. `name` is its file in `pages/` and its
    address, `icon` a Material symbol."""

    name: str
    title: str
    icon: str


PAGES = (
    PageEntry("overview", "Overview", "today"),
    PageEntry("data", "Data", "database"),
    PageEntry("hotspots", "Hotspots", "hexagon"),
    PageEntry("adverts", "Adverts", "campaign"),
    PageEntry("finance", "Finance", "account_balance"),
    PageEntry("intelligence", "Intelligence", "lightbulb"),
    PageEntry("tasking", "Tasking", "assignment"),
    PageEntry("results", "Results", "task_alt"),
)


def page_path(name: str) -> Path:
    """The file of a page, as `st.Page`, `st.page_link` and `st.switch_page` take it."""
    return _FOLDER / f"{name}.py"
