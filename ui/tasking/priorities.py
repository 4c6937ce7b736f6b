"""The control strategy, and the proposals scored and ranked under it, with other weights to try."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.figures.ranking import ranking_chart
from analytics.store import read_today
from analytics.tasking.exercise import mark_proposals
from analytics.tasking.meeting import list_agenda
from analytics.tasking.priorities import (
    FACTORS,
    HIGHEST,
    AssessedMeanwhile,
    Criterion,
    Score,
    ScoringScheme,
    list_assessments,
    read_scheme,
    save_assessment,
)
from analytics.tasking.strategy import (
    Strategy,
    describe_fit,
    find_strategy_in_force,
    list_served_priorities,
    list_unserved_priorities,
)
from ui.components.act_buttons import submit_act
from ui.components.exporting import offer_csv
from ui.components.text import plain
from ui.shell.page import Page
from ui.tasking.strategy import show_strategy

_CONFIDENCE = ("low", "moderate", "high")


def show_priorities(page: Page) -> None:
    in_force = find_strategy_in_force(page.store, read_today())
    show_strategy(page, in_force)
    scheme = read_scheme()
    st.subheader(
        "Proposals in order of priority",
        help=f"{scheme.formula}. Scheme {scheme.version}, data/priorities.toml.",
    )
    weights = _choose_weights(scheme)
    try:
        waiting = list_agenda(page.store, weights)
    except ValueError as error:
        st.error(plain(error))
        return
    if waiting.empty:
        st.text("No brief is waiting for a decision. Write one under 'Write'.")
        return
    _show_ranking(page, waiting, reweighted=bool(weights))
    if in_force:
        idle = list_unserved_priorities(in_force[2], list_served_priorities(page.store))
        if idle:
            st.warning(f"Nothing is proposed for: {plain(', '.join(idle))}.", icon=":material/flag:")
    _score(page, scheme, waiting, in_force[2] if in_force else None)


def _choose_weights(scheme: ScoringScheme) -> dict[str, float] | None:
    """Weights other than the scheme's, for this session alone; None where none differs."""
    with st.expander("Try other weights", icon=":material/tune:"):
        st.caption(
            "These weights apply to your view only. Change data/priorities.toml to change them for everybody."
        )
        changed = {}
        for factor, column in zip(FACTORS, st.columns(len(FACTORS)), strict=True):
            column.markdown(f"**{factor.capitalize()}**")
            for criterion in (c for c in scheme.criteria if c.factor == factor):
                value = column.slider(
                    criterion.label, 0.0, 5.0, criterion.weight, 0.5, key=f"weight-{criterion.code}"
                )
                if value != criterion.weight:
                    changed[criterion.code] = value
    return changed or None


def _show_ranking(page: Page, waiting: pd.DataFrame, *, reweighted: bool) -> None:
    scored = waiting.dropna(subset=["priority"])
    if reweighted:
        st.info("Ranked by the weights you set above.", icon=":material/tune:")
    if len(scored):
        st.plotly_chart(ranking_chart(scored), key="ranking", config={"displayModeBar": False})
    in_force = find_strategy_in_force(page.store, read_today())
    table = waiting.assign(
        strategy=[
            describe_fit(
                in_force, not pd.isna(row.priority) or row.serves is not None, row.serves, names_it=False
            )
            for row in waiting.itertuples()
        ]
    )[["rank", "title", "strategy", "priority", "low", "high", "rank_low", "rank_high", "unscored"]]
    st.dataframe(
        table,
        hide_index=True,
        placeholder="",
        alt="Proposals in order of priority",
        column_config={
            "rank": st.column_config.NumberColumn("Rank", format="%d", width=60),
            "title": st.column_config.TextColumn("Proposal", width=330),
            "priority": st.column_config.NumberColumn("Priority", format="%.0f"),
            "low": st.column_config.NumberColumn("from", format="%.0f"),
            "high": st.column_config.NumberColumn("to", format="%.0f"),
            "rank_low": st.column_config.NumberColumn("Rank from", format="%d"),
            "rank_high": st.column_config.NumberColumn("to", format="%d"),
            "strategy": st.column_config.TextColumn("Control strategy", width=330),
            "unscored": st.column_config.ListColumn("Not scored"),
        },
    )
    st.caption(
        "Each interval covers 90 % of 5,000 draws. In each draw, scores vary as far as their authors are "
        "unsure, and a missing score takes any value. The intervals show the scorers' doubt, not a sampling "
        "error. Proposals with overlapping intervals cannot be ranked with confidence."
    )
    marked, mark = mark_proposals(page.store, waiting)
    offer_csv(page, "Ranking (CSV)", marked, "ranking", "export ranking", "proposals", mark=mark)


def _score(page: Page, scheme: ScoringScheme, waiting: pd.DataFrame, strategy: Strategy | None) -> None:
    st.subheader("Score a proposal")
    about = {int(row.product_id): f"{row.product_id} · {row.title}" for row in waiting.itertuples()}
    product = st.selectbox("Proposal", list(about), format_func=about.__getitem__, key="to_score")
    version, serves, scores = list_assessments(page.store).get(product, (0, None, {}))
    titles = [item.title for item in strategy.priorities] if strategy else []
    with st.form(f"score-{product}-{version}"):
        served = st.selectbox(
            "Serves which priority of the control strategy?",
            titles,
            index=titles.index(serves) if serves in titles else None,
            placeholder="none" if titles else "no control strategy is in force",
            disabled=not titles,
        )
        given = {}
        for criterion in scheme.criteria:
            given[criterion.code] = _edit_score(criterion, scores.get(criterion.code), f"{product}-{version}")
        if submit_act(page, "score proposal", "Save the scores", type="primary", icon=":material/save:"):
            complete = {code: score for code, score in given.items() if score is not None}
            try:
                save_assessment(page.store, page.actor, product, complete, served, latest_seen=version)
            except (ValueError, AssessedMeanwhile) as error:
                st.error(plain(error))
            else:
                st.rerun()


def _edit_score(criterion: Criterion, saved: Score | None, key: str) -> Score | None:
    level, sure, why = st.columns([4, 2, 4])
    levels = [f"{value} · {word}" for value, word in enumerate(criterion.scale)]
    value = level.selectbox(
        f"{criterion.label} ({criterion.factor}, weight {criterion.weight:g})",
        range(HIGHEST + 1),
        format_func=lambda at: levels[at],
        index=saved.score if saved else None,
        placeholder="not scored",
        key=f"{key}-{criterion.code}",
    )
    confidence = sure.selectbox(
        "How sure",
        _CONFIDENCE,
        index=_CONFIDENCE.index(saved.confidence) if saved else 0,
        key=f"{key}-{criterion.code}-sure",
    )
    by = f" (by {saved.author})" if saved else ""
    reason = why.text_input(f"Why{by}", saved.reason if saved else "", key=f"{key}-{criterion.code}-why")
    return None if value is None else Score(value, confidence, reason, saved.author if saved else "")
