"""Saved views and watches in the bar: any link under a name, and what is new about what is watched."""

from __future__ import annotations

import streamlit as st

from analytics.desk import Watch, list_watches, mark_looked, new_since_last_look, start_watch, stop_watch
from analytics.desk.saved_views import (
    SavedView,
    list_views,
    remove_view,
    rename_view,
    restore_view,
    save_view,
    share_view,
)
from analytics.desk.watches import KINDS, resume_watch
from analytics.search import PageLink
from ui.components.act_buttons import act_button, submit_act
from ui.components.text import plain
from ui.shell.page import Page
from ui.shell.pages import PageEntry, page_path
from ui.shell.undo import offer_undo

_CHANGING = "views-changing"
_UNDO = "views-undo"  # what brings the last removed one back, and what it is called


def watch_button(page: Page, kind: str, key: str, label: str, opens: PageLink, *, widget: str) -> None:
    """The button that watches what is on view, or stops doing so. `label` bears no personal data."""
    watches = list_watches(page.store, page.actor)
    present = next((watch for watch in watches if (watch.kind, watch.key) == (kind, key)), None)

    def change() -> None:
        if present:
            stop_watch(page.store, page.actor, present.watch_id)
        else:
            start_watch(page.store, page.actor, kind, key, label, opens)

    act_button(
        page,
        "start watch",
        "Stop watching" if present else "Watch",
        icon=":material/notifications_off:" if present else ":material/notifications:",
        key=f"watch-{widget}",
        on_click=change,
        help="Today then says what is new about it since you last looked.",
    )


def current_link(current: PageEntry) -> PageLink:
    """The link of the page on view: all that its address says."""
    query = {name: st.query_params.get_all(name) for name in st.query_params}
    return PageLink(current.name, {name: v[0] if len(v) == 1 else v for name, v in query.items()})


@st.fragment
def show_views(page: Page, current: PageEntry) -> None:
    """The list in the bar, and the form that saves the link on view."""
    opened = st.popover("Views", icon=":material/bookmarks:", key="views", type="tertiary", on_change="rerun")
    if not opened.open:
        return
    with opened, st.container(key="views_panel", width=400, gap="small"):
        _save_form(page, current_link(current))
        views, watches = list_views(page.store, page.actor), list_watches(page.store, page.actor)
        for view in views:
            _show_view(page, view)
        if watches:
            st.markdown("**Watched**")
            news = {one.watch.watch_id: one.says for one in new_since_last_look(page.store, page.actor)}
            for watch in watches:
                _show_watch(page, watch, news.get(watch.watch_id))
        _offer_undo(page)


def _save_form(page: Page, link: PageLink) -> None:
    with st.form("views-save", border=False, clear_on_submit=True):
        name = st.text_input("Save this view as", placeholder="Quay Street at night", max_chars=80)
        shared = st.checkbox("For everybody who uses this store")
        if submit_act(page, "save view", "Save view", icon=":material/bookmark_add:") and name.strip():
            save_view(page.store, page.actor, name, link, shared=shared)


def _show_view(page: Page, view: SavedView) -> None:
    with st.container(horizontal=True, vertical_alignment="center", wrap=False, gap="xsmall"):
        whose = "" if view.own else f" :gray[{plain(view.owner)}]"
        st.page_link(
            page_path(view.opens.page),
            label=plain(view.name) + whose,
            icon=":material/group:" if view.shared else ":material/bookmark:",
            query_params=view.opens.query,
            width="stretch",
        )
        if view.own:
            st.button(
                "Change",
                icon=":material/edit:",
                key=f"view-change-{view.view_id}",
                type="tertiary",
                on_click=_toggle_changing,
                args=(view.view_id,),
            )
    if view.own:
        _change_view(page, view)


def _toggle_changing(view_id: int) -> None:
    st.session_state[_CHANGING] = None if st.session_state.get(_CHANGING) == view_id else view_id


def _change_view(page: Page, view: SavedView) -> None:
    def rename() -> None:
        if (name := st.session_state[key].strip()) and name != view.name:
            rename_view(page.store, page.actor, view.view_id, name)

    key = f"view-name-{view.view_id}"
    if st.session_state.get(_CHANGING) != view.view_id:
        return
    with st.container(border=True, gap="xsmall"):
        st.text_input("Name", view.name, key=key, on_change=rename, max_chars=80)
        with st.container(horizontal=True, gap="xsmall"):
            st.button(
                "Own alone" if view.shared else "Share with everybody",
                key=f"view-share-{view.view_id}",
                on_click=share_view,
                args=(page.store, page.actor, view.view_id, not view.shared),
            )
            st.button("Remove", key=f"view-remove-{view.view_id}", on_click=_remove, args=(page, view))


def _remove(page: Page, view: SavedView) -> None:
    remove_view(page.store, page.actor, view.view_id)
    st.session_state[_UNDO] = ("view", view.view_id, view.name)


def _show_watch(page: Page, watch: Watch, says: str | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", wrap=False, gap="xsmall"):
        st.page_link(
            page_path(watch.opens.page),
            label=f"{plain(watch.label)} :gray[{plain(says or KINDS[watch.kind])}]",
            icon=":material/notifications_active:" if says else ":material/notifications:",
            query_params=watch.opens.query,
            width="stretch",
        )
        if says:
            st.button(
                "Seen",
                icon=":material/done:",
                key=f"watch-seen-{watch.watch_id}",
                type="tertiary",
                on_click=mark_looked,
                args=(page.store, page.actor, watch.watch_id),
            )
        st.button(
            "Stop",
            icon=":material/close:",
            key=f"watch-stop-{watch.watch_id}",
            type="tertiary",
            on_click=_stop,
            args=(page, watch),
            help=plain(f"Stop watching {watch.label}"),
        )


def _stop(page: Page, watch: Watch) -> None:
    stop_watch(page.store, page.actor, watch.watch_id)
    st.session_state[_UNDO] = ("watch", watch.watch_id, watch.label)


def _offer_undo(page: Page) -> None:
    if undo := st.session_state.get(_UNDO):
        offer_undo(f"bring {undo[2]} back", "views-undo-button", _bring_back, page, undo[0], undo[1])


def _bring_back(page: Page, what: str, number: int) -> None:
    (restore_view if what == "view" else resume_watch)(page.store, page.actor, number)
    del st.session_state[_UNDO]
