"""Collection: what is known of each part of the trade, what is not, and who is to find it out."""

from ui.intelligence.collection import show_collection
from ui.shell.page import begin

page = begin("What do we not know, and who is to find it out?", "collection")
show_collection(page)
