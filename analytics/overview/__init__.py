"""What an analyst or commander wants at 08:00: what changed, what waits, and what is not known."""

from analytics.overview.attention import Attention, attention
from analytics.overview.change import ChangeParameters, latest_change

__all__ = ["Attention", "ChangeParameters", "attention", "latest_change"]
