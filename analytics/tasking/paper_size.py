"""The sizes of paper that products are printed on; each user chooses one, which is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analytics.store import Store
from analytics.store.preferences import load_preference, save_preference

PaperSize = Literal["a4", "letter"]
_PREFERENCE = "paper"


@dataclass(frozen=True)
class SheetSize:
    """A size of paper: what it is called, its name in Typst, its width and height in centimetres."""

    label: str
    typst: str
    width: float
    height: float


PAPER_SIZES: dict[PaperSize, SheetSize] = {
    "a4": SheetSize("A4", "a4", 21.0, 29.7),
    "letter": SheetSize("Letter", "us-letter", 21.59, 27.94),
}


def choose_paper(store: Store, author: str, size: PaperSize) -> None:
    """Store the size of paper that a user prints on from now on."""
    save_preference(store, author, _PREFERENCE, size)


def load_paper(store: Store, author: str) -> PaperSize:
    """The size of paper that a user prints on, A4 until another is chosen."""
    chosen = load_preference(store, author, _PREFERENCE, "a4")
    return next((size for size in PAPER_SIZES if size == chosen), "a4")
