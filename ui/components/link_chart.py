"""The chart component: a chart of links in, what the user picks or asks to expand out.

Its browser side is `frontend/src/chart.ts`. Set a table of the same nodes beside it: a canvas says nothing to
a screen reader but what is selected.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from analytics.figures.link_chart import LinkChart
from ui.components.browser_side import declare_component

_component = declare_component("chart")


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

    def picked() -> None:
        found = chart.read_token(st.session_state[key].picked)
        if on_pick is not None and found is not None:
            on_pick(found)

    def expanded() -> None:
        found = chart.read_token(st.session_state[key].expanded)
        if on_expand is not None and found is not None:
            on_expand(found)

    def picked_tie() -> None:
        found = chart.read_tie(st.session_state[key].tie)
        if on_pick_tie is not None and found is not None:
            on_pick_tie(found)

    _component(
        key=key,
        data={**chart.message(), "expandable": on_expand is not None},
        height="content" if chart.height is not None else "stretch",
        on_picked_change=picked,
        on_expanded_change=expanded,
        on_tie_change=picked_tie,
    )
