"""Concentration: what share of crime, harm, adverts or money falls on how few places, campaigns or
accounts."""

from __future__ import annotations

import streamlit as st

from analytics.figures.charts import band_chart
from analytics.hotspots.category_harm import harm_in_force
from analytics.hotspots.refusal import TooFewData
from analytics.intelligence.possible_victims import find_protected_nodes
from analytics.oversight.exercise import mark_of_sources
from analytics.oversight.masking import mask
from analytics.shared.wording import write_period
from analytics.tasking.concentration import WHAT, ConcentrationRanking, measure_concentration
from ui.components.exporting import offer_csv
from ui.components.left_out import show_left_out
from ui.components.text import plain
from ui.shell.page import Page


@st.cache_data(max_entries=16, show_spinner="Bootstrapping the interval …")
def _measure(
    _page: Page, store: str, what: str, data_version: int, harm: tuple | None, protected: frozenset[str]
):
    return measure_concentration(_page.store, what)


def show_concentration(page: Page) -> None:
    """Shown on request: the interval takes some seconds on a large store."""
    if not st.toggle(
        "Concentration",
        key="prolific",
        help="The share of crime, harm, adverts or money in the highest-ranked places, campaigns, structures "
        "or accounts",
    ):
        return
    what = st.segmented_control(
        "What", list(WHAT), default=next(iter(WHAT)), required=True, key="prolific_what"
    )
    try:
        found = _measure(
            page,
            page.store.path,
            what,
            page.store.data_version(),
            harm_in_force(page.store),
            find_protected_nodes(page.store),
        )
    except TooFewData as error:
        st.text(str(error))
        return
    _show_figures(found)
    left, right = st.columns([3, 4], gap="medium")
    with left:
        _show_curve(found)
    with right:
        _show_highest(page, found, what)
        show_left_out(found.left_out, "concentration", found.noun)
    st.caption(
        plain(
            f"{write_period(found.first, found.last)}; {found.units}, with those that had records "
            "only earlier counted as empty. The band is a 95 % bootstrap interval; the dashed line is equal "
            "shares. Few records over many units are concentrated by chance alone: Concentration on Hotspots "
            "allows for that. A high rank is no proof: banks, shops and stations rank high too."
        )
    )


def _show_figures(found: ConcentrationRanking) -> None:
    figures = found.figures
    half, share, gini = st.columns(3)
    half.metric(f"Half of the {found.measure} in", f"{len(figures.smallest):,} of {found.total:,}")
    share.metric(
        "Share of all",
        f"{figures.places:.1%}",
        f"{figures.places_low:.1%} to {figures.places_high:.1%}",
        delta_color="off",
        delta_arrow="off",
    )
    gini.metric(
        "Gini",
        f"{figures.gini:.2f}",
        f"{figures.gini_low:.2f} to {figures.gini_high:.2f}",
        delta_color="off",
        delta_arrow="off",
    )


def _show_curve(found: ConcentrationRanking) -> None:
    curve = found.figures.curve * 100
    st.plotly_chart(
        band_chart(
            curve.places.tolist(),
            curve.share.tolist(),
            curve.low.tolist(),
            curve.high.tolist(),
            x_title=f"% of {found.units}, highest first",
            y_title=f"% of {found.measure}",
            name="observed",
            middle=curve.places.tolist(),
        ),
        key="prolific_curve",
        config={"displayModeBar": False},
    )


def _show_highest(page: Page, found: ConcentrationRanking, what: str) -> None:
    """The places, accounts or campaigns with the most, personal ones masked, and their file."""
    shown = found.top.assign(
        label=[
            mask(label, kind) if kind else label
            for label, kind in zip(found.top.label, found.top.kind, strict=True)
        ],
        share=100 * found.top.share,
        together=100 * found.top.together,
    ).drop(columns="kind")
    st.dataframe(
        shown,
        hide_index=True,
        height=330,
        alt=f"The highest-ranked {found.units}",
        column_config={
            "label": "Which",
            "value": st.column_config.TextColumn(found.measure.capitalize(), alignment="right"),
            "share": st.column_config.NumberColumn("Share", format="%.1f %%"),
            "together": st.column_config.NumberColumn("Cumulative", format="%.1f %%"),
        },
    )
    mark = mark_of_sources(page.store, sources=found.sources)
    offer_csv(page, "Highest-ranked (CSV)", shown, "prolific", "export prolific", what, mark=mark)
