"""One server and one browser a session; each test gets a page that fails on any foreign request,
policy violation or console error."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from functools import partial
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Download,
    Locator,
    Page,
    Playwright,
    expect,
    sync_playwright,
)
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser.find_browser import find_browser
from tests.browser.serving import start_forked
from tests.browser.traffic import follow, settle
from tests.examples import IS_LONG

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A page lives for seconds here: to compile its scripts for speed costs more than it saves.
_INTERPRETED = "--js-flags=--no-turbofan,--no-maglev"


# The servers let in whom this token names; a browser here sends it with every request.
TOKEN = os.environ.setdefault("ACHILLES_TOKEN", secrets.token_hex(16))
LET_IN = {"Authorization": f"Bearer {TOKEN}"}
_MOTION = "no-preference" if IS_LONG else "reduce"


def open_browser(playwright: Playwright, *, compiles: bool = False) -> Browser:
    """A browser that the servers here know, of somebody who asked for little motion: each frame is drawn by
    the processor. `compiles`: scripts for speed, as browsers do, for what is measured."""
    flags = FLAGS if compiles else [*FLAGS, _INTERPRETED]
    opened = playwright.chromium.launch(executable_path=find_browser(), args=flags)
    for name in ("new_context", "new_page"):
        make = partial(getattr(opened, name), extra_http_headers=LET_IN, reduced_motion=_MOTION)
        setattr(opened, name, partial(_make_followed, make))
    return opened


def _make_followed(make: Callable[..., BrowserContext | Page], **options: Any) -> BrowserContext | Page:
    """What a browser makes, with the traffic of its pages counted, so that `settled` can wait for each."""
    made = make(**options)
    if isinstance(made, Page):
        follow(made)
    else:
        made.on("page", follow)
    return made


_START = """
import sys
from streamlit.web.cli import main
sys.argv[0] = "streamlit"
sys.exit(main())
"""


class Server:
    """The real app on a store of its own; `before` is Python that its process runs first. In a `folder` it is
    started as a user starts it, else forked."""

    def __init__(self, store: Path, log: Path, before: str = "", folder: Path | None = None):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        run = ["run", str(ROOT / "app.py"), f"--server.port={port}", "--server.headless=true"]
        self._process: subprocess.Popen[bytes] | ForkServerProcess
        if folder:
            with log.open("w") as output:
                self._process = subprocess.Popen(
                    [sys.executable, "-c", _START, *run],
                    cwd=folder,
                    env={**os.environ, "ACHILLES_STORE": str(store)},
                    stdout=output,
                    stderr=output,
                )
        else:
            self._process = start_forked(run, log, store, before)
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/health", timeout=5).read()
                return
            except OSError as error:
                if time.monotonic() > deadline or self._has_ended(0):
                    self.stop()
                    raise RuntimeError(f"the app did not start:\n{log.read_text()}") from error
                time.sleep(0.2)

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def stop(self) -> None:
        self._process.terminate()
        assert self._has_ended(20)

    def _has_ended(self, seconds: float) -> bool:
        """Whether the process ends within these seconds."""
        try:
            if isinstance(self._process, subprocess.Popen):
                self._process.wait(seconds)
            else:
                self._process.join(seconds)
        except subprocess.TimeoutExpired:
            return False
        return isinstance(self._process, subprocess.Popen) or not self._process.is_alive()


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        opened = open_browser(playwright)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def server(scenario_store, tmp_path_factory):
    running = Server(scenario_store, tmp_path_factory.mktemp("log") / "server.log")
    yield running
    running.stop()


@pytest.fixture
def empty_server(tmp_path):
    running = Server(tmp_path / "empty.duckdb", tmp_path / "server.log")
    yield running
    running.stop()


def watch(page: Page) -> list[str]:
    """A list that fills with what goes wrong on the page: a request to elsewhere, a refusal, a console error;
    a violation of the policy is one."""
    faults: list[str] = []

    def check_request(request):
        if not request.url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
            faults.append(f"foreign request: {request.url}")

    page.on("request", check_request)
    page.on("pageerror", lambda error: faults.append(f"page error: {error}"))

    def check_console(message):
        # A failed response is judged by check_response, with its address.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            faults.append(f"console: {message.text}")

    def check_response(response):
        # Streamlit finds its base path by asking below the page's own path first, which is not there.
        if response.status >= 400 and "/_stcore/" not in response.url:
            faults.append(f"{response.status}: {response.url}")

    page.on("console", check_console)
    page.on("response", check_response)
    return faults


@pytest.fixture(scope="session")
def context(browser):
    """Where all pages share what they loaded of a server: its scripts are compiled once."""
    # Half the pixels: without a graphics card a browser draws a map a pixel at a time.
    opened = browser.new_context(viewport={"width": 1440, "height": 900}, device_scale_factor=0.5)
    yield opened
    opened.close()


@pytest.fixture
def watched(context):
    """A page; the test fails at its end if anything went wrong on it."""
    page = context.new_page()
    faults = watch(page)
    yield page
    page.close()
    assert faults == []


def settled(page: Page) -> None:
    """Wait until the script has run and nothing on the page is stale."""
    settle(page, 60_000)


def press(page: Page, button: Locator, until: Locator) -> None:
    """Press a button until it has answered: pressed while the page is drawn anew, it may be another."""
    for _ in range(3):
        settled(page)
        button.click(timeout=60_000)
        try:
            until.wait_for(timeout=20_000)
        except PlaywrightTimeout:
            continue
        return
    expect(until).to_be_visible(timeout=1_000)


def download(page: Page, button: Locator) -> Download:
    """What a button sends, pressed again if need be, as in `press`."""
    for _ in range(3):
        settled(page)
        try:
            with page.expect_download(timeout=20_000) as sent:
                button.click(timeout=60_000)
        except PlaywrightTimeout:
            continue
        return sent.value
    raise AssertionError("nothing was sent")


def table_box(page: Page) -> dict[str, float]:
    """Where the first table on show lies, once it is drawn: those of hidden tabs have no place."""
    table = page.locator("[data-testid=stDataFrame]:visible").first
    table.wait_for(timeout=60_000)
    table.scroll_into_view_if_needed()
    return table.bounding_box()


def tick_first_row(page: Page, until: Locator) -> None:
    """Tick the first row of the first table, again if need be: a table still taking in its rows ignores a
    click."""
    for _ in range(9):
        box = table_box(page)
        page.mouse.click(box["x"] + 15, box["y"] + 55)
        settled(page)
        try:
            until.wait_for(timeout=6_000)
            return
        except PlaywrightTimeout:
            continue
    until.wait_for(timeout=6_000)
