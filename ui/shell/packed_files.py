"""What never changes of the browser's side, packed once: Streamlit's scripts and fonts, and our components'.

`GZipMiddleware` would pack them again for every new visitor, on the thread that all others wait for. Where
the browser takes no packed answer, or the file is none of these, the request goes on as it is."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.components.browser_side import BUILT, SERVED, VERSION

STORED_FOR_EVER = {"Cache-Control": "private, max-age=31536000, immutable"}
STREAMLIT = Path(st.__file__).parent / "static"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2"}
_PACKED = (".js", ".css")  # a font is packed as it is


def list_files() -> dict[str, Path]:
    """The files by their address. Streamlit names each by its content, we our own by `VERSION`."""
    streamlit = (path for path in (STREAMLIT / "static").rglob("*") if path.suffix in _TYPES)
    return {f"/{path.relative_to(STREAMLIT).as_posix()}": path for path in streamlit} | {
        f"/components/{VERSION}/{name}": BUILT / name for name in SERVED
    }


class PackedFiles:
    """Answers for the files of `list_files`, before what would pack them again."""

    def __init__(self, app: ASGIApp):
        self._app = app
        self._files = list_files()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or (path := self._find(scope)) is None:
            await self._app(scope, receive, send)
            return
        headers = {**STORED_FOR_EVER, "Vary": "Accept-Encoding"}
        if path.suffix in _PACKED:
            headers["Content-Encoding"] = "gzip"
        body = await run_in_threadpool(read_packed, path)
        await Response(body, media_type=_TYPES[path.suffix], headers=headers)(scope, receive, send)

    def _find(self, scope: Scope) -> Path | None:
        takes_packed = "gzip" in Headers(scope=scope).get("accept-encoding", "")
        return self._files.get(scope["path"]) if takes_packed else None


@cache
def read_packed(path: Path) -> bytes:
    """The content of a file as it is sent. At most all of the files stay in memory, some 8 MB."""
    content = path.read_bytes()
    return gzip.compress(content, mtime=0) if path.suffix in _PACKED else content
