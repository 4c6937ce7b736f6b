"""Whether a node is a possible victim: marked with a reason, withdrawn by another record, referred."""

from __future__ import annotations

import streamlit as st

from analytics.intelligence.possible_victims import (
    POSSIBLE_VICTIM,
    WITHDRAWN,
    find_protected_nodes,
    list_victim_statuses,
    record_victim_status,
)
from analytics.network.links.node_names import name_node
from analytics.oversight import may
from analytics.shared.wording import write_moment
from ui.components.forms import clear_entry, entry_form
from ui.components.text import plain
from ui.network.screen import NetworkScreen
from ui.shell.pages import page_path

_ACT = f"network: {POSSIBLE_VICTIM}"


def show_victim_status(screen: NetworkScreen, node: str) -> None:
    """The status of a node with its reasons, and the form that changes it."""
    statuses = list_victim_statuses(screen.page.store, node)
    marked = len(statuses) > 0 and statuses.status.iloc[0] == POSSIBLE_VICTIM
    if marked:
        st.markdown(":material/volunteer_activism: **Possible victim.** It is in no list of targets.")
    elif node in find_protected_nodes(screen.page.store):
        st.markdown(
            ":material/volunteer_activism: **Belongs to a possible victim.** It is in no list of targets.",
            help="A telephone, an account or a name of the same person has the status.",
        )
    for row in statuses.itertuples():
        st.caption(
            f"{row.status.capitalize()}: {plain(row.reason)} ({plain(row.recorded_by)}, "
            f"{write_moment(row.recorded_at)} UTC)"
        )
    if marked:
        st.page_link(
            page_path("network"),
            label="Refer",
            icon=":material/volunteer_activism:",
            query_params={"view": "Welfare", "spot": name_node(node)},
            help="Draft a referral to safeguarding and support partners.",
        )
    _show_form(screen, node, marked=marked)


def _show_form(screen: NetworkScreen, node: str, *, marked: bool) -> None:
    permission = may(screen.page.actor, _ACT)
    label = "Withdraw the status" if marked else "Mark as possible victim"
    if not permission:
        st.button(label, disabled=True, help=plain(permission.why), key="victim_refused")
        return
    name = f"victim-{name_node(node)}"
    with st.popover(label, icon=":material/shield_person:"), entry_form(name, border=False):
        st.caption(
            "It stays on record why the status is withdrawn; whoever had it becomes a possible target again."
            if marked
            else "Takes the node, and whatever nobody but that person uses, out of every list of targets, "
            "and puts it into the welfare queue. Somebody may be both: a victim comes first."
        )
        reason = st.text_input("Why", placeholder="what was seen, by whom; no name")
        if st.form_submit_button(label, type="primary"):
            try:
                record_victim_status(
                    screen.page.store,
                    screen.page.actor,
                    node,
                    WITHDRAWN if marked else POSSIBLE_VICTIM,
                    reason,
                )
            except ValueError as error:
                st.error(plain(error))
            else:
                clear_entry(name)
                st.rerun()
