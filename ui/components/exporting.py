"""Files that leave: every table by one button, with the mark of what is invented and an audit record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.oversight import may
from analytics.oversight.exercise import COLUMN, mark_name, mark_of_store, mark_table
from analytics.shared.safe_csv import safe_csv
from ui.components.audit import log
from ui.components.text import plain
from ui.shell.page import Page


def offer_csv(
    page: Page,
    label: str,
    table: pd.DataFrame,
    name: str,
    act: str,
    what: str,
    detail: dict | None = None,
    *,
    mark: str = "",
    place: DeltaGenerator | None = None,
    **look: Any,
) -> None:
    """A button that sends a table as `name` (without its ending). `act`, `what` and `detail` are audited.
    `mark` as for `mark_table`: rows of imported files know theirs."""
    marked = mark_table(page.store, table, mark)
    whole = next(filter(None, marked.get(COLUMN, ())), mark)
    download_button(
        page,
        act,
        label,
        lambda: safe_csv(marked),
        mark_name(f"{name}.csv", whole),
        "text/csv",
        icon=":material/download:",
        on_click=log,
        args=(page, act, what, detail),
        place=place,
        **look,
    )


def download_button(
    page: Page,
    act: str,
    label: str,
    data: Any,
    name: str,
    mime: str | None = None,
    *,
    place: DeltaGenerator | None = None,
    on_click: Callable[..., object] | None = None,
    args: Sequence[Any] = (),
    **look: Any,
) -> None:
    """Streamlit's own button for a file, or, for who may not take it, one that says why and holds no file.
    In a store of invented data alone the name of every file says so; what is in it must say it too.
    Where `data` makes the file when it is asked for, `on_click` (the record of it) runs before it is sent,
    and the page does not run: a run would throw the file away while the browser still fetches it."""
    if not (permission := may(page.actor, act)):
        known = {option: look[option] for option in ("icon", "key", "type") if option in look}
        (place or st).button(label, disabled=True, help=plain(permission.why), **known)
    elif callable(data):
        send = partial(_send, data, on_click, args)
        look["on_click"] = "ignore"
        _show(place, label, send, mark_name(name, mark_of_store(page.store)), mime, **look)
    else:
        if on_click is not None:
            look |= {"on_click": on_click, "args": args}
        _show(place, label, data, mark_name(name, mark_of_store(page.store)), mime, **look)


def _show(
    place: DeltaGenerator | None, label: str, data: Any, name: str, mime: str | None, **look: Any
) -> None:
    (place or st).download_button(label, data, name, mime, **look)


def _send(make: Callable[[], Any], record: Callable[..., object] | None, args: Sequence[Any]) -> Any:
    """A file, once its leaving is recorded."""
    made = make()
    if record is not None:
        record(*args)
    return made
