"""Search: where a word, a number or a name occurs, and one thing that has no page of its own."""

from ui.search.item import show_item
from ui.search.screen import show_search
from ui.shell.page import begin

page = begin("Where does it occur?")
show_item(page)
show_search(page)
