"""Counts in words, so that one of a thing is never 'things'."""

from __future__ import annotations


def counted(number: float, thing: str, things: str | None = None) -> str:
    """'1 payment', '2,500 payments', '0.5 payments'; `things` is the plural where it is not the word with an
    s."""
    written = f"{int(number):,}" if number == int(number) else f"{number:,g}"
    return f"{written} {thing if number == 1 else things or thing + 's'}"
