"""Everything that can be read out of a printed file: text, metadata, alternative texts, hidden parts."""

import io
import re
import zipfile

import pikepdf
from pypdf import PdfReader


def pdf_pages(pdf: bytes) -> list[str]:
    """The text of each page as a reader sees it, words apart by one space."""
    return [_flat(page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def pdf_all(pdf: bytes) -> str:
    """Page text, every string of every object (titles, alternative texts, outline, metadata) and every
    stream."""
    found = pdf_pages(pdf)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for item in document.objects:
            found += _strings(item)
            if isinstance(item, pikepdf.Stream):
                try:
                    found.append(item.read_bytes().decode("latin-1"))
                except pikepdf.PdfError:  # an image in a coding of its own holds no text
                    continue
        found.append(str(document.docinfo) + str(document.open_metadata()))
    return _flat(" ".join(found))


def docx_all(docx: bytes) -> str:
    """Every part of the package, with the markup and without it."""
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        texts = [
            package.read(name).decode("utf-8", "replace")
            for name in package.namelist()
            if not name.endswith((".png", ".jpeg"))
        ]
    return _flat(
        " ".join([*texts, *(re.sub("<[^>]+>", "", text) for text in texts), str(package.namelist())])
    )


def _strings(item) -> list[str]:
    if isinstance(item, pikepdf.String):
        return [str(item)]
    if isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
        return [
            text
            for value in item.values()
            if not getattr(value, "is_indirect", False)
            for text in _strings(value)
        ]
    if isinstance(item, pikepdf.Array):
        return [
            text for value in item if not getattr(value, "is_indirect", False) for text in _strings(value)
        ]
    return []


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u00ad", "-"))
