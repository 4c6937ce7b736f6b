"""Meeting: what became of earlier actions, the proposals, and a decision on each."""

from ui.shell.page import begin
from ui.tasking.meeting import show_meeting

page = begin("What do we decide today?")
show_meeting(page)
