"""Files that leave: every table by one button, with the mark of what is invented and an audit record."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.oversight import may
from analytics.oversight.exercise import COLUMN, mark_name, mark_table
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
    page: Page, act: str, label: str, *file: Any, place: DeltaGenerator | None = None, **look: Any
) -> None:
    """Streamlit's own button for a file, or, for who may not take it, one that says why and holds no file."""
    if permission := may(page.actor, act):
        (place or st).download_button(label, *file, **look)
    else:
        known = {name: look[name] for name in ("icon", "key", "type") if name in look}
        (place or st).button(label, disabled=True, help=plain(permission.why), **known)
