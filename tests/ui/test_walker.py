"""What the walker notes of progress on a page."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.browser.crawler import name_alike
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


def test_controls_that_differ_in_numbers_and_masked_names_alone_are_alike():
    around = [r"24 nodes, 41 ties, around L\. B\.", "5 nodes, 1,204 ties, around M. K."]
    assert len({name_alike(name) for name in around}) == 1
    assert name_alike("Part A") != name_alike("Part B")
