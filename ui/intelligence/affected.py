"""After an import or a removal: the findings whose rows or verdict changed."""

from __future__ import annotations

import streamlit as st

from analytics.desk.affected import count_unchecked, list_affected, recheck_findings
from analytics.oversight.roles import tier_of
from analytics.shared.wording import counted
from ui.components.act_buttons import act_button
from ui.components.background import TASKS, Kind
from ui.components.opening import open_link
from ui.components.text import plain
from ui.components.watch import watch_task
from ui.shell.page import Page

_RECHECKS = Kind("recheck of all findings")


def show_affected(page: Page) -> None:
    """Which findings changed, each with its link, and the button that reruns those not checked yet."""
    tier = tier_of(page.actor)
    affected = list_affected(page.store, tier)
    unchecked = count_unchecked(page.store, tier) if tier.rows else 0
    if affected:
        with st.expander(
            f"{counted(len(affected), 'finding')} no longer as saved: rows or verdict changed",
            icon=":material/difference:",
        ):
            for finding in affected:
                label = f"Finding {finding.finding_id} · {finding.title}"
                open_link(finding.opens, label, key=f"affected-{finding.finding_id}")
                st.caption(plain(finding.says))
    if unchecked:
        _offer_recheck(page, unchecked)


def _offer_recheck(page: Page, unchecked: int) -> None:
    subject = (page.store.path, page.store.data_version())
    task = TASKS.find(_RECHECKS, subject)
    if task is not None and not task.has_ended:
        watch_task(task, "recheck-all")
    elif task is not None and task.failure:
        st.warning(task.failure)
    elif act_button(
        page,
        "check finding",
        f"Check {counted(unchecked, 'finding')} against the present data",
        icon=":material/published_with_changes:",
        help="Reruns each with its own parameters. The findings stay as they are.",
    ):
        tier = tier_of(page.actor)
        TASKS.start(
            _RECHECKS,
            subject,
            lambda progress, cancelled: recheck_findings(page.store, page.actor, tier, progress, cancelled),
        )
        st.rerun()
