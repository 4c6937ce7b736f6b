"""Who acts."""

from __future__ import annotations

from dataclasses import dataclass, replace


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


_PURPOSES: dict[str, str] = {}  # by open session that goes on for another purpose: that purpose


def set_purpose(session: str, purpose: str | None) -> None:
    """Whoever acts in this session, acts for this purpose from now on; None: the session has ended."""
    if not session:
        return
    if purpose is None:
        _PURPOSES.pop(session, None)
    else:
        _PURPOSES[session] = purpose


def as_now(actor: Actor) -> Actor:
    """The actor for the purpose that the session has now. A page that is open elsewhere knows the one before
    until it is drawn again."""
    purpose = _PURPOSES.get(actor.session, actor.purpose) if actor.session else actor.purpose
    return actor if purpose == actor.purpose else replace(actor, purpose=purpose)
