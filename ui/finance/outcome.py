"""What is made of a lead: a finding with its evidence, a financial profile, a narrative to be checked and sent on."""

from __future__ import annotations

import streamlit as st

from analytics.finance.case import Case
from analytics.finance.finding import PROFILE, financial_profile, lead_finding, profile_text
from analytics.finance.narrative import draft_narrative, narrative_text
from analytics.intelligence.findings import save_finding
from analytics.oversight.masking import HIDDEN
from ui.evidence import log
from ui.finance.screen import Screen, labels


def show_outcome(screen: Screen, case: Case, accounts: list[str], *, revealed: bool) -> None:
    """The drafts and buttons at the end of a lead; account numbers are written out only where that is asked for too."""
    st.subheader("What to make of it")
    personal = revealed and st.checkbox(
        "Write account numbers out in the drafts and the finding", key="drafts-personal"
    )
    names = labels(accounts, revealed=personal)

    def shown(account: str) -> str:
        return names.get(account, HIDDEN * 4)

    st.caption(
        "The drafts say what the payments say, each sentence with the rows it rests on. "
        + (
            "Account numbers are written out, as you asked."
            if personal
            else "Account numbers are masked: the rows identify them."
        )
    )
    what = f"lead {case.lead.lead_id}"
    detail = {"personal data": personal}
    sections = financial_profile(case, shown)
    with st.expander("Financial profile", icon=":material/account_balance:"):
        for name, title in PROFILE.items():
            st.markdown(f"**{title}**")
            st.text(sections[name])
    with st.expander("Suspicious-activity narrative", icon=":material/edit_note:"):
        edited = st.text_area(
            "Draft, to be checked and completed",
            narrative_text(draft_narrative(case, shown)),
            height=380,
            key=f"narrative-{case.lead.lead_id}-{personal}",
        )
    profile, narrative, finding = st.columns([1, 1, 3], gap="medium")
    profile.download_button(
        "Profile (text)", lambda: profile_text(sections), f"profile-{case.lead.lead_id}.txt", "text/plain", icon=":material/download:",
        width="stretch", on_click=log, args=(screen.page, "export profile", what, detail),
    )  # fmt: skip
    narrative.download_button(
        "Narrative (text)", lambda: edited, f"narrative-{case.lead.lead_id}.txt", "text/plain", icon=":material/download:",
        width="stretch", on_click=log, args=(screen.page, "export narrative", what, detail),
    )  # fmt: skip
    with finding:
        if st.button("Save as finding", type="primary", icon=":material/bookmark_add:", key="save_lead"):
            made, evidence = lead_finding(
                case, shown, data_version=screen.version, version=screen.found.leads.version
            )
            number = save_finding(screen.page.store, screen.page.actor, made, evidence)
            st.session_state["saved_lead"] = (case.lead.lead_id, number)
        saved = st.session_state.get("saved_lead", ("", 0))
        if saved[0] == case.lead.lead_id:
            st.success(f"Saved as finding {saved[1]}, with its {len(case.payments)} transactions.")
            st.page_link(
                "pages/tasking.py", label="Draft a tasking brief from it", icon=":material/assignment:"
            )
        else:
            st.caption(
                "A finding keeps the pattern, its parameters, the data version, every transaction, how sure it is, what else would explain it, the profile and the narrative; a brief drafted from it prints them in its annex."
            )
