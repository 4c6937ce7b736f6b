"""Priorities proposed for the control strategy, which people decide on."""

from __future__ import annotations

import streamlit as st

from analytics.strategic.picture import StrategicPicture
from analytics.strategic.proposals import propose_priorities
from ui.components.address import change_address
from ui.components.text import plain
from ui.shell.page import Page

BEGIN = "strategy-from-picture"  # in the session: the control strategy is to begin from the picture


def show_proposals(page: Page, picture: StrategicPicture) -> None:
    proposals = propose_priorities(picture)
    st.caption(
        "Proposed, not decided: the tasking group chooses, names and orders its priorities. What nobody "
        "reports has no row here."
    )
    if not proposals:
        st.info("No problem stands out by harm, trend or priority.")
        return
    for proposal in proposals:
        with st.container(border=True):
            st.markdown(f"**{plain(proposal.title)}**")
            st.markdown(plain(f"For it: {'; '.join(proposal.reasons)}."))
            st.markdown(plain(f"To weigh first: {'; '.join(proposal.alternatives)}."))
    if st.button("Begin a control strategy from these", icon=":material/flag:"):
        st.session_state[BEGIN] = True
        change_address(tab="Priorities", part=None)
        st.rerun()
