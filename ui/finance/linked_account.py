"""The account that the link names: read from it and put into it, by a name that is not its number."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.finance.queries import find_account, name_account
from analytics.store import Store, open_store
from ui.components.address import change_address
from ui.components.text import plain

ACCOUNT = "account"  # in the link


def read_linked_account(store: Store, version: int, notes: DeltaGenerator) -> str | None:
    """The number of the account that the link names; None where it names none, or none that is here, which
    is said."""
    name = st.query_params.get(ACCOUNT)
    if name is None:
        return None
    found = _find(version, store.path, name)
    if found is None:
        notes.warning(
            f"The link names '{plain(name)}', an account that is not in the store.",
            icon=":material/link_off:",
        )
    return found


def choose_account(account: str | None) -> None:
    """Open an account in the detail; None closes it."""
    change_address(**{ACCOUNT: None if account is None else name_account(open_store(), account)})


@st.cache_data(max_entries=256, show_spinner=False)
def _find(version: int, store: str, name: str) -> str | None:
    try:
        return find_account(open_store(store), name)
    except KeyError:
        return None
