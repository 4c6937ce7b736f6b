"""The server: the Streamlit app with security headers and the map geometry it may fetch from itself.

Run with `streamlit run serve.py`. The routes serve boundary and cell outlines, never an incident; each meets
the same rule as the pages (`ui.shell.page.refusal`)."""

from __future__ import annotations

import base64
import hashlib
import logging
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime.pages_manager import PagesManager

from analytics.figures.basemap import layer_geojson
from analytics.figures.cells import cells_geojson
from analytics.reference import reference_file
from analytics.store import open_store
from ui.shell.page import refusal

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
WORLD = reference_file("world.geojson")
_CACHED = {"Cache-Control": "private, max-age=86400"}


def content_security_policy() -> str:
    """A policy under which the app can reach nothing but its own server.

    Streamlit's start page holds one inline script, allowed by its hash, computed from the installed version.
    """
    page = (Path(st.__file__).parent / "static/index.html").read_text(encoding="utf-8")
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in _INLINE_SCRIPT.findall(page)
    )
    return (
        f"default-src 'self'; script-src 'self' {hashes} 'wasm-unsafe-eval' blob:; worker-src 'self' blob:; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        "connect-src 'self' blob: data:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'; "
        "object-src 'none'"
    )


class SecurityHeaders:
    """Adds the policy to every HTTP response."""

    def __init__(self, app: ASGIApp):
        self._app = app
        self._headers = [
            (b"content-security-policy", content_security_policy().encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
            (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *self._headers]}
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def guarded(endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """The same endpoint behind the guard of the pages."""

    async def answer(request: Request) -> Response:
        refused = refusal(request.client.host if request.client else "an unknown address")
        return JSONResponse({"error": refused}, status_code=403) if refused else await endpoint(request)

    return answer


async def basemap_layer(request: Request) -> Response:
    """The outlines of one role (area, street, water, green) of a working area, as GeoJSON."""
    area_id, role = request.path_params["area_id"], request.path_params["role"]
    try:
        body = await run_in_threadpool(layer_geojson, open_store(), area_id, role)
    except ValueError as error:
        return JSONResponse({"error": str(error)}, status_code=400)
    return Response(body, media_type="application/geo+json", headers=_CACHED)


async def world(request: Request) -> Response:
    """The world's countries, for places beyond a working area (Natural Earth 1:50m, public domain)."""
    return FileResponse(WORLD, media_type="application/geo+json", headers=_CACHED)


async def study_area(request: Request) -> Response:
    """The outlines of the cells in which anything was ever recorded, without saying what or how often."""
    path = request.path_params
    try:
        body = await run_in_threadpool(
            cells_geojson, open_store(), path["area_id"], path["kind"], path["size"]
        )
    except (ValueError, KeyError) as error:
        return JSONResponse({"error": str(error)}, status_code=400)
    return Response(body, media_type="application/geo+json", headers=_CACHED)


async def health(request: Request) -> Response:
    return JSONResponse({"status": "ok", "data_version": open_store().data_version()})


def log_script_error(error: BaseException) -> None:
    """The page shows no details of an error; the server's log does."""
    logging.getLogger("achilles").error("A page failed", exc_info=error)


# Streamlit would run a file of `pages/` itself, without app.py, until the first navigation of the process.
# The guard holds in every page all the same; this gives such a first request its navigation and layout too.
PagesManager.uses_pages_directory = False

app = st.App(
    Path(__file__).parent / "app.py",
    routes=[
        Route("/basemap/world.geojson", guarded(world)),
        Route("/basemap/{area_id:int}/{role}.geojson", guarded(basemap_layer)),
        Route("/cells/{area_id:int}/{kind}/{size:int}.geojson", guarded(study_area)),
        Route("/health", guarded(health)),
    ],
    middleware=[
        Middleware(SecurityHeaders),
        # Streamlit checks the host of its own addresses only: a name that resolves to this machine must not
        # do.
        Middleware(TrustedHostMiddleware, allowed_hosts=st.get_option("server.allowedHosts")),
        Middleware(GZipMiddleware, minimum_size=2048),
    ],
    on_script_error=log_script_error,
)
