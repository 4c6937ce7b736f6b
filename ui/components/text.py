"""Text from the data in places where Streamlit reads Markdown."""

from __future__ import annotations

import re

_MARKS = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~$:])")


def plain(text: object) -> str:
    """The text with every Markdown mark escaped, on one line, so that a label shows it as it is."""
    return _MARKS.sub(r"\\\1", " ".join(str(text).split()))
