"""What every page begins with: the guard, the title, the store and who is acting.

The navigation and every page call `guard` or `begin` first, so that no way to a page passes it by. Who acts
is whose session the gate (`ui.shell.gate`) let in."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from analytics.oversight import Actor, may
from analytics.oversight.sessions import Session
from analytics.oversight.visibility import see_store
from analytics.store import Store, UnusableStore, open_store
from ui.components.link_memory import note_link
from ui.components.text import plain
from ui.shell.gate import BOUND
from ui.shell.way_in import way_in

_SAVES = {  # what a page is there to save: who may not is told so before trying
    "tasking": "save brief",
    "meeting": "record decision",
    "collection": "save requirement",
    "results": "save result",
    "data": "import",
}


@dataclass(frozen=True)
class Page:
    """What a page works with."""

    store: Store
    actor: Actor


def find_session() -> Session | None:
    """The open session of the browser that this script runs for, by the cookie of its WebSocket."""
    session = way_in().sessions.find(st.context.cookies.get(way_in().cookie))
    context = get_script_run_ctx()
    if session is not None and context is not None:
        BOUND.bind(context.session_id, session.key)
    return session


def find_actor() -> Actor | None:
    session = find_session()
    return session.actor if session else None


def guard() -> Actor:
    """Who sees this page; stops the script where nobody may."""
    actor = find_actor()
    if actor is None:
        st.error("You are signed out. Load the page again to sign in.", icon=":material/lock:")
        st.stop()
    return actor


def begin(question: str, page: str | None = None) -> Page:
    """Guard the page, which `page` names as `ui.shell.pages` does, then show its question below the bar."""
    actor = guard()
    note_link()
    with st.container(key="question"):
        st.title(question)
    if page is not None and not (permission := may(actor, f"view page {page}")):
        st.info(plain(permission.why), icon=":material/lock:")
        st.stop()
    if page in _SAVES and not (permission := may(actor, _SAVES[page])):
        st.caption(f":material/visibility: To read only. {plain(permission.why)}")
    try:
        return Page(store=see_store(open_store(), actor), actor=actor)
    except UnusableStore as error:
        st.error(plain(str(error)), icon=":material/lock:")
        st.stop()
