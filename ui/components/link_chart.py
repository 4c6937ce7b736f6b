"""The chart component: a chart of links in, what the user picks or asks to expand out.

Its browser side is `frontend/src/chart.ts`. Set a table of the same nodes beside it: a canvas says nothing to
a screen reader but what is selected.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from analytics.figures.link_chart import LinkChart


def show_link_chart(
    chart: LinkChart,
    *,
    key: str,
    on_pick: Callable[[str], None] | None = None,
    on_expand: Callable[[str], None] | None = None,
    on_pick_tie: Callable[[str], None] | None = None,
) -> None:
    """Draw a chart. The callbacks are given the id of a node that is picked (click or Enter) or to be
    expanded (double click or e), or of a tie that is picked (`LinkChart.find_tie`). They run before the
    page."""
    st.caption(f"{len(chart.nodes):,} nodes, {len(chart.ties):,} ties.")
