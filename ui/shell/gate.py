"""The one gate: every request, HTTP or WebSocket, comes from a person with an open session, or is refused.

It stands before Streamlit and before our own routes, and lets pass without a session only what is listed in
`OPEN`. Who passes is in the scope of the request (`actor`); a page asks `find_actor`, which looks up the same
session by the same cookie.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from contextlib import suppress
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from google.protobuf.message import DecodeError
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from analytics.oversight.sessions import Session, Sessions
from analytics.store import true_now

OPEN = frozenset(
    {"/health", "/ready", "/sign-in", "/sign-in/style.css", "/sign-in/code", "/sign-in/return", "/sign-out"}
)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_STREAM = "/_stcore/stream"
_UPLOADS = "/_stcore/upload_file/"
_NOT_USE = ("/_stcore/health", "/_stcore/host-config")  # asked by the browser itself, again and again
_MOST_BOUND = 10_000
_POLICY_VIOLATION = 1008
_DRAW_AGAIN = "draw-again"  # a fragment that no page has: its timer asks for the whole page
_SOON_SECONDS = 0.2
_PRESSES = ("trigger_value", "string_trigger_value", "chat_input_value", "json_trigger_value")
_FOR_EVER = datetime.max.year
_FOREIGN = JSONResponse({"error": "This request is not from a page of Achilles."}, 403)
_NOT_YOURS = JSONResponse({"error": "This upload belongs to another session."}, 403)


class WayIn(Protocol):
    """A way in: how the sessions of this server begin."""

    sessions: Sessions

    @property
    def cookie(self) -> str:
        """The name of the cookie that has the secret of a session."""

    @property
    def secure(self) -> bool:
        """Whether browsers reach the server by HTTPS."""

    async def admit(self, request: HTTPConnection) -> Session | Response | None:
        """What a request without an open session brings with it: a session, an answer, or nothing."""

    def accepts(self, request: HTTPConnection, session: Session) -> bool:
        """Whether the request may use the session of its cookie."""

    def refuse(self, request: HTTPConnection) -> Response:
        """The answer to a request of nobody."""


class _StreamlitSessions:
    """Which sign-in each Streamlit session belongs to, so that nobody takes up another person's."""

    def __init__(self) -> None:
        self._keys: OrderedDict[str, str] = OrderedDict()

    def bind(self, streamlit_session: str, key: str) -> None:
        self._keys[streamlit_session] = key
        self._keys.move_to_end(streamlit_session)
        while len(self._keys) > _MOST_BOUND:
            self._keys.popitem(last=False)

    def belongs(self, streamlit_session: str, key: str) -> bool:
        return self._keys.get(streamlit_session) == key


BOUND = _StreamlitSessions()


def is_own_origin(headers: Headers, *, secure: bool) -> bool:
    """Whether a request that changes something, or opens a WebSocket, comes from one of our own pages."""
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site") == "same-origin"
    parts = urlsplit(origin)
    schemes = ("https",) if secure else ("http", "https")
    return parts.scheme in schemes and bool(parts.netloc) and parts.netloc == headers.get("host")


class Gate:
    """Refuses, or lets pass with the person in the scope; cuts a WebSocket whose session ends."""

    def __init__(self, app: ASGIApp, way: WayIn):
        self._app = app
        self._way = way

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] not in ("http", "websocket"):
            return
        request = HTTPConnection(scope)
        changes = scope["type"] == "websocket" or scope["method"] not in _SAFE
        if changes and not is_own_origin(request.headers, secure=self._way.secure):
            await _deny(_FOREIGN, scope, receive, send)
            return
        session = self._way.sessions.find(request.cookies.get(self._way.cookie))
        if session is not None and not self._way.accepts(request, session):
            session = None
        scope["actor"] = session.actor if session else None
        scope["sign_in"] = None if session is None else session.key
        if scope["type"] == "http" and _is_open(scope):
            await self._app(scope, receive, send)
            return
        if session is None:
            admitted = await self._way.admit(request)
            if not isinstance(admitted, Session):
                await _deny(admitted or self._way.refuse(request), scope, receive, send)
                return
            session = admitted
            scope["actor"], scope["sign_in"] = session.actor, session.key
        if scope["type"] == "websocket":
            await self._pass_websocket(session, scope, receive, send)
            return
        if not _may_upload(scope["path"], session):
            await _deny(_NOT_YOURS, scope, receive, send)
            return
        if scope["path"] not in _NOT_USE:
            self._way.sessions.touch(session.key)
        await self._app(scope, receive, send)

    async def _pass_websocket(self, session: Session, scope: Scope, receive: Receive, send: Send) -> None:
        """Until the session ends: then nothing more goes either way, and the browser is sent to the start.
        When its purpose changes, the page is drawn again whole, in every open tab, before anything else that
        is asked there is done: what it shows and would do is of the purpose before."""
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[str] = loop.create_future()
        is_outdated = False  # whether the purpose has changed since the page was last drawn whole
        asking: asyncio.Task[None] | None = None
        streamlit_session = ""

        def settle(why: str) -> None:
            if not ended.done():
                ended.set_result(why)

        def tell(why: str) -> None:
            with suppress(RuntimeError):  # the loop has stopped: so has the connection
                loop.call_soon_threadsafe(settle, why)

        async def ask_for_run() -> None:
            """The page asks for a run every few tenths of a second until it has had one."""
            timer = ForwardMsg()
            timer.auto_rerun.fragment_id, timer.auto_rerun.interval = _DRAW_AGAIN, _SOON_SECONDS
            with suppress(RuntimeError, OSError):  # the browser has gone already
                await send({"type": "websocket.send", "bytes": timer.SerializeToString()})

        def note_purpose() -> None:
            nonlocal is_outdated, asking
            is_outdated = True
            asking = loop.create_task(ask_for_run())

        def tell_purpose(redrawn: str) -> None:
            if not redrawn or redrawn != streamlit_session:
                with suppress(RuntimeError):
                    loop.call_soon_threadsafe(note_purpose)

        async def receive_until_ended() -> Message:
            nonlocal is_outdated
            waiting = asyncio.ensure_future(receive())
            either: set[asyncio.Future[Any]] = {waiting, ended}
            while not ended.done() and not waiting.done():
                await asyncio.wait(
                    either,
                    timeout=self._seconds_left(session.key),
                    return_when=asyncio.FIRST_COMPLETED,
                )
                self._way.sessions.find_by_key(session.key)  # past its limits it ends, and `ended` is told
            if ended.done():
                waiting.cancel()
                await _say_goodbye(send, ended.result())
                return {"type": "websocket.disconnect", "code": _POLICY_VIOLATION}
            message = waiting.result()
            if _is_act(message):
                self._way.sessions.touch(session.key)
            if is_outdated:
                message, is_outdated = _draw_whole(message)
            return message

        async def send_until_ended(message: Message) -> None:
            nonlocal streamlit_session
            streamlit_session = streamlit_session or _find_streamlit_session(message)
            if not ended.done():
                await send(message)

        stop = self._way.sessions.watch(session.key, tell)
        stop_purpose = self._way.sessions.watch_purpose(session.key, tell_purpose)
        try:
            await self._app(_without_foreign_session(scope, session), receive_until_ended, send_until_ended)
        finally:
            stop()
            stop_purpose()
            if asking is not None:
                asking.cancel()

    def _seconds_left(self, key: str) -> float | None:
        """Until the session would end by itself; None where it has no limit, or has ended."""
        session = self._way.sessions.find_by_key(key)
        if session is None or session.ends_at(self._way.sessions.limits).year == _FOR_EVER:
            return None
        return (session.ends_at(self._way.sessions.limits) - true_now()).total_seconds() + 0.01


def _is_open(scope: Scope) -> bool:
    """Whether anybody may ask it; only under its very address, not under another way to write it."""
    return scope["path"] in OPEN and scope.get("raw_path", b"").split(b"?")[0] == scope["path"].encode()


async def _deny(answer: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """A WebSocket is closed before it opens, which the browser sees as 403."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
    else:
        await answer(scope, receive, send)


def _may_upload(path: str, session: Session) -> bool:
    """A file goes to the Streamlit session in its address, which must be of the same sign-in."""
    if not path.startswith(_UPLOADS):
        return True
    return BOUND.belongs(path.removeprefix(_UPLOADS).split("/")[0], session.key)


def _without_foreign_session(scope: Scope, session: Session) -> Scope:
    """The third subprotocol asks to go on with a Streamlit session: only with one of the same sign-in."""
    headers = [
        (name, _own_protocols(value, session) if name == b"sec-websocket-protocol" else value)
        for name, value in scope["headers"]
    ]
    return {**scope, "headers": headers}


def _own_protocols(value: bytes, session: Session) -> bytes:
    asked = value.decode("latin-1").split(",")
    if len(asked) > 2 and not BOUND.belongs(asked[2].strip(), session.key):
        asked = asked[:2]
    return ",".join(asked).encode("latin-1")


def _is_act(message: Message) -> bool:
    """Whether a person did something: what a page asks by itself every few seconds is no act."""
    if message["type"] != "websocket.receive" or not message.get("bytes"):
        return False
    asked = BackMsg()
    try:
        asked.ParseFromString(message["bytes"])
    except DecodeError:
        return False
    kind = asked.WhichOneof("type")
    return kind != "app_heartbeat" and not (kind == "rerun_script" and asked.rerun_script.is_auto_rerun)


def _find_streamlit_session(message: Message) -> str:
    """The name of the session that a message begins; '' in any other."""
    sent = ForwardMsg()
    with suppress(DecodeError):
        sent.ParseFromString(message.get("bytes") or b"")
    return sent.new_session.initialize.session_id


def _draw_whole(message: Message) -> tuple[Message, bool]:
    """What a page asks that still shows the purpose before, as a run of the whole page in which nothing is
    pressed; and whether it is still to be drawn."""
    asked = BackMsg()
    try:
        asked.ParseFromString(message.get("bytes") or b"")
    except DecodeError:
        return message, True
    if asked.WhichOneof("type") != "rerun_script":
        return message, True
    asked.rerun_script.ClearField("fragment_id")
    asked.rerun_script.ClearField("is_auto_rerun")
    kept = [
        one for one in asked.rerun_script.widget_states.widgets if one.WhichOneof("value") not in _PRESSES
    ]
    del asked.rerun_script.widget_states.widgets[:]
    asked.rerun_script.widget_states.widgets.extend(kept)
    return {**message, "bytes": asked.SerializeToString()}, False


async def _say_goodbye(send: Send, why: str) -> None:
    """Send the browser to the start, so that nothing stays on the screen, and close."""
    leave = ForwardMsg()
    leave.auth_redirect.url = f"/sign-in?ended={why.replace(' ', '-')}"
    with suppress(RuntimeError, OSError):  # the browser has gone already
        await send({"type": "websocket.send", "bytes": leave.SerializeToString()})
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
