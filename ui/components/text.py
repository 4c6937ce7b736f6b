"""How text from the data, dates and times are written on a page."""

from __future__ import annotations

import re

# The form of `analytics.shared.wording.write_day` and `write_moment` for the columns of a table; a date input
# knows only forms in numbers.
DAY_FORMAT, MOMENT_FORMAT, MONTH_FORMAT = "D MMM YYYY", "D MMM YYYY HH:mm", "MMM YYYY"
DAY_INPUT = "DD/MM/YYYY"

_MARKS = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~$:])")


def plain(text: object) -> str:
    """The text with every Markdown mark escaped, on one line, so that a label shows it as it is."""
    return _MARKS.sub(r"\\\1", " ".join(str(text).split()))
