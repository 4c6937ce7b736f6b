"""The scope that every page shares: the working area and the period, as the link names them.

The address is the truth. The bar writes into it, pages read from it, and every link within the app takes
it along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from analytics.shared.wording import write_period
from analytics.store import read_today
from ui.components.address import change_address
from ui.components.choosing import distinct_labels, explain_stale_link
from ui.components.text import DAY_INPUT

AREA, PERIOD = "area", "period"  # in the link
Period = tuple[date, date]
_OF_AN_AREA = ("cell", "drawn")  # what a link may name that lies in one working area alone


@dataclass(frozen=True)
class Scope:
    """What the link names. Where the period is None, each page has a period of its own."""

    area: str | None
    period: Period | None

    def link(self) -> dict[str, str | list[str]]:
        """The same as the parameters of a link."""
        found: dict[str, str | list[str]] = {}
        if self.area is not None:
            found[AREA] = self.area
        if self.period is not None:
            found[PERIOD] = [day.isoformat() for day in self.period]
        return found


def read_scope() -> Scope:
    return Scope(st.query_params.get(AREA), _read_period())


def period_within(first: date, last: date, default: Period | None = None) -> Period:
    """The period of the link, as far as the data from `first` to `last` reach; `default`, or all of the data,
    where the link has none or the two do not meet, which is said."""
    usual = default or (first, last)
    asked = _read_period()
    if asked is None:
        return usual
    if asked[1] < first or asked[0] > last:
        st.warning(
            f"There are no data of {write_period(*asked)}: they cover {write_period(first, last)}. "
            f"{write_period(*usual)} is shown.",
            icon=":material/event_busy:",
        )
        return usual
    return max(asked[0], first), min(asked[1], last)


def set_period(period: Period | None) -> None:
    """Put a period into the link, or take it out."""
    change_address(**{PERIOD: None if period is None else [day.isoformat() for day in period]})


def area_labels(areas: pd.DataFrame) -> dict[int, str]:
    """What the link calls each working area, by its number."""
    return distinct_labels(dict(zip(areas.area_id.tolist(), areas.name, strict=True)))


def find_area(areas: pd.DataFrame) -> int:
    """The working area of the link, else the first of `areas`."""
    labels = area_labels(areas)
    asked = st.query_params.get(AREA)
    return next((area for area, label in labels.items() if label == asked), next(iter(labels)))


def choose_area(areas: pd.DataFrame) -> int:
    """The working area of the scope, else the first of `areas`. A stale link is explained."""
    explain_stale_link(AREA, area_labels(areas).values())
    return find_area(areas)


def show_scope(areas: pd.DataFrame) -> None:
    """The two choices in the bar. Nothing where there is no working area yet."""
    if areas.empty:
        return
    labels = area_labels(areas)
    area_id = st.session_state["scope_area"] = find_area(areas)
    st.selectbox(
        "Working area",
        list(labels),
        format_func=labels.__getitem__,
        key="scope_area",
        label_visibility="collapsed",
        width=170,
        on_change=_choose_area,
        args=(labels,),
    )
    period = _read_period()
    last = areas.set_index("area_id").last_day[area_id]
    with st.popover(
        write_period(*period) if period else "Usual period",
        icon=":material/date_range:",
        key="scope_period",
        type="tertiary",
        help="The period of every page. Without one, each page shows its own: a year of recorded crime, all "
        "adverts, all payments.",
    ):
        _choose_period(period, last)


def _choose_period(period: Period | None, last: date | None) -> None:
    """`last` is the last day on which the working area has recorded crime."""
    today = last if isinstance(last, date) else read_today()
    with st.container(horizontal=True, gap="xsmall"):
        for label, days in (("4 weeks", 28), ("12 weeks", 84), ("26 weeks", 182), ("12 months", 365)):
            st.button(
                label,
                key=f"scope-{days}",
                on_click=set_period,
                args=((today - timedelta(days=days - 1), today),),
                help=f"To the last day of the data, {today:%-d %b %Y}",
            )
        st.button("Usual", key="scope-usual", on_click=set_period, args=(None,), disabled=period is None)
    if len(st.session_state.get("scope_dates", ())) != 1:  # one: the first day is chosen, the last is not yet
        st.session_state["scope_dates"] = period or ()
    st.date_input(
        "From and to",
        key="scope_dates",
        min_value=date(1970, 1, 1),
        max_value=date(2100, 1, 1),
        format=DAY_INPUT,
        on_change=_take_dates,
    )


def _take_dates() -> None:
    chosen = st.session_state["scope_dates"]
    if len(chosen) == 2:
        set_period(chosen)


def _choose_area(labels: dict[int, str]) -> None:
    change_address(**{**dict.fromkeys(_OF_AN_AREA), AREA: labels[st.session_state["scope_area"]]})


def _read_period() -> Period | None:
    """The period of the link, its first day first; None where it names none that can be read."""
    try:
        first, last = sorted(date.fromisoformat(text) for text in st.query_params.get_all(PERIOD))
    except ValueError:
        return None
    return first, last
