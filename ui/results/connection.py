"""The structure of a tasked network before and after: whether it hangs together, who left, who stepped in."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.network.operation.stored_network import StoredNetwork
from analytics.network.structure.before_after import (
    CAME,
    EARLY,
    FELL_BACK,
    LEFT,
    LESS,
    MORE,
    SAME,
    STEPPED_IN,
    UNJUDGED,
    StructureChange,
)
from analytics.oversight.exercise import mark_of_sources
from analytics.shared.wording import counted, write_period
from analytics.tasking.networks import TaskedStructure
from ui.components.exporting import offer_csv
from ui.components.left_out import show_left_out
from ui.components.reveal import reveal
from ui.components.text import plain
from ui.network.labels import label_nodes
from ui.shell.page import Page

_SIGNS = {
    LESS: (st.success, ":material/lan:"),
    MORE: (st.error, ":material/hub:"),
    SAME: (st.info, ":material/trending_flat:"),
    EARLY: (st.info, ":material/hourglass_top:"),
    UNJUDGED: (st.warning, ":material/balance:"),
}
_MEASURES = {  # by measure, how it is called and written
    "nodes": ("Nodes", "{:.0f}"),
    "ties": ("Ties", "{:.0f}"),
    "fragments": ("Fragments", "{:.0f}"),
    "largest fragment": ("In the largest fragment", "{:.0%}"),
    "efficiency": ("Efficiency", "{:.2f}"),
    "paths on one node": ("Paths on one node", "{:.0%}"),
}
_MOVED = (LEFT, STEPPED_IN, CAME, FELL_BACK)


def show_connection(page: Page, action_id: int, measured: TaskedStructure) -> None:
    change = measured.change
    st.markdown(f"**The structure of the network of finding {measured.finding_id}**")
    say, icon = _SIGNS[change.verdict]
    say(f"**{change.verdict.capitalize()}.** {plain(change.why)}", icon=icon)
    if change.verdict == EARLY:
        return
    _show_measures(change)
    revealed = reveal(page, f"structure of action {action_id}", key=f"connection-{action_id}")
    table = _label(measured.network, change, revealed)
    _say_who(table)
    with st.expander(f"What became of each node ({len(table)})"):
        _show_nodes(table)
        offer_csv(
            page,
            "Structure (CSV)",
            table,
            "network-structure-change",
            "export network change",
            f"action {action_id}",
            {"personal data": revealed},
            mark=mark_of_sources(page.store, sources=measured.network.links.source_id.unique()),
        )
    show_left_out(measured.left_out, "structure", "node")
    (first, last), (begin, end) = change.before, change.after
    st.caption(
        f"Calls and payments between its members. Before: {write_period(first, last)}; after: "
        f"{write_period(begin, end)}. Usual: the mean of earlier windows as long. Left: five contacts or "
        "more before, none since. Stepped in: on a tenth of all paths more than ever before. Other "
        "explanations: new telephones that nobody knows yet, records that end, contacts by other means."
    )


def _show_measures(change: StructureChange) -> None:
    rows = change.measures.set_index("measure")
    with st.container(horizontal=True):
        for name, (label, form) in _MEASURES.items():
            row = rows.loc[name]
            usual = "" if pd.isna(row.usual) else f", {form.format(row.usual)} usual"
            before = "–" if pd.isna(row.before) else form.format(row.before)
            st.metric(
                label,
                "–" if pd.isna(row.after) else form.format(row.after),
                f"{before} before{usual}",
                delta_color="off",
                delta_arrow="off",
                width=190,
            )


def _label(network: StoredNetwork, change: StructureChange, revealed: bool) -> pd.DataFrame:
    nodes = pd.DataFrame({"node": change.nodes.node}).assign(
        name=change.nodes.node.map(network.names), address=None
    )
    labels = label_nodes(nodes, lambda _: revealed)
    return change.nodes.assign(node=change.nodes.node.map(labels))


def _say_who(table: pd.DataFrame) -> None:
    for status in _MOVED:
        own = table[table.became == status]
        if len(own):
            named = ", ".join(
                f"{plain(node)} ({said})" if said else plain(node)
                for node, said in zip(own.node, own.said, strict=True)
            )
            st.markdown(f"**{status.capitalize()}** · {counted(len(own), 'node')}: {named}")
    if not table.became.isin(_MOVED).any():
        st.text("Nobody left, came or stepped in, as far as their contacts say.")


def _show_nodes(table: pd.DataFrame) -> None:
    st.dataframe(
        table.assign(paths_before=100 * table.paths_before, paths_after=100 * table.paths_after),
        hide_index=True,
        placeholder="",
        alt="Every node seen before or after, with its contacts and its share of the paths",
        column_order=["node", "said", "became", "before", "after", "paths_before", "paths_after"],
        column_config={
            "node": "Node",
            "said": "In the finding",
            "became": "Became",
            "before": "Contacts before",
            "after": "Contacts after",
            "paths_before": st.column_config.NumberColumn("On paths before", format="%.0f %%"),
            "paths_after": st.column_config.NumberColumn("On paths after", format="%.0f %%"),
        },
    )
