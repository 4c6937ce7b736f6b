"""The app of `bench.network.drawing`, with the real one's headers, compression and component files."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Route

from ui.shell.security_headers import SecurityHeaders
from ui.shell.server import component

app = st.App(
    str(Path(__file__).with_name("drawing_page.py")),
    routes=[Route("/components/{version}/{name}", component)],
    middleware=[Middleware(SecurityHeaders), Middleware(GZipMiddleware, minimum_size=2048)],
)
