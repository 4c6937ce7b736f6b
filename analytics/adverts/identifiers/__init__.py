"""Identifiers in an advert's text, each with the span it came from and how sure it is."""

from analytics.adverts.identifiers.extract import find_identifiers
from analytics.adverts.identifiers.kinds import KINDS, READER, IdentifierKind, kind_of
from analytics.adverts.identifiers.reading import Hints, Identifier

__all__ = ["KINDS", "READER", "Hints", "Identifier", "IdentifierKind", "find_identifiers", "kind_of"]
