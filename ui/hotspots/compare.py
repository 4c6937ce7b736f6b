"""Two pictures of the same cells side by side, under one legend, with how far they agree."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from analytics.figures.maps import cell_map, highest
from analytics.hotspots.agreement import agreement
from analytics.hotspots.catalogue import METHODS, Measure, Request, Result
from analytics.hotspots.refusal import TooFewData
from ui.hotspots.screen import Screen
from ui.text import plain

_DIMENSIONS = ("two periods", "two categories", "two methods")
_ON_CELLS = ("count", "change", "gi-star", "density")


def show_compare(screen: Screen) -> None:
    what = st.segmented_control(
        "Compare", _DIMENSIONS, default=_DIMENSIONS[0], key="compare_what", bind="query-params", required=True
    )
    sides = {"two periods": _periods, "two categories": _categories, "two methods": _methods}[what](screen)
    if sides is None:
        return
    results: list[Result] = []
    for label, method, request in sides:
        try:
            results.append(screen.run(method, request))
        except TooFewData as error:
            st.warning(f"{plain(label)}: {plain(error)}", icon=":material/block:")
            return
    same = results[0].measure == results[1].measure
    top = max(highest(_values(result)) for result in results) if same else None
    for column, (label, method, _), result in zip(st.columns(2), sides, results, strict=True):
        with column:
            st.markdown(f"**{plain(label)}** · {_values(result).sum():,.0f} {plain(result.measure.legend)}"
                        if method == "count" else f"**{plain(label)}**")  # fmt: skip
            figure = cell_map(result.table, screen.grid, result.measure, screen.frame, chosen=None, top=top)
            st.plotly_chart(
                figure, key=f"map_{label}", config={"displaylogo": False, "scrollZoom": True}, alt=f"Map: {label}"
            )  # fmt: skip
            for sentence in result.says:
                st.caption(plain(sentence))
    _show_agreement(screen, [label for label, _, _ in sides], results)


def _show_agreement(screen: Screen, labels: list[str], results: list[Result]) -> None:
    series = [
        result.table.set_index("id")[result.measure.column].reindex(screen.picture.cells.id).fillna(0.0)
        for result in results
    ]
    found = agreement(*series)
    left, middle, right = st.columns([1, 1, 3])
    left.metric(
        "Rank correlation", f"{found.spearman:.2f}", help="Spearman's, over every cell of the study area."
    )
    middle.metric(
        "Shared worst cells", f"{found.both} of {found.top}",
        help=f"The highest 5 % of cells in each; Jaccard overlap {found.overlap:.2f}.",
    )  # fmt: skip
    right.caption(
        f"Over {found.cells:,} cells. {found.only_first} cells are among the worst 5 % only in {plain(labels[0])}, and as "
        f"many only in {plain(labels[1])}. Both maps share one scale where they show the same measure."
    )


def _periods(screen: Screen) -> list[tuple[str, str, Request]] | None:
    earlier = screen.selection.earlier()
    extent = screen.extent
    bounded = tuple(min(max(day, extent.first), extent.last) for day in (earlier.first, earlier.last))
    other = st.date_input(
        "The other period", value=bounded, min_value=extent.first, max_value=extent.last, key="other_period",
        bind="query-params",
    )  # fmt: skip
    if len(other) != 2:
        st.info("Choose the last day of the other period too.")
        return None
    there = replace(screen.selection, first=other[0], last=other[1])
    return [
        (
            f"{chosen.first:%d %b %Y} – {chosen.last:%d %b %Y}",
            "count",
            replace(screen.request, selection=chosen),
        )
        for chosen in (screen.selection, there)
    ]


def _categories(screen: Screen) -> list[tuple[str, str, Request]] | None:
    names = screen.extent.categories
    if len(names) < 2:
        st.info("The data hold one category only.")
        return None
    boxes = st.columns(2)
    chosen = [
        box.selectbox(f"Category {letter}", names, index=k, key=f"category_{letter}", bind="query-params")
        for k, (box, letter) in enumerate(zip(boxes, "AB", strict=True))
    ]
    if chosen[0] == chosen[1]:
        st.info("Choose two different categories.")
        return None
    return [
        (name, "count", replace(screen.request, selection=replace(screen.selection, categories=(name,))))
        for name in chosen
    ]


def _methods(screen: Screen) -> list[tuple[str, str, Request]] | None:
    boxes = st.columns(2)
    chosen = [
        box.selectbox(
            f"Method {letter}", _ON_CELLS, index=(0, 2)[k], format_func=lambda name: METHODS[name].title,
            key=f"method_{letter}", bind="query-params",
        )
        for k, (box, letter) in enumerate(zip(boxes, "AB", strict=True))
    ]  # fmt: skip
    if chosen[0] == chosen[1]:
        st.info("Choose two different methods.")
        return None
    return [
        (METHODS[name].title, name, replace(screen.request, options=METHODS[name].defaults()))
        for name in chosen
    ]


def _values(result: Result):
    measure: Measure = result.measure
    return result.table[measure.column].to_numpy(dtype=float)
