"""The mentions that may be of the chosen entity: pairs to judge, and who judged before."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.network.entities.judgement import read_all_judgements
from analytics.network.links.entity_page import EntityView
from analytics.oversight.masking import mask
from analytics.shared.likelihood import describe_probability
from analytics.shared.wording import counted
from ui.components.choosing import choose_row, fit_rows
from ui.network.labels import write_mention
from ui.network.pairs import offer_judgements, offer_take_back, show_pair, write_judgement
from ui.network.screen import NetworkScreen, is_node_revealed


def show_may_be_one(screen: NetworkScreen, node: str) -> None:
    view = screen.entity(node)
    revealed = is_node_revealed(node)
    if view.mentions.empty:
        st.text("It is no person: nothing is judged to be one with it.")
        return
    offer_take_back(screen)
    _show_pairs(screen, view, revealed=revealed)
    _show_judgements(screen, view)


def _show_pairs(screen: NetworkScreen, view: EntityView, *, revealed: bool) -> None:
    pairs = view.unsure
    if pairs.empty:
        st.text("No other mention is like it.")
        return
    st.markdown(f"**{counted(len(pairs), 'pair')} to judge**, the likeliest first")
    own = pairs.entity == view.node
    names = pairs.other_name.where(own, pairs.name)
    others = pairs.other.where(own, pairs.mention)
    identities = list(zip(pairs.mention, pairs.other, strict=True))
    chosen = choose_row(
        pd.DataFrame(
            {
                "name": names if revealed else names.map(lambda name: mask(name, "name")),
                "named": others.map(write_mention),
                "likely": pairs.probability.map(describe_probability),
                "probability": pairs.probability,
                "bits": pairs.bits,
            }
        ),
        identities,
        key="entity_pairs",
        height=fit_rows(len(pairs), 220),
        alt="Mentions of other entities that are like it; choose one to compare",
        column_config={
            "name": "Mention",
            "named": "What its row says",
            "likely": "How likely",
            "probability": st.column_config.NumberColumn("Probability", format="percent"),
            "bits": st.column_config.NumberColumn("Bits", format="%+.1f"),
        },
    )
    if chosen is None:
        st.caption("Choose a pair to compare its fields and to judge it.")
        return
    pair = next(pairs.iloc[[identities.index(chosen)]].itertuples())
    show_pair(screen, pair, revealed=revealed)
    offer_judgements(screen, pair, key="entity", with_keys=False)


def _show_judgements(screen: NetworkScreen, view: EntityView) -> None:
    """Who judged pairs of its mentions before."""
    judged = read_all_judgements(screen.page.store)
    own = set(view.mentions.mention)
    judged = judged[judged.mention.isin(own) | judged.other.isin(own)]
    if judged.empty:
        st.caption("Nobody judged a pair of it yet.")
    for row in judged.iloc[::-1].itertuples():
        st.caption(write_judgement(row))
