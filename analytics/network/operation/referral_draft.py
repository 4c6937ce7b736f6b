"""A referral of a possible victim in a network, drafted without a name, a number or an address."""

from __future__ import annotations

from analytics.shared.unwritten import ask
from analytics.shared.wording import counted


def draft_node_referral(kind: str, reason: str, *, links: int, carried: int) -> dict[str, str]:
    """The sections of a referral (codes as for one of adverts). `kind`: what was marked, in words; `reason`:
    why, as recorded; `links`: to how many others; `carried`: journeys that somebody else paid for."""
    journeys = f" {counted(carried, 'journey')} paid for by another." if carried else ""
    return {
        "concern": f"{kind} may be a victim: {reason.rstrip('.')}. Nobody has been spoken to.",
        "signs": f"Linked to {counted(links, 'other')}.{journeys} Links show contact, not what it is for.",
        "alternatives": "A customer, a relative or a colleague. Somebody else may use the telephone.",
        "asked": ask(
            "safeguarding lead",
            "what the partner is asked to do (outreach, a welfare visit, advice), without the police, with "
            "them, or before them.",
        ),
        "safety": ask(
            "safeguarding lead",
            "how to make contact without putting anyone at risk; who must not learn of it; language and "
            "interpreter.",
        ),
        "sharing": ask(
            "legal adviser",
            "the lawful basis for sharing, what may be passed on, and how to send contact details securely. "
            "They are not in this draft.",
        ),
        "consent": ask(
            "safeguarding lead",
            "how the person's own wishes are asked and followed; nobody is made to co-operate to be helped.",
        ),
    }
