"""Who did what, when and why: the audit trail."""

from analytics.oversight.audit import Actor, BrokenChain, record, verify

__all__ = ["Actor", "BrokenChain", "record", "verify"]
