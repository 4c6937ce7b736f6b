"""One thing that has no page of its own: its values, where it comes from, where else it occurs."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.desk.tray import TrayItem
from analytics.oversight.roles import tier_of
from analytics.search import KINDS, PageLink
from analytics.search.items import Item, find_elsewhere, read_item
from analytics.shared.wording import spell_dates
from ui.components.audit import log_once
from ui.components.choosing import change_link
from ui.components.entity_link import show_value_link
from ui.components.evidence import ROW_TITLES
from ui.components.reveal import reveal
from ui.components.text import plain
from ui.search.hits import show_hits
from ui.shell.page import Page
from ui.shell.tray import add_to_case
from ui.shell.views import watch_button

_NAMING = ("holder", "owner", "traveller", "from_name", "to_name", "address")  # columns that name somebody


def show_item(page: Page) -> None:
    """The thing that the link names, if it names one."""
    mark = st.query_params.get("item")
    if mark is None:
        return
    try:
        item = read_item(page.store, mark, tier_of(page.actor))
    except (KeyError, PermissionError) as error:
        st.warning(plain(error.args[0]), icon=":material/link_off:")
        return
    with st.container(border=True):
        head, close = st.columns([6, 1], vertical_alignment="center")
        head.header(plain(item.title))
        close.button(
            "Close", icon=":material/close:", key="close-item", on_click=change_link, kwargs={"item": None}
        )
        st.caption(plain(item.origin))
        _show_collecting(page, item)
        revealed = item.personal and reveal(page, item.mark, key="item")
        log_once(page, "view rows", item.mark, {"revealed": revealed})
        _show_fields(item, revealed=revealed)
        _show_nodes(page, item)
        for name in item.shared:
            _show_elsewhere(page, item, name, revealed=revealed)


def _show_collecting(page: Page, item: Item) -> None:
    """Into the case, and watched from now on."""
    kind, _, key = item.mark.partition("-")
    opens = PageLink("search", {"item": item.mark})
    if kind == "identifier":
        label = f"{item.title} {item.masked['value']}"
        with st.container(horizontal=True, gap="xsmall"):
            add_to_case(page, TrayItem("entity", key, label, opens), key=item.mark)
            watch_button(page, "entity", key, label, opens, widget=item.mark)
    elif item.row is not None:
        add_to_case(page, TrayItem("row", item.mark, item.title, opens), key=item.mark)


def _show_fields(item: Item, *, revealed: bool) -> None:
    values = item.fields if revealed else item.masked
    st.dataframe(
        pd.DataFrame(
            {
                "What": [_title(name) for name in values],
                "Value": [spell_dates(value) for value in values.values()],
            }
        ),
        hide_index=True,
        height="content" if len(values) < 12 else 400,
        alt=item.title,
        column_config={"Value": st.column_config.TextColumn(width="large")},
    )


def _show_nodes(page: Page, item: Item) -> None:
    """The pages of those whom a row names: its people, telephones, accounts, vehicles and addresses."""
    for name in dict.fromkeys((*item.shared, *(name for name in _NAMING if name in item.fields))):
        if item.fields[name] != item.masked[name]:
            label = f"{_title(name)} {item.masked[name]}: what it is linked with"
            show_value_link(page, item.fields[name], key=f"node-{name}", label=label)


def _show_elsewhere(page: Page, item: Item, name: str, *, revealed: bool) -> None:
    """The same telephone, account or vehicle in other rows and reports."""
    groups = find_elsewhere(page.store, item, name, tier_of(page.actor))
    value = (item.fields if revealed else item.masked)[name]
    st.markdown(f"**{plain(_title(name))}** {plain(value)}: " + ("elsewhere" if groups else "nowhere else"))
    for group in groups:
        st.caption(f"{KINDS[group.kind]} · {group.matches:,}")
        show_hits(group, revealed=revealed, key=name)


def _title(name: str) -> str:
    title = ROW_TITLES.get(name)
    if isinstance(title, str):
        return title
    label = title.get("label") if isinstance(title, dict) else None
    return label or name.replace("_", " ").capitalize()
