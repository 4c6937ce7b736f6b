"""Written products on paper: every text as it is, tagged, the same bytes twice."""

import io

import pikepdf
from docx import Document

from analytics.shared.unwritten import ask
from analytics.tasking.paper import Paper, print_docx, print_pdf, print_preview
from tests.tasking.test_brief import HOSTILE

PAPER = Paper(
    f"Assessment {HOSTILE}",
    "P: lawful sharing permitted",
    "Product 4 version 2",
    {"Aim": HOSTILE, "Scope": ask("analyst", "the scope.") + "\nTwo lines", "Empty": ""},
)


def test_the_pdf_is_tagged_marked_and_reproducible():
    pdf = print_pdf(PAPER)
    assert pdf == print_pdf(PAPER)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.Root.MarkInfo.Marked and "/StructTreeRoot" in document.Root
    assert print_preview(PAPER)[0].startswith(b"\x89PNG")


def test_a_long_paper_runs_over_pages():
    assert len(print_preview(Paper("Long", "P", "r", {"Text": "word " * 3000}))) > 1


def test_the_word_document_has_every_text_and_the_handling_mark():
    assert print_docx(PAPER) == print_docx(PAPER)
    document = Document(io.BytesIO(print_docx(PAPER)))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert "Not yet written (analyst): the scope." in texts and "Two lines" in texts
    assert "<script>alert(1)</script>" in "\n".join(texts)
    assert "lawful sharing" in document.sections[0].header.paragraphs[0].text
