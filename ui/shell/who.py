"""Who is here, in which role and for which purpose; the way to another purpose, and out."""

from __future__ import annotations

import streamlit as st

from analytics.oversight import Actor
from analytics.oversight.purposes import find_purpose, list_purposes
from analytics.oversight.roles import find_role
from analytics.oversight.sessions import Session
from ui.components.text import plain
from ui.components.watch import current_session
from ui.shell.page import find_session
from ui.shell.server_way import ServerWay
from ui.shell.way_in import way_in

_SHORTEST_REASON = 5
_SHOWN = "purpose-shown"  # of the page's state: the purpose that it was last drawn for


def show_who(actor: Actor) -> None:
    _tell_change(actor)
    with st.popover(plain(actor.name), icon=":material/account_circle:", key="who", type="tertiary"):
        st.text(f"{actor.name}, {find_role(actor.role).label}")
        st.caption("What you open, save and export is recorded under this name, role and purpose.")
        session = find_session()
        if session is not None:
            _choose_purpose(session)
            if isinstance(way_in(), ServerWay):
                st.link_button("Password and sessions", "/account", icon=":material/key:", width="stretch")
                st.button(
                    "Sign out",
                    icon=":material/logout:",
                    key="sign-out",
                    width="stretch",
                    on_click=way_in().sessions.end,
                    args=(session.key, "signed out"),
                )


def _tell_change(actor: Actor) -> None:
    """Say so where the page was drawn for another purpose before, whichever tab changed it."""
    before = st.session_state.get(_SHOWN, actor.purpose)
    st.session_state[_SHOWN] = actor.purpose
    if before != actor.purpose:
        label = find_purpose(actor.purpose).label
        st.toast(f"From now on you work on: {plain(label)}, in every open tab.", icon=":material/sync:")


def _choose_purpose(session: Session) -> None:
    codes = _purposes_of(session.actor.role)
    now = session.actor.purpose
    chosen = st.selectbox(
        "You work on",
        codes,
        index=codes.index(now) if now in codes else None,
        format_func=lambda code: find_purpose(code).label,
        placeholder="Choose a purpose",
        key="who-purpose",
    )
    if chosen is None or chosen == now:
        return
    asks = find_purpose(chosen).reason
    reason = st.text_input("Case, operation or complaint", key="who-reason", max_chars=200) if asks else ""
    is_short = asks and len(reason.strip()) < _SHORTEST_REASON
    if st.button("Change purpose", type="primary", key="who-change", disabled=is_short, width="stretch"):
        way_in().sessions.change_purpose(session.key, chosen, reason.strip(), current_session())
        st.rerun()


def _purposes_of(role: str) -> list[str]:
    """The purposes that a role may choose, in the order of their table."""
    allowed = find_role(role).purposes
    return [purpose.code for purpose in list_purposes() if purpose.code in allowed]
