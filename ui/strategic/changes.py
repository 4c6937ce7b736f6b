"""What changed since the last strategic assessment."""

from __future__ import annotations

import streamlit as st

from analytics.strategic.picture import StrategicPicture
from ui.components.text import plain
from ui.shell.page import Page


def show_changes(page: Page, picture: StrategicPicture) -> None:
    comparison = picture.comparison
    st.markdown(plain(comparison.describe()))
    if comparison.product_id is None:
        st.caption("Draft the assessment: its figures are stored, and the next one is compared with them.")
        return
    if len(comparison.table):
        st.dataframe(
            comparison.table,
            hide_index=True,
            placeholder="",
            alt="Figures that changed since the last assessment",
            column_config={
                "kind": "What",
                "name": "Name",
                "measure": "Figure",
                "before": "Then",
                "now": "Now",
                "change": "Change",
            },
        )
    st.caption(
        "Counts alone are no change: their test is the trend. A share of harm counts from two points on. A "
        "route that is new may come from a source that is new."
    )
