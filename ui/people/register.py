"""The register of people: everybody on the left, the chosen one or a new one on the right."""

from __future__ import annotations

import streamlit as st

from analytics.oversight import Refused
from analytics.oversight.accounts import (
    NoSuchPerson,
    Person,
    add_person,
    describe_grant,
    grant_takes_two,
    list_people,
    reset_person,
    set_disabled,
    set_roles,
)
from analytics.oversight.roles import list_roles
from analytics.oversight.sessions import end_sessions
from analytics.shared.codes import code_table
from analytics.shared.wording import counted
from ui.components.address import change_address
from ui.components.approvals import ask_second, show_waiting
from ui.components.list import ListEntry, ListMark, show_list
from ui.components.text import plain
from ui.shell.layout import fill_pane, pad_pane, scroll_pane, window_pane
from ui.shell.page import Page

_CODE = "people-code"  # in the session: the one-time code to hand over, shown once


@st.fragment
def show_people(page: Page) -> None:
    """Everybody beside the chosen person, or beside the form of a new one."""
    people = list_people(page.store)
    asked = st.query_params.get("person")
    chosen = next((person for person in people if person.name == asked), None)
    with window_pane("people"):
        with fill_pane("index"):
            with pad_pane("list_head", horizontal=True):
                st.markdown(f"**{counted(len(people), 'person', 'people')}** may sign in", width="stretch")
                st.button(
                    "Add", icon=":material/person_add:", on_click=change_address, kwargs={"person": None}
                )
            with fill_pane("people_list"):
                show_list(
                    [_entry(person) for person in people],
                    key="people",
                    label="People by name",
                    chosen=None if chosen is None else chosen.name,
                    on_choose=lambda name: change_address(person=name),
                )
        with fill_pane("reading"), scroll_pane("reading"):
            _show_code()
            if chosen is None:
                _add(page)
            else:
                _show_person(page, chosen)
            st.header("Waits for a second person")
            show_waiting(page)


def _entry(person: Person) -> ListEntry:
    labels = {entry.code: entry.label for entry in code_table("roles").entries}
    marks = [
        *([ListMark("disabled", "against")] if person.is_disabled else []),
        *([] if person.has_password else [ListMark("no password yet", "")]),
        *([ListMark("second factor", "")] if person.has_second_factor else []),
    ]
    roles = ", ".join(labels.get(role, role) for role in person.roles)
    return ListEntry(person.name, person.name, roles, marks=marks)


def _show_code() -> None:
    """The one-time code of whoever was added or reset last: it is stored nowhere, so it is shown until the
    page is left."""
    if (shown := st.session_state.get(_CODE)) is None:
        return
    name, code = shown
    st.success(
        f"One-time code of {plain(name)}, for three days. It is not shown again.", icon=":material/key:"
    )
    st.code(code, language=None)
    st.button("I have handed it over", on_click=lambda: st.session_state.pop(_CODE, None))


def _add(page: Page) -> None:
    st.header("Add a person")
    name = st.text_input("Name", key="person-name", max_chars=256)
    roles = _choose_roles("person-roles-new", ())
    st.caption("The person chooses a password with the one-time code that you hand over.")
    if not name.strip() or not roles:
        st.button(
            "Add the person", key="person-add-early", disabled=True, help="A name and a role are needed."
        )
        return
    if not _may_grant(page, name, roles, key="add"):
        return
    if st.button("Add the person", key="person-add", type="primary", icon=":material/person_add:"):
        try:
            code = add_person(page.store, page.actor, name, roles)
        except (NoSuchPerson, Refused) as error:
            st.error(plain(str(error)))
        else:
            _hand_over(name.strip(), code)


def _show_person(page: Page, person: Person) -> None:
    st.header(plain(person.name))
    roles = _choose_roles(f"person-roles-{person.name}", person.roles)
    if not roles:
        st.caption("A person needs a role: disable whoever should have none.")
    elif set(roles) != set(person.roles):
        _offer_grant(page, person, roles)
    st.subheader("Access")
    own = person.name == page.actor.name
    if own:
        st.caption("This is you: another administrator disables or resets you.")
    with st.container(horizontal=True):
        if st.button("Sign out everywhere", key="person-sign-out", icon=":material/logout:", disabled=own):
            ended = end_sessions(page.store, person.name, "signed out", page.actor)
            st.toast(f"{counted(ended, 'session')} ended.")
        label = "Let sign in again" if person.is_disabled else "Disable"
        if st.button(label, key="person-disable", icon=":material/block:", disabled=own):
            set_disabled(page.store, page.actor, person.name, not person.is_disabled)
            st.rerun()
        with st.popover("Reset the password", disabled=own):
            st.caption("Takes the password and the second factor away and ends every session.")
            if st.button("Reset it", key="person-reset", icon=":material/lock_reset:"):
                _hand_over(person.name, reset_person(page.store, page.actor, person.name))


def _offer_grant(page: Page, person: Person, roles: list[str]) -> None:
    if not _may_grant(page, person.name, roles, key=person.name):
        return
    st.caption("Ends every session of this person.")
    if st.button("Give these roles", key="person-grant", type="primary"):
        set_roles(page.store, page.actor, person.name, roles)
        st.rerun()


def _choose_roles(key: str, roles: tuple[str, ...]) -> list[str]:
    labels = {role.code: role.label for role in list_roles()}
    given = [role for role in roles if role in labels]
    return st.multiselect("Roles", list(labels), default=given, format_func=labels.__getitem__, key=key)


def _may_grant(page: Page, name: str, roles: list[str], *, key: str) -> bool:
    """Whether the roles may be given now; where another administrator must approve them, offer to ask."""
    if not grant_takes_two(page.store):
        st.caption("From the second administrator on, another one approves each grant of roles.")
        return True
    return ask_second(page, "grant role", describe_grant(name, roles), key=f"grant-{key}")


def _hand_over(name: str, code: str) -> None:
    st.session_state[_CODE] = (name, code)
    change_address(person=name)
    st.rerun()
