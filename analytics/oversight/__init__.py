"""Who may do what, and who did what, when and why."""

from analytics.oversight.actor import Actor
from analytics.oversight.acts import Refused, demand, may
from analytics.oversight.audit import BrokenChain, record, verify

__all__ = ["Actor", "BrokenChain", "Refused", "demand", "may", "record", "verify"]
