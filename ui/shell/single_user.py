"""One person on this machine: let in by a token that only who started the app has seen.

The address that the terminal shows holds the token. It is exchanged at once for a cookie and dropped from the
address, so that neither another account of this machine nor a page from elsewhere can use the app."""

from __future__ import annotations

import getpass
import os
import secrets
from contextlib import suppress
from urllib.parse import parse_qsl, urlencode

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from analytics.oversight import Actor, record
from analytics.oversight.sessions import Limits, Session, Sessions
from analytics.store import UnusableStore, open_store
from ui.shell.plain_page import show_plain_page, wants_page

SINGLE_USER = "single user on this machine"
_SHORTEST_TOKEN = 16
_HOW_TO_GET_IN = """
<h1>Achilles is running, and does not know this browser</h1>
<p>Open the address that the terminal shows where Achilles was started. It ends with <code>?token=</code> and
a long word. From then on this browser is known until Achilles is stopped.</p>
<form method="get" action="/">
<label for="token">Or paste the token here</label>
<input id="token" name="token" type="password" autocomplete="off" required>
<button>Open Achilles</button>
</form>
"""


class BadToken(ValueError):
    """The token in the environment is too short to protect anything."""


def single_user() -> Actor:
    """Who uses this machine; the role is stated by whoever started the app."""
    return Actor(name=getpass.getuser(), role=os.environ.get("ACHILLES_ROLE", "analyst"))


def read_token() -> str:
    """`ACHILLES_TOKEN`, else a new one for each start. Raises BadToken."""
    token = os.environ.get("ACHILLES_TOKEN") or secrets.token_urlsafe(32)
    if len(token) < _SHORTEST_TOKEN:
        raise BadToken(f"ACHILLES_TOKEN must have {_SHORTEST_TOKEN} characters or more.")
    return token


def has_token(request: HTTPConnection, token: bytes) -> bool:
    """Whether a request offers this token, in its address or as `Authorization: Bearer`."""
    kind, _, sent = request.headers.get("authorization", "").partition(" ")
    offered = [request.query_params.get("token", ""), sent if kind.lower() == "bearer" else ""]
    return any(secrets.compare_digest(word.encode(), token) for word in offered)


class SingleUserWay:
    """The token in the address, or as `Authorization: Bearer`, begins a session without limits of time."""

    secure = False

    def __init__(self, token: str):
        self.sessions = Sessions(Limits(None, None))
        self._token = token.encode()
        self._of_programs: dict[Actor, Session] = {}

    @property
    def cookie(self) -> str:
        """With the port in its name: a browser sends the cookies of one host to all of its ports."""
        return f"achilles-{st.get_option('server.port')}"

    @property
    def address(self) -> str:
        return f"http://localhost:{st.get_option('server.port')}/?token={self._token.decode()}"

    def accepts(self, request: HTTPConnection, session: Session) -> bool:
        return True

    async def admit(self, request: HTTPConnection) -> Session | Response | None:
        """A page is answered by a cookie and its own address without the token. A program that sends the
        token with each request is answered at once."""
        actor = self.find_actor(request)
        if actor is None:
            return None
        if request.scope["type"] == "http" and (wants_page(request) or "token" in request.query_params):
            return await run_in_threadpool(self._exchange, request, actor)
        if actor not in self._of_programs:
            self._of_programs[actor] = (await run_in_threadpool(self._open, actor))[1]
        return self._of_programs[actor]

    def refuse(self, request: HTTPConnection) -> Response:
        if wants_page(request):
            return HTMLResponse(show_plain_page("Achilles", _HOW_TO_GET_IN), 403)
        return JSONResponse({"error": "Open the address that the terminal shows: it holds a token."}, 403)

    def find_actor(self, request: HTTPConnection) -> Actor | None:
        """Whom the token of a request lets in; None without the right one."""
        return single_user() if has_token(request, self._token) else None

    def _exchange(self, request: HTTPConnection, actor: Actor) -> Response:
        secret, _ = self._open(actor)
        rest = [pair for pair in parse_qsl(request.url.query, keep_blank_values=True) if pair[0] != "token"]
        path = "/" + request.url.path.lstrip("/")  # never '//elsewhere'
        answer = RedirectResponse(path + (f"?{urlencode(rest)}" if rest else ""), 303)
        answer.headers["Cache-Control"] = "no-store"
        answer.set_cookie(self.cookie, secret, httponly=True, samesite="strict")
        return answer

    def _open(self, actor: Actor) -> tuple[str, Session]:
        secret, session = self.sessions.open(actor, SINGLE_USER)
        stated = "ACHILLES_ROLE" if "ACHILLES_ROLE" in os.environ else "default"
        with suppress(UnusableStore), open_store().write(changes_data=False) as cursor:
            record(cursor, actor, "sign in", SINGLE_USER, detail={"way": SINGLE_USER, "role from": stated})
        return secret, session
