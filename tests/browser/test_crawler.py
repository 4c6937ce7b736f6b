"""What only a browser notices while the pages and all that they offer are drawn: an error of the console, a
violation of the policy, a foreign request, and an exception box of a part that runs by itself.

It crawls the invented city with its casework, which has something to draw for every view, at 1440 pixels;
each page is also seen at 1024. `tests/ui/test_every_view.py` opens everything on every kind of store, without
a browser."""

import shutil

import pytest

from tests.browser.conftest import Server, watch
from tests.browser.crawler import Crawler

pytestmark = pytest.mark.timeout(900)
_FEW_PIXELS = 0.25  # a browser without a graphics card draws a map a pixel at a time


@pytest.fixture
def worked_server(casework, tmp_path):
    running = Server(shutil.copy(casework / "store.duckdb", tmp_path), tmp_path / "server.log")
    yield running
    running.stop()


@pytest.fixture
def crawler(browser):
    context = browser.new_context(device_scale_factor=_FEW_PIXELS)
    page = context.new_page()
    yield Crawler(page, watch(page))
    page.goto("about:blank")  # a page whose server goes away complains
    context.close()


def test_nothing_goes_wrong_while_all_is_drawn(crawler, worked_server):
    assert crawler.crawl(worked_server.url) == []


def test_nothing_goes_wrong_while_pages_without_data_are_drawn(crawler, empty_server):
    assert crawler.crawl(empty_server.url, controls=False) == []
