"""Why a node is linked: who names it, the bits of each match, and the rows behind its links."""

from __future__ import annotations

import json
from functools import partial

import pandas as pd
import streamlit as st

from analytics.network.entities.pair import FIELD_LABELS
from analytics.network.links.entity_page import EntityView
from analytics.network.links.touching_rows import read_touching
from analytics.oversight.masking import mask
from analytics.shared.wording import counted
from ui.components.evidence import TABLES, evidence_drawer
from ui.components.text import plain
from ui.network.chart import DrawnLinks, find_chosen_tie
from ui.network.choice import ChartChoice, pick_tie
from ui.network.screen import NetworkScreen, is_node_revealed, read_source_names, reveal_name


def show_evidence(screen: NetworkScreen, choice: ChartChoice, drawn: DrawnLinks) -> None:
    node = choice.node
    revealed = is_node_revealed(node)
    view = screen.entity(node)
    if len(view.mentions):
        _show_mentions(screen, view, revealed=revealed)
        _show_matches(view)
    other = _find_other_end(choice, drawn)
    if other is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**Rows of its links with {plain(drawn.labels.get(other, 'another'))}**")
            st.button("All its rows", key="all_rows", type="tertiary", on_click=pick_tie, args=(choice, None))
    rows = screen.touching(node, other)
    for table, own in rows.groupby("table_name", sort=False):
        st.markdown(f"**{TABLES[str(table)]}** · {counted(len(own), 'row')}")
        evidence_drawer(
            screen.page,
            reveal_name(node),
            partial(_read_page, screen, str(table), own),
            len(own),
            key=f"entity-{table}",
            table=str(table),
            revealed=revealed,
        )


def _read_page(
    screen: NetworkScreen, table: str, rows: pd.DataFrame, limit: int, offset: int
) -> pd.DataFrame:
    return read_touching(screen.page.store, table, rows.iloc[offset : offset + limit])


def _find_other_end(choice: ChartChoice, drawn: DrawnLinks) -> str | None:
    """The other end of the chosen tie, where the chosen node is one end of it."""
    tie = find_chosen_tie(choice, drawn.links)
    own = drawn.links[drawn.links.tie == tie]
    if own.empty or choice.node not in (own.node.iloc[0], own.other.iloc[0]):
        return None
    return str(own.other.iloc[0] if own.node.iloc[0] == choice.node else own.node.iloc[0])


def _show_mentions(screen: NetworkScreen, view: EntityView, *, revealed: bool) -> None:
    mentions, sources = view.mentions, read_source_names(screen)
    st.markdown(f"**{counted(len(mentions), 'mention')}**")
    st.dataframe(
        pd.DataFrame(
            {
                "name": mentions.name if revealed else mentions.name.map(lambda name: mask(name, "name")),
                "says": [_write_facts(facts, revealed) for facts in mentions.facts],
                "where": [
                    f"{table}, {column}"
                    for table, column in zip(mentions.table_name, mentions.column_name, strict=True)
                ],
                "source": mentions.source_id.map(lambda number: sources.get(number, str(number))),
                "rows": mentions.rows,
                "belongs": mentions.probability,
            }
        ),
        hide_index=True,
        height="content" if len(mentions) < 8 else 260,
        alt="Mentions, each with its source",
        column_config={
            "name": "Name",
            "says": st.column_config.TextColumn("Says besides", width="medium"),
            "where": "Named in",
            "source": st.column_config.TextColumn(
                "Source and handling",
                help="Imported rows have no grade of their own; their source has a code.",
            ),
            "rows": "Rows",
            "belongs": st.column_config.NumberColumn("Belongs", format="percent"),
        },
    )


_MASKS = {"telephone": "phone", "email": "email", "born": "date", "address": "address", "place": ""}


def _write_facts(text: str, revealed: bool) -> str:
    facts = json.loads(text)
    return " · ".join(
        f"{FIELD_LABELS[field]}: {value if revealed or field == 'place' else mask(value, _mask_of(field))}"
        for field, value in facts.items()
        if field in FIELD_LABELS
    )


def _mask_of(field: str) -> str:
    return _MASKS.get(field, "account")


def _show_matches(view: EntityView) -> None:
    """The bits of each field by which its mentions are taken as one."""
    if view.matches.empty:
        return
    st.markdown(f"**Why they are one: {counted(len(view.matches), 'match', 'matches')}**")
    bits = pd.DataFrame([json.loads(why) for why in view.matches.why])
    bits = bits.drop(columns=[name for name in bits if name not in FIELD_LABELS])
    weakest = None if view.weakest is None else (view.weakest.mention, view.weakest.other)
    holds = [pair == weakest for pair in zip(view.matches.mention, view.matches.other, strict=True)]
    st.dataframe(
        bits.rename(columns=FIELD_LABELS).assign(
            Together=view.matches.bits.to_numpy(),
            Probability=view.matches.probability.to_numpy(),
            Weakest=holds,
        ),
        hide_index=True,
        height="content" if len(bits) < 8 else 260,
        alt="Bits of each field by which two of its mentions are taken as one",
        column_config={
            **{
                label: st.column_config.NumberColumn(label, format="%+.1f") for label in FIELD_LABELS.values()
            },
            "Together": st.column_config.NumberColumn(format="%+.1f"),
            "Probability": st.column_config.NumberColumn(format="percent"),
            "Weakest": st.column_config.CheckboxColumn(
                "Weakest", help="The match without which the entity would fall in two."
            ),
        },
    )
