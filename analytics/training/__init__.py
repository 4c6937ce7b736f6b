"""The built-in scenario: an invented city whose truth is known, written separately and never loaded."""

from analytics.training.scenario import generate, load

__all__ = ["generate", "load"]
