"""What every page begins with: the guard, the title, the store and who is acting.

The navigation and every page call `guard` or `begin` first, so that no way to a page passes it by. The
server's own routes ask `refusal` too: one rule for whatever is served."""

from __future__ import annotations

import getpass
import os
from dataclasses import dataclass

import streamlit as st

from analytics.oversight import Actor
from analytics.store import Store, UnusableStore, open_store
from ui.components.text import plain


@dataclass(frozen=True)
class Page:
    """What a page works with."""

    store: Store
    actor: Actor


_THIS_MACHINE = {"127.0.0.1", "::1", None}  # None: what Streamlit gives for a request from this machine


def refusal(address: str | None) -> str | None:
    """Why a request from this address is refused, None where it may be answered. One place for sign-in to
    come."""
    if address in _THIS_MACHINE:
        return None
    return "Achilles has no sign-in yet and answers only to this machine."


def guard() -> Actor:
    """Who may see this page; stops the script where nobody may."""
    if refused := refusal(st.context.ip_address):
        st.error(refused, icon=":material/lock:")
        st.stop()
    return Actor(name=getpass.getuser(), role=os.environ.get("ACHILLES_ROLE", "analyst"))


def begin(question: str) -> Page:
    """Guard the page, then show its question below the bar."""
    actor = guard()
    with st.container(key="question"):
        st.title(question)
    try:
        return Page(store=open_store(), actor=actor)
    except UnusableStore as error:
        st.error(plain(str(error)), icon=":material/lock:")
        st.stop()
