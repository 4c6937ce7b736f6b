"""Meeting: what became of earlier actions, the proposals and a decision on each; the wall and the chair."""

import streamlit as st

from ui.shell.layout import scroll_pane, window_pane
from ui.shell.page import begin
from ui.tasking.chair import show_chair
from ui.tasking.meeting import show_meeting
from ui.tasking.room import show_room

page = begin("What do we decide today?", "meeting")
match st.query_params.get("room"):
    case "1":
        show_room(page)
    case "chair":
        show_chair(page)
    case _:
        with window_pane("page"), scroll_pane("page_view"):
            show_meeting(page)
