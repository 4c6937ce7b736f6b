"""Two maps of the same cells side by side, under one legend, with how far they agree."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from analytics.figures.map_picture import Choices
from analytics.figures.maps import cell_map, highest
from analytics.figures.print_result import print_sides
from analytics.hotspots.catalogue import METHODS, Request
from analytics.hotspots.findings.comparison import COMPARISON, Side, compare
from analytics.hotspots.methods.agreement import Agreement
from analytics.hotspots.refusal import TooFewData
from analytics.shared.wording import counted, write_day
from ui.components.address import choice_of_address, days_of_address
from ui.components.map import show_map
from ui.components.text import DAY_INPUT, plain
from ui.hotspots.draw import choose_place, chosen_place, locate_places, rank_places
from ui.hotspots.drawer import save_comparison
from ui.hotspots.place_list import CHANNEL
from ui.hotspots.screen import HotspotScreen
from ui.hotspots.side import Answer

_DIMENSIONS = ("two periods", "two categories", "two methods")
_HEIGHT = 480  # pixels of each map
_ON_CELLS = ("count", "change", "gi-star", "density")


def show_compare(screen: HotspotScreen) -> Answer | None:
    """The two maps; returns what the panes beside them show, None where there is nothing to compare."""
    what = st.segmented_control(
        "Compare",
        _DIMENSIONS,
        required=True,
        label_visibility="collapsed",
        **choice_of_address("compare_what", _DIMENSIONS, _DIMENSIONS[0]),
    )
    ask = {_DIMENSIONS[0]: _periods, _DIMENSIONS[1]: _categories, _DIMENSIONS[2]: _methods}[what or ""]
    asked = ask(screen)
    if asked is None:
        return None
    sides: list[Side] = []
    for label, method, request in asked:
        try:
            sides.append(Side(label, method, request, screen.run(method, request)))
        except TooFewData as error:
            st.warning(f"{plain(label)}: {plain(error)}", icon=":material/block:")
            return None
    same = sides[0].measure == sides[1].measure
    top = max(highest(side.values.to_numpy(), side.measure.maximum) for side in sides) if same else None
    result, agreement = compare(sides, screen.snapshot.cells)
    choices = Choices(CHANNEL, "cells", ("values",), locate_places(screen, result))
    ranks = (
        rank_places(result).set_index("id")["rank"] if result.measure is not None else pd.Series(dtype=int)
    )
    for letter, column, side in zip("AB", st.columns(2), sides, strict=True):
        with column:
            chosen = chosen_place(screen, result)
            _show_side(screen, side, ranks, top, choices, chosen, key=f"map_{letter}")
    _show_agreement(sides, agreement)
    return Answer(
        COMPARISON,
        result,
        save=lambda: save_comparison(screen, sides, result),
        prints=_printer(screen, sides, top),
    )


def _show_side(
    screen: HotspotScreen,
    side: Side,
    ranks: pd.Series,
    top: float | None,
    choices: Choices,
    chosen: str | None,
    *,
    key: str,
) -> None:
    result = side.result
    total = f" · {side.values.sum():,.0f} {plain(side.measure.legend)}" if side.method == "count" else ""
    st.markdown(f"**{plain(side.label)}**{total}")
    picture = cell_map(
        result.table.assign(rank=result.table.id.map(ranks)),
        screen.grid,
        side.measure,
        replace(screen.frame, height=_HEIGHT),
        label=f"Map: {side.label}",
        chosen=chosen,
        top=top,
        group="compare",
        names=screen.study.names,
    )
    show_map(replace(picture, choices=choices), key=key, on_pick=choose_place)
    for sentence in result.says:
        st.caption(plain(sentence))


def _printer(screen: HotspotScreen, sides: list[Side], top: float | None):
    drawn = [(side.label, side.request, side.result) for side in sides]
    title = f"{sides[0].label} and {sides[1].label}, {screen.area_name}"
    epsg, credit = screen.workspace.epsg, screen.frame.credit
    return lambda layers, ending: print_sides(drawn, epsg, title, layers, ending, top=top, credit=credit)


def _show_agreement(sides: list[Side], found: Agreement) -> None:
    left, middle, right = st.columns([1, 1, 3])
    left.metric(
        "Rank correlation", f"{found.spearman:.2f}", help="Spearman's, over every cell of the study area."
    )
    middle.metric(
        "Shared worst cells",
        f"{found.both} of {found.top}",
        help=f"The highest 5 % of cells in each; Jaccard overlap {found.overlap:.2f}.",
    )
    right.caption(
        f"Over {found.cells:,} cells. {counted(found.only_first, 'cell is', 'cells are')} among the worst "
        f"5 % only in {plain(sides[0].label)}, and as many only in {plain(sides[1].label)}. Both maps share "
        "one scale where they show the same measure."
    )


def _periods(screen: HotspotScreen) -> list[tuple[str, str, Request]] | None:
    earlier = screen.selection.earlier()
    extent = screen.extent
    first, last = (min(max(day, extent.first), extent.last) for day in (earlier.first, earlier.last))
    other = st.date_input(
        "The other period",
        min_value=extent.first,
        max_value=extent.last,
        width=250,
        format=DAY_INPUT,
        **days_of_address("other_period", (first, last), first=extent.first, last=extent.last),
    )
    if not isinstance(other, tuple) or len(other) != 2:
        st.info("Choose the last day of the other period too.")
        return None
    if other == (screen.selection.first, screen.selection.last):
        st.info("Choose two different periods.")
        return None
    there = replace(screen.selection, first=other[0], last=other[1])
    return [
        (
            f"{write_day(chosen.first)} – {write_day(chosen.last)}",
            "count",
            replace(screen.request, selection=chosen),
        )
        for chosen in (screen.selection, there)
    ]


def _categories(screen: HotspotScreen) -> list[tuple[str, str, Request]] | None:
    names = screen.extent.categories
    if len(names) < 2:
        st.info("The data have one category only.")
        return None
    boxes = st.columns(2)
    chosen = [
        box.selectbox(f"Category {letter}", names, **choice_of_address(f"category_{letter}", names, names[k]))
        for k, (box, letter) in enumerate(zip(boxes, "AB", strict=True))
    ]
    if chosen[0] == chosen[1]:
        st.info("Choose two different categories.")
        return None
    return [
        (name, "count", replace(screen.request, selection=replace(screen.selection, categories=(name,))))
        for name in chosen
    ]


def _title(name: str) -> str:
    return METHODS[name].title


def _methods(screen: HotspotScreen) -> list[tuple[str, str, Request]] | None:
    boxes = st.columns(2)
    chosen = [
        box.selectbox(
            f"Method {letter}",
            _ON_CELLS,
            format_func=_title,
            **choice_of_address(f"method_{letter}", _ON_CELLS, _ON_CELLS[2 * k], label=_title),
        )
        for k, (box, letter) in enumerate(zip(boxes, "AB", strict=True))
    ]
    if chosen[0] == chosen[1]:
        st.info("Choose two different methods.")
        return None
    return [
        (METHODS[name].title, name, replace(screen.request, options=METHODS[name].defaults()))
        for name in chosen
    ]
