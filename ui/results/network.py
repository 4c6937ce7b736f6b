"""A network before and after: volume, what is new, gone or replaced, and its structure."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.oversight.exercise import mark_of_sources
from analytics.oversight.masking import mask
from analytics.shared.wording import counted, write_period
from analytics.tasking.networks import NetworkChange, NetworkRecord
from ui.components.exporting import offer_csv
from ui.components.left_out import show_left_out
from ui.components.reveal import reveal
from ui.components.text import DAY_FORMAT
from ui.results.effect import say_verdict, show_against_control
from ui.shell.page import Page

_TRAITS = {
    "contact": "Numbers, e-mails, handles",
    "wording": "Wordings (templates)",
    "place": "Towns",
    "site": "Sites",
    "account": "Accounts",
    "counterparty": "Counterparties",
    "channel": "Channels",
    "country": "Countries",
}
_MEASURES = {
    "nodes": "Nodes",
    "ties": "Ties",
    "pieces": "Separate parts",
    "largest piece": "Share in the largest part",
    "share of the chief broker": "Share of the chief broker",
}


def show_network(page: Page, action_id: int, network: NetworkRecord, change: NetworkChange) -> None:
    noun = {"adverts": "the network's adverts", "payments": "the network's payments"}[network.kind]
    st.markdown("**The network: what changed in it, and how it adapted**")
    say_verdict(change.verdict, f"in {noun}", change.why)
    if change.verdict == "too early":
        return
    show_against_control(
        change.weekly,
        change.after[0],
        key="network",
        subject="The network",
        similar="Similar networks, mean",
        measured=f"{network.kind.capitalize()} a week",
    )
    _turnover(change)
    _structure(change)
    shown = reveal(page, f"network of action {action_id}", key=f"network-{action_id}")
    _values(page, action_id, network, change, shown)
    show_left_out(len(network.protected), "network", "account" if network.kind == "payments" else "contact")
    left_out = (
        f" Not followed, because many others use them: {counted(network.left_out, 'account')} of the "
        f"evidence."
        if network.left_out
        else ""
    )
    (first, last), (begin, end) = change.before, change.after
    st.caption(
        f"Before: {write_period(first, last)}; after: {write_period(begin, end)}. New: never seen before the "
        "action. Gone: in use just before, not seen since. Usual: the same count between the two periods "
        "before. Replaced: a new one took up at least half of its ties. Other explanations: a site closed, "
        f"an account's records end, collection stopped.{left_out}"
    )


def _turnover(change: NetworkChange) -> None:
    table = change.turnover.assign(trait=change.turnover.trait.map(_TRAITS))
    names = {
        "trait": "What it uses",
        "before": "Before",
        "after": "After",
        "new": "New",
        "usual_new": "usually",
        "gone": "Gone",
        "usual_gone": "usually ",
    }
    st.dataframe(
        table,
        hide_index=True,
        placeholder="",
        column_config=names,
        alt="What the network uses that is new or gone, against its usual turnover",
    )


def _structure(change: NetworkChange) -> None:
    with st.container(horizontal=True):
        for row in change.structure.itertuples():
            share = row.measure in ("largest piece", "share of the chief broker")
            st.metric(
                _MEASURES[row.measure],
                _written(row.after, share),
                f"{_written(row.before, share)} before",
                delta_color="off",
                delta_arrow="off",
                width=190,
            )


def _written(value: float, share: bool) -> str:
    return "–" if pd.isna(value) else f"{value:.0%}" if share else f"{value:.0f}"


def _values(page: Page, action_id: int, network: NetworkRecord, change: NetworkChange, shown: bool) -> None:
    table = change.values[change.values.trait != "wording"]
    for column in ("value", "replaced_by"):
        masked = [
            value if shown or not network.kinds[trait] else mask(value, network.kinds[trait])
            for trait, value in zip(table.trait, table[column], strict=True)
        ]
        table = table.assign(**{column: masked})
    table = table.assign(trait=table.trait.map(_TRAITS))
    if table.replaced_by.isna().all():
        table = table.drop(columns="replaced_by")
    else:
        table["replaced_by"] = table.replaced_by.fillna("")
    with st.expander(f"What is new, gone and still used, one by one ({len(table)})"):
        st.dataframe(
            table,
            hide_index=True,
            placeholder="",
            alt="Every number, town, site or account with what became of it",
            column_config={
                "trait": "What",
                "value": "Which",
                "status": "Became",
                "first": st.column_config.DateColumn("First seen", format=DAY_FORMAT),
                "last": st.column_config.DateColumn("Last seen", format=DAY_FORMAT),
                "times": "Times",
                "replaced_by": "Replaced by",
            },
        )
        offer_csv(
            page,
            "Changes (CSV)",
            table,
            "network-change",
            "export network change",
            f"action {action_id}",
            {"personal data": shown},
            mark=mark_of_sources(page.store, table="advert" if network.kind == "adverts" else "transaction"),
        )
