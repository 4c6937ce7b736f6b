"""Identifiers in an advert's text, each with the span it came from and how sure it is."""

from analytics.adverts.identifiers.extract import READER, Hints, Identifier, find_identifiers

__all__ = ["READER", "Hints", "Identifier", "find_identifiers"]
