"""The verdicts on an action, and how one is written where there is only a line for it."""

from __future__ import annotations

NOT_MEASURED, UNJUDGED = "not measured", "cannot be judged"
NO_EFFECT, FEWER, MORE = JUDGED = ("no detectable effect", "fewer than expected", "more than expected")
VERDICTS = ("too early", UNJUDGED, *JUDGED)


def verdict_in_words(verdict: str | None, reason: str | None) -> str:
    """A saved verdict, with the reason where it is a refusal; 'not measured' where none is saved. It ends
    without a full stop."""
    if not isinstance(verdict, str):
        return NOT_MEASURED
    if verdict == UNJUDGED and isinstance(reason, str) and reason:
        return f"{verdict}: {reason.removesuffix('.')}"
    return verdict
