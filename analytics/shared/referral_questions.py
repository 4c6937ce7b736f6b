"""What only people can say in a referral, whatever it begins from."""

from __future__ import annotations

from analytics.shared.unwritten import ask


def ask_about_referral() -> dict[str, str]:
    """The sections of a referral that its draft leaves to people, by code."""
    return {
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
