"""Files that leave: every table by one button, with the mark of what is invented and an audit record."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.oversight.exercise import COLUMN, mark_name, mark_table
from analytics.shared.safe_csv import safe_csv
from ui.components.audit import log
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
    (place or st).download_button(
        label,
        lambda: safe_csv(marked),
        mark_name(f"{name}.csv", whole),
        "text/csv",
        icon=":material/download:",
        on_click=log,
        args=(page, act, what, detail),
        **look,
    )
