"""A referral of a possible victim in a network, drafted without a name, a number or an address."""

from __future__ import annotations

from analytics.shared.referral_questions import ask_about_referral
from analytics.shared.wording import counted


def draft_node_referral(kind: str, reason: str, *, links: int, carried: int) -> dict[str, str]:
    """The sections of a referral (codes as for one of adverts). `kind`: what was marked, in words; `reason`:
    why, as recorded; `links`: to how many others; `carried`: journeys that somebody else paid for."""
    journeys = f" {counted(carried, 'journey')} paid for by another." if carried else ""
    return {
        "concern": f"{kind} may be a victim: {reason.rstrip('.')}. Nobody has been spoken to.",
        "signs": f"Linked to {counted(links, 'other')}.{journeys} Links show contact, not what it is for.",
        "alternatives": "A customer, a relative or a colleague. Somebody else may use the telephone.",
        **ask_about_referral(),
    }
