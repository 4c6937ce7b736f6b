"""Possible victims: separate from leads on organisers, without a name or a number until a reason is given."""

from __future__ import annotations

import pyarrow as pa
import streamlit as st

from analytics.finance.evidence import build_evidence
from analytics.finance.queries import read_advert_contacts
from analytics.finance.welfare import reveal_account
from analytics.shared.wording import counted
from ui.components.audit import log_once
from ui.components.choosing import choose_row, fit_rows
from ui.components.evidence import evidence_drawer
from ui.finance.screen import FinanceScreen, account_record

# What a support partner needs to find somebody.
_REFERRED = {
    "holder": "Holder",
    "phone": "Telephone",
    "email": "E-mail",
    "address": "Address",
    "place": "Town",
}


def show_welfare(screen: FinanceScreen) -> None:
    found = screen.found.welfare
    st.markdown(
        "Accounts that may be used in a victim's name, or whose holder's wages are taken. **Refer first** to "
        "safeguarding and support partners. Nobody listed here is a suspect for that reason. Members of one "
        "group are approached together or not at all."
    )
    if found.leads.empty:
        st.info(
            "No account meets indicators of at least two kinds. That does not prove that nobody is "
            "exploited: see the indicators that could not be applied."
        )
        return
    log_once(screen.page, "view leads", "welfare leads", {"leads": len(found.leads)})
    st.caption(
        f"**{counted(len(found.leads), 'lead')}** in {counted(found.leads.group.nunique(), 'group')}, the "
        "strongest first. The more there are, the more must be wrong: *Indicators* estimates how many, and "
        "lists what could not be applied."
    )
    table = found.leads[["lead", "group", "score", "indicators", "reason", "against", "payments"]]
    chosen = choose_row(
        table,
        table.lead.astype(str),
        height=fit_rows(len(table), 330),
        key="welfare",
        alt="Welfare leads, the strongest first",
        column_config={
            "lead": st.column_config.TextColumn("Lead", width=60),
            "group": st.column_config.NumberColumn("Group", width=65),
            "score": st.column_config.NumberColumn("Score", format="%.1f", width=65),
            "indicators": st.column_config.NumberColumn("Indicators", width=75),
            "reason": st.column_config.TextColumn("Indicators of a victim", width=620),
            "against": st.column_config.TextColumn("Indicators against", width="medium"),
            "payments": st.column_config.NumberColumn("Payments", width=80),
        },
    )
    if chosen is None:
        st.caption("Choose a lead to see the rows it rests on, masked, and what can be done.")
        return
    _show_one(screen, chosen)


def _show_one(screen: FinanceScreen, lead: str) -> None:
    found = screen.found.welfare
    left, right = st.columns([3, 2], gap="medium")
    account = found.keys.set_index("lead").account[lead]
    with left:
        st.subheader(f"Welfare lead {lead}")
        row = found.leads.set_index("lead").loc[lead]
        for title, text in (
            ("Indicators of a victim", row.reason),
            ("Indicators against", row.against or "none found"),
        ):
            st.markdown(f"**{title}**")
            st.text("\n".join(text.split("; ")))
        _show_rows(screen, lead, account)
    with right:
        st.markdown("**Welfare first**")
        st.text(
            "Refer to safeguarding and support partners under your force's own procedure, before any "
            "enforcement step. Members of one group share a payee, a telephone or an address: whoever "
            "controls one learns of a visit to another."
        )
        st.markdown("**The account holder**")
        with st.form(f"welfare-{lead}"):
            reason = st.text_input(
                "Reason", help="The audit trail records the reason, your name and the time."
            )
            if st.form_submit_button("Reveal for a referral", icon=":material/visibility:"):
                try:
                    reveal_account(screen.page.store, screen.page.actor, found, lead, reason)
                except ValueError as error:
                    st.error(str(error))
                else:
                    st.session_state["welfare-revealed"] = lead
        if st.session_state.get("welfare-revealed") == lead:
            _show_holder(screen, account)
        table = build_evidence(found.evidence[found.evidence.lead == lead], _tables(screen))
        st.caption(f"It rests on {counted(table.num_rows, 'row')} of the store.")


def _show_rows(screen: FinanceScreen, lead: str, account: str) -> None:
    """The payments a lead rests on, from the side of the account: money in or out, without any number."""
    evidence = screen.found.welfare.evidence
    own = evidence[(evidence.lead == lead) & (evidence.table == "transaction")]
    rows = screen.found.transactions.take(own.row.to_numpy()).to_pandas().sort_values("occurred_at")
    way = [
        "in" if to == account else "out" if payer == account else "between others"
        for payer, to in zip(rows.from_account, rows.to_account, strict=True)
    ]
    rows = rows[
        ["source_id", "row_number", "occurred_at", "amount_minor", "currency", "channel", "place"]
    ].copy()
    rows.insert(3, "money", way)
    evidence_drawer(
        screen.page,
        f"welfare lead {lead}",
        lambda limit, offset: rows.iloc[offset : offset + limit],
        len(rows),
        key="welfare-rows",
        table="transaction",
        revealed=False,
    )


def _show_holder(screen: FinanceScreen, account: str) -> None:
    facts = account_record(screen.version, screen.page.store.path, account)
    facts_shown = [("Account", account), *((title, facts.get(name)) for name, title in _REFERRED.items())]
    for title, value in facts_shown:
        st.text(f"{title}: {value if value is not None else 'not recorded'}")


def _tables(screen: FinanceScreen) -> dict[str, pa.Table]:
    return {
        "transaction": screen.found.transactions,
        "account": screen.found.accounts,
        "advert": read_advert_contacts(screen.page.store),
    }
