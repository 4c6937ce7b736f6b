"""Every problem by trend, harm and confidence, and the rows behind one."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.figures.strategic import trend_harm_chart
from analytics.oversight.exercise import mark_of_sources
from analytics.shared.month_dates import next_month
from analytics.shared.wording import counted, write_period
from analytics.strategic.picture import StrategicPicture
from analytics.strategic.problems import CATEGORY, Problem
from analytics.strategic.rows import read_category_rows
from ui.components.choosing import choose_row, fit_rows
from ui.components.evidence import evidence_drawer
from ui.components.exporting import offer_csv
from ui.components.reveal import reveal
from ui.components.text import plain
from ui.shell.layout import pair
from ui.shell.page import Page


def show_problems(page: Page, picture: StrategicPicture) -> None:
    problems = list(picture.problems)
    if not problems:
        st.info("Nothing is recorded, and no priority is in force: there is no problem to assess.")
        return
    left, right = pair("problems", (5, 6))
    with left:
        _draw(problems)
    with right:
        chosen = _choose(page, picture, problems)
    if chosen is not None:
        _show_problem(page, picture, chosen)


def _draw(problems: list[Problem]) -> None:
    table = pd.DataFrame(
        [
            (
                problem.name,
                100 * (problem.trend.ratio - 1),
                100 * (problem.trend.low - 1),
                100 * (problem.trend.high - 1),
                100 * problem.harm_share,
                problem.confidence,
            )
            for problem in problems
            if problem.trend
            and problem.trend.ratio is not None
            and problem.trend.low is not None
            and problem.trend.high is not None
            and problem.harm_share is not None
        ],
        columns=["name", "change", "low", "high", "harm", "confidence"],
    )
    if table.empty:
        st.caption("No problem has both a trend and a harm weight, so there is no chart. The table says why.")
        return
    st.plotly_chart(
        trend_harm_chart(table),
        key="strategic-problems",
        config={"displayModeBar": False},
        alt=f"Trend and share of harm of {counted(len(table), 'problem')}; the table has the same",
    )
    missing = len(problems) - len(table)
    apart = f" Not drawn, because trend or harm is not known: {missing}." if missing else ""
    st.caption(
        f"Intervals hold together for all problems with 95 %: one that crosses 0 is no change beyond "
        f"chance.{apart}"
    )


def _choose(page: Page, picture: StrategicPicture, problems: list[Problem]) -> Problem | None:
    table = pd.DataFrame(
        {
            "problem": [problem.name for problem in problems],
            "trend": [problem.trend_word for problem in problems],
            "change": [_write_change(problem) for problem in problems],
            "harm": [
                None if problem.harm_share is None else 100 * problem.harm_share for problem in problems
            ],
            "confidence": [problem.confidence for problem in problems],
            "warning": ["warns" if problem.name in picture.warned else "" for problem in problems],
        }
    )
    names = [problem.name for problem in problems]
    name = choose_row(
        table,
        names,
        key="strategic-problem",
        height=fit_rows(len(table), 370),
        placeholder="not known",
        alt="Problems by share of harm",
        column_config={
            "problem": "Problem",
            "trend": "Trend",
            "change": st.column_config.TextColumn("Change and interval"),
            "harm": st.column_config.NumberColumn("Share of harm", format="%.0f %%"),
            "confidence": "Confidence",
            "warning": st.column_config.TextColumn("Early warning"),
        },
    )
    mark = mark_of_sources(page.store, area_id=picture.area_id)
    offer_csv(page, "Problems (CSV)", table, "problems", "export problems", picture.area, mark=mark)
    if name is None:
        st.caption("Choose a problem to see what each figure rests on, and its rows.")
        return None
    return next(problem for problem in problems if problem.name == name)


def _write_change(problem: Problem) -> str:
    trend = problem.trend
    if trend is None or trend.ratio is None or trend.low is None or trend.high is None:
        return "not known"
    return f"{trend.ratio - 1:+.0%} ({trend.low - 1:+.0%} to {trend.high - 1:+.0%})"


def _show_problem(page: Page, picture: StrategicPicture, problem: Problem) -> None:
    st.subheader(plain(problem.name))
    st.markdown(plain(problem.describe_trend()))
    st.markdown(plain(problem.describe_harm()))
    if warned := picture.warned.get(problem.name):
        st.markdown(plain(f"Early warning: {warned}."))
    st.markdown(plain(f"Confidence: {problem.confidence}. {problem.confidence_basis.capitalize()}."))
    if problem.priorities and problem.kind == CATEGORY:
        st.markdown(plain(f"Priority in force: {', '.join(problem.priorities)}."))
    if problem.kind != CATEGORY or picture.history is None or problem.trend is None:
        st.caption("Its records are under Routes and on the page Collection; findings on it under Findings.")
        return
    until = picture.history.last_day
    since = next_month(picture.history.months[-1], 1 - problem.trend.months)
    what = f"{problem.name}, {write_period(since, until)}"
    evidence_drawer(
        page,
        what,
        lambda limit, offset: read_category_rows(
            page.store, picture.area_id, problem.name, since, until, limit, offset
        ),
        problem.recent,
        key="strategic-problem",
        revealed=reveal(page, what, key="strategic-problem"),
    )
