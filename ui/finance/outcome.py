"""The outcome of a lead: a finding with its evidence, a financial profile, a narrative to be checked and sent
on."""

from __future__ import annotations

import streamlit as st

from analytics.finance.lead_dossier import LeadDossier
from analytics.finance.lead_finding import PROFILE, build_lead_finding, draft_profile, format_profile
from analytics.finance.narrative import draft_narrative, format_narrative
from analytics.finance.queries import read_sources_of
from analytics.intelligence.findings import save_finding
from analytics.oversight.masking import HIDDEN
from analytics.tasking.citations import join_handling
from analytics.tasking.paper import Paper
from ui.components.evidence import log
from ui.components.papers import offer_paper
from ui.finance.screen import FinanceScreen, label_accounts
from ui.shell.pages import page_path


def show_outcome(screen: FinanceScreen, dossier: LeadDossier, accounts: list[str], *, revealed: bool) -> None:
    """The drafts and buttons at the end of a lead; account numbers are written out only on request."""
    st.subheader("Outcome")
    personal = revealed and st.checkbox(
        "Write account numbers out in the drafts and the finding", key="drafts-personal"
    )
    names = label_accounts(accounts, revealed=personal)

    def shown(account: str) -> str:
        return names.get(account, HIDDEN * 4)

    st.caption(
        "The drafts state what the payments show, each sentence with the rows it rests on. "
        + (
            "Account numbers are written out, as requested."
            if personal
            else "Account numbers are masked: the rows identify them."
        )
    )
    profile, narrative = st.columns(2, gap="medium")
    what = f"lead {dossier.lead.lead_id}"
    detail = {"personal data": personal}
    numbers = "written out" if personal else "masked"
    reference = f"lead {dossier.lead.lead_id}, data version {screen.version}, account numbers {numbers}"
    about = f"{dossier.lead.typology}, {dossier.lead['first']:%d %b %Y} to {dossier.lead['last']:%d %b %Y}"
    handling, sources = _sources(screen, dossier)
    with profile:
        sections = draft_profile(dossier, shown)
        with st.expander("Financial profile", icon=":material/account_balance:"):
            for name, title in PROFILE.items():
                st.markdown(f"**{title}**")
                st.text(sections[name])
        st.download_button(
            "Profile (text)",
            lambda: format_profile(sections),
            f"profile-{dossier.lead.lead_id}.txt",
            "text/plain",
            icon=":material/download:",
            on_click=log,
            args=(screen.page, "export profile", what, detail),
        )
        printed = {title: sections[name] for name, title in PROFILE.items()} | {"Sources": sources}
        paper = Paper(f"Financial profile: {about}", handling, reference, printed)
        offer_paper(screen.page, paper, f"profile-{dossier.lead.lead_id}", "lead-profile", "export profile")
    with narrative:
        text = format_narrative(draft_narrative(dossier, shown))
        with st.expander("Suspicious-activity narrative", icon=":material/edit_note:"):
            edited = st.text_area(
                "Draft, to be checked and completed",
                text,
                height=380,
                key=f"narrative-{dossier.lead.lead_id}-{personal}",
            )
        st.download_button(
            "Narrative (text)",
            lambda: edited,
            f"narrative-{dossier.lead.lead_id}.txt",
            "text/plain",
            icon=":material/download:",
            on_click=log,
            args=(screen.page, "export narrative", what, detail),
        )
        paper = Paper(
            f"Suspicious activity: {about}", handling, reference, {"Narrative": edited, "Sources": sources}
        )
        offer_paper(
            screen.page, paper, f"narrative-{dossier.lead.lead_id}", "lead-narrative", "export narrative"
        )
    if st.button("Save as finding", type="primary", icon=":material/bookmark_add:", key="save_lead"):
        finding, evidence = build_lead_finding(
            dossier, shown, data_version=screen.version, version=screen.found.leads.version
        )
        number = save_finding(screen.page.store, screen.page.actor, finding, evidence)
        st.session_state["saved_lead"] = (dossier.lead.lead_id, number)
    saved = st.session_state.get("saved_lead", ("", 0))
    if saved[0] == dossier.lead.lead_id:
        st.success(f"Saved as finding {saved[1]}, with its {len(dossier.payments)} transactions.")
        st.page_link(
            page_path("tasking"), label="Draft a tasking brief from it", icon=":material/assignment:"
        )
    else:
        st.caption(
            "A finding stores the pattern, its parameters, the data version and every transaction. It also "
            "stores how sure it is, what else would explain it, the profile and the narrative."
        )


def _sources(screen: FinanceScreen, dossier: LeadDossier) -> tuple[str, str]:
    """(handling, sources) of a paper on this lead. Handling: of every source with a row that its indicators
    cite, or with any payment or record of its accounts, because roles and balances rest on them all. Sources:
    what the numbers before the colon of its references stand for."""
    cited = {int(row.partition(":")[0]) for rows in dossier.indicators.references for row in rows}
    accounts = dossier.roles.account.dropna().tolist()
    source_ids = sorted(cited | set(dossier.payments.source_id.tolist()))
    rows = read_sources_of(screen.page.store, accounts, source_ids)
    listed = [
        f"{row['source_id']}: {row['name']}, file {row['file_name']}, SHA-256 {row['sha256']}" for row in rows
    ]
    return join_handling(row["handling"] for row in rows), "\n".join(listed)
