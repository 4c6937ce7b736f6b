"""A written product of titled sections on paper: assessments, strategies, profiles, minutes. PDF by Typst
(tagged, PDF/UA-1), DOCX by python-docx. Every text reaches Typst as JSON data, so nothing in it can be
markup."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import typst

from analytics.shared.unwritten import is_unwritten
from analytics.tasking.docx import add_picture, clean_xml, open_document, strip_clock
from analytics.tasking.dossier import Drawing
from analytics.tasking.paper_size import PAPER_SIZES, PaperSize
from analytics.tasking.render import (
    TypstOptions,
    caption_map,
    replace_undrawable,
    typst_options,
    write_drawing,
)

_TEMPLATE = Path(__file__).with_name("sections.typ")


@dataclass(frozen=True)
class Paper:
    """`sections`: title -> plain text, in order. `handling` stands on every page, `reference` says which
    version. `drawings`: what its findings show on maps and charts, each under a title; they stand after the
    first section. `seal`: the code of the signed head that covers it, where there is one.

    Raises ValueError without a handling mark: nothing leaves here unmarked.
    """

    title: str
    handling: str
    reference: str
    sections: Mapping[str, str]
    drawings: Sequence[tuple[str, Drawing]] = ()
    seal: str = ""

    def __post_init__(self) -> None:
        if not self.handling.strip():
            raise ValueError("A paper needs a handling mark before it is printed.")


def print_pdf(paper: Paper, size: PaperSize = "a4") -> bytes:
    """The paper as a tagged PDF; the same paper gives the same bytes."""
    return typst.compile(_TEMPLATE, **_options(paper, size), pdf_standards=["ua-1"])


def print_preview(paper: Paper, size: PaperSize = "a4") -> list[bytes]:
    """Every page as a PNG, 110 dots an inch."""
    pages = typst.compile(_TEMPLATE, **_options(paper, size), format="png", ppi=110)
    return pages if isinstance(pages, list) else [pages]


def print_docx(paper: Paper, size: PaperSize = "a4") -> bytes:
    """The paper as an editable Word document; the same paper gives the same bytes."""
    document = open_document(paper.title, paper.handling, paper.reference, size, paper.seal)
    for at, (title, text) in enumerate(paper.sections.items()):
        document.add_heading(clean_xml(title), level=2)
        for paragraph in filter(str.strip, text.split("\n")):
            document.add_paragraph(clean_xml(paragraph))
        for about, drawing in paper.drawings if at == 0 else ():
            document.add_heading(clean_xml(about), level=3)
            add_picture(document, drawing.map_svg, drawing.map_alt)
            add_picture(document, drawing.trend_svg, drawing.trend_alt)
            add_picture(document, drawing.hours_svg, drawing.hours_alt)
    saved = io.BytesIO()
    document.save(saved)
    return strip_clock(saved)


def _paragraphs(text: str) -> list[dict[str, str | bool]]:
    """The lines of a text that are not blank; `open`: nobody has written it yet."""
    return [{"text": line, "open": is_unwritten(line)} for line in text.split("\n") if line.strip()]


def _options(paper: Paper, size: PaperSize) -> TypstOptions:
    data = replace_undrawable(
        {
            "paper": PAPER_SIZES[size].typst,
            "title": paper.title,
            "handling": paper.handling,
            "reference": paper.reference,
            "seal": paper.seal,
            "map_caption": caption_map(len(paper.drawings)),
            "figures": [
                {"title": title, "drawing": write_drawing(drawing)} for title, drawing in paper.drawings
            ],
            "sections": [
                {"title": title, "paragraphs": _paragraphs(text)} for title, text in paper.sections.items()
            ],
        }
    )
    return typst_options(data)
