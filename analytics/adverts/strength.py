"""The strength of a link in words. The figure behind it is a number of bits, which ranks and proves
nothing."""

from __future__ import annotations

_SCORES = ((100.0, "very strong"), (30.0, "strong"), (10.0, "moderate"), (0.0, "weak"))
_PROBABILITIES = ((0.95, "very strong"), (0.8, "strong"), (0.6, "moderate"), (0.0, "weak"))
SCORE_SCALE = "Weak: under 10 bits; moderate: from 10; strong: from 30; very strong: from 100."
LINK_SCALE = "Weak: under 60 %; moderate: from 60 %; strong: from 80 %; very strong: from 95 %."


def describe_score(bits: float) -> str:
    """An operation's or campaign's score: bits by which its agreement exceeds chance
    (docs/methods/campaigns.md)."""
    return next((word for minimum, word in _SCORES if bits >= minimum), "none")


def describe_weight(bits: float) -> str:
    """A link's weight: the binary logarithm of the odds that its two sides share an author."""
    probability = 1 / (1 + 2.0**-bits)
    return next(word for minimum, word in _PROBABILITIES if probability >= minimum)
