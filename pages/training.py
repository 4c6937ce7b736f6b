"""Training: a class of teams in an invented city whose truth is sealed."""

from ui.components.address import choose_view
from ui.shell.layout import pad_pane, scroll_pane, window_pane
from ui.shell.page import begin
from ui.training.choosing import choose_exercise
from ui.training.debriefing import show_debrief
from ui.training.demonstration import show_demonstration
from ui.training.preparing import show_preparation
from ui.training.running import show_running

page = begin("What does the class find, and what has it learnt?", "training")
with pad_pane("ask", horizontal=True):
    view = choose_view(("Prepare", "Run", "Debrief", "Demonstrate"))
with window_pane("page"), scroll_pane("page_view"):
    if view == "Prepare":
        show_preparation(page)
    elif view == "Demonstrate":
        show_demonstration(page)
    elif (folder := choose_exercise()) is not None:
        show = show_running if view == "Run" else show_debrief
        show(page, folder)
