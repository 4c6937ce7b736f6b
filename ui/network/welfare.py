"""The view of welfare: who may be a victim, since when and why, and the referral of each."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.adverts.operation_finding import REFERRAL_SECTIONS
from analytics.intelligence.possible_victims import list_marked_nodes
from analytics.network.links.build import PAID_FOR
from analytics.network.links.node_names import name_node
from analytics.network.operation.referral_draft import draft_node_referral
from analytics.oversight import may
from analytics.shared.unwritten import is_unwritten
from analytics.shared.wording import counted
from analytics.tasking.products import SavedMeanwhile, load_product
from analytics.tasking.referrals import build_referral_paper, list_referrals, save_referral
from ui.components.audit import log_once
from ui.components.choosing import fit_rows, tick_row
from ui.components.drafts import edit_texts, forget
from ui.components.papers import offer_paper
from ui.components.text import MOMENT_FORMAT, plain
from ui.network.entity import label_entity
from ui.network.labels import write_kind
from ui.network.possible_victim import show_victim_status
from ui.network.screen import NetworkScreen, is_node_revealed
from ui.network.structure_choice import look_at, read_spot
from ui.shell.layout import choice_notes, fill_pane, pad_pane, scroll_pane, window_pane

_NONE = "Not referred"


@st.fragment
def show_welfare(screen: NetworkScreen) -> None:
    """The queue on the left, the chosen node with its referral on the right."""
    notes = choice_notes()
    marked = list_marked_nodes(screen.page.store)
    spot = read_spot(marked.node.tolist(), notes)
    with window_pane("canvas"), scroll_pane("canvas"):
        _show_queue(screen, marked, spot)
        if spot is not None:
            _edit_referral(screen, spot, str(marked.reason[marked.node == spot].iloc[0]))
    with window_pane("side"), fill_pane("detail"):
        with pad_pane("detail_head", horizontal=True):
            st.markdown("**Possible victim**" if spot else "**Nobody chosen**", width="stretch")
        with scroll_pane("detail"):
            if spot is None:
                st.text("Choose somebody in the queue to read why, and to draft or follow a referral.")
            else:
                label = label_entity(screen, spot, revealed=is_node_revealed(spot))
                st.markdown(f"**{plain(label)}** · {write_kind(spot)}")
                show_victim_status(screen, spot)


def _show_queue(screen: NetworkScreen, marked: pd.DataFrame, spot: str | None) -> None:
    st.markdown(
        "Nodes that may be a victim. **Refer first** to safeguarding and support partners. None of them is "
        "in any list of targets."
    )
    if marked.empty:
        st.info(
            "Nobody is marked. In 'Structure' or 'Links', choose a node and mark it as a possible victim.",
            icon=":material/volunteer_activism:",
        )
        return
    log_once(screen.page, "view leads", "possible victims", {"nodes": len(marked)})
    latest = list_referrals(screen.page.store).dropna(subset="node").drop_duplicates("node")
    standing = dict(zip(latest.node, latest.standing_name, strict=True))
    tick_row(
        pd.DataFrame(
            {
                "node": [label_entity(screen, node, revealed=is_node_revealed(node)) for node in marked.node],
                "what": [write_kind(node) for node in marked.node],
                "referral": [standing.get(name_node(node), _NONE) for node in marked.node],
                "reason": marked.reason,
                "by": marked.recorded_by,
                "when": marked.recorded_at,
            }
        ),
        marked.node,
        spot,
        look_at,
        key="welfare_queue",
        alt="Possible victims, the latest first",
        height=fit_rows(len(marked), 260),
        column_config={
            "node": st.column_config.TextColumn("Who", width=130),
            "what": st.column_config.TextColumn("What", width=150),
            "referral": st.column_config.TextColumn("Referral", width=110),
            "reason": st.column_config.TextColumn("Why", width=320),
            "by": st.column_config.TextColumn("By", width=90),
            "when": st.column_config.DatetimeColumn("When (UTC)", format=MOMENT_FORMAT, width=130),
        },
    )


def _edit_referral(screen: NetworkScreen, node: str, reason: str) -> None:
    """The referral of a node under edit: the latest version, or a draft."""
    store, name = screen.page.store, f"referral-{name_node(node)}"
    known = list_referrals(store, node=name_node(node))
    number = int(known.product_id.iloc[0]) if len(known) else None
    texts = _draft(screen, node, reason) if number is None else load_product(store, number)["content"]
    st.subheader(f"Referral {number}" if number else "A new referral")
    st.caption("It holds no name, number or address. Send those only by the agreed secure way.")
    partner = st.text_input(
        "To which partner",
        value="" if number is None else str(known.partner.iloc[0]),
        key=f"partner-{name}",
        width=420,
        placeholder="an organisation: the council's safeguarding team, a support charity",
    )
    edited = edit_texts(name, REFERRAL_SECTIONS, texts)
    left = sum(map(is_unwritten, edited.values()))
    st.caption(
        f"{counted(left, 'part is', 'parts are')} not yet written." if left else "Every part is written."
    )
    permission = may(screen.page.actor, "refer adverts")
    if st.button(
        "Save the referral",
        type="primary",
        icon=":material/save:",
        key="save_node_referral",
        disabled=not permission,
        help=None if permission else plain(permission.why),
    ):
        try:
            save_referral(
                store,
                screen.page.actor,
                name_node(node),
                partner,
                edited,
                product_id=number,
                latest_seen=None if number is None else int(known.version.iloc[0]),
            )
        except (ValueError, KeyError, SavedMeanwhile) as error:
            st.error(plain(error))
        else:
            forget(name)
            st.rerun()
    if number is not None:
        paper = build_referral_paper(store, number)
        offer_paper(screen.page, paper, f"referral-{number}", f"node-referral-{number}", "export referral")


def _draft(screen: NetworkScreen, node: str, reason: str) -> dict[str, str]:
    view = screen.entity(node)
    carried = int(view.links.events[view.links.kind == PAID_FOR].sum()) if len(view.links) else 0
    return draft_node_referral(write_kind(node), reason, links=view.neighbours, carried=carried)
