"""What a file of a kind should hold, while none is chosen yet."""

from __future__ import annotations

import streamlit as st

from analytics.ingest.presets import presets
from analytics.ingest.roles import ATTRIBUTE, ImportKind
from ui.components.text import plain
from ui.shell.layout import pair


def show_what_is_read(kind: ImportKind) -> None:
    """The columns that a file needs and may have, and the files that are known by their columns."""
    labels = {role.name: role.label for role in kind.roles if role.name != ATTRIBUTE.name}
    needed = [[labels[name] for name in need.roles] for need in kind.needs]
    of_needs = {label for group in needed for label in group}
    known = [preset.name for preset in presets() if preset.kind == kind.name]
    columns, files = pair("what_is_read")
    with columns:
        _list("What a file must say", [" or ".join(group) for group in needed])
        _list("Read too, where it is there", [label for label in labels.values() if label not in of_needs])
    with files:
        _list("Known by their columns", known)
        st.caption(
            "Any other file is recognised by the names and the values of its columns. What was recognised is "
            "shown, and can be corrected, before anything is saved."
        )


def _list(title: str, entries: list[str]) -> None:
    if entries:
        st.markdown(f"**{title}**\n\n" + " · ".join(plain(entry) for entry in entries))
