"""The server's own routes and middleware, which `app.py` joins to Streamlit's.

The routes serve boundary and cell outlines, never an incident, to whom the gate (`ui.shell.gate`) lets pass.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import duckdb
import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route
from streamlit.config import set_option

from analytics.basemap import cut_tile
from analytics.basemap.geojson import invented_land_geojson, layer_geojson
from analytics.cli import cli
from analytics.handover import JobServer
from analytics.hotspots.grid.geojson import cells_geojson
from analytics.oversight import Refused
from analytics.oversight.accounts import THROTTLE
from analytics.oversight.heads import publish_or_log, read_store_id
from analytics.oversight.visibility import see_store
from analytics.reference import reference_file
from analytics.shared.schema import InvalidFile
from analytics.store import Store, UnusableStore, default_path, open_store
from ui.components.browser_side import BUILT, SERVED, VERSION
from ui.components.text import plain
from ui.shell import sign_in
from ui.shell.class_way import ClassWay, end_with_conductor
from ui.shell.error_log import hide_connections, log_errors_without_words
from ui.shell.gate import Gate
from ui.shell.packed_files import STORED_FOR_EVER, PackedFiles
from ui.shell.preloading import Preloading
from ui.shell.security_headers import SecurityHeaders
from ui.shell.server_way import ServerWay
from ui.shell.single_user import BadToken, SingleUserWay
from ui.shell.warm_up import prepare_pages
from ui.shell.way_in import NotOnLoopback, way_in

NAVIGATION = Path(__file__).with_name("navigation.py")
WORLD = reference_file("world.geojson")
_GEOJSON = "application/geo+json"
_CACHED = {"Cache-Control": "private, max-age=86400"}


def open_seen(request: Request) -> Store:
    """The store as whoever asks sees it: the gate has put the person into the request."""
    return see_store(open_store(), request.scope["actor"])


async def answer_outlines(request: Request, media_type: str, make: Callable[[Store], bytes]) -> Response:
    """What is drawn of a store's outlines, of the sources that whoever asks sees. The browser stores it and
    asks each time whether it still holds: another store, another sight or later data has another tag."""
    try:
        store = await run_in_threadpool(open_seen, request)
        version = await run_in_threadpool(
            lambda: f"{store.path}-{read_store_id(store)}-{store.data_version()}"
        )
        tag = hashlib.sha256(version.encode()).hexdigest()[:32]
        headers = {"Cache-Control": "private, no-cache", "ETag": f'"{tag}"'}
        if request.headers.get("if-none-match", "").removeprefix("W/") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        body = await run_in_threadpool(make, store)
    except (ValueError, KeyError) as error:
        return JSONResponse({"error": str(error)}, status_code=400)
    if not body:
        return Response(status_code=204, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


async def basemap_layer(request: Request) -> Response:
    """The features of one role (area, street, water and the like) of a working area, as GeoJSON."""
    path = request.path_params
    return await answer_outlines(
        request, _GEOJSON, lambda store: layer_geojson(store, path["area_id"], path["role"])
    )


async def basemap_tile(request: Request) -> Response:
    """A vector tile of a working area's base map, cut from its layers (MVT)."""
    path = request.path_params
    return await answer_outlines(
        request,
        "application/vnd.mapbox-vector-tile",
        lambda store: cut_tile(store, path["area_id"], path["zoom"], path["column"], path["row"]),
    )


async def world(request: Request) -> Response:
    """The world's countries, for places beyond a working area (Natural Earth 1:50m, public domain)."""
    return FileResponse(WORLD, media_type="application/geo+json", headers=_CACHED)


async def invented_land(request: Request) -> Response:
    """The land of invented countries, for the towns of the invented city's trade."""
    body = await run_in_threadpool(lambda: invented_land_geojson(open_seen(request)))
    return Response(body, media_type="application/geo+json", headers={"Cache-Control": "private, no-cache"})


async def study_area(request: Request) -> Response:
    """The outlines of the cells in which anything was ever recorded, without saying what or how often."""
    path = request.path_params
    return await answer_outlines(
        request, _GEOJSON, lambda store: cells_geojson(store, path["area_id"], path["kind"], path["size"])
    )


async def component(request: Request) -> Response:
    """The browser's side of our own components, which its version names for ever."""
    version, name = request.path_params["version"], request.path_params["name"]
    if version != VERSION or name not in SERVED:
        return JSONResponse({"error": "There is no such file."}, status_code=404)
    return FileResponse(BUILT / name, media_type="text/javascript", headers=STORED_FOR_EVER)


async def health(request: Request) -> Response:
    """The process answers. It says nothing of the data: anybody may ask."""
    return JSONResponse({"status": "ok"})


async def ready(request: Request) -> Response:
    """Whether the store is open and can be read."""
    try:
        await run_in_threadpool(lambda: open_store().data_version())
    except (UnusableStore, duckdb.Error):
        return JSONResponse({"status": "the store cannot be read"}, status_code=503)
    return JSONResponse({"status": "ready"})


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """While the server runs: first it prepares the pages and tells the terminal how to get in."""
    prepare_pages()
    jobs = JobServer(cli, default_path().resolve())
    try:
        await run_in_threadpool(open_store)
    except UnusableStore as error:  # the pages say so; whoever has the store open listens beside it
        logging.getLogger("achilles").warning("%s", error)
    else:
        jobs.start()
        await run_in_threadpool(lambda: THROTTLE.recall(open_store()))
    if isinstance(way_in(), ClassWay):
        end_with_conductor()
    if isinstance(way := way_in(), SingleUserWay) and not isinstance(way, ClassWay):
        print(f"  Open Achilles: {way.address}\n", flush=True)
    yield
    await run_in_threadpool(jobs.stop)
    way_in().sessions.finish_writing()
    with suppress(UnusableStore):
        await run_in_threadpool(lambda: publish_or_log(open_store()))
        await run_in_threadpool(lambda: open_store().write_out())  # whoever copies the file has it all


def log_script_error(error: BaseException) -> bool:
    """The page shows no details of an error; the server's log does, where several people work without its
    words (`ui.shell.error_log`). What the actor may not do is no error: the page says why. Returns whether
    the page has been told."""
    if isinstance(error, Refused):
        st.error(plain(str(error)), icon=":material/lock:")
        return True
    logging.getLogger("achilles").error("A page failed", exc_info=error)
    return False


def routes() -> list[Route]:
    """What the maps fetch from their own server, and whether it is well."""
    return [
        Route("/basemap/world.geojson", world),
        Route("/basemap/invented-land.geojson", invented_land),
        Route("/basemap/{area_id:int}/{role}.geojson", basemap_layer),
        Route("/tiles/{area_id:int}/{zoom:int}/{column:int}/{row:int}.mvt", basemap_tile),
        Route("/cells/{area_id:int}/{kind}/{size:int}.geojson", study_area),
        Route("/components/{version}/{name}", component),
        Route("/health", health),
        Route("/ready", ready),
        *sign_in.routes(),
    ]


def middleware() -> list[Middleware]:
    """What every request passes, the first in the list first. Ends the process where nobody is to sign in and
    other machines could ask."""
    try:
        way = way_in()
    except (NotOnLoopback, BadToken, InvalidFile) as error:
        raise SystemExit(str(error)) from error
    logging.getLogger("uvicorn.access").disabled = True  # what people look at is in no log, nor is a token
    if isinstance(way, ServerWay):
        log_errors_without_words()
        hide_connections()
        set_option("server.allowedHosts", [way.settings.hostname, "127.0.0.1", "localhost"])
    elif isinstance(way, ClassWay):
        set_option("server.allowedHosts", [way.room.host, "127.0.0.1", "localhost"])
    return [
        Middleware(SecurityHeaders),
        # Streamlit checks the host of its own addresses only: a name that resolves to this machine
        # must not do.
        Middleware(TrustedHostMiddleware, allowed_hosts=st.get_option("server.allowedHosts")),
        Middleware(Gate, way=way),
        Middleware(PackedFiles),
        Middleware(Preloading),
        Middleware(GZipMiddleware, minimum_size=2048),
    ]
