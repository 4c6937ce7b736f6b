"""Personal data is masked until somebody says why it must be seen; the reason goes into the audit trail."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

import streamlit as st

from analytics.oversight import may
from analytics.store import true_now
from ui.components.audit import log
from ui.components.text import plain
from ui.shell.page import Page

_REVEALED = "revealed"
_MINUTES = (15, 60, 240)
_SHORTEST_REASON = 5


class OpenReveal(NamedTuple):
    """Why personal data of a thing are shown, and until when (UTC)."""

    reason: str
    until: datetime


def is_revealed(what: str) -> bool:
    """Whether this session has revealed this object ('lead 3', 'campaign 12') and its time is not over."""
    return _find(what) is not None


def _find(what: str) -> OpenReveal | None:
    found: OpenReveal | None = st.session_state.get(_REVEALED, {}).get(what)
    if found is not None and found.until <= true_now():
        del st.session_state[_REVEALED][what]
        return None
    return found


def reveal(page: Page, what: str, *, key: str) -> bool:
    """Ask for a reason, or offer to hide again; returns whether the personal data of `what` may be shown now.

    A reveal is for this session and this object alone, ends by itself, and is audited with its reason. Who
    may not see personal data is offered nothing."""
    permission = may(page.actor, "reveal personal data")
    if not permission:
        st.caption(f"Personal data are masked. {plain(permission.why)}")
        return False
    if (shown := _find(what)) is not None:
        if st.button(
            "Hide personal data",
            icon=":material/visibility_off:",
            key=f"hide-{key}",
            help=f"Revealed until {shown.until:%H:%M} UTC: {plain(shown.reason)}",
        ):
            del st.session_state[_REVEALED][what]
            st.rerun()
        return True
    with (
        st.popover("Reveal personal data …", icon=":material/visibility:"),
        st.form(f"reveal-{key}", border=False),
    ):
        st.caption(
            "Names, telephones and account numbers are masked. Say why you need them: the audit trail keeps "
            "it, and the data protection officer reads it."
        )
        reason = st.text_input("Reason", key=f"reason-{key}")
        minutes = st.segmented_control(
            "For how many minutes", _MINUTES, default=_MINUTES[1], required=True, key=f"minutes-{key}"
        )
        if st.form_submit_button("Reveal"):
            if len(reason.strip()) < _SHORTEST_REASON:
                st.error("A reason of at least five letters is needed.")
            else:
                lasts = int(minutes or _MINUTES[0])
                log(page, "reveal personal data", what, {"reason": reason.strip(), "minutes": lasts})
                until = true_now() + timedelta(minutes=lasts)
                st.session_state.setdefault(_REVEALED, {})[what] = OpenReveal(reason.strip(), until)
                st.rerun()
    return False
