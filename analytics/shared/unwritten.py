"""The mark of a part that nobody has written yet: it says who is asked to write it, and what."""

from __future__ import annotations

_MARK = "Not yet written ("
_EARLIER_MARK = "To be written: "  # in texts saved before the mark named who is asked


def ask(writer: str, what: str) -> str:
    """The text that stands in for a part until `writer` ('analyst') writes it."""
    return f"{_MARK}{writer}): {what}"


def is_unwritten(text: str) -> bool:
    """Whether a part is still empty, or still begins with the mark."""
    return not text.strip() or text.startswith((_MARK, _EARLIER_MARK))
