"""What is made of a lead: a finding with its evidence, a financial profile, a narrative to be checked and sent on."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from analytics.finance.case import Case
from analytics.finance.finding import PROFILE, financial_profile, lead_finding, profile_text
from analytics.finance.narrative import draft_narrative, narrative_text
from analytics.intelligence.findings import save_finding
from ui.evidence import log
from ui.finance.screen import Screen


def show_outcome(screen: Screen, case: Case, shown: Callable[[str], str], *, revealed: bool) -> None:
    """The buttons and drafts at the end of a lead. `shown` writes an account as this session may see it."""
    st.subheader("What to make of it")
    st.caption(
        "The drafts say what the payments say, each sentence with the rows it rests on. "
        + (
            "Account numbers are written out, for they are revealed."
            if revealed
            else "Account numbers are masked: the rows identify them."
        )
    )
    profile, narrative, finding = st.columns([1, 1, 1.1], gap="medium")
    what = f"lead {case.lead.lead_id}"
    detail = {"personal data": revealed}
    with profile:
        sections = financial_profile(case, shown)
        with st.expander("Financial profile", icon=":material/account_balance:"):
            for name, title in PROFILE.items():
                st.markdown(f"**{title}**")
                st.text(sections[name])
        st.download_button(
            "Profile (text)", lambda: profile_text(sections), f"profile-{case.lead.lead_id}.txt", "text/plain", icon=":material/download:",
            on_click=log, args=(screen.page, "export profile", what, detail),
        )  # fmt: skip
    with narrative:
        text = narrative_text(draft_narrative(case, shown))
        with st.expander("Suspicious-activity narrative", icon=":material/edit_note:"):
            edited = st.text_area(
                "Draft, to be checked and completed",
                text,
                height=380,
                key=f"narrative-{case.lead.lead_id}-{revealed}",
            )
        st.download_button(
            "Narrative (text)", lambda: edited, f"narrative-{case.lead.lead_id}.txt", "text/plain", icon=":material/download:",
            on_click=log, args=(screen.page, "export narrative", what, detail),
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
                "A finding keeps the pattern, its parameters, the data version, every transaction, how sure it is, what else would explain it, the profile and the narrative."
            )
