"""Accounts that may have one holder: proposed with the evidence, and decided by an analyst with a reason.
Nothing is merged."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.finance.holder_decisions import (
    add_standing,
    group_confirmed_holders,
    latest_decisions,
    record_decision,
)
from analytics.finance.holders import HOUSE, Proposals
from analytics.oversight.masking import mask
from analytics.shared.wording import counted, spell_dates, write_day
from ui.components.act_buttons import submit_act
from ui.components.address import switch_of_address
from ui.components.audit import log_once
from ui.components.choosing import choose_row, fit_rows
from ui.components.forms import clear_entry, entry_form
from ui.components.reveal import reveal
from ui.components.text import plain
from ui.finance.linked_account import choose_account
from ui.finance.screen import FinanceScreen, account_record, label_accounts

_WORDS = {"same": "the same holder", "different": "different holders", "open": "reopened"}
_FACTS = {
    "holder": ("Name", "name"),
    "phone": ("Telephone", "phone"),
    "email": ("E-mail", "email"),
    "address": ("Address", "address"),
    "place": ("Town", None),
    "kind": ("Kind", None),
    "opened": ("Opened", None),
}
_SHOWN_BITS = 0.05


def show_holders(screen: FinanceScreen, found: Proposals) -> None:
    decided = latest_decisions(screen.page.store)
    pairs = add_standing(found.pairs, decided)
    open_ = int((pairs.standing == "proposed").sum())
    st.caption(
        f"**{counted(len(pairs), 'pair')}** of accounts may have one holder, {open_:,} of them undecided. "
        f"{counted(found.compared, 'pair')} with something in common were compared. Nothing is merged: your "
        "decision is stored with your name and reason, and shown with both accounts. A family shares a "
        "telephone and an address, and two people can share a name."
    )
    if found.left_out:
        st.caption(
            "Telephones, addresses or names that too many accounts share were not used to find pairs: "
            f"{counted(found.left_out, 'such value or part of one', 'such values or parts of them')}."
        )
    if pairs.empty:
        st.info(
            "No two accounts appear to have one holder. Account records with holder, telephone, e-mail or "
            "address are needed; import them on the Data page."
        )
        return
    log_once(screen.page, "view leads", "proposed holders", {"pairs": len(pairs)})
    if st.toggle("Undecided only", **switch_of_address("undecided")):
        pairs = pairs[pairs.standing == "proposed"].reset_index(drop=True)
    names = label_accounts([*pairs.left, *pairs.right], revealed=False)
    table = pd.DataFrame(
        {
            "left": pairs.left.map(names),
            "right": pairs.right.map(names),
            "probability": pairs.probability * 100,
            "why": pairs.why,
            "standing": pairs.standing.map(lambda word: _WORDS.get(word, word)),
        }
    )
    listed = list(zip(pairs.left, pairs.right, strict=True))
    chosen = choose_row(
        table,
        listed,
        height=fit_rows(len(table), 300),
        key="holders",
        alt="Pairs of accounts that may have one holder, the likeliest first",
        column_config={
            "left": st.column_config.TextColumn("Account", width=100),
            "right": st.column_config.TextColumn("and account", width=100),
            "probability": st.column_config.NumberColumn(
                "One holder",
                format="%.0f %%",
                width=85,
                help="By a model fitted to these accounts (Fellegi-Sunter).",
            ),
            "why": st.column_config.TextColumn("Agreement, in bits for (+) and against (-)", width="large"),
            "standing": st.column_config.TextColumn("Decision", width=140),
        },
    )
    if chosen is not None:
        _show_pair(screen, pairs.iloc[listed.index(chosen)], decided)
    else:
        st.caption("Choose a pair to compare the two accounts and to decide.")
    _show_confirmed(group_confirmed_holders(decided))


def _show_pair(screen: FinanceScreen, pair: pd.Series, decided: pd.DataFrame) -> None:
    what = f"holders of accounts {pair.left} and {pair.right}"
    title, hide = st.columns([5, 1.6], vertical_alignment="bottom")
    title.subheader("Do they have one holder?")
    with hide:
        revealed = reveal(screen.page, what, key="pair")
    facts = [account_record(screen.version, screen.page.store.path, name) for name in (pair.left, pair.right)]
    names = label_accounts([pair.left, pair.right], revealed=revealed)
    fields = {
        "Name": "name",
        "Telephone": "telephone",
        "E-mail": "e-mail",
        "Address": "address",
        "Town": "place",
        "Kind": "kind",
    }
    rows = [
        {
            "what": label,
            "left": _fact(facts[0].get(column), kind, revealed=revealed),
            "right": _fact(facts[1].get(column), kind, revealed=revealed),
            "agrees": pair.get(fields.get(label, "")) or "not compared",
            "bits": pair.get(f"{fields[label]}_bits") if label in fields else None,
        }
        for column, (label, kind) in _FACTS.items()
    ]
    taken_off = float(pair[f"{HOUSE}_bits"])
    if taken_off < -_SHOWN_BITS:
        rows.append(
            {
                "what": "Two people of one house",
                "left": "",
                "right": "",
                "agrees": "would explain it too",
                "bits": taken_off,
            }
        )
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        alt="The two accounts side by side",
        column_config={
            "what": "",
            "left": names[pair.left],
            "right": names[pair.right],
            "agrees": "Agrees",
            "bits": st.column_config.NumberColumn(
                "Bits",
                format="%+.1f",
                help="For one holder (+) or against (-); a value missing on one side counts nothing.",
            ),
        },
    )
    with st.container(horizontal=True):
        for side in ("left", "right"):
            st.button(
                f"Open account {plain(names[pair[side]])}",
                key=f"open-{side}",
                type="tertiary",
                icon=":material/open_in_new:",
                on_click=choose_account,
                args=(pair[side],),
            )
    _show_decision(decided, pair)
    with entry_form(f"decide-{pair.left}-{pair.right}"):
        left, right = st.columns([1.4, 3], vertical_alignment="bottom")
        decision = left.selectbox("Decision", list(_WORDS), format_func=lambda word: _WORDS[word])
        reason = right.text_input("Reason", placeholder="what you checked, and what it showed")
        if submit_act(
            screen.page, "holders: x", "Save the decision", type="primary", icon=":material/gavel:"
        ):
            try:
                record_decision(
                    screen.page.store,
                    screen.page.actor,
                    pair.left,
                    pair.right,
                    decision,
                    reason,
                    float(pair.weight),
                )
            except ValueError:
                st.error("Give a reason: it is stored with your name.")
            else:
                clear_entry(f"decide-{pair.left}-{pair.right}")
                st.rerun()


def _show_decision(decided: pd.DataFrame, pair: pd.Series) -> None:
    own = decided[(decided.left == pair.left) & (decided.right == pair.right)]
    for row in own.itertuples():
        st.info(
            f"{plain(row.decided_by)} decided on {write_day(row.decided_at)}: {_WORDS[row.decision]}. "
            f"{plain(row.reason)}",
            icon=":material/gavel:",
        )


def _fact(value: object, kind: str | None, *, revealed: bool) -> str:
    if value is None:
        return "not recorded"
    return spell_dates(str(value)) if revealed or kind is None else str(mask(value, kind))


def _show_confirmed(groups: pd.DataFrame) -> None:
    if groups.empty:
        return
    with st.expander(
        f"Holders confirmed by analysts: {groups.group.nunique()}", icon=":material/person_check:"
    ):
        names = label_accounts(groups.account.tolist(), revealed=False)
        st.dataframe(
            groups.assign(account=groups.account.map(names)),
            hide_index=True,
            alt="Accounts that analysts assigned to one holder",
            column_config={
                "account": "Account",
                "group": "Holder no.",
                "contradicted": st.column_config.CheckboxColumn(
                    "Contradicted",
                    help="Somebody decided that two accounts of this holder have different holders: look "
                    "again.",
                ),
            },
        )
