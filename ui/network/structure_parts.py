"""What was measured of a network, part by part: picture, critical nodes, removal, change, measures."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from analytics.figures.link_chart import build_link_chart
from analytics.figures.removal_chart import removal_chart
from analytics.network.links.node_kinds import kind_of_node
from analytics.network.operation.words import describe_change, list_targets
from analytics.network.structure.critical_nodes import CRITICAL
from analytics.network.structure.disruption import WARNINGS
from analytics.shared.wording import counted
from ui.components.choosing import fit_rows, tick_row
from ui.components.link_chart import show_link_chart
from ui.components.text import DAY_FORMAT, plain
from ui.network.structure_choice import look_at
from ui.network.structure_work import MeasuredNetwork

_KINDS_HELP = (
    "Five kinds of node matter: the core's centre, many ties, many paths, who spans a gap, and the only one "
    "with its task. Critical is important and irreplaceable; whom others could replace is not."
)


def show_picture(measured: MeasuredNetwork, spot: str | None) -> None:
    """The chart: critical nodes and possible victims are ringed; the table beside it has the same nodes."""
    label = measured.labels()
    nodes = measured.found.nodes
    ringed = {CRITICAL: "critical", "protected": "protected"}
    table = pd.DataFrame(
        {
            "id": nodes.node,
            "label": [label(node) for node in nodes.node],
            "kind": [kind_of_node(node) for node in nodes.node],
            "status": nodes.status.map(ringed).fillna(""),
            "note": nodes.kinds.where(nodes.status != "protected", "possible victim: welfare first"),
        }
    )
    links = measured.network.links.rename(columns={"one": "node", "two": "other"})
    chart = build_link_chart(
        table,
        links,
        selected=spot or "",
        label=f"Network of {counted(len(table), 'node')}, critical nodes ringed",
        height=None,
    )
    show_link_chart(chart, key="structure_chart", on_pick=look_at)


def show_critical(measured: MeasuredNetwork, spot: str | None) -> None:
    """Who matters, why, and who would step in. Possible victims are not in the list."""
    label = measured.labels()
    targets = list_targets(measured.found)
    st.markdown("**Who matters, and who could replace them**", help=_KINDS_HELP)
    if targets.empty:
        st.text("No node matters more than the others: it goes round the loss of any one.")
    else:
        table = pd.DataFrame(
            {
                "node": [label(node) for node in targets.node],
                "status": targets.status.str.capitalize(),
                "kinds": targets.kinds.str.capitalize(),
                "importance": targets.importance * 100,
                "round": targets.redundancy,
                "substitute": [label(node) if node else "Nobody seen" for node in targets.substitute],
                "knows": targets.covered * 100,
            }
        )
        tick_row(
            table,
            targets.node,
            spot,
            look_at,
            key="critical_nodes",
            alt="Nodes that matter, the critical first",
            height=fit_rows(len(table), 420),
            column_config={
                "node": st.column_config.TextColumn("Node", width=120),
                "status": st.column_config.TextColumn("Status", width=175),
                "kinds": st.column_config.TextColumn("Why it matters", width=250),
                "importance": st.column_config.NumberColumn(
                    "Reach lost",
                    format="%.0f %%",
                    width=90,
                    help="Of what the others reach of one another.",
                ),
                "round": st.column_config.NumberColumn(
                    "Ways round",
                    format="%.1f",
                    width=90,
                    help="Separate paths without it between those whom it joins, on average. Below 2 nobody "
                    "can go round it for long.",
                ),
                "substitute": st.column_config.TextColumn("Likely substitute", width=130),
                "knows": st.column_config.NumberColumn(
                    "Who knows",
                    format="%.0f %%",
                    width=90,
                    help="Of its contacts, in contact with that node.",
                ),
            },
        )
    st.caption(
        "Measured on ties alone: a place in the structure, not a measure of guilt. Leadership shows only as "
        "far as those who lead are in contact."
    )
    _show_victims(measured)


def _show_victims(measured: MeasuredNetwork) -> None:
    label = measured.labels()
    carried = measured.network.carried
    if measured.protected:
        names = ", ".join(sorted(label(node) for node in measured.protected))
        st.markdown(f"**Possible victims, never targets:** {plain(names)}")
    if len(carried):
        st.markdown(
            f"**{counted(carried.node.nunique(), 'person', 'persons')} had journeys paid for by members**",
            help="They are no members for it. Find out whether they are well, and refer them first.",
        )
        st.dataframe(
            pd.DataFrame(
                {
                    "who": [label(node) for node in carried.node],
                    "paid": [label(node) for node in carried.paid_by],
                    "journeys": carried.journeys,
                }
            ),
            hide_index=True,
            height=fit_rows(len(carried), 250),
            column_config={"who": "Person", "paid": "Paid for by", "journeys": "Journeys"},
        )


def show_removal(measured: MeasuredNetwork, dark: bool) -> None:
    """What taking out up to ten nodes would do, as a range, with what to expect."""
    rows = measured.found.disruption
    if rows.empty:
        st.text("It is too small for nodes to be taken out of it: at most a third is.")
        return
    label = measured.labels()
    st.markdown(
        "**How far apart it falls without its most important nodes**",
        help="0: all in contact with all; 1: nobody reaches anybody. The band runs over three recoveries: "
        "none, the likely substitute takes over, the orphaned tie up. Grey: as many nodes at random.",
    )
    st.plotly_chart(removal_chart(rows, dark=dark), key="removal", config={"displayModeBar": False})
    st.dataframe(
        pd.DataFrame(
            {
                "removed": rows.removed,
                "nodes": [", ".join(label(node) for node in nodes) for nodes in rows.nodes],
                "none": rows.none,
                "substitute": rows.substitute,
                "new": rows.new_ties,
                "random": rows.random,
            }
        ),
        hide_index=True,
        height=fit_rows(len(rows), 390),
        column_config={
            "removed": st.column_config.NumberColumn("Nodes", width=60),
            "nodes": st.column_config.TextColumn("The set that splits it most", width="large"),
            "none": st.column_config.NumberColumn("No recovery", format="%.2f", width=95),
            "substitute": st.column_config.NumberColumn("Substitutes", format="%.2f", width=95),
            "new": st.column_config.NumberColumn("New ties", format="%.2f", width=80),
            "random": st.column_config.NumberColumn("At random", format="%.2f", width=85),
        },
    )
    st.markdown("**Before anybody acts on this**")
    st.markdown("\n".join(f"- {warning}" for warning in WARNINGS))


def show_change(measured: MeasuredNetwork) -> None:
    """Who came, left and stepped in, by periods of equal length."""
    phases = measured.found.phases
    if phases is None:
        st.text("Its contacts have no dates: nothing can be said of change.")
        return
    label = measured.labels()
    for line in describe_change(measured.found, label):
        st.markdown(f"- {plain(line)}")
    st.dataframe(
        pd.DataFrame(
            {
                "phase": pd.to_datetime(phases.phases.phase).dt.date,
                "nodes": phases.phases.nodes,
                "ties": phases.phases.ties,
                "came": phases.phases.came.map(len),
                "left": phases.phases.left.map(len),
                "broker": [label(node) for node in phases.phases.top_broker],
                "share": phases.phases.betweenness * 100,
            }
        ),
        hide_index=True,
        column_config={
            "phase": st.column_config.DateColumn("From", format=DAY_FORMAT),
            "nodes": "Nodes",
            "ties": "Ties",
            "came": "Came",
            "left": "Left",
            "broker": "On most paths",
            "share": st.column_config.NumberColumn("Of all paths", format="%.0f %%"),
        },
    )
    st.caption("Who is not seen in a period may only not have been recorded.")


def show_measures(measured: MeasuredNetwork) -> None:
    """Every node's measures, with 90 % intervals where ties are unsure; and the signs of the type."""
    label = measured.labels()
    found = measured.found
    unsure = found.uncertain is not None
    table = found.nodes.merge(found.uncertain, on="node", suffixes=("", "_mean")) if unsure else found.nodes
    shown = pd.DataFrame(
        {
            "node": [label(node) for node in table.node],
            "degree": table.degree,
            "betweenness": table.betweenness * 100,
            "constraint": table.constraint,
            "core": table.core,
            "community": table.community,
        }
    )
    config: dict[str, Any] = {
        "node": st.column_config.TextColumn("Node", width=160),
        "degree": "Ties",
        "betweenness": st.column_config.NumberColumn("On paths", format="%.1f %%"),
        "constraint": st.column_config.NumberColumn(
            "Constraint", format="%.2f", help="Burt's: low where a node joins groups that have no other tie."
        ),
        "core": "Core",
        "community": "Group",
    }
    if unsure:
        shown["interval"] = [
            f"{row.betweenness_low:.1%} to {row.betweenness_high:.1%}" for row in table.itertuples()
        ]
        shown["ties"] = [f"{row.degree_low:.0f} to {row.degree_high:.0f}" for row in table.itertuples()]
        config |= {"interval": "On paths, 90 %", "ties": "Ties, 90 %"}
    st.dataframe(shown, hide_index=True, column_config=config, height=330)
    if not unsure:
        st.caption("Every tie is certain: the measures have no interval of their own.")
    st.markdown(
        "**The signs of its type**", help="The interval is over networks without 10 to 40 % of the ties."
    )
    signs = found.type.signs.dropna(subset=["value"])
    st.dataframe(
        signs.assign(interval=[f"{row.low:.2f} to {row.high:.2f}" for row in signs.itertuples()])[
            ["meaning", "value", "interval"]
        ],
        hide_index=True,
        height=300,
        column_config={
            "meaning": st.column_config.TextColumn("Sign", width="large"),
            "value": st.column_config.NumberColumn("Value", format="%.2f"),
            "interval": "90 %",
        },
    )
