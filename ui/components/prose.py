"""The prose component: paragraphs of running text in which some words open a thing of the app."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import streamlit as st

from analytics.search import PageLink
from ui.components.browser_side import declare_component
from ui.shell.pages import page_path

_component = declare_component("prose")


@dataclass(frozen=True)
class LinkedText:
    """Some words of a paragraph; those that open a thing say in `title` what it is. Texts are data: the
    component sets them as text, never as markup."""

    text: str
    opens: PageLink | None = None
    title: str = ""


@dataclass(frozen=True)
class Paragraph:
    """`mark` stands before the words, `note` in small letters below them."""

    pieces: Sequence[LinkedText]
    mark: str = ""
    note: str = ""


def show_prose(paragraphs: Sequence[Paragraph], *, key: str, label: str) -> None:
    """Draw the paragraphs; a click on a link opens its page in this session. `label` names them for who
    cannot see them."""
    links = {_address(piece.opens): piece.opens for one in paragraphs for piece in one.pieces if piece.opens}
    wanted = f"{key}-opens"

    def opened() -> None:
        answer = st.session_state[key].opened
        if isinstance(answer, str) and answer in links:
            st.session_state[wanted] = links[answer]

    _component(
        key=key,
        data={
            "label": label,
            "paragraphs": [
                {
                    "mark": one.mark,
                    "note": one.note,
                    "pieces": [
                        {
                            "text": piece.text,
                            "address": _address(piece.opens) if piece.opens else None,
                            "title": piece.title,
                        }
                        for piece in one.pieces
                    ],
                }
                for one in paragraphs
            ],
        },
        on_opened_change=opened,
    )
    # A callback cannot change the page: the run after it does.
    if (link := st.session_state.pop(wanted, None)) is not None:
        st.switch_page(page_path(link.page), query_params=link.query)


def _address(link: PageLink) -> str:
    return f"{link.page}?{urlencode(link.query, doseq=True)}"
