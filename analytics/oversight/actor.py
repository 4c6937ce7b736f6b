"""Who acts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """Who acts, in what role, for which purpose, and in which session (empty: one person on one machine)."""

    name: str
    role: str = "analyst"
    purpose: str = ""
    session: str = ""

    @property
    def is_alone(self) -> bool:
        """Whether this is the one user of a machine without sign-in."""
        return not self.session
