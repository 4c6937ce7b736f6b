"""Methods: how far each can be trusted."""

from ui.shell.layout import scroll_pane, window_pane
from ui.shell.page import begin
from ui.trust.screen import show_trust

page = begin("How far to trust this", "trust")
with window_pane("page"), scroll_pane("page_view"):
    show_trust(page)
