"""Search: where a word, a number or a name occurs, and one thing that has no page of its own."""

from ui.search.item import show_item
from ui.search.screen import show_search
from ui.shell.layout import scroll_pane, window_pane
from ui.shell.page import begin

page = begin("Where does it occur?", "search")
with window_pane("page"), scroll_pane("page_view"):
    show_item(page)
    show_search(page)
