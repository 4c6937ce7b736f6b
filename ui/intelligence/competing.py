"""The competing-hypotheses table of a finding: every explanation against every item of evidence."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from analytics.intelligence.findings import Finding, RevisedMeanwhile, revise_finding
from analytics.intelligence.hypotheses import (
    RATINGS,
    Competing,
    begin,
    describe_probabilities,
    describe_verdict,
    from_json,
    tells_nothing,
    to_json,
    weigh,
)
from analytics.oversight.roles import tier_of
from ui.components.act_buttons import act_button
from ui.components.text import plain
from ui.shell.page import Page


def show_competing(page: Page, finding_id: int, finding: Finding, version: int, latest: int) -> None:
    st.caption(
        "Analysis of competing hypotheses (Heuer 1999, ch. 8): rate each item of evidence against every "
        "explanation. The one "
        "with the least against it leads, not the one with most for it."
    )
    stored = from_json(finding.hypotheses) if finding.hypotheses else begin(finding)
    writes = tier_of(page.actor).writes and version == latest
    key = f"competing-{finding_id}-{version}"
    typed = st.text_area(
        "Hypotheses, one a line (the first, H1, is what the finding says)",
        "\n".join(stored.hypotheses),
        key=f"{key}-hypotheses",
        height=34 + 24 * max(3, len(stored.hypotheses)),
        disabled=not writes,
        persist_state="session",
    )
    hypotheses = tuple(line.strip() for line in typed.splitlines() if line.strip())
    titles = {f"H{at}": text for at, text in enumerate(hypotheses, 1)}
    frame = pd.DataFrame({"evidence": stored.evidence}, dtype=object)
    for column, text in titles.items():
        at = stored.hypotheses.index(text) if text in stored.hypotheses else None
        frame[column] = [None if at is None else row[at] for row in stored.ratings]
    config = {
        "evidence": st.column_config.TextColumn("Evidence, or a test to make", width="large", required=True)
    } | {
        column: st.column_config.SelectboxColumn(column, options=list(RATINGS), help=text, width=118)
        for column, text in titles.items()
    }
    edited = st.data_editor(
        frame,
        num_rows="dynamic" if writes else "fixed",
        hide_index=True,
        placeholder="not rated",
        disabled=not writes,
        column_config=config,
        key=f"{key}-{hash(hypotheses)}",
    )
    percents = _ask_probabilities(stored, titles, key=key, writes=writes)
    try:
        table = _table(hypotheses, edited, percents)
    except ValueError as error:
        st.error(plain(error))
        return
    _show_weighed(table)
    for line in describe_probabilities(table, finding.likelihood):
        st.text(line)
    if not writes:
        st.caption("Only the latest version is edited, and by roles that write findings.")
        return
    begun = table.begun or any(value is not None for value in table.probabilities)
    changed = table != stored or (finding.hypotheses is None and begun)
    if changed and act_button(
        page, "revise finding", "Save the ratings as the next version", type="primary", icon=":material/save:"
    ):
        try:
            revise_finding(
                page.store,
                page.actor,
                finding_id,
                replace(finding, hypotheses=to_json(table)),
                latest_seen=version,
                change_reason="explanations weighed against the evidence",
            )
        except RevisedMeanwhile as error:
            st.error(plain(error))
        else:
            st.rerun()


def _ask_probabilities(
    stored: Competing, titles: dict[str, str], *, key: str, writes: bool
) -> tuple[float | None, ...]:
    """How probable each hypothesis is held to be; () where nobody says of any."""
    known = dict(zip(stored.hypotheses, stored.probabilities, strict=False))
    before = [known.get(text) for text in titles.values()]
    frame = pd.DataFrame(
        {
            "hypothesis": [f"{name}: {text}" for name, text in titles.items()],
            "percent": pd.array([None if p is None else round(100 * p) for p in before], dtype="Int64"),
        }
    )
    st.caption("How probable is each? Together 100 % at most: what is left is for what none of them says.")
    edited = st.data_editor(
        frame,
        hide_index=True,
        disabled=True if not writes else ["hypothesis"],
        placeholder="not said",
        column_config={
            "hypothesis": st.column_config.TextColumn("Hypothesis", width="large"),
            "percent": st.column_config.NumberColumn("Probability, %", min_value=0, max_value=100, step=1),
        },
        key=f"{key}-probability-{hash(tuple(titles.values()))}",
    )
    said = [None if pd.isna(percent) else int(percent) / 100 for percent in edited.percent]
    return tuple(said) if any(value is not None for value in said) else ()


def _table(
    hypotheses: tuple[str, ...], edited: pd.DataFrame, probabilities: tuple[float | None, ...]
) -> Competing:
    rows = edited.astype(object).where(edited.notna(), None)
    rows = rows[[bool(str(text or "").strip()) for text in rows.evidence]]
    ratings = rows[[f"H{at}" for at in range(1, len(hypotheses) + 1)]]
    return Competing(
        hypotheses,
        tuple(rows.evidence),
        tuple(tuple(row) for row in ratings.itertuples(index=False)),
        probabilities,
    )


def _show_weighed(table: Competing) -> None:
    st.text(describe_verdict(table))
    if not table.begun:
        return
    order = weigh(table)
    st.dataframe(
        order.assign(
            hypothesis=[f"H{table.hypotheses.index(text) + 1}: {text}" for text in order.hypothesis]
        )[["rank", "hypothesis", "inconsistent", "consistent", "not_applicable", "not_rated"]],
        hide_index=True,
        alt="Hypotheses, the one with least against it first",
        column_config={
            "rank": st.column_config.NumberColumn("Rank", width=50),
            "hypothesis": st.column_config.TextColumn("Hypothesis", width="large"),
            "inconsistent": st.column_config.NumberColumn(
                "Against it", help="Items rated inconsistent: what decides."
            ),
            "consistent": "Fits",
            "not_applicable": "Not applicable",
            "not_rated": "Not rated",
        },
    )
    if same := tells_nothing(table):
        st.caption(f"Rated alike for all, so it tells nothing between them: {plain('; '.join(same))}")
