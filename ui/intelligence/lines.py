"""The table in which a report's lines are written and graded."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from analytics.intelligence.reports import LINE_COLUMNS, Line
from ui.intelligence.choices import labels

WRAPPED = 62  # pixels a row in which a line is read: room for three lines of words


def table_of(lines: Sequence[Line]) -> pd.DataFrame:
    """Lines as rows to edit."""
    rows = [line.to_row() for line in lines]
    return pd.DataFrame(rows, columns=list(LINE_COLUMNS)).astype({"conditions": object})


def lines_from(table: pd.DataFrame) -> tuple[Line, ...]:
    """Edited rows as lines; rows without any text are left out."""
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return tuple(Line.from_row(row) for row in rows if row["original"] or row["sanitised"])


def edit_lines(table: pd.DataFrame, key: str) -> pd.DataFrame:
    """The table as edited: one sentence a row, graded by choosing from the code tables."""

    def choice(label: str, name: str, *, required: bool = False, help: str | None = None):
        known = labels(name, with_code=True)
        return st.column_config.SelectboxColumn(
            label,
            options=list(known),
            format_func=lambda code: known[str(code)],
            required=required,
            help=help,
            width="small",
        )

    conditions = labels("handling_conditions", with_code=True)
    return st.data_editor(
        table,
        num_rows="dynamic",
        hide_index=True,
        placeholder="",
        key=key,
        column_config={
            "original": st.column_config.TextColumn(
                "As received (one sentence)", width="large", required=True
            ),
            "sanitised": st.column_config.TextColumn(
                "Sanitised: without what betrays the source", width="large", required=True
            ),
            "source": choice("Source", "source_3x5x2", required=True, help="How reliable the source is."),
            "information": choice(
                "Information", "information_3x5x2", required=True, help="How the source knows it."
            ),
            "handling": choice("Handling", "handling", required=True),
            "conditions": st.column_config.MultiselectColumn(
                "Conditions",
                options=list(conditions),
                format_func=conditions.__getitem__,
                help="With handling C only.",
            ),
            "stage": choice("Stage", "stages"),
            "domain": choice("Domain", "commercial_domains"),
            "operational_domain": choice("Operational domain", "operational_domains"),
            "strategic_theme": choice("Strategic theme", "strategic_themes"),
        },
    )
