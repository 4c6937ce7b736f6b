"""The first request of a fresh server meets the guard on every page, whatever runs first."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.browser.conftest import FLAGS, ROOT  # noqa: F401

PAGES = sorted(path.stem for path in (Path(__file__).parents[2] / "pages").glob("*.py"))

# The guard is replaced by one that refuses everybody, in the server's own process.
_CLOSED = """
import sys, ui.page, streamlit as st
def closed():
    st.text('CLOSED BY THE GUARD')
    st.stop()
ui.page.guard = closed
from streamlit.web import cli
sys.argv = ['streamlit', 'run', 'serve.py', '--server.port={port}', '--server.headless=true']
sys.exit(cli.main())
"""


@pytest.mark.parametrize("name", PAGES)
def test_a_first_request_to_a_page_meets_the_guard(name, browser, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "ACHILLES_STORE": str(tmp_path / "s.duckdb"), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, "-c", _CLOSED.format(port=port)], cwd=ROOT, env=environment)
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5)
                break
            except OSError:
                time.sleep(0.2)
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}/{name}")
        page.get_by_text("CLOSED BY THE GUARD").wait_for(timeout=30_000)
        assert page.locator("h1").count() == 0
        page.close()
    finally:
        process.terminate()
        process.wait(timeout=20)
