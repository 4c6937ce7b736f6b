"""A probability in the words of the yardstick (PHIA; `data/codes/judgement.toml`)."""

from __future__ import annotations

# From which probability each word holds: the middle of the gap below it.
_WORDS = (
    (0.925, "almost certain"),
    (0.775, "highly likely"),
    (0.525, "likely"),
    (0.375, "realistic possibility"),
    (0.225, "unlikely"),
    (0.075, "highly unlikely"),
)


def describe_probability(probability: float) -> str:
    """'likely' for 0.6."""
    return next((word for least, word in _WORDS if probability >= least), "remote chance")
