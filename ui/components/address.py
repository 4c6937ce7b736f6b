"""Widgets whose value is what the address says: links restore them, Back and Forward walk through them.

Each function takes the name of a parameter of the link and returns keyword arguments for a widget (its key
and what happens when it changes); the widget must be given no default of its own. A value that the link
names and that is not there is said in words and left in the link until another is chosen. A parameter on its
default is not in the link.

    cells = st.selectbox("Cells", KINDS, **choice_of_address("cells", KINDS, KINDS[0]))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import Any, TypedDict, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.components.choosing import say_not_there
from ui.components.link_memory import note_link, read_link

Option = TypeVar("Option")
Days = tuple[date, date]

_CONFIRMED = "address confirmed"


class Bound(TypedDict):
    """What binds a widget to the address."""

    key: str
    on_change: Callable[[], None]


def choice_of_address(
    name: str,
    options: Iterable[Option],
    default: Option,
    *,
    label: Callable[[Any], str] = str,
    notes: DeltaGenerator | None = None,
) -> Bound:
    """For a widget that chooses one of `options`; the link holds its `label`. `notes` is where it is said
    that the link names none of them, where not here."""
    return _bind(name, read_choice(name, options, default, label=label, notes=notes), default, label)


def choose_of_address(
    name: str,
    label: str,
    options: Sequence[str],
    *,
    default: str | None = None,
    notes: DeltaGenerator | None = None,
    former: Mapping[str, str] = MappingProxyType({}),
    pills: bool = False,
) -> str:
    """One of a few views or parts side by side, `default` or the first until another is chosen. `label` is
    for screen readers only; `former`: earlier names of options, which old links may have, and what each is
    called now; `pills` sets parts of a view apart from the views."""
    _follow_former(name, former)
    bound = choice_of_address(name, options, default or options[0], notes=notes)
    draw = st.pills if pills else st.segmented_control
    return str(draw(label, options, required=True, label_visibility="collapsed", **bound))


def read_choice(
    name: str,
    options: Iterable[Option],
    default: Option,
    *,
    label: Callable[[Any], str] = str,
    notes: DeltaGenerator | None = None,
) -> Option:
    """The option that the link names, else the default."""
    by_label = {label(option): option for option in options}
    asked = st.query_params.get(name)
    if asked is None:
        return default
    if asked not in by_label:
        say_not_there(asked, notes)
        return default
    return by_label[asked]


def choose_view(views: Sequence[str], *, name: str = "tab") -> str:
    """One of the views of a page side by side, the first unless the link names another."""
    bound = choice_of_address(name, views, views[0])
    st.segmented_control("View", views, required=True, label_visibility="collapsed", **bound)
    return st.session_state[bound["key"]]


def _follow_former(name: str, former: Mapping[str, str]) -> None:
    """A link of before opens what its option is called now."""
    asked = st.query_params.get(name)
    if asked is not None and asked in former:
        change_address(**{name: former[asked]})


def choices_of_address(name: str, options: Iterable[str], *, notes: DeltaGenerator | None = None) -> Bound:
    """For a widget that chooses any number of `options`."""
    known, asked = set(options), st.query_params.get_all(name)
    for value in asked:
        if value not in known:
            say_not_there(value, notes)
    return _bind(name, [value for value in dict.fromkeys(asked) if value in known], [], str)


def number_of_address(
    name: str,
    default: float | int,
    *,
    minimum: float | None,
    maximum: float | None,
    notes: DeltaGenerator | None = None,
) -> Bound:
    """For a number input; a whole number where the default is one."""
    asked, value = st.query_params.get(name), default
    if asked is not None:
        try:
            value = type(default)(asked)
        except ValueError:
            say_not_there(asked, notes)
        if not (minimum is None or value >= minimum) or not (maximum is None or value <= maximum):
            say_not_there(str(asked), notes)
            value = default
    return _bind(name, value, default, str)


def text_of_address(name: str, default: str = "") -> Bound:
    """For a line of text."""
    return _bind(name, st.query_params.get(name, default), default, str)


def switch_of_address(name: str, *, default: bool = False) -> Bound:
    """For a switch that is off until it is turned on, or the other way round where on is the `default`."""
    asked = st.query_params.get(name)
    return _bind(name, default if asked is None else asked == "true", default, _write_switch)


def days_of_address(name: str, default: Days, *, first: date, last: date) -> Bound:
    """For a date input of two days, from `first` to `last`. A first day that still waits for its second is in
    the widget alone."""
    value, asked = default, st.query_params.get_all(name)
    if asked:
        try:
            begin, end = sorted(date.fromisoformat(day) for day in asked)
        except ValueError:
            say_not_there(" – ".join(asked))
        else:
            if first <= begin and end <= last:
                value = begin, end
            else:
                say_not_there(" – ".join(asked))
    key = _key(name)
    if len(st.session_state.get(key, ())) != 1:
        st.session_state[key] = value
    return {"key": key, "on_change": partial(_write_days, name, key, default)}


def change_address(**values: str | Sequence[str] | None) -> None:
    """Put these values into the link in one step, or take those that are None out of it."""
    for name, value in values.items():
        if value is None:
            st.query_params.pop(name, None)
    st.query_params.update({name: value for name, value in values.items() if value is not None})
    note_link()


def confirm_address() -> None:
    """Tell the browser the link that it asked for, once. Streamlit runs a link to the page that is open but
    leaves the address, and its next run would be of the link before."""
    asked = read_link()
    if asked != st.session_state.get(_CONFIRMED, {}):
        st.query_params.from_dict(asked)
        st.session_state[_CONFIRMED] = asked


def _key(name: str) -> str:
    return f"address-{name}"


def _bind(name: str, value: object, default: object, label: Callable[[Any], str]) -> Bound:
    key = _key(name)
    st.session_state[key] = value
    return {"key": key, "on_change": partial(_write, name, key, default, label)}


def _write(name: str, key: str, default: object, label: Callable[[Any], str]) -> None:
    value = st.session_state[key]
    if value == default or value is None:
        st.query_params.pop(name, None)
    elif isinstance(value, list):
        st.query_params[name] = value
    else:
        st.query_params[name] = label(value)
    note_link()


def _write_days(name: str, key: str, default: Days) -> None:
    days = st.session_state[key]
    if len(days) == 2:
        change_address(**{name: None if days == default else [day.isoformat() for day in days]})


def _write_switch(on: bool) -> str:
    return "true" if on else "false"
