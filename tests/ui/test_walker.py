"""What the walker notes of progress on a page."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.walker import Walker


def show_bar_for_ever() -> None:
    import streamlit as st

    st.progress(0.5)


def show_bar_while_work_runs() -> None:
    import time

    import streamlit as st

    from ui.components.background import TASKS, Kind

    task = TASKS.find_or_start(Kind("walked"), "once", lambda progress, cancelled: time.sleep(0.2))
    if not task.has_ended:
        st.progress(task.share)


@pytest.mark.parametrize(
    ("script", "found"),
    [
        (show_bar_for_ever, ["here: a bar of progress that no work moves"]),
        (show_bar_while_work_runs, []),
    ],
)
def test_a_bar_that_no_work_moves_is_a_fault(script, found):
    walker = Walker()
    walker._app = AppTest.from_function(script)
    walker._run("here", keeps=False)
    assert walker.found == found
