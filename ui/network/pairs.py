"""Two mentions that may be one, side by side, and the judgement of whoever compares them."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from analytics.network.entities.grouping import DIFFERENT, OPEN, SAME, UNSURE
from analytics.network.entities.judgement import judge_pair
from analytics.network.entities.pair import FIELD_LABELS, read_pair
from analytics.oversight import may
from analytics.oversight.masking import mask
from analytics.shared.likelihood import describe_probability
from analytics.shared.wording import counted, write_moment
from ui.components.audit import log_once
from ui.components.text import plain
from ui.network.screen import NetworkScreen
from ui.shell.undo import offer_undo

_MASKS = {
    "name": "name",
    "telephone": "phone",
    "email": "email",
    "document": "account",
    "born": "date",
    "plate": "account",
    "account": "account",
    "address": "address",
}
_USUAL_REASON = "Compared side by side"
_UNDO = "network-judged"
_CHOICES = (  # judgement, label, icon, key
    (SAME, "Same", ":material/join:", "S"),
    (DIFFERENT, "Different", ":material/call_split:", "D"),
    (UNSURE, "Unsure", ":material/help:", "U"),
)


def show_pair(screen: NetworkScreen, pair, *, revealed: bool) -> None:
    """The fields of a pair (a row of the review queue, or of an entity's pairs) with the bits of each."""
    found = read_pair(screen.page.store, pair.mention, pair.other, pair.why)
    log_once(screen.page, "view rows", f"mentions {pair.mention} and {pair.other}", {"revealed": revealed})
    st.markdown(
        f"**{describe_probability(pair.probability).capitalize()}** that the two are one "
        f"({pair.probability:.0%}), by {pair.bits:.1f} bits.",
        help="A bit doubles the odds that the two are one. What agrees rarely by chance counts most.",
    )
    fields = found.fields
    st.dataframe(
        fields.assign(
            field=fields.field.map(FIELD_LABELS),
            one=[_show(row.field, row.one, revealed) for row in fields.itertuples()],
            other=[_show(row.field, row.other, revealed) for row in fields.itertuples()],
            says=[_say(row) for row in fields.itertuples()],
        )[["field", "one", "other", "says", "bits"]],
        hide_index=True,
        height="content",
        alt="Fields of the two mentions side by side, with the bits of each",
        column_config={
            "field": st.column_config.TextColumn("Field", width=90),
            "one": st.column_config.TextColumn("One", width=200),
            "other": st.column_config.TextColumn("Other", width=200),
            "says": st.column_config.TextColumn("Says", width=130),
            "bits": st.column_config.NumberColumn("Bits", format="%+.1f", width=70),
        },
    )
    st.caption(
        f"Before any field is compared: {pair.bits - fields.bits.sum():+.1f} bits, since most pairs are two "
        "people, and a name alone joins nothing."
    )
    for name, origin in zip(("One", "Other"), found.origins, strict=True):
        st.caption(f"{name}: {plain(origin)}")


def offer_judgements(
    screen: NetworkScreen, pair, *, key: str, with_keys: bool, then: Callable[[], None] = lambda: None
) -> None:
    """The buttons that judge a pair, and the one that takes the last judgement back."""
    permission = may(screen.page.actor, "network: judge")
    st.text_input(
        "Why",
        value=_USUAL_REASON,
        key=f"network-reason-{key}",
        help="Stands with the judgement, under your name.",
        disabled=not permission,
    )

    def judge(judgement: str) -> None:
        reason = str(st.session_state.get(f"network-reason-{key}", "")).strip() or _USUAL_REASON
        judge_pair(screen.page.store, screen.page.actor, pair.mention, pair.other, judgement, reason)
        st.session_state[_UNDO] = (pair.mention, pair.other, judgement)
        then()

    with st.container(horizontal=True, gap="xsmall"):
        for judgement, label, icon, letter in _CHOICES:
            st.button(
                label,
                icon=icon,
                key=f"judge-{judgement}-{key}",
                shortcut=letter if with_keys else None,
                disabled=not permission,
                on_click=judge,
                args=(judgement,),
            )
    if not permission:
        st.caption(plain(permission.why))


def offer_take_back(screen: NetworkScreen) -> None:
    """Take the last judgement of this session back: another record opens the pair again."""
    if last := st.session_state.get(_UNDO):
        offer_undo(f"take '{last[2]}' back", "network-undo", _take_back, screen, last[0], last[1])


def _take_back(screen: NetworkScreen, mention: str, other: str) -> None:
    judge_pair(screen.page.store, screen.page.actor, mention, other, OPEN, "Taken back at once")
    st.session_state.pop(_UNDO, None)


def describe_joins(pair) -> str:
    """What a judgement of 'same' would join."""
    return f"A judgement touches {counted(int(pair.joins), 'mention')}."


def write_judgement(row) -> str:
    """Who judged what, when and why."""
    return f"{plain(row.judged_by)}, {write_moment(row.judged_at)} UTC: {row.judgement}. {plain(row.reason)}"


def _show(field: str, value: str, revealed: bool) -> str:
    if not value or revealed or field not in _MASKS:
        return value
    return str(mask(value, _MASKS[field]))


def _say(row) -> str:
    if not row.one or not row.other:
        return "one is unknown"
    if row.bits is None or row.bits != row.bits:
        return "does not count"
    return "for one person" if row.bits > 0 else "against"
