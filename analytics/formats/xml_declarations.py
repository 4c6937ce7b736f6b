"""What XML may declare and no table or statement needs: document types and entities."""

from __future__ import annotations

from analytics.formats.header import UnreadableFile

# How lxml reads a file of strangers: nothing of it is expanded or fetched.
READING = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": True,
    "remove_comments": True,
    "remove_pis": True,
}
_WORDS = ("<!DOCTYPE", "<!doctype", "<!ENTITY")


def refuse_declarations(data: bytes) -> None:
    """Raise UnreadableFile where XML declares a document type or entities."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        if any(word.encode(encoding) in data for word in _WORDS):
            raise UnreadableFile(
                "The XML declares a document type or entities, which no table and no statement needs: it is "
                "refused. Export it without them, or as CSV."
            )
