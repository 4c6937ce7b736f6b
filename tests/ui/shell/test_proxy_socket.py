"""Behind a proxy on the same machine: a server that listens on a Unix socket believes the person that the
proxy names with the secret, over HTTP and over a WebSocket, and nobody else."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.routing import Mount, WebSocketRoute
from websockets.exceptions import InvalidStatus
from websockets.sync.client import unix_connect

from analytics.oversight import Actor
from analytics.oversight.accounts import add_person
from analytics.oversight.throttle import Throttle
from analytics.store import close_store, open_store
from ui.shell import sign_in
from ui.shell import way_in as ways
from ui.shell.gate import Gate

ADMIN = Actor("Root", "administrator", "administration")
SECRET = "a long shared secret"
NAMED = {"X-Person": "Ana", "X-Secret": SECRET}
OWN = {"Origin": "https://achilles.example", "Host": "achilles.example"}
SETTINGS = """way_in = "proxy"
public_address = "https://achilles.example"
store = "s.duckdb"
socket = "achilles.sock"
[proxy]
header = "X-Person"
secret_header = "X-Secret"
secret_file = "secret"
"""


async def everything(scope, receive, send):
    await JSONResponse({"name": scope["actor"].name})(scope, receive, send)


async def stream(websocket):
    await websocket.accept(subprotocol="streamlit")
    await websocket.send_text(websocket.scope["actor"].name)
    await websocket.close()


@pytest.fixture
def listening(tmp_path, store_file, monkeypatch) -> Iterator[Path]:
    """The socket of a running server."""
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "secret").chmod(0o600)
    (tmp_path / "server.toml").write_text(SETTINGS, encoding="utf-8")
    store = Path(shutil.copy(store_file, tmp_path / "s.duckdb"))
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("analytics.oversight.accounts._hasher", lambda: hasher)
    monkeypatch.setattr("analytics.oversight.accounts.THROTTLE", Throttle())
    monkeypatch.setattr("analytics.oversight.sessions._LIVE", [])
    monkeypatch.setenv("ACHILLES_STORE", str(store))
    monkeypatch.setenv("ACHILLES_SERVER", str(tmp_path / "server.toml"))
    ways.way_in.cache_clear()
    add_person(open_store(), ADMIN, "Ana", ["analyst"])
    app = Starlette(
        routes=[*sign_in.routes(), WebSocketRoute("/_stcore/stream", stream), Mount("/", everything)],
        middleware=[Middleware(Gate, way=ways.way_in())],
    )
    socket = Path(ways.way_in().settings.socket)
    server = uvicorn.Server(
        uvicorn.Config(
            app, uds=str(socket), proxy_headers=False, log_level="critical", ws="websockets-sansio"
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    yield socket
    server.should_exit = True
    thread.join(30)
    ways.way_in.cache_clear()
    close_store(store)


def connect(socket: Path) -> httpx.Client:
    return httpx.Client(transport=httpx.HTTPTransport(uds=str(socket)), base_url="http://achilles.example")


def sign_in_as(client: httpx.Client, headers: dict[str, str]) -> httpx.Response:
    form = {"purpose": "intelligence", "next": "/"}
    return client.post("/sign-in", data=form, headers={**OWN, **headers})


def test_whom_the_proxy_names_over_the_socket_signs_in(listening):
    with connect(listening) as client:
        assert client.get("/x").status_code == 401
        answer = sign_in_as(client, NAMED)
        assert answer.status_code == 200 and "Secure" in answer.headers["set-cookie"]
        cookie = {"Cookie": answer.headers["set-cookie"].split(";")[0]}
        assert client.get("/x", headers={**NAMED, **cookie}).json() == {"name": "Ana"}
        with unix_connect(
            str(listening),
            "ws://achilles.example/_stcore/stream",
            additional_headers={**NAMED, **cookie},
            origin=OWN["Origin"],
            subprotocols=["streamlit"],
        ) as socket:
            assert socket.recv() == "Ana"
        for forged in ({}, {**NAMED, "X-Person": "Bea"}, {**NAMED, "X-Secret": "guess"}):
            assert client.get("/x", headers={**forged, **cookie}).status_code == 401, forged
            with pytest.raises(InvalidStatus) as refused:
                unix_connect(
                    str(listening),
                    "ws://achilles.example/_stcore/stream",
                    additional_headers={**forged, **cookie},
                    origin=OWN["Origin"],
                )
            assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Person": "Ana"},
        {"X-Person": "Ana", "X-Secret": "guess"},
        {"X-Person": "Nobody", "X-Secret": SECRET},
        {"X_Person": "Ana", "X_Secret": SECRET},  # another spelling, which some proxies let through
    ],
)
def test_nobody_else_signs_in_over_the_socket(listening, headers):
    with connect(listening) as client:
        answer = sign_in_as(client, headers)
        assert answer.status_code == 403 and "set-cookie" not in answer.headers
