"""Texts under edit: stored for the session across reruns and pages, saved as versions, never lost unseen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from analytics.shared.wording import write_moment
from ui.components.text import DAY_INPUT


def edit_texts(
    name: str, labels: Mapping[str, str], saved: Mapping[str, str], *, dates: tuple[str, ...] = ()
) -> dict[str, str]:
    """Text areas in two columns for `saved`, whose keys are those of `labels`; returns them as edited.

    `name` is the draft's own: the same name shows the same unsaved texts again. Fields in `dates` hold ISO
    dates."""
    fresh = st.session_state.pop(f"forget-{name}", False)
    items, edited = list(labels.items()), {}
    for start in range(0, len(items), 2):  # row by row, so that neighbours stay level
        pair = items[start : start + 2]
        height = _height(max(len(saved[field]) for field, _ in pair))
        for column, (field, label) in zip(st.columns(2), pair, strict=False):
            key, text = f"draft-{name}-{field}", saved[field]
            if fresh or key not in st.session_state:
                st.session_state[key] = date.fromisoformat(text) if field in dates else text
            if field in dates:
                edited[field] = column.date_input(
                    label, key=key, persist_state="session", format=DAY_INPUT
                ).isoformat()
            else:
                edited[field] = column.text_area(label, key=key, height=height, persist_state="session")
    return edited


@dataclass
class _TableDraft:
    """A table under edit: `mark` tells tables apart, `start` is what its widget's edits are counted from."""

    mark: int
    start: pd.DataFrame
    edited: pd.DataFrame


def edit_table(name: str, table: pd.DataFrame, **look: Any) -> pd.DataFrame:
    """A data editor for `table`, which it returns as edited. The edits stay while the table is the same, also
    when it is not on the page in between: Streamlit forgets the edits of an editor that is not drawn."""
    mark = hash((*table.columns, *pd.util.hash_pandas_object(table)))
    key = f"editor-{name}-{mark}"
    draft = st.session_state.get(f"table-{name}")
    if draft is None or draft.mark != mark:
        draft = st.session_state[f"table-{name}"] = _TableDraft(mark, table, table)
    elif key not in st.session_state:
        draft.start = draft.edited
    draft.edited = st.data_editor(draft.start, key=key, hide_index=True, **look)
    return draft.edited


def forget_table(name: str) -> None:
    """Forget what was edited in `edit_table`, at the next run."""
    st.session_state.pop(f"table-{name}", None)


def _height(characters: int) -> int:
    """Pixels of a text area that shows so many characters in half the page's width."""
    return 68 if characters < 90 else 120 if characters < 260 else 190


def forget(name: str) -> None:
    """Put the saved texts back at the next run: a widget's own value cannot be set once it is drawn."""
    st.session_state[f"forget-{name}"] = True


def choose(label: str, options: Mapping[int, str], key: str) -> int:
    """A select box whose choice outlives the page, or that `go_to` has set."""
    pending = st.session_state.pop(f"go-{key}", None)
    if pending is not None or st.session_state.get(key, None) not in options:
        st.session_state.pop(key, None)
    if pending in options:
        st.session_state[key] = pending
    return st.selectbox(
        label, list(options), format_func=options.__getitem__, key=key, persist_state="session"
    )


def go_to(key: str, option: int) -> None:
    """Choose this option of `choose` at the next run."""
    st.session_state[f"go-{key}"] = option


def choose_version(name: str, versions: pd.DataFrame) -> tuple[int, int]:
    """Which version to work from, the latest unless another is chosen. Returns (version, latest)."""
    about = {
        int(row.version): f"{row.version} · {row.created_by}, {write_moment(row.created_at)} UTC"
        for row in versions.itertuples()
    }
    return choose("Version", about, f"version-{name}"), max(about)


def say_state(version: int, latest: int, changed: list[str]) -> None:
    """What is saved and what is not: `changed` names the parts that differ from the version worked from."""
    if changed:
        st.warning(
            f"Unsaved changes: {', '.join(changed)}. They stay while this browser tab is open.",
            icon=":material/edit:",
        )
    if version < latest:
        st.info(
            f"You are working from version {version}; version {latest} is the latest. "
            f"Saving makes version {latest + 1} from these texts.",
            icon=":material/history:",
        )
