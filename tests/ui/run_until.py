"""Wait for work that a page does in a thread of its own."""

import time
from collections.abc import Callable

from streamlit.testing.v1 import AppTest


def run_until(app: AppTest, met: Callable[[], bool]) -> None:
    """Run the page again until `met` is true; fails with what the page says where it never is."""
    for _ in range(400):
        if met():
            return
        time.sleep(0.05)
        app.run()
    raise AssertionError([box.value for box in (*app.error, *app.info, *app.success, *app.warning)])
