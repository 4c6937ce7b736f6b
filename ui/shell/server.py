"""The server's own routes and middleware, which `app.py` joins to Streamlit's.

The routes serve boundary and cell outlines, never an incident; each meets the same rule as the pages
(`ui.shell.page.refusal`).
"""

from __future__ import annotations

import logging
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

from analytics.basemap import cut_tile
from analytics.basemap.geojson import invented_land_geojson, layer_geojson
from analytics.hotspots.grid.geojson import cells_geojson
from analytics.reference import reference_file
from analytics.store import open_store
from ui.components.browser_side import BUILT, SERVED, VERSION
from ui.shell.page import refusal
from ui.shell.security_headers import SecurityHeaders

NAVIGATION = Path(__file__).with_name("navigation.py")
WORLD = reference_file("world.geojson")
_STORED_FOR_EVER = {"Cache-Control": "private, max-age=31536000, immutable"}
_CACHED = {"Cache-Control": "private, max-age=86400"}


def guarded(endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """The same endpoint behind the guard of the pages."""

    async def answer(request: Request) -> Response:
        refused = refusal(request.client.host if request.client else "an unknown address")
        return JSONResponse({"error": refused}, status_code=403) if refused else await endpoint(request)

    return answer


async def basemap_layer(request: Request) -> Response:
    """The features of one role (area, street, water and the like) of a working area, as GeoJSON."""
    area_id, role = request.path_params["area_id"], request.path_params["role"]
    try:
        body = await run_in_threadpool(layer_geojson, open_store(), area_id, role)
    except ValueError as error:
        return JSONResponse({"error": str(error)}, status_code=400)
    return Response(body, media_type="application/geo+json", headers=_CACHED)


async def basemap_tile(request: Request) -> Response:
    """A vector tile of a working area's base map, cut from its layers (MVT)."""
    path = request.path_params
    try:
        body = await run_in_threadpool(
            cut_tile, open_store(), path["area_id"], path["zoom"], path["column"], path["row"]
        )
    except ValueError as error:
        return JSONResponse({"error": str(error)}, status_code=400)
    if not body:
        return Response(status_code=204, headers=_CACHED)
    return Response(body, media_type="application/vnd.mapbox-vector-tile", headers=_CACHED)


async def world(request: Request) -> Response:
    """The world's countries, for places beyond a working area (Natural Earth 1:50m, public domain)."""
    return FileResponse(WORLD, media_type="application/geo+json", headers=_CACHED)


async def invented_land(request: Request) -> Response:
    """The land of invented countries, for the towns of the invented city's trade."""
    body = await run_in_threadpool(invented_land_geojson, open_store())
    return Response(body, media_type="application/geo+json", headers={"Cache-Control": "no-cache"})


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


async def component(request: Request) -> Response:
    """The browser's side of our own components, which its version names for ever."""
    version, name = request.path_params["version"], request.path_params["name"]
    if version != VERSION or name not in SERVED:
        return JSONResponse({"error": "There is no such file."}, status_code=404)
    return FileResponse(BUILT / name, media_type="text/javascript", headers=_STORED_FOR_EVER)


async def health(request: Request) -> Response:
    return JSONResponse({"status": "ok", "data_version": open_store().data_version()})


def log_script_error(error: BaseException) -> None:
    """The page shows no details of an error; the server's log does."""
    logging.getLogger("achilles").error("A page failed", exc_info=error)


def routes() -> list[Route]:
    """What the maps fetch from their own server, and whether it is well."""
    return [
        Route("/basemap/world.geojson", guarded(world)),
        Route("/basemap/invented-land.geojson", guarded(invented_land)),
        Route("/basemap/{area_id:int}/{role}.geojson", guarded(basemap_layer)),
        Route("/tiles/{area_id:int}/{zoom:int}/{column:int}/{row:int}.mvt", guarded(basemap_tile)),
        Route("/cells/{area_id:int}/{kind}/{size:int}.geojson", guarded(study_area)),
        Route("/components/{version}/{name}", guarded(component)),
        Route("/health", guarded(health)),
    ]


def middleware() -> list[Middleware]:
    """What every request passes, the first in the list first."""
    return [
        Middleware(SecurityHeaders),
        # Streamlit checks the host of its own addresses only: a name that resolves to this machine
        # must not do.
        Middleware(TrustedHostMiddleware, allowed_hosts=st.get_option("server.allowedHosts")),
        Middleware(GZipMiddleware, minimum_size=2048),
    ]
