"""The flow component: who pays whom, where a click chooses an account. Its browser side is
`frontend/src/flow.ts`."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from analytics.figures.flow import Flow, flow_chart
from ui.components.browser_side import declare_component

_component = declare_component("flow")


def draw_flow(
    flow: Flow, chosen: str | None, on_choose: Callable[[str], None], *, key: str, alt: str
) -> None:
    """Draw the flow with the mark of `chosen` stressed; `on_choose` takes the account whose mark is clicked,
    and runs before the page."""

    def pass_on() -> None:
        number = st.session_state[key].chosen
        if isinstance(number, int) and 0 <= number < len(flow.nodes):
            account = flow.nodes.account.iloc[number]
            if pd.notna(account):
                on_choose(account)

    data = flow_chart(flow, chosen=chosen, label=alt)
    _component(key=key, data=data, height="content", on_chosen_change=pass_on)
