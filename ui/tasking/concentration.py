"""The few and the much: what share is held by how few places, campaigns or structures."""

from __future__ import annotations

import streamlit as st

from analytics.figures.charts import band_chart
from analytics.hotspots.refusal import TooFewData
from analytics.oversight.masking import mask
from analytics.shared.safe_csv import safe_csv
from analytics.tasking.concentration import WHAT, measure_concentration
from analytics.tasking.results import harm_in_force
from ui.components.evidence import log
from ui.components.text import plain
from ui.shell.page import Page


@st.cache_data(max_entries=16, show_spinner="Drawing places again and again for the band …")
def _measured(_page: Page, store: str, what: str, data_version: int, harm: tuple | None):
    return measure_concentration(_page.store, what)


def show_concentration(page: Page) -> None:
    """Asked for, not drawn with every look at the priorities: the band takes some seconds of a large
    store."""
    if not st.toggle(
        "The few and the much",
        key="prolific",
        help="How large a share of crime, harm, adverts or money a small share of places, campaigns, "
        "structures or accounts holds",
    ):
        return
    what = st.segmented_control(
        "What", list(WHAT), default=next(iter(WHAT)), required=True, key="prolific_what"
    )
    try:
        found = _measured(page, page.store.path, what, page.store.data_version(), harm_in_force(page.store))
    except TooFewData as error:
        st.text(str(error))
        return
    held, few = found.held, len(found.held.smallest)
    cells = st.columns(3)
    cells[0].metric(f"Half of the {found.measure} lies with", f"{few:,} of {found.total:,}")
    cells[1].metric(
        "Which is",
        f"{held.places:.1%}",
        f"{held.places_low:.1%} to {held.places_high:.1%}",
        delta_color="off",
        delta_arrow="off",
    )
    cells[2].metric(
        "Gini",
        f"{held.gini:.2f}",
        f"{held.gini_low:.2f} to {held.gini_high:.2f}",
        delta_color="off",
        delta_arrow="off",
    )
    left, right = st.columns([3, 4], gap="medium")
    curve = held.curve * 100
    with left:
        st.plotly_chart(
            band_chart(
                curve.places.tolist(),
                curve.held.tolist(),
                curve.low.tolist(),
                curve.high.tolist(),
                x_title=f"% of {found.units}, fullest first",
                y_title=f"% of {found.measure}",
                name="held",
                middle=curve.places.tolist(),
            ),
            key="prolific_curve",
            config={"displayModeBar": False},
        )
    shown = found.top.assign(
        label=[
            mask(label, kind) if kind else label
            for label, kind in zip(found.top.label, found.top.kind, strict=True)
        ],
        share=100 * found.top.share,
        together=100 * found.top.together,
    ).drop(columns="kind")
    with right:
        st.dataframe(
            shown,
            hide_index=True,
            height=330,
            alt=f"The {found.units} that hold most",
            column_config={
                "label": "Which",
                "value": st.column_config.TextColumn(found.measure.capitalize(), alignment="right"),
                "share": st.column_config.NumberColumn("Share", format="%.1f %%"),
                "together": st.column_config.NumberColumn("Together", format="%.1f %%"),
            },
        )
        st.download_button(
            "The fullest (CSV)",
            lambda: safe_csv(shown),
            "prolific.csv",
            "text/csv",
            icon=":material/download:",
            on_click=log,
            args=(page, "export prolific", what),
        )
    st.caption(
        plain(
            f"{found.first:%d %b %Y} to {found.last:%d %b %Y}; {found.units}, the empty ones where something "
            f"was recorded before too. The band is a "
            "bootstrap over them, 95 %; the dashed line is equal shares. Few records over many units are "
            "concentrated by arithmetic alone: see "
            "Concentration on Hotspots for the figure that allows for it. Prolific is no proof: a bank, a "
            "shop and a station are too."
        )
    )
