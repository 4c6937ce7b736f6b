"""What each session runs: page set-up, the guard, the shell and the page in it."""

from pathlib import Path

import streamlit as st

from analytics.figures.theme import style_variables
from ui.components.address import confirm_address
from ui.shell.keys import listen_for_keys
from ui.shell.page import guard
from ui.shell.pages import PAGES, list_open_pages, page_path
from ui.shell.rail import show_rail
from ui.shell.top_bar import show_top_bar
from ui.shell.tour import show_tour

_HERE = Path(__file__).parent

# An icon of our own: Streamlit fetches a Material page icon from the network.
st.set_page_config(
    page_title="Achilles",
    page_icon=str(_HERE / "icon.png"),
    layout="wide",
    initial_sidebar_state="locked",
)
actor = guard()
st.html(_HERE / "shell.css")
st.html(f"<style>{style_variables()}</style>")

home = next(iter(list_open_pages(actor)), PAGES[0])
# The first page of a role stands under the address without a name, and under its own: Streamlit gives a page
# one address, and a link to the other would be of no page.
first = st.Page(
    page_path(home.name), title=home.title, icon=f":material/{home.icon}:", default=True, url_path="home"
)
chosen = st.navigation(
    [
        first,
        *(st.Page(page_path(page.name), title=page.title, icon=f":material/{page.icon}:") for page in PAGES),
    ],
    position="hidden",
)
current = next((page for page in PAGES if page.name == chosen.url_path), home)
show_rail(current, actor)
show_top_bar(current, actor)
listen_for_keys()
confirm_address()
show_tour(actor)
chosen.run()
