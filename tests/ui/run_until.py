"""Wait for work that a page does in a thread of its own."""

import time
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from ui.components.background import TASKS


def wait_for_work(seconds: float) -> None:
    """Wait until what was begun in the background has ended: to run a page meanwhile only slows it down."""
    end = time.monotonic() + seconds
    time.sleep(0.05)
    for task in TASKS.list_running():
        task.wait(max(end - time.monotonic(), 0))


def run_until(app: AppTest, met: Callable[[], bool]) -> None:
    """Run the page again until `met` is true; fails with what the page says where it never is."""
    for _ in range(400):
        if met():
            return
        wait_for_work(5)
        app.run()
    raise AssertionError([box.value for box in (*app.error, *app.info, *app.success, *app.warning)])
