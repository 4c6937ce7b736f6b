"""A first request meets the guard on every page and on the server's own routes."""

import json
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.browser.conftest import Server
from ui.shell.page import refusal

PAGES = sorted(path.stem for path in (Path(__file__).parents[2] / "pages").glob("*.py"))
ROUTES = (
    "cells/1/hexagon/400.geojson",
    "basemap/1/street.geojson",
    "tiles/1/14/8192/5000.mvt",
    "basemap/world.geojson",
    "basemap/invented-land.geojson",
    "components/any/map.js",
    "health",
)

# The one rule is replaced by one that refuses everybody, in the server's own process.
_CLOSED = """
import ui.shell.page
ui.shell.page.refusal = lambda address: 'CLOSED BY THE GUARD'
"""


def fetched(url: str, **headers: str) -> tuple[int, str]:
    """Status and body, refusals too."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("closed")
    running = Server(folder / "s.duckdb", folder / "server.log", before=_CLOSED)
    yield running
    running.stop()


def test_a_first_request_to_a_route_meets_the_guard(closed):
    """Of a server that has shown no page yet."""
    for route in ROUTES:
        status, body = fetched(f"{closed.url}/{route}")
        assert (status, json.loads(body)) == (403, {"error": "CLOSED BY THE GUARD"})


@pytest.mark.parametrize("name", PAGES)
def test_a_first_request_to_a_page_meets_the_same_guard(name, context, closed):
    page = context.new_page()
    page.goto(f"{closed.url}/{name}")
    page.get_by_text("CLOSED BY THE GUARD").wait_for(timeout=30_000)
    assert page.locator("h1").count() == 0
    page.close()


def test_this_machine_is_answered_under_its_own_name_only(server):
    assert fetched(f"{server.url}/cells/1/hexagon/400.geojson")[0] == 200
    for route in ("", *ROUTES):  # a foreign name that resolves to this machine (DNS rebinding)
        assert fetched(f"{server.url}/{route}", Host="elsewhere.example")[0] == 400


def test_every_answer_carries_the_policy_wherever_the_app_was_started_from(browser, tmp_path):
    """`streamlit run .../app.py` from another folder: its own settings, headers, routes and navigation."""
    running = Server(tmp_path / "s.duckdb", tmp_path / "server.log", folder=tmp_path)
    try:
        for route in ("", "hotspots", "health", "basemap/world.geojson", "_stcore/health"):
            with urllib.request.urlopen(f"{running.url}/{route}", timeout=30) as answer:
                policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'self'" in policy and "connect-src 'self'" in policy, route
        page = browser.new_page()
        page.goto(f"{running.url}/hotspots")  # the first page of a fresh server
        page.get_by_role("link", name="Briefs").wait_for(timeout=30_000)
        page.close()
    finally:
        running.stop()
    assert (
        "gatherUsageStats" not in running.log.read_text()
        and "Collecting usage" not in running.log.read_text()
    )


def test_only_this_machine_is_answered():
    assert [refusal(address) for address in ("127.0.0.1", "::1", None)] == [None] * 3
    for address in ("10.0.0.7", "192.168.1.20", "", "an unknown address"):
        assert "only to this machine" in refusal(address)
