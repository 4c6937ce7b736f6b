"""The one entry: `streamlit run app.py` gives the whole app with its headers,
routes, guard and navigation."""

import streamlit as st

from ui.shell import server

# Streamlit finds the app in this file without running it, by this very call.
app = st.App(
    server.NAVIGATION,
    routes=server.routes(),
    middleware=server.middleware(),
    lifespan=server.lifespan,
    on_script_error=server.log_script_error,
)
