"""One finding in full: what it says, how sure, from what; its rows, its rivals, whether it still holds, its
versions."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.desk.tray import TrayItem
from analytics.intelligence.findings import Finding, list_finding_versions, load_finding
from analytics.oversight.roles import tier_of
from analytics.search import PageLink
from analytics.shared.codes import code_table
from analytics.shared.wording import spell_dates, write_moment, write_period
from analytics.store.areas import name_area
from ui.components.address import change_address, choose_view
from ui.components.audit import log_once
from ui.components.entity_link import show_list_link
from ui.components.evidence import finding_evidence, say_evidence
from ui.components.saved_finding import link_to_draft
from ui.components.text import plain
from ui.intelligence.cached_findings import read_rung
from ui.intelligence.competing import show_competing
from ui.intelligence.editing import edit_finding
from ui.intelligence.ladder import show_rung
from ui.intelligence.recheck import show_check
from ui.intelligence.related import show_related
from ui.shell.layout import pad_pane, scroll_pane
from ui.shell.page import Page
from ui.shell.tray import add_to_case

_PARTS = ("Rows", "What else would explain it", "Still true?", "Other findings", "Edit")


def show_finding(page: Page, finding_id: int, asked: int | None, findings: pd.DataFrame) -> None:
    """A finding at version `asked`, the latest where that is none: head, body and foot of a pane. `findings`
    are all that this role reads."""
    versions = list_finding_versions(page.store, finding_id)
    latest = int(versions.version.max())
    version = asked if asked is not None and asked in set(versions.version) else latest
    finding = load_finding(page.store, finding_id, version)
    if not tier_of(page.actor).reads(finding.handling):
        with scroll_pane("reading"):
            st.info("This version is under handling conditions that this role does not read.")
        return
    log_once(page, "read finding", f"finding {finding_id} version {version}")
    with pad_pane("detail_head", horizontal=True):
        st.header(plain(f"Finding {finding_id} · {finding.title}"), width="stretch")
        if latest > 1:
            _choose_version(finding_id, versions, version)
    with scroll_pane("reading"):
        if version < latest:
            st.info(
                f"This is version {version}; version {latest} is the latest: "
                f"{plain(versions.change_reason[0])}.",
                icon=":material/history:",
            )
        show_rung(read_rung(page, "finding", finding_id))
        _show_facts(page, finding, versions.set_index("version").loc[version])
        part = choose_view(_PARTS, name="finding_part")
        _show_part(page, part, finding_id, finding, version, versions, findings)
    with pad_pane("detail_foot", horizontal=True):
        opens = PageLink("intelligence", {"tab": "Findings", "finding": str(finding_id)})
        label = f"Finding {finding_id} · {finding.title}"
        add_to_case(page, TrayItem("finding", str(finding_id), label, opens), key=f"finding-{finding_id}")
        link_to_draft(finding_id)
        show_list_link(page, f"finding-{finding_id}", key=f"nodes-of-finding-{finding_id}")


def _choose_version(finding_id: int, versions: pd.DataFrame, version: int) -> None:
    about = {
        int(row.version): f"Version {row.version} · {row.created_by}, {write_moment(row.created_at)} UTC"
        for row in versions.itertuples()
    }
    key = f"finding-version-{finding_id}"
    st.session_state[key] = version
    st.selectbox(
        "Version",
        list(about),
        format_func=about.__getitem__,
        key=key,
        label_visibility="collapsed",
        width=260,
        on_change=lambda: change_address(version=str(st.session_state[key])),
    )


def _show_part(
    page: Page,
    part: str,
    finding_id: int,
    finding: Finding,
    version: int,
    versions: pd.DataFrame,
    findings: pd.DataFrame,
) -> None:
    latest = int(versions.version.max())
    if part != _PARTS[0]:
        say_evidence(page, finding_id, version)
    if part == "Rows":
        finding_evidence(page, finding_id, version, key="record")
    elif part == "What else would explain it":
        show_competing(page, finding_id, finding, version, latest)
    elif part == "Still true?":
        show_check(page, finding_id, finding, version, latest)
    elif part == "Other findings":
        show_related(page, finding_id, findings)
    else:
        edit_finding(page, finding_id, versions)


def _show_facts(page: Page, finding: Finding, saved: pd.Series) -> None:
    statement, facts = st.columns([3, 2], gap="large")
    with statement:
        st.text(finding.statement)
        confidence = code_table("confidence")[finding.confidence]
        st.markdown(f"**{confidence.label} confidence**")
        st.caption(f"{plain(confidence.note)} ({plain(confidence.source)})")
        st.text(finding.confidence_basis)
        if finding.likelihood:
            likelihood = code_table("probability_yardstick")[finding.likelihood]
            st.markdown(
                f"**{plain(likelihood.label)}: {likelihood.more['from']} to {likelihood.more['to']} %**"
            )
            st.caption(
                f"Probability yardstick ({plain(likelihood.source)}); the gaps between its words are meant."
            )
        st.markdown("**Assumptions**")
        st.text(finding.assumptions)
    with facts:
        area = name_area(page.store, finding.area_id) if finding.area_id else None
        rows = {
            "Method": finding.method,
            "Area": area or "none",
            "Period": write_period(finding.period_from, finding.period_to)
            if finding.period_from and finding.period_to
            else "none",
            "Saved": f"{write_moment(saved.created_at)} UTC, {saved.created_by}",
            "Data version": str(finding.data_version),
            "Handling": finding.handling,
        } | {name.replace("_", " ").capitalize(): _shown(value) for name, value in finding.parameters.items()}
        st.dataframe(
            pd.DataFrame({"What": list(rows), "Value": list(rows.values())}),
            hide_index=True,
            placeholder="",
            alt="Method and parameters",
            height="auto" if len(rows) < 9 else 320,
            column_config={"What": st.column_config.TextColumn(width=140)},
        )


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else spell_dates(str(value))
