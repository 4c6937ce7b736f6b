"""The list component: cards of which one is chosen, marked on the page's map at once.

For every pane that lists things to choose from: Today, Hotspots, Adverts, Money. A `ListEntry` says what a
card shows; `show_list` draws the cards with the chosen one marked and calls back when another is chosen
(arrows, j and k, Home, End, a click) or opened (Enter, a double click). Rows of evidence and wide tables stay
`st.dataframe`.

    show_list(entries, key="places", label="Hotspots", chosen=page_choice, on_choose=put_into_link)

A map whose picture has `choices` of the same channel (`analytics.figures.map_picture.Choices`) marks what is
chosen here, and what is clicked there is marked and called back here. Keep the map in a fragment of its own,
so that a choice does not send it again. Keys from elsewhere on the page arrive by the event `key` of
`window.__ach` (frontend/src/bus.ts). The browser side is `frontend/src/list.ts`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import streamlit as st

from ui.components.browser_side import declare_component

_component = declare_component("list")


@dataclass(frozen=True)
class ListMark:
    """A few words in a frame: `strong` ones stand out, `for` and `against` say which way they count."""

    text: str
    tone: Literal["", "strong", "for", "against"] = ""


@dataclass(frozen=True)
class ListEntry:
    """A card. `name` is what it is, `about` where and since when, `more` a third line; `figure` stands on the
    right with a few words `beside` it, and below them the `line` of recent counts over what was `expected`
    (one value for all of it, one for each, or none). `number` is its rank on the map. Texts are data: the
    component sets them as text, never as markup."""

    id: str
    name: str
    about: str = ""
    more: str = ""
    marks: Sequence[ListMark] = ()
    figure: str = ""
    beside: str = ""
    line: Sequence[float] = ()
    expected: Sequence[float] = ()
    number: int | None = None


def show_list(
    entries: Sequence[ListEntry],
    *,
    key: str,
    label: str,
    chosen: str | None,
    on_choose: Callable[[str], None],
    on_open: Callable[[str], None] | None = None,
    channel: str | None = None,
    height: int | None = None,
) -> None:
    """Draw the cards, the one with the id `chosen` marked. `label` names the list for who cannot see it;
    `height` is in pixels, None fills the pane (a `fill_` container); `channel` is `key` where not given. The
    callbacks take an id of `entries` and run before the page. Send some hundreds of cards at most."""
    known = {entry.id for entry in entries}

    def chose() -> None:
        if (found := _text(st.session_state[key].chosen)) in known:
            on_choose(found)

    def opened() -> None:
        if on_open is not None and (found := _text(st.session_state[key].opened)) in known:
            on_open(found)

    _component(
        key=key,
        data={
            "entries": [asdict(entry) for entry in entries],
            "label": label,
            "channel": channel or key,
            "chosen": chosen if chosen in known else None,
            "height": height,
        },
        height="stretch" if height is None else "content",
        on_chosen_change=chose,
        on_opened_change=opened,
    )


def _text(answer: object) -> str:
    """What the browser sent, where it is what it should be."""
    return answer if isinstance(answer, str) else ""
