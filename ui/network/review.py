"""The view of mentions that may be one: the most useful pair first, side by side, judged by a key."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.network.entities.judgement import count_judged, list_review_queue, read_all_judgements
from analytics.network.links.node_names import name_node
from analytics.oversight.masking import mask
from analytics.shared.likelihood import describe_probability
from analytics.shared.wording import counted
from ui.components.list import ListEntry, show_list
from ui.components.reveal import is_revealed, reveal
from ui.components.text import MOMENT_FORMAT
from ui.network.pairs import describe_joins, offer_judgements, offer_take_back, show_pair
from ui.network.screen import NetworkScreen
from ui.shell.layout import fill_pane, pad_pane, scroll_pane, window_pane

_CHOSEN = "network-pair"


@st.fragment
def show_review(screen: NetworkScreen) -> None:
    """Runs by itself: a judgement brings the next pair and draws nothing else again."""
    queue = list_review_queue(screen.page.store)
    judged, waiting = count_judged(screen.page.store)
    with window_pane("canvas"):
        with pad_pane("method"):
            st.markdown(
                f"**{judged:,} judged, {counted(waiting, 'pair waits', 'pairs wait')}**, the most useful "
                "first",
                help="Most useful is what is unsure and touches much. Entities follow at the next update of "
                "the network.",
            )
        with scroll_pane("canvas"):
            offer_take_back(screen)
            pair = _choose_pair(queue)
            if pair is None:
                st.text("No pair waits for a judgement.")
            else:
                _show_chosen(screen, pair)
            _show_judgements(screen)
    with window_pane("side"), fill_pane("cards"):
        _show_queue(queue, None if pair is None else (pair.mention, pair.other))


def _choose_pair(queue: pd.DataFrame):
    """The pair that was ticked while it waits, else the first."""
    if queue.empty:
        return None
    chosen = st.session_state.get(_CHOSEN)
    rows = list(queue.itertuples())
    return next((row for row in rows if (row.mention, row.other) == chosen), rows[0])


def _show_chosen(screen: NetworkScreen, pair) -> None:
    what = f"mentions {pair.mention} and {pair.other}"
    revealed = reveal(screen.page, what, key="pair")
    show_pair(screen, pair, revealed=revealed)
    st.caption(
        f"{describe_joins(pair)} The keys s, d and u judge, j and k go on and back. Nothing is merged, and "
        "each judgement can be taken back."
    )
    offer_judgements(
        screen, pair, key="review", with_keys=True, then=lambda: st.session_state.pop(_CHOSEN, None)
    )


def _show_queue(queue: pd.DataFrame, chosen: tuple[str, str] | None) -> None:
    """The pairs that wait, as cards: j and k go through them."""
    pairs = {name_pair(row.mention, row.other): (row.mention, row.other) for row in queue.itertuples()}
    show_list(
        [_make_entry(row) for row in queue.itertuples()],
        key="review_queue",
        label="Pairs that wait for a judgement, the most useful first",
        chosen=None if chosen is None else name_pair(*chosen),
        on_choose=lambda name: st.session_state.update({_CHOSEN: pairs[name]}),
    )


def name_pair(mention: str, other: str) -> str:
    """What the browser knows a pair by."""
    return f"{name_node(mention)} {name_node(other)}"


def _make_entry(row) -> ListEntry:
    shown = is_revealed(f"mentions {row.mention} and {row.other}")
    return ListEntry(
        name_pair(row.mention, row.other),
        f"{_name(row.name, shown)} and {_name(row.other_name, shown)}",
        f"One person: {describe_probability(row.probability)}",
        figure=f"{row.joins:,}",
        beside="mention" if row.joins == 1 else "mentions",
    )


def _name(name: str, revealed: bool) -> str:
    return name if revealed else str(mask(name, "name"))


def _show_judgements(screen: NetworkScreen) -> None:
    """Who judged before."""
    judgements = read_all_judgements(screen.page.store)
    if judgements.empty:
        return
    with st.expander(f"{counted(len(judgements), 'judgement')} before", icon=":material/history:"):
        st.dataframe(
            judgements.iloc[::-1][["judged_at", "judged_by", "judgement", "reason", "mention", "other"]],
            hide_index=True,
            height=220,
            alt="Judgements, the newest first",
            column_config={
                "judged_at": st.column_config.DatetimeColumn("When (UTC)", format=MOMENT_FORMAT),
                "judged_by": "Who",
                "judgement": "Judged",
                "reason": "Why",
                "mention": "One",
                "other": "Other",
            },
        )
