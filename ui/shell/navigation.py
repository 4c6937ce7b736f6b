"""What each session runs: page set-up, the guard and navigation."""

from pathlib import Path

import streamlit as st

from ui.shell.page import guard
from ui.shell.pages import PAGES, page_path

# An icon of our own: Streamlit fetches a Material page icon from the network.
st.set_page_config(page_title="Achilles", page_icon=str(Path(__file__).with_name("icon.png")), layout="wide")
guard()

st.navigation(
    [
        st.Page(
            page_path(page.name),
            title=page.title,
            icon=f":material/{page.icon}:",
            default=page is PAGES[0],
        )
        for page in PAGES
    ],
    position="top",
).run()
