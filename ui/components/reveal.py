"""Personal data is masked until somebody says why it must be seen; the reason goes into the audit trail."""

from __future__ import annotations

import streamlit as st

from ui.components.audit import log
from ui.components.text import plain
from ui.shell.page import Page

_REVEALED = "revealed"


def is_revealed(what: str) -> bool:
    """Whether this session has revealed this object ('lead 3', 'campaign 12')."""
    return what in st.session_state.get(_REVEALED, {})


def reveal(page: Page, what: str, *, key: str) -> bool:
    """Ask for a reason, or offer to hide again; returns whether the personal data of `what` may be shown now.

    A reveal holds for this session and this object alone, and is audited with its reason.
    """
    if is_revealed(what):
        reason = st.session_state[_REVEALED][what]
        if st.button(
            "Hide personal data",
            icon=":material/visibility_off:",
            key=f"hide-{key}",
            help=f"Revealed: {plain(reason)}",
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
            "it."
        )
        reason = st.text_input("Reason", key=f"reason-{key}")
        if st.form_submit_button("Reveal"):
            if len(reason.strip()) < 5:
                st.error("A reason of at least five letters is needed.")
            else:
                log(page, "reveal personal data", what, {"reason": reason.strip()})
                st.session_state.setdefault(_REVEALED, {})[what] = reason.strip()
                st.rerun()
    return False
