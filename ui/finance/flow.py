"""The chart of who pays whom, in which a click chooses an account."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from analytics.figures.flow import Flow, flow_chart


def draw_flow(
    flow: Flow, chosen: str | None, on_choose: Callable[[str], None], *, key: str, dark: bool, alt: str
) -> None:
    """Draw the flow with the mark of `chosen` stressed; `on_choose` takes the account whose mark is
    clicked."""

    def pass_on() -> None:
        for point in st.session_state[key]["selection"]["points"]:
            at = point.get("customdata")
            at = at[0] if isinstance(at, list) else at
            account = flow.nodes.account.get(at) if at is not None else None
            if account:
                on_choose(account)
                return

    st.plotly_chart(
        flow_chart(flow, chosen=chosen, dark=dark),
        key=key,
        on_select=pass_on,
        selection_mode="points",
        config={"displayModeBar": False},
        alt=alt,
    )
