"""What takes two persons: asked for where it is done, decided where the requests are listed."""

from __future__ import annotations

import streamlit as st

from analytics.oversight import Refused, may
from analytics.oversight.acts import may_approve
from analytics.oversight.approvals import (
    Approval,
    approve_request,
    find_approval,
    list_approvals,
    needs_approval,
    refuse_request,
    request_approval,
    say_what_to_do,
)
from analytics.shared.wording import write_moment
from ui.components.text import plain
from ui.shell.page import Page


def ask_second(page: Page, act: str, object_: str, *, key: str) -> bool:
    """Whether the act may go ahead now. Where a second person must approve it first, say how far that is and
    offer to ask."""
    if not (permission := may(page.actor, act)):
        st.caption(plain(permission.why))
        return False
    if not needs_approval(page.actor, act):
        return True
    found = find_approval(page.store, page.actor, act, object_)
    if found is not None and found.state == "approved":
        st.caption(f"Approved by {plain(found.decided_by or '')}, for one use.")
        return True
    if found is not None and found.state == "waiting":
        st.info(
            f"Request {found.approval_id} waits for a second person. "
            f"{plain(say_what_to_do(page.actor, act))}",
            icon=":material/hourglass:",
        )
        return False
    if found is not None and found.state == "refused":
        st.warning(
            f"{plain(found.decided_by or '')} refused request {found.approval_id}: {plain(found.why or '')}",
            icon=":material/block:",
        )
    with st.form(f"ask-{key}", border=False):
        st.caption(plain(say_what_to_do(page.actor, act)))
        reason = st.text_input("Reason", key=f"ask-reason-{key}")
        if st.form_submit_button("Ask a second person", icon=":material/group_add:"):
            try:
                request_approval(page.store, page.actor, act, object_, reason)
            except (ValueError, Refused) as error:
                st.error(plain(str(error)))
            else:
                st.rerun()
    return False


def show_waiting(page: Page) -> None:
    """The requests that wait, each with its decision for whoever may take it."""
    found = list_approvals(page.store, waiting=True)
    if not found:
        st.caption("No request waits for a second person.")
    for one in found:
        _show_request(page, one)


def _show_request(page: Page, one: Approval) -> None:
    with st.container(border=True, key=f"approval-{one.approval_id}"):
        st.markdown(f"**{plain(one.act.capitalize())}** · {plain(one.object)}")
        st.caption(
            f"Request {one.approval_id}, asked by {plain(one.asked_by)} ({plain(one.asked_role)}), "
            f"{write_moment(one.asked_at)} UTC: {plain(one.reason)}"
        )
        permission = may_approve(page.actor, one.act)
        own = one.asked_by == page.actor.name
        if own or not permission:
            st.caption("Somebody else must decide." if own else plain(permission.why))
            return
        why = st.text_input("Why (to refuse)", key=f"approval-why-{one.approval_id}")
        with st.container(horizontal=True):
            approved = st.button("Approve", key=f"approve-{one.approval_id}", icon=":material/check:")
            refused = st.button("Refuse", key=f"refuse-{one.approval_id}", icon=":material/block:")
        try:
            if approved:
                approve_request(page.store, page.actor, one.approval_id)
            elif refused:
                refuse_request(page.store, page.actor, one.approval_id, why)
        except (KeyError, ValueError, Refused) as error:
            st.error(plain(str(error.args[0])))
        else:
            if approved or refused:
                st.rerun()
