"""The link that the page was drawn with last, for fragments that run by the clock.

The browser sends its link with every run that it begins. What a widget's callback puts into the link reaches
the browser a little later. A clock that strikes in between sends the link of before, and a fragment that then
asks for the whole page would undo what was chosen."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

_DRAWN_WITH = "link drawn with"


def note_link() -> None:
    """Note the link as it is: when the page begins, and after each change of it."""
    st.session_state[_DRAWN_WITH] = read_link()


def rerun_page() -> NoReturn:
    """Run the whole page, from a fragment that runs by the clock, with the link that was noted last."""
    noted = st.session_state.get(_DRAWN_WITH)
    if noted is not None and noted != read_link():
        st.query_params.from_dict(noted)
    st.rerun()


def read_link() -> dict[str, list[str]]:
    """The link as it is, all values of each name."""
    return {name: st.query_params.get_all(name) for name in st.query_params}
