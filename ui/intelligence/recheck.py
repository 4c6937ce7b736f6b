"""'Still true?': the same method on the present data, compared with what the finding says."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.intelligence.findings import Finding, RevisedMeanwhile, revise_finding
from analytics.intelligence.recheck import (
    CHANGED,
    NOT_FOUND,
    SAME,
    Check,
    RerunRequest,
    list_checks,
    save_check,
)
from analytics.oversight.roles import tier_of
from analytics.reruns import MOVABLE, explain_no_rerun, recheck_finding
from analytics.shared.wording import counted
from ui.components.act_buttons import act_button
from ui.components.background import TASKS, Kind
from ui.components.text import MOMENT_FORMAT, plain
from ui.components.watch import watch_task
from ui.shell.page import Page

_SAYS = {
    SAME: ("The present data give the same result.", st.success, ":material/check_circle:"),
    CHANGED: ("The present data give a different result.", st.warning, ":material/difference:"),
    NOT_FOUND: ("The present data no longer give this result.", st.error, ":material/search_off:"),
}
_CHECKS = Kind("recheck")
_SAME_DATES, _NEWEST = "the same dates", "as many days, up to the newest record"


def show_check(page: Page, finding_id: int, finding: Finding, version: int, latest: int) -> None:
    st.caption(
        "Runs the same method with the same parameters on the present data. The finding stays as it is; each "
        "check and its result are listed below."
    )
    if why := explain_no_rerun(finding):
        st.info(why)
    elif tier_of(page.actor).rows:
        _ask(page, finding_id, finding, version, latest)
    past = list_checks(page.store, finding_id)
    if len(past):
        st.markdown("**Earlier checks**")
        st.dataframe(
            past,
            hide_index=True,
            placeholder="",
            alt="Earlier checks of this finding",
            column_config={
                "check_id": None,
                "version": st.column_config.NumberColumn("Version", width=60),
                "verdict": "Verdict",
                "says": st.column_config.TextColumn("Result", width="large"),
                "data_version": "Data version",
                "checked_by": "By",
                "checked_at": st.column_config.DatetimeColumn("When (UTC)", format=MOMENT_FORMAT),
            },
        )


def _ask(page: Page, finding_id: int, finding: Finding, version: int, latest: int) -> None:
    dates = _SAME_DATES
    if finding.recipe and finding.recipe["kind"] in MOVABLE:
        dates = st.segmented_control(
            "On", (_SAME_DATES, _NEWEST), default=_SAME_DATES, required=True, key="check_dates"
        )
    subject = (page.store.path, finding_id, version, dates, page.store.data_version())
    task = TASKS.find(_CHECKS, subject)
    if task is None:
        if not act_button(
            page,
            "check finding",
            "Check against the present data",
            type="primary",
            icon=":material/published_with_changes:",
        ):
            return
        task = TASKS.start(
            _CHECKS,
            subject,
            lambda progress, cancelled: _check(page, finding_id, version, dates, progress, cancelled),
        )
    if not task.has_ended:
        watch_task(task, "still-true")
    elif task.failure:
        st.warning(task.failure)
        if st.button("Ask again", icon=":material/refresh:"):
            TASKS.forget(_CHECKS, subject)
            st.rerun()
    else:
        _show(page, finding_id, version, latest, task.result)


def _check(page: Page, finding_id: int, version: int, dates: str, progress, cancelled) -> Check:
    work = RerunRequest(finding_id, version, dates == _NEWEST, progress, cancelled)
    check = recheck_finding(page.store, work)
    progress("Saving the result", 1.0)
    save_check(page.store, page.actor, finding_id, version, check)
    return check


def _show(page: Page, finding_id: int, version: int, latest: int, check: Check) -> None:
    title, box, icon = _SAYS[check.verdict]
    box(f"**{title}** {plain(check.says)}", icon=icon)
    if check.finding is None:
        return
    values = check.values.sort_values("changed", ascending=False, kind="stable")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.dataframe(
            values.assign(
                then=values.then.map(_shown),
                now=values.now.map(_shown),
                changed=values.changed.map({True: "≠", False: ""}),
            ),
            hide_index=True,
            placeholder="",
            height=300,
            alt="The finding then and now",
            column_config={
                "what": "What",
                "then": st.column_config.TextColumn("Then", width="medium"),
                "now": st.column_config.TextColumn("Now", width="medium"),
                "changed": st.column_config.TextColumn("", width=30),
            },
        )
    with right:
        if check.rows.empty:
            st.caption(f"It rests on the same {counted(check.rows_in_both, 'row')}.")
        else:
            st.dataframe(
                check.rows,
                hide_index=True,
                placeholder="",
                height=300,
                alt="Rows that are in one of the two only",
                column_config={
                    "table_name": "Table",
                    "source_id": "Source",
                    "row_number": "Row",
                    "what": "What became of it",
                    "source": "Name",
                },
            )
    may = tier_of(page.actor).writes and check.verdict == CHANGED
    if may and st.button(f"Save the present result as version {latest + 1}", icon=":material/save:"):
        try:
            revise_finding(
                page.store,
                page.actor,
                finding_id,
                check.finding,
                latest_seen=latest,
                evidence=check.evidence,
                change_reason=f"rerun from version {version} on data version {check.data_version}",
            )
        except (RevisedMeanwhile, ValueError) as error:
            st.error(plain(error))
        else:
            st.rerun()


def _shown(value: object) -> str:
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return "–"
    return (
        f"{value:,.4g}"
        if isinstance(value, float)
        else f"{value:,}"
        if isinstance(value, int)
        else str(value)
    )
