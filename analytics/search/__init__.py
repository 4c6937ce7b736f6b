"""Search everything: one question over reports, findings, imported rows, places and products.

It stands above the subjects, which do not know each other. `search` is the whole interface; `refresh_index`
prepares it after an import."""

from analytics.search.find import KINDS, search
from analytics.search.hits import Group, Hit, PageLink
from analytics.search.index import is_index_current, refresh_index

__all__ = ["KINDS", "Group", "Hit", "PageLink", "is_index_current", "refresh_index", "search"]
