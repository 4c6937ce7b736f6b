"""Scripts go out packed once, and a start page says which ones its page will need."""

import re

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ui.shell.packed_files import PackedFiles, list_files
from ui.shell.pages import PAGES
from ui.shell.preloading import SHELL_PARTS, Preloading, list_needed


@pytest.fixture
def client():
    async def start_page(request):
        return HTMLResponse("as it is", status_code=404 if "none" in request.url.path else 200)

    return TestClient(
        Starlette(
            routes=[Route("/{path:path}", start_page)],
            middleware=[Middleware(PackedFiles), Middleware(Preloading)],
        )
    )


def test_a_script_is_sent_packed_and_stored_for_ever(client):
    for address, path in (item for item in list_files().items() if "map" in item[0] or "Source" in item[0]):
        got = client.get(address)
        assert got.content == path.read_bytes(), address  # the client unpacks it
        assert "immutable" in got.headers["cache-control"]
        assert (got.headers.get("content-encoding") == "gzip") == (path.suffix != ".woff2")


def test_who_takes_nothing_packed_gets_the_answer_as_it_is(client):
    address = next(address for address in list_files() if address.endswith(".js"))
    got = client.get(address, headers={"Accept-Encoding": "identity"})
    assert got.text == "as it is" and "content-encoding" not in got.headers


def test_every_page_says_what_it_needs_and_all_of_it_is_there(client):
    files = list_files()
    for page in PAGES:
        address = "/" if page is PAGES[0] else f"/{page.name}"
        named = re.findall(r"<([^>]+)>", client.get(address).headers["link"])
        assert named == list_needed(page.name)
        assert set(named) <= set(files)
    assert "link" not in client.get("/none").headers


def test_the_parts_of_the_shell_are_parts_of_this_streamlit():
    scripts = [address.rsplit("/", 1)[1].split(".")[0] for address in list_files()]
    assert {part: scripts.count(part) for part in SHELL_PARTS} == dict.fromkeys(SHELL_PARTS, 1)
