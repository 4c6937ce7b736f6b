"""Judging: the label of a campaign or operation with its reason, the log, and the order learnt from it."""

from __future__ import annotations

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from analytics.adverts.judgement import LABELS, JudgedMeanwhile, count_labels, judge, list_judgements
from analytics.adverts.ordering import TooFewJudgements
from analytics.search import PageLink
from analytics.shared.wording import counted
from ui.adverts.listing import learn_order
from ui.adverts.screen import AdvertsScreen, Operation
from ui.components.act_buttons import submit_act
from ui.components.choosing import choose_row
from ui.components.opening import open_link
from ui.components.text import MOMENT_FORMAT, plain

_NAMES = {entry.code: entry.label for entry in LABELS.entries}
_HISTORY: dict[str, ColumnConfig | str | None] = {
    "subject": "Of",
    "subject_id": "No.",
    "label_name": "Judged",
    "reason": st.column_config.TextColumn("Why", width="large"),
    "labelled_by": "By",
    "labelled_at": st.column_config.DatetimeColumn("When (UTC)", format=MOMENT_FORMAT),
    "standing": "In force",
}


def show_judge(screen: AdvertsScreen, operation: Operation) -> None:
    """The form for the operation or one of its wordings, and their earlier judgements."""
    campaigns = sorted(operation.adverts.campaign_id.dropna().astype(int).unique().tolist())
    subjects = {("operation", operation.number): f"The whole operation {operation.number}"}
    subjects |= {("campaign", number): f"Wording {number} alone" for number in campaigns}
    chosen = st.selectbox(
        "Judge",
        list(subjects),
        format_func=lambda subject: subjects[subject],
        key=f"judge-{operation.number}",
        width=320,
    )
    subject, number = chosen or ("operation", operation.number)
    history = list_judgements(screen.page.store, subject, number)
    standing = history[history.standing]
    if len(standing):
        st.text(
            f"Present judgement: {standing.label_name.iloc[0]}, by {standing.labelled_by.iloc[0]}. Reason: "
            f"{standing.reason.iloc[0]}"
        )
    with st.form(f"judge-{subject}-{number}"):
        label = st.radio(
            "What is it?",
            list(_NAMES),
            format_func=_NAMES.__getitem__,
            horizontal=True,
            index=None,
            help="\n".join(f"- {entry.label}: {entry.note}" for entry in LABELS.entries),
        )
        reason = st.text_input("Why", placeholder="what you saw, and where")
        if submit_act(screen.page, "judge adverts", "Record the judgement", type="primary"):
            try:
                judge(
                    screen.page.store,
                    screen.page.actor,
                    subject,
                    number,
                    label or "",
                    reason,
                    supersedes=int(standing.label_id.iloc[0]) if len(standing) else None,
                )
            except (ValueError, JudgedMeanwhile) as error:
                st.error(plain(error))
            else:
                st.rerun()
    st.caption(
        "A judgement is never overwritten: a later one supersedes it. No label says 'trafficking', which "
        "adverts cannot show."
    )
    if len(history):
        st.dataframe(
            history[list(_HISTORY)], hide_index=True, column_config=_HISTORY, alt="Judgements so far"
        )


def show_judgements(screen: AdvertsScreen) -> None:
    """Counts, the log, and how reliable the order learnt from them is."""
    counts, log = count_labels(screen.page.store), list_judgements(screen.page.store)
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.markdown("**Judgements in force**")
        st.dataframe(
            counts,
            hide_index=True,
            alt="Judgements by label",
            column_config={
                "label": st.column_config.TextColumn("Judged", width="medium"),
                "note": st.column_config.TextColumn("Means", width="large"),
                "campaigns": "Wordings",
                "operations": "Operations",
            },
        )
    with right:
        st.markdown("**The order learnt from them**")
        _show_order(screen)
    st.markdown("**Log**")
    if log.empty:
        st.text("Nothing has been judged yet. Open an operation and choose 'Judge and refer'.")
        return
    chosen = choose_row(
        log[list(_HISTORY)],
        zip(log.label_id, log.subject, log.subject_id, strict=True),
        key="judgement-log",
        column_config=_HISTORY,
        alt="Every judgement, newest first; choose one to open its operation",
    )
    if chosen is not None and chosen[1] == "operation":
        opens = PageLink("adverts", {"operation": str(chosen[2])})
        open_link(opens, f"Open operation {chosen[2]}", key="judged-operation")


def _show_order(screen: AdvertsScreen) -> None:
    learned = learn_order(screen)
    if isinstance(learned, TooFewJudgements):
        st.text(str(learned))
        return
    better = (
        "better than"
        if learned.p <= 0.05 and learned.auc > learned.auc_by_default
        else "not shown to be better than"
    )
    st.markdown(
        f"{counted(learned.leads, 'lead')} among {counted(learned.judged, 'judged operation')}. Each was "
        f"scored without its own judgement. A lead came before one set aside in **{learned.auc:.0%}** of "
        f"pairs, and in {learned.auc_by_default:.0%} by strength of the link alone. The learnt order is "
        f"**{better}** the order by strength (DeLong's test, p = {learned.p:.2g})."
    )
    st.dataframe(
        learned.weights.head(15),
        hide_index=True,
        alt="What the order depends on",
        column_config={
            "feature": st.column_config.TextColumn("A higher …", width="medium"),
            "weight": st.column_config.NumberColumn(
                "moves it towards leads by (log odds per standard deviation)", format="%+.2f"
            ),
        },
    )
    st.caption(
        "It orders the reading by earlier judgements, mistakes included. To use it: 'Order by: judgements so "
        "far'."
    )
