"""What an operation's adverts carry, and the links that join them: which identifier, how common, cut or
confirm."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.adverts.campaign_outliers import WORDING
from analytics.adverts.identifiers import kind_of
from analytics.adverts.link_decisions import Decision, decide, list_decisions
from analytics.adverts.masking import mask_identifier
from analytics.adverts.pipeline import AdvertsChanged, rejoin
from analytics.adverts.queries import read_identifiers
from analytics.adverts.strength import LINK_SCALE, describe_weight
from analytics.search.find import open_record
from analytics.shared.wording import counted
from ui.adverts.screen import AdvertsScreen, Operation
from ui.adverts.text import visible
from ui.components.act_buttons import submit_act
from ui.components.audit import log_once
from ui.components.choosing import choose_row, fit_rows
from ui.components.entity_link import link_identifier
from ui.components.opening import open_link
from ui.components.text import plain
from ui.shell.page import Page

_STANDING = {"stands": "stands", "confirmed": "confirmed", "cut": "cut", "suppressed": "joins nobody"}
_MAXIMUM_ROWS = 500
_CHOICES: dict[str, tuple[Decision, Decision]] = {  # by the standing of a link already decided on
    "cut": ("withdraw", "confirm"),
    "confirmed": ("withdraw", "cut"),
}


def show_identifiers(screen: AdvertsScreen, operation: Operation, *, revealed: bool) -> None:
    read = read_identifiers(screen.page.store, operation.adverts)
    log_once(
        screen.page, "view identifiers", operation.subject.name, {"rows": len(read), "revealed": revealed}
    )
    _show_links(screen, operation, revealed)
    _show_values(screen.page, read, revealed)


def _show_values(page: Page, read: pd.DataFrame, revealed: bool) -> None:
    st.markdown("**Identifiers in its adverts**")
    if read.empty:
        st.text("No identifiers were found in these adverts.")
        return
    once = read.drop_duplicates(
        ["source_id", "row_number", "kind", "value"]
    )  # title and text often say it twice
    table = (
        once.groupby(["kind", "value"])
        .agg(
            adverts=("row_number", "size"),
            everywhere=("everywhere", "first"),
            confidence=("confidence", "max"),
        )
        .reset_index()
        .sort_values(["kind", "adverts"], ascending=[True, False])
    )
    identities = list(zip(table.kind, table.value, strict=True))[:_MAXIMUM_ROWS]
    table["value"] = [
        _shown(kind, value, revealed) for kind, value in zip(table.kind, table.value, strict=True)
    ]
    table["kind"] = [kind_of(kind).label for kind in table.kind]
    chosen = choose_row(
        table.head(_MAXIMUM_ROWS),
        identities,
        key="identifiers",
        height=320,
        alt="Identifiers in the operation's adverts",
        column_config={
            "kind": "Kind",
            "value": st.column_config.TextColumn("Value", width="medium"),
            "adverts": "Here",
            "everywhere": "In all adverts",
            "confidence": st.column_config.NumberColumn("Confidence", format="percent"),
        },
    )
    if chosen is not None:
        open_link(link_identifier(page, *chosen), "What it is linked with", key="identifier")


def _show_links(screen: AdvertsScreen, operation: Operation, revealed: bool) -> None:
    st.markdown("**Links between its parts**")
    links = operation.links.head(_MAXIMUM_ROWS).reset_index(drop=True)
    if links.empty:
        st.text("No links: these adverts are grouped by their wording alone.")
        return
    table = pd.DataFrame(
        {
            "standing": links.standing.where(links.identifier_kind != WORDING, "set apart").replace(
                _STANDING
            ),
            "kind": [kind_of(kind).label for kind in links.identifier_kind],
            "value": [
                _shown(k, v, revealed)
                for k, v in zip(links.identifier_kind, links.identifier_value, strict=True)
            ],
            "adverts": links.adverts,
            "carriers": links.carriers,
            "by_chance": links.by_chance,
            "strength": [describe_weight(weight) for weight in links.weight],
            "why": links.why,
            "one": links.left_source.astype(str) + "-" + links.left_row.astype(str),
            "other": [
                f"{s:.0f}-{r:.0f}" if s == s and r == r else "everyone"
                for s, r in zip(links.right_source, links.right_row, strict=True)
            ],
        }
    )
    table["why"] = table.why.map(lambda text: visible(text, one_line=True))
    decisions = list_decisions(screen.page.store)
    listed = list(zip(links.identifier_kind, links.identifier_value, table.one, table.other, strict=True))
    chosen = choose_row(
        table,
        listed,
        height=fit_rows(len(table), 240),
        key="links",
        alt="Links",
        column_config={
            "standing": "Standing",
            "kind": "By",
            "value": "Identifier",
            "adverts": "Adverts with it",
            "carriers": st.column_config.NumberColumn(
                "Unrelated groups", help="How many otherwise unrelated groups of adverts carry it."
            ),
            "by_chance": st.column_config.NumberColumn("Expected by chance", format="%.2g"),
            "strength": st.column_config.TextColumn(
                "Strength of the link",
                help="How probable it is that the two share an author, by this identifier. " + LINK_SCALE,
            ),
            "why": st.column_config.TextColumn("Why", width="large"),
            "one": "Advert",
            "other": "and advert",
        },
    )
    if chosen is not None:
        _decide(screen, links.iloc[listed.index(chosen)])
    else:
        st.caption(
            "Choose a link to cut or confirm it. A hub (a switchboard, a site's own number) joins nobody "
            "until an analyst confirms a pair. An advert set apart resembles the wording poorly and shares "
            "no identifier: confirm it where that is wrong. A wording that many unrelated people use joins "
            "nobody; only a contact does."
        )
    _show_decisions(decisions, links)


def _open_ends(page: Page, link: pd.Series) -> None:
    """The identifier of a link and the adverts at its ends, each opened by a link."""
    with st.container(horizontal=True, gap="xsmall"):
        if link.identifier_kind != WORDING:
            opens = link_identifier(page, link.identifier_kind, link.identifier_value)
            open_link(opens, "What the identifier is linked with", key="link-identifier")
        for end in ("left", "right"):
            source, row = link[f"{end}_source"], link[f"{end}_row"]
            if pd.notna(source) and pd.notna(row):
                opens = open_record("advert", int(source), int(row))
                open_link(opens, f"Open advert {source:.0f}-{row:.0f}", key=f"link-{end}")


def _decide(screen: AdvertsScreen, link: pd.Series) -> None:
    _open_ends(screen.page, link)
    if pd.isna(link.right_source):
        st.caption("It joins nobody, so there is no pair to decide on.")
        return
    st.caption(
        f"Strength of the link: {describe_weight(link.weight)}",
        help=f"{link.weight:.1f} bits: the binary logarithm of the odds that the two share an author.",
    )
    left, right = (int(link.left_source), int(link.left_row)), (int(link.right_source), int(link.right_row))
    with st.form(f"decide-{left}-{right}"):
        choices = _CHOICES.get(link.standing, ("cut", "confirm"))
        decision = st.radio("Decision", choices, horizontal=True)
        reason = st.text_input("Why")
        if submit_act(screen.page, "cut link", "Record it", type="primary"):
            try:
                decide(screen.page.store, screen.page.actor, left, right, decision, reason)
                with st.spinner("Updating the operations …"):
                    rejoin(screen.page.store, screen.page.actor)
            except (ValueError, KeyError, AdvertsChanged) as error:
                st.error(plain(error))
            else:
                st.rerun()


def _show_decisions(decisions: pd.DataFrame, links: pd.DataFrame) -> None:
    mine = {(int(s), int(r)) for s, r in zip(links.left_source, links.left_row, strict=True)}
    shown = decisions[
        [(int(s), int(r)) in mine for s, r in zip(decisions.left_source, decisions.left_row, strict=True)]
    ]
    if len(shown):
        with st.expander(f"{counted(len(shown), 'decision')} on these links"):
            st.dataframe(shown, hide_index=True, alt="Decisions on links")


def _shown(kind: str, value: str, revealed: bool) -> str:
    return visible(value if revealed else mask_identifier(kind, value), one_line=True)
