"""A fresh server with sign-in, asked by raw HTTP and over a raw WebSocket: without a cookie, with one that
has ended, and in each role. Every page and route is asked in every way that `permissions.toml` tells
apart."""

from __future__ import annotations

import asyncio
import re
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from analytics.oversight import Actor
from analytics.oversight.accounts import add_person, use_code
from analytics.oversight.roles import list_roles
from analytics.store import Store
from bench.oversight.wire import signed_in, start_server
from tests.examples import IS_LONG
from ui.components.browser_side import SERVED, VERSION
from ui.shell.gate import OPEN
from ui.shell.pages import PAGES

pytestmark = pytest.mark.timeout(600)
TABLE = tomllib.loads(Path(__file__).with_name("permissions.toml").read_text(encoding="utf-8"))
PASSWORD = "seven grey herons wait"
ADMIN = Actor("Root", "administrator", "administration")
ROLES = {role.code: role.purposes[0] for role in list_roles()}
ASKED = list(ROLES) if IS_LONG else ["partner", "inspector", "administrator"]
FILLED = {"area_id:int": "1", "role": "street", "zoom:int": "1", "column:int": "1", "row:int": "1"} | {
    "kind": "square",
    "size:int": "500",
    "version": VERSION,
    "name": min(SERVED),
}
OF_STREAMLIT = (
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/metrics",
    "/_stcore/upload_file/any/any",
    "/media/0123456789abcdef.png",
    "/static/index.html",
    "/index.html",
    "/",
)
TRAVERSALS = (  # of whoever is signed in
    f"/components/{VERSION}/..%2f..%2f..%2fapp.py",
    f"/components/{VERSION}/%2e%2e/%2e%2e/app.py",
    "/components/../app.py",
    "/media/..%2f..%2fapp.py",
    "/media/%2e%2e%2fapp.py",
    "/static/..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/app/static/..%2fapp.py",
    "/basemap/1/..%2f..%2fapp.py.geojson",
    "/pages/overview.py",
    "/.streamlit/config.toml",
    "/_stcore/../app.py",
    "/%2e%2e/%2e%2e/etc/passwd",
)


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """The address of a server that nobody has used yet, on a store with somebody in each role."""
    folder = tmp_path_factory.mktemp("served")
    with closing(Store(folder / "s.duckdb")) as store:
        for role in ROLES:
            use_code(store, role, add_person(store, ADMIN, role, [role]), PASSWORD, None)
    process, url = start_server(folder / "s.duckdb", folder, folder / "log")
    yield url
    process.terminate()
    process.wait(30)
    assert not (folder / "s.duckdb.wal").exists()  # all is in the file itself, which may be copied now
    log = (folder / "log").read_text(encoding="utf-8")
    for words in (
        "Traceback",
        "WebSocket",
        "127.0.0.1:",
        *(role for role in ROLES if role != "administrator"),
    ):
        assert words not in log.replace(url, ""), log


def fill(route: str) -> str:
    return re.sub("{([^}]*)}", lambda found: FILLED[found[1]], route)


def sign_in(url: str, role: str) -> httpx.Client:
    client = httpx.Client(base_url=url, timeout=60)
    form = {"name": role, "password": PASSWORD, "purpose": ROLES[role], "reason": "a trial", "next": "/"}
    answer = client.post("/sign-in", data=form, headers={"Origin": url})
    assert answer.status_code == 200 and client.cookies, answer.text
    return client


def opens_stream(url: str, cookies: dict[str, str], origin: str | None = None) -> bool:
    """Whether a WebSocket opens."""
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
    try:
        with connect(
            url.replace("http", "ws", 1) + "/_stcore/stream",
            origin=origin or url,
            additional_headers=headers,
            subprotocols=["streamlit"],
        ):
            return True
    except InvalidStatus as refused:
        assert refused.response.status_code == 403
        return False


def ask_everything(client: httpx.Client) -> dict[str, int]:
    """The status of every page, route and address of Streamlit's."""
    addresses = [f"/{page.name}" for page in PAGES] + [*map(fill, TABLE["routes"]), *OF_STREAMLIT]
    return {path: client.get(path).status_code for path in addresses}


def test_a_fresh_server_answers_nobody_but_under_its_open_addresses(address):
    """First in the file: no page has run yet, and Streamlit knows none of them."""
    with httpx.Client(base_url=address, timeout=60) as client:
        for stale in (
            {},
            {"Cookie": "achilles=x"},
            {"Cookie": f"achilles-{address.split(':')[-1]}={'x' * 43}"},
        ):
            client.headers.update(stale)
            refused = {path for path, status in ask_everything(client).items() if status == 401}
            opened = {fill(path) for path, who in TABLE["routes"].items() if who == "open"}
            assert opened == {path for path in OPEN}
            assert refused - {"/sign-in/return"} == set(ask_everything(client)) - opened
        assert not opens_stream(address, {}) and not opens_stream(address, {"achilles": "x"})


@pytest.mark.parametrize("role", ASKED)
def test_each_role_opens_its_pages_over_the_wire_and_no_others(address, role):
    """Every page is asked for by its name, whatever the rail shows."""

    async def look() -> dict[str, bool]:
        async with signed_in(address, role, PASSWORD, ROLES[role]) as session:
            opened = {}
            for page in PAGES:
                await session.open(page.name)
                opened[page.name] = "This page is not open to the role" not in session.read()
            assert session.exceptions == []
            return opened

    # In a thread of its own: where a browser test ran before, this one has a loop already.
    with ThreadPoolExecutor(1) as thread:
        opened = thread.submit(asyncio.run, look()).result()
    assert opened == {page.name: role in TABLE["pages"][page.name] for page in PAGES}


@pytest.mark.parametrize("role", ASKED)
def test_each_role_is_answered_by_the_routes_until_its_session_ends(address, role):
    with closing(sign_in(address, role)) as client:
        found = ask_everything(client)
        for route, who in TABLE["routes"].items():
            answered = found[fill(route)]
            if who in ("session", "own"):
                assert answered == 200, route
            elif who == "seen":  # of an empty store
                assert answered in (200, 204, 400), route
        assert opens_stream(address, dict(client.cookies))
        assert not opens_stream(address, dict(client.cookies), origin="http://elsewhere.example")
        kept = dict(client.cookies)
        assert client.post("/sign-out", headers={"Origin": address}).status_code == 303
        with httpx.Client(base_url=address, timeout=60, cookies=kept) as again:
            ended = ask_everything(again)
        answered = {path for path, status in ended.items() if status != 401}
        assert answered == OPEN - {"/sign-in/return"}  # where a provider sends people back to: here is none
        assert not opens_stream(address, kept)


def test_no_address_leads_to_a_file_of_the_server(address):
    with closing(sign_in(address, "administrator")) as client:
        for path in TRAVERSALS:
            answer = client.get(path)
            body = answer.text
            assert answer.status_code in (400, 404) or "<title>Streamlit</title>" in body, path
            assert "st.App(" not in body and "root:" not in body and "[server]" not in body, path


def test_a_session_cannot_send_files_to_another(address):
    with closing(sign_in(address, "inspector")) as client:
        for path in (
            "/_stcore/upload_file/anothers/f",
            "/_stcore/%75pload_file/anothers/f",
            "/_stcore//upload_file/anothers/f",
            "/_stcore/upload_file/",
        ):
            answer = client.put(path, content=b"x", headers={"Origin": address})
            assert answer.status_code in (403, 404, 405), path
            assert client.delete(path, headers={"Origin": address}).status_code in (403, 404, 405), path


def test_an_endless_head_is_cut_off(address):
    """A head that grows and grows is refused long before it fills the memory, from whoever has no session."""
    with httpx.Client(base_url=address, timeout=60) as client:
        try:
            status = client.get("/health", headers={"X-Long": "x" * 10_000_000}).status_code
        except httpx.HTTPError:
            status = 400
        assert status in (400, 431)
        assert client.get("/health").status_code == 200
