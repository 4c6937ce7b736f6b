"""Nobody passes the gate without a session: no page, no route of ours, none of Streamlit's, no WebSocket."""

import json
import socket
import urllib.request
from base64 import b64encode
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import LET_IN, TOKEN, Server

PAGES = sorted(path.stem for path in (Path(__file__).parents[2] / "pages").glob("*.py"))
ROUTES = (
    "cells/1/hexagon/400.geojson",
    "basemap/1/street.geojson",
    "tiles/1/14/8192/5000.mvt",
    "basemap/world.geojson",
    "basemap/invented-land.geojson",
    "components/any/map.js",
)
OF_STREAMLIT = (
    "_stcore/health",
    "_stcore/host-config",
    "_stcore/metrics",
    "_stcore/script-health-check",
    "_stcore/upload_file/any/any",
    "media/0123456789abcdef.png",
    "component/any/index.html",
    "_stcore/bidi-components/any/index.js",
    "static/js/index.js",
    "index.html",
    "app/static/any",
    "auth/login",
)
# Other ways to write an address, none of which is an open one.
TRICKS = (
    "/media/a.png",
    "//media/a.png",
    "%2e%2e/_stcore/health",
    "sign-in/../overview",
    "sign-in/%2e%2e/overview",
    "health/",
    "health;x",
    "%68ealth",
    "HEALTH",
    "sign-in/style.css/../../index.html",
    "health%00",
    "health%2f..%2foverview",
)


def fetched(url: str, **headers: str) -> tuple[int, str]:
    """Status and body, refusals too."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def exchanged(server: Server, head: str) -> str:
    """The first line of the answer to a request written by hand; `head` ends without its empty line."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(head.replace("HOST", address.netloc).encode() + b"\r\n\r\n")
        return connection.recv(4096).decode(errors="replace").split("\r\n")[0]


def websocket(*more: str) -> str:
    key = b64encode(b"0123456789abcdef").decode()
    return "\r\n".join(
        (
            "GET /_stcore/stream HTTP/1.1",
            "Host: HOST",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Protocol: streamlit",
            *more,
        )
    )


def cookie_of(server: Server) -> str:
    """The cookie that the token is exchanged for."""
    answer = exchanged_headers(server, f"GET /?token={TOKEN} HTTP/1.1\r\nHost: HOST\r\nAccept: text/html")
    return next(line for line in answer if line.startswith("set-cookie")).split(": ")[1].split(";")[0]


def exchanged_headers(server: Server, head: str) -> list[str]:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(head.replace("HOST", address.netloc).encode() + b"\r\n\r\n")
        return connection.recv(8192).decode(errors="replace").split("\r\n\r\n")[0].split("\r\n")


@pytest.mark.parametrize("route", [*PAGES, "", *ROUTES, *OF_STREAMLIT, *TRICKS])
def test_without_a_session_every_address_is_refused(route, server):
    status, _ = fetched(f"{server.url}/{route}")
    assert status == 403, route


def test_a_page_without_a_session_says_how_to_get_in(server):
    status, body = fetched(f"{server.url}/overview", Accept="text/html")
    assert status == 403 and "the address that the terminal shows" in body and TOKEN not in body


def test_what_anybody_may_ask_says_nothing_of_the_data(server):
    assert json.loads(fetched(f"{server.url}/health")[1]) == {"status": "ok"}
    assert json.loads(fetched(f"{server.url}/ready")[1]) == {"status": "ready"}
    assert "color-scheme" in fetched(f"{server.url}/sign-in/style.css")[1]


def test_the_token_is_exchanged_for_a_cookie_and_leaves_the_address(server):
    answer = exchanged_headers(
        server, f"GET /hotspots?cell=1&token={TOKEN}&area=2 HTTP/1.1\r\nHost: HOST\r\nAccept: text/html"
    )
    assert answer[0].endswith("303 See Other") and "location: /hotspots?cell=1&area=2" in answer
    cookie = next(line for line in answer if line.startswith("set-cookie"))
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and TOKEN not in cookie
    assert fetched(f"{server.url}/{ROUTES[0]}", Cookie=cookie.split(": ")[1].split(";")[0])[0] == 200
    for wrong in ("", "x", TOKEN[:-1], f"{TOKEN}x"):
        assert fetched(f"{server.url}/?token={wrong}", Accept="text/html")[0] == 403


def test_the_token_never_sends_a_browser_elsewhere(server):
    answer = exchanged_headers(
        server, f"GET //elsewhere.example/?token={TOKEN} HTTP/1.1\r\nHost: HOST\r\nAccept: text/html"
    )
    assert "location: /elsewhere.example/" in answer


def test_a_websocket_needs_a_session_and_our_own_page(server):
    cookie = f"Cookie: {cookie_of(server)}"
    own, bearer = "Origin: http://HOST", f"Authorization: {LET_IN['Authorization']}"
    assert " 101 " in exchanged(server, websocket(own, cookie))
    for refused in (
        (own,),
        (own, "Cookie: achilles-1=x"),
        (cookie,),
        (cookie, "Origin: http://elsewhere.example"),
        (cookie, "Origin: null"),
        (bearer, "Origin: http://localhost:1"),
        (cookie, "Origin: http://HOST.elsewhere.example"),
    ):
        assert " 403 " in exchanged(server, websocket(*refused)), refused


def test_a_change_needs_our_own_page(server):
    cookie = f"Cookie: {cookie_of(server)}"
    for more in ((cookie,), (cookie, "Origin: http://elsewhere.example"), ("Origin: http://HOST",)):
        head = "\r\n".join(
            ("PUT /_stcore/upload_file/a/b HTTP/1.1", "Host: HOST", "Content-Length: 0", *more)
        )
        assert " 403 " in exchanged(server, head), more


def test_this_machine_is_answered_under_its_own_name_only(server):
    assert fetched(f"{server.url}/{ROUTES[0]}", **LET_IN)[0] == 200
    for route in ("", *ROUTES, "health"):  # a foreign name that resolves to this machine (DNS rebinding)
        assert fetched(f"{server.url}/{route}", Host="elsewhere.example", **LET_IN)[0] == 400
    assert " 400 " in exchanged(server, f"GET /{ROUTES[0]} HTTP/1.0\r\nAuthorization: Bearer {TOKEN}")


def test_every_answer_carries_the_policy_wherever_the_app_was_started_from(browser, tmp_path):
    """`streamlit run .../app.py` from another folder: its own settings, headers, routes and navigation."""
    running = Server(tmp_path / "s.duckdb", tmp_path / "server.log", folder=tmp_path)
    try:
        for route in ("", "hotspots", "health", "basemap/world.geojson", "_stcore/health"):
            asked = urllib.request.Request(f"{running.url}/{route}", headers=LET_IN)
            with urllib.request.urlopen(asked, timeout=30) as answer:
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
