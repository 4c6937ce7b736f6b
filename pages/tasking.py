"""Tasking: from findings to a brief, what it is for, and its outcome."""

from ui.components.address import choose_view
from ui.shell.layout import pad_pane, scroll_pane, window_pane
from ui.shell.page import begin
from ui.shell.pages import move_tab
from ui.strategic.picture import show_picture
from ui.tasking.actions import show_actions
from ui.tasking.concentration import show_concentration
from ui.tasking.operations import show_operations
from ui.tasking.priorities import show_priorities
from ui.tasking.products import show_products
from ui.tasking.stepper import show_stepper

page = begin("What should be tasked, by whom, and why?", "tasking")
move_tab("Meeting", "meeting")
with pad_pane("ask", horizontal=True):
    view = choose_view(("Write", "Strategic picture", "Priorities", "Assessments", "Operations", "Actions"))
if view == "Write":
    show_stepper(page)
else:
    with window_pane("page"), scroll_pane("page_view"):
        if view == "Strategic picture":
            show_picture(page)
        elif view == "Priorities":
            show_priorities(page)
            show_concentration(page)
        elif view == "Assessments":
            show_products(page)
        elif view == "Operations":
            show_operations(page)
        else:
            show_actions(page)
