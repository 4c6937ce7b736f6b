"""The gate with each way in, before an app that answers everything."""

import os
import re
import shutil
from contextlib import suppress
from html import unescape
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from oidc_provider_mock import User, run_server_in_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.routing import Mount, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from analytics.oversight import Actor
from analytics.oversight.accounts import add_person, set_disabled, set_roles, use_code
from analytics.oversight.server_settings import read_server_settings
from analytics.oversight.throttle import Throttle
from analytics.shared.schema import InvalidFile
from analytics.store import close_store, open_store
from ui.shell import gate, sign_in
from ui.shell import way_in as ways
from ui.shell.gate import BOUND, Gate
from ui.shell.server import middleware, routes

WORD = "seven green bottles"
URL = "https://achilles.example"
STREAM = "wss://achilles.example/_stcore/stream"
OWN = {"Origin": URL, "Host": "achilles.example"}
ADMIN = Actor("Root", "administrator", "administration")


HEARD = []  # what came through to the app, the latest last


async def everything(scope, receive, send):
    """Says who asks."""
    actor = scope["actor"]
    named = {"name": actor.name, "purpose": actor.purpose} if actor else {}
    await JSONResponse(named)(scope, receive, send)


async def stream(websocket):
    await websocket.accept()
    await websocket.send_json(websocket.headers.get("sec-websocket-protocol"))
    with suppress(WebSocketDisconnect):
        while True:
            HEARD.append(await websocket.receive_bytes())
            await websocket.send_json("heard")


@pytest.fixture
def serve(tmp_path, store_file, monkeypatch):
    """A function: a client of a server with these settings, as if behind a proxy with TLS."""
    path = Path(shutil.copy(store_file, tmp_path / "s.duckdb"))
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("analytics.oversight.accounts._hasher", lambda: hasher)
    monkeypatch.setattr("analytics.oversight.accounts.THROTTLE", Throttle())
    monkeypatch.setenv("ACHILLES_STORE", str(path))
    monkeypatch.setattr("analytics.oversight.sessions._LIVE", [])

    def start(settings='way_in = "password"', client=("10.0.0.5", 1), **options):
        file = tmp_path / "server.toml"
        text = f'public_address = "{URL}"\nstore = "s.duckdb"\n' + settings
        file.write_text(text, encoding="utf-8")
        monkeypatch.setenv("ACHILLES_SERVER", str(file))
        ways.way_in.cache_clear()
        routes = [*sign_in.routes(), WebSocketRoute("/_stcore/stream", stream), Mount("/", everything)]
        app = Starlette(routes=routes, middleware=[Middleware(Gate, way=ways.way_in())])
        return TestClient(app, base_url=URL, follow_redirects=False, client=client, **options)

    yield start
    ways.way_in.cache_clear()
    close_store(path)


def add(name="Ana", role="analyst"):
    use_code(open_store(), name, add_person(open_store(), ADMIN, name, [role]), WORD, None)


def form(**more):
    return {"name": "Ana", "password": WORD, "purpose": "intelligence", "next": "/hotspots?a=1"} | more


def enter(client, **more):
    return client.post("/sign-in", data=form(**more), headers=OWN)


def test_a_password_begins_a_session_with_a_strict_cookie(serve):
    client = serve()
    add()
    answer = enter(client)
    cookie = answer.headers["set-cookie"]
    assert answer.status_code == 200 and 'href="/hotspots?a=1"' in answer.text
    for flag in ("__Host-achilles=", "HttpOnly", "SameSite=strict", "Secure", "Path=/"):
        assert flag in cookie
    assert "Domain" not in cookie and "Max-Age" not in cookie
    assert client.get("/anything").json() == {"name": "Ana", "purpose": "intelligence"}


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", ""]
)
def test_signing_in_leads_nowhere_else(serve, elsewhere):
    client = serve()
    add()
    assert 'href="/"' in enter(client, next=elsewhere).text


def sign_out(client, monkeypatch):
    client.post("/sign-out", headers=OWN)


def be_idle(client, monkeypatch):
    later = gate.true_now() + ways.way_in().settings.limits.idle
    monkeypatch.setattr("analytics.oversight.sessions.true_now", lambda: later)


def be_disabled(client, monkeypatch):
    set_disabled(open_store(), ADMIN, "Ana", True)


def get_other_roles(client, monkeypatch):
    set_roles(open_store(), ADMIN, "Ana", ["commander"])


def change_the_password(client, monkeypatch):
    new = {"act": "password", "old": WORD, "password": "nine red balloons", "again": "nine red balloons"}
    assert client.post("/account", data=new, headers=OWN).status_code == 303


@pytest.mark.parametrize("end", [sign_out, be_idle, be_disabled, get_other_roles, change_the_password])
def test_a_cookie_is_refused_after(end, serve, monkeypatch):
    client = serve()
    add()
    enter(client)
    cookie = {"Cookie": f"__Host-achilles={client.cookies['__Host-achilles']}"}
    assert client.get("/x").status_code == 200
    end(client, monkeypatch)
    client.cookies.clear()
    assert client.get("/x", headers=cookie).status_code == 401


def test_a_session_that_somebody_planted_is_not_taken_over(serve):
    client = serve()
    add()
    enter(client)
    planted = client.cookies["__Host-achilles"]
    enter(client)
    assert client.cookies["__Host-achilles"] != planted
    client.cookies.clear()
    assert client.get("/x", headers={"Cookie": f"__Host-achilles={planted}"}).status_code == 401
    client.cookies.set("__Host-achilles", "chosen-by-somebody-else")
    assert "__Host-achilles=chosen" not in enter(client).headers["set-cookie"]


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://achilles.example"}]
    + [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://achilles.example.evil.example"}],
)
def test_a_form_of_another_page_is_refused(serve, headers):
    client = serve()
    add()
    for path in ("/sign-in", "/sign-in/code", "/sign-out", "/account", "/_stcore/upload_file/a/b"):
        assert client.post(path, data=form(), headers=headers).status_code == 403
    assert client.put("/anything", headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"purpose": ""}, "Choose a purpose"),
        ({"purpose": "everything"}, "Choose a purpose"),
        ({"purpose": "complaint"}, "wants a reason"),
        ({"role": "commander"}, "do not have this role"),
        ({"password": "wrong"}, "is wrong"),
        ({"name": "<b>x</b>"}, "is wrong"),
    ],
)
def test_a_refused_sign_in_says_why_and_begins_nothing(serve, more, reason):
    client = serve()
    add()
    answer = enter(client, **more)
    assert answer.status_code == 403 and reason in answer.text and "set-cookie" not in answer.headers
    assert "<b>x" not in answer.text and WORD not in answer.text


def test_an_upload_and_a_streamlit_session_belong_to_one_sign_in(serve):
    client = serve()
    add()
    enter(client)
    key = ways.way_in().sessions.list_open()[0].key
    BOUND.bind("mine", key)
    BOUND.bind("theirs", "another")
    assert client.put("/_stcore/upload_file/mine/f", headers=OWN).status_code == 200
    assert client.put("/_stcore/upload_file/theirs/f", headers=OWN).status_code == 403
    for asked, heard in (("mine", "streamlit,x,mine"), ("theirs", "streamlit,x"), ("", "streamlit,x")):
        offered = {**OWN, "Sec-WebSocket-Protocol": f"streamlit,x,{asked}"}
        with client.websocket_connect(STREAM, headers=offered) as socket:
            assert socket.receive_json() == heard


def test_a_websocket_is_cut_when_its_session_ends_and_the_browser_leaves(serve):
    client = serve()
    add()
    enter(client)
    with client.websocket_connect(STREAM, headers=OWN) as socket:
        socket.receive_json()
        socket.send_bytes(b"x")
        assert socket.receive_json() == "heard"
        set_disabled(open_store(), ADMIN, "Ana", True)
        leave = ForwardMsg.FromString(socket.receive_bytes())
        assert leave.auth_redirect.url == "/sign-in?ended=disabled"
        with pytest.raises(WebSocketDisconnect):
            socket.receive_bytes()
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(STREAM, headers=OWN):
        pass


def test_what_a_page_asks_by_itself_is_no_use_of_the_session():
    by_itself, by_hand = BackMsg(), BackMsg()
    by_itself.rerun_script.is_auto_rerun = True
    by_hand.rerun_script.query_string = "a=1"
    found = [
        gate._is_act({"type": "websocket.receive", "bytes": message})
        for message in (by_itself.SerializeToString(), by_hand.SerializeToString(), b"\xff\xff", b"", None)
    ]
    assert found == [False, True, False, False, False]


def ask(**more):
    """What a page asks by a press in a fragment of it."""
    asked = BackMsg()
    asked.rerun_script.query_string = "tab=Sources"
    asked.rerun_script.fragment_id = more.get("fragment", "rows")
    written = asked.rerun_script.widget_states.widgets
    written.add(id="why", string_value="half a sentence")
    if "press" in more:
        written.add(id="save", trigger_value=True)
    return asked.SerializeToString()


def hear(client, socket, asked):
    """What the app hears of it."""
    socket.send_bytes(asked)
    assert socket.receive_json() == "heard"
    return BackMsg.FromString(HEARD[-1]).rerun_script


def test_another_tab_is_drawn_whole_when_the_purpose_changes_and_does_nothing_before(serve):
    client = serve()
    add()
    enter(client)
    sessions = ways.way_in().sessions
    (session,) = sessions.list_open("Ana")
    with client.websocket_connect(STREAM, headers=OWN) as socket:
        socket.receive_json()
        assert hear(client, socket, ask(press=True)).fragment_id == "rows"
        sessions.change_purpose(session.key, "training", "", "another tab")
        timer = ForwardMsg.FromString(socket.receive_bytes()).auto_rerun
        assert timer.fragment_id and timer.interval > 0
        heard = hear(client, socket, ask(press=True))
        assert not heard.fragment_id and not heard.is_auto_rerun and heard.query_string == "tab=Sources"
        assert [(one.id, one.string_value) for one in heard.widget_states.widgets] == [
            ("why", "half a sentence")
        ]
        assert len(hear(client, socket, ask(press=True)).widget_states.widgets) == 2  # drawn anew


PROXY = """way_in = "proxy"
proxies = ["10.0.0.5"]
[proxy]
header = "X-Person"
secret_header = "X-Secret"
secret_file = "secret"
"""


def secret_file(tmp_path, mode=0o600):
    (tmp_path / "secret").write_text("a long shared secret\n")
    (tmp_path / "secret").chmod(mode)


NAMED = {"X-Person": "Ana", "X-Secret": "a long shared secret"}


def test_a_proxy_names_who_signs_in(serve, tmp_path):
    secret_file(tmp_path)
    client = serve(PROXY)
    add()
    assert "You are <strong>Ana</strong>" in client.get("/sign-in", headers=NAMED).text
    assert client.post("/sign-in", data=form(), headers={**OWN, **NAMED}).status_code == 200
    assert client.get("/x", headers=NAMED).json()["name"] == "Ana"
    for forged in ({}, {**NAMED, "X-Person": "Bea"}, {**NAMED, "X-Secret": "guess"}, {"X-Person": "Ana"}):
        assert client.get("/x", headers=forged).status_code == 401, forged
    twice = [("X-Person", "Bea"), ("X-Person", "Ana"), ("X-Secret", NAMED["X-Secret"])]
    assert client.get("/x", headers=twice).status_code == 401


def test_a_proxys_header_from_another_address_names_nobody(serve, tmp_path):
    secret_file(tmp_path)
    client = serve(PROXY, client=("10.0.0.6", 1))
    add()
    headers = {**OWN, **NAMED, "X-Forwarded-For": "10.0.0.5", "Forwarded": "for=10.0.0.5"}
    assert "nobody" in client.get("/sign-in", headers=headers).text
    assert client.post("/sign-in", data=form(), headers=headers).status_code == 403


def test_a_secret_that_everybody_may_read_is_refused(serve, tmp_path):
    secret_file(tmp_path, 0o644)
    with pytest.raises(InvalidFile, match="everybody"):
        serve(PROXY)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ('way_in = "none"', "way_in"),
        ('way_in = "proxy"', r"\[proxy\] is missing"),
        ('way_in = "oidc"', r"\[oidc\] is missing"),
        ('way_in = "password"\nidle_minutes = 0', "idle_minutes"),
        ('way_in = "password"\npasswort = "x"', "passwort"),
        (PROXY.replace('proxies = ["10.0.0.5"]', ""), "give a socket"),
    ],
)
def test_a_server_without_a_way_in_does_not_start(serve, tmp_path, settings, reason):
    secret_file(tmp_path)
    with pytest.raises(InvalidFile, match=reason):
        serve(settings)
    with pytest.raises(SystemExit):
        middleware()


@pytest.mark.parametrize("address", ["0.0.0.0", "", "::", "192.168.1.4", "achilles.example", None])
def test_off_this_machine_without_sign_in_it_does_not_start(address, monkeypatch):
    monkeypatch.delenv("ACHILLES_SERVER", raising=False)
    ways.way_in.cache_clear()
    monkeypatch.setattr(ways.st, "get_option", lambda name: address)
    with pytest.raises(SystemExit, match="this machine only"):
        middleware()
    ways.way_in.cache_clear()


def test_a_short_token_is_refused(monkeypatch):
    monkeypatch.delenv("ACHILLES_SERVER", raising=False)
    monkeypatch.setitem(os.environ, "ACHILLES_TOKEN", "short")
    ways.way_in.cache_clear()
    with pytest.raises(SystemExit, match="ACHILLES_TOKEN"):
        middleware()
    ways.way_in.cache_clear()


def test_a_provider_signs_in_the_browser_that_began(serve, tmp_path):
    (tmp_path / "secret").write_text("a long client secret\n")
    (tmp_path / "secret").chmod(0o600)
    people = [User(sub="ana", claims={"preferred_username": "Ana", "groups": ["ilp"]})]
    with run_server_in_thread(require_nonce=True, user_claims=people) as provider:
        client = serve(
            f"""way_in = "oidc"
[oidc]
issuer = "http://localhost:{provider.server_port}"
client_id = "achilles"
client_secret_file = "secret"
roles = {{ ilp = "analyst" }}
"""
        )
        sent = client.post("/sign-in", data=form(), headers=OWN)
        state = client.cookies["__Host-achilles-state"]
        address = unescape(re.search('url=(http[^"]*)"', sent.text)[1])
        assert "SameSite=lax" in sent.headers["set-cookie"] and client.get("/x").status_code == 401
        back = httpx.post(address, data={"sub": "ana"}, trust_env=False).headers["location"]
        client.cookies.clear()
        assert client.get(back).status_code == 403  # another browser
        client.cookies.set("__Host-achilles-state", state)
        assert "You are signed in" in client.get(back).text
        assert client.get("/x").json() == {"name": "Ana", "purpose": "intelligence"}
        assert client.get(back).status_code == 403


def test_a_form_larger_than_ours_is_not_read(serve):
    client = serve()
    add()
    huge = form(reason="x" * 20_000)
    many = form() | {f"field{number}": "x" for number in range(30)}
    for data in (huge, many):
        assert enter_with(client, data).status_code == 403


def enter_with(client, data):
    return client.post("/sign-in", data=data, headers=OWN)


def test_of_our_own_routes_only_the_listed_ones_answer_anybody(serve):
    client = serve()
    statuses = {route.path: client.get(re.sub("{[^}]*}", "1", route.path)).status_code for route in routes()}
    assert {path for path, status in statuses.items() if status != 401} <= gate.OPEN
    assert {"/tiles/{area_id:int}/{zoom:int}/{column:int}/{row:int}.mvt", "/account"} <= set(statuses)


def test_the_settings_that_ship_are_right():
    shipped = read_server_settings(Path(__file__).parents[3] / "deploy/achilles-server.toml")
    assert shipped.is_secure and shipped.way_in == "password"
