"""Results: what became of what was tasked, against what would have happened anyway."""

from ui.components.address import choose_view
from ui.results.scorecard import show_scorecard
from ui.results.screen import show_results
from ui.shell.layout import pad_pane, scroll_pane, window_pane
from ui.shell.page import begin

page = begin("Did it work?", "results")
with pad_pane("ask", horizontal=True):
    view = choose_view(("Actions", "The unit"))
if view == "Actions":
    show_results(page)
else:
    with window_pane("page"), scroll_pane("page_view"):
        show_scorecard(page)
