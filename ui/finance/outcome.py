"""What follows from a lead: a finding with its evidence, a financial profile, a narrative to be checked and
sent on."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from analytics.finance.lead_dossier import LeadDossier
from analytics.finance.lead_finding import PROFILE, build_lead_finding, draft_profile, format_profile
from analytics.finance.narrative import Shown, draft_narrative, format_narrative
from analytics.finance.queries import read_sources_of
from analytics.oversight.exercise import mark_name, mark_of_sources, mark_text
from analytics.oversight.masking import HIDDEN
from analytics.shared.wording import write_period
from analytics.tasking.citations import join_handling
from analytics.tasking.paper import Paper
from ui.components.act_buttons import act_button
from ui.components.audit import log
from ui.components.exporting import download_button
from ui.components.papers import offer_paper
from ui.components.saved_finding import save_as_finding, show_saved_finding
from ui.finance.screen import FinanceScreen, label_accounts


@dataclass(frozen=True)
class _Draft:
    """What both papers of a lead have in common. `shown` writes an account number as it may be read."""

    screen: FinanceScreen
    dossier: LeadDossier
    personal: bool
    shown: Shown
    handling: str
    sources: str

    @property
    def lead_id(self) -> str:
        return str(self.dossier.lead.lead_id)

    @property
    def about(self) -> str:
        lead = self.dossier.lead
        return f"{lead.typology}, {write_period(lead['first'], lead['last'])}"

    def offer(self, kind: str, label: str, title: str, text: str, sections: dict[str, str]) -> None:
        """The downloads of one paper: as text, and printed with its sources."""
        numbers = "written out" if self.personal else "masked"
        reference = f"lead {self.lead_id}, data version {self.screen.version}, account numbers {numbers}"
        mark = mark_of_sources(self.screen.page.store, table="transaction")
        download_button(
            self.screen.page,
            f"export {kind}",
            f"{label} (text)",
            mark_text(text, mark),
            mark_name(f"{kind}-{self.lead_id}.txt", mark),
            "text/plain",
            icon=":material/download:",
            on_click=log,
            args=(
                self.screen.page,
                f"export {kind}",
                f"lead {self.lead_id}",
                {"personal data": self.personal},
            ),
        )
        paper = Paper(
            f"{title}: {self.about}", self.handling, reference, sections | {"Sources": self.sources}
        )
        offer_paper(self.screen.page, paper, f"{kind}-{self.lead_id}", f"lead-{kind}", f"export {kind}")


_PERSONAL = "drafts-personal"


def show_drafts(screen: FinanceScreen, dossier: LeadDossier, accounts: list[str], *, revealed: bool) -> None:
    """The drafts of a lead; account numbers are written out only on request."""
    personal = revealed and st.checkbox(
        "Write account numbers out in the drafts and the finding", key=_PERSONAL
    )
    st.caption(
        "The drafts state what the payments show, each sentence with the rows it rests on. "
        + (
            "Account numbers are written out, as requested."
            if personal
            else "Account numbers are masked: the rows identify them."
        )
    )
    draft = _make_draft(screen, dossier, accounts, personal=personal)
    profile, narrative = st.columns(2, gap="medium")
    with profile:
        _show_profile(draft)
    with narrative:
        _show_narrative(draft)


def _make_draft(
    screen: FinanceScreen, dossier: LeadDossier, accounts: list[str], *, personal: bool
) -> _Draft:
    names = label_accounts(accounts, revealed=personal)

    def shown(account: str) -> str:
        return names.get(account, HIDDEN * 4)

    return _Draft(screen, dossier, personal, shown, *_sources(screen, dossier))


def _show_profile(draft: _Draft) -> None:
    sections = draft_profile(draft.dossier, draft.shown)
    with st.expander("Financial profile", icon=":material/account_balance:"):
        for name, title in PROFILE.items():
            st.markdown(f"**{title}**")
            st.text(sections[name])
    printed = {title: sections[name] for name, title in PROFILE.items()}
    draft.offer("profile", "Profile", "Financial profile", format_profile(sections), printed)


def _show_narrative(draft: _Draft) -> None:
    with st.expander("Suspicious-activity narrative", icon=":material/edit_note:"):
        edited = st.text_area(
            "Draft, to be checked and completed",
            format_narrative(draft_narrative(draft.dossier, draft.shown)),
            height=380,
            key=f"narrative-{draft.lead_id}-{draft.personal}",
        )
    draft.offer("narrative", "Narrative", "Suspicious activity", edited, {"Narrative": edited})


_SAVES = (
    "A finding stores the pattern, its parameters, the data version and every transaction, how "
    "sure it is, what else would explain it, the profile and the narrative. Account numbers are masked in it "
    "unless they are written out in the drafts."
)


def save_lead(screen: FinanceScreen, dossier: LeadDossier, *, revealed: bool) -> None:
    """The button that saves the lead as a finding, and what came of it."""
    lead_id = str(dossier.lead.lead_id)
    if act_button(
        screen.page,
        "save finding",
        "Save as finding",
        type="primary",
        key="save_lead",
        shortcut="S",
        help=_SAVES,
    ):
        accounts = [name for name in dossier.roles.account if isinstance(name, str)]
        personal = revealed and bool(st.session_state.get(_PERSONAL))
        draft = _make_draft(screen, dossier, accounts, personal=personal)
        finding, evidence = build_lead_finding(
            dossier, draft.shown, data_version=screen.version, version=screen.found.leads.version
        )
        save_as_finding(screen.page, f"lead {lead_id}", finding, evidence)
    show_saved_finding(f"lead {lead_id}")


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
