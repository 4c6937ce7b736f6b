"""What was saved under the sections of a product, whatever has become of the sections since.

Content is saved as {"sections": {code: text}, "titles": {code: title}, ...}. A section that is no longer
asked for is shown under the title it was saved with; one added since is shown as not yet written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from analytics.shared.unwritten import is_unwritten
from analytics.tasking.sections import SECTIONED, STRATEGY, read_asked_sections, read_sections

_NO_TEXTS = ("report_ids", "handling", "title", "titles", "sections", "texts")


@dataclass(frozen=True)
class WrittenSection:
    """One section of a saved product, under the title it was saved with."""

    code: str
    title: str
    text: str
    own_words: bool = False


def upgrade_content(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    """A product's content in today's shape; a kind without sections, and today's shape, come back as they
    are.

    Earlier shapes hold the texts as "texts", or among the other values, or by title or an earlier code."""
    if kind not in SECTIONED:
        return content
    texts = content.get("sections", content.get("texts"))
    others = {name: value for name, value in content.items() if name not in ("sections", "texts")}
    if texts is None and kind == STRATEGY:
        texts = {}
    elif texts is None:
        texts = {
            name: value for name, value in content.items() if isinstance(value, str) and name not in _NO_TEXTS
        }
        others = {name: value for name, value in content.items() if name not in texts}
    codes, titles = _codes_of(kind, texts), content.get("titles", {})
    return others | {
        "sections": {codes[name]: text for name, text in texts.items()},
        "titles": {codes.get(name, name): title for name, title in titles.items()},
    }


def list_written_sections(kind: str, content: Mapping[str, Any]) -> list[WrittenSection]:
    """The sections of upgraded content: those asked for today, in order, then what was saved under others."""
    saved, titles, known = content["sections"], content["titles"], read_sections(kind)
    written = [
        WrittenSection(
            code, titles.get(code, section.title), saved.get(code, section.request()), section.own_words
        )
        for code, section in read_asked_sections(kind).items()
    ]
    asked = {section.code for section in written}
    for code, text in saved.items():
        if code not in asked and not is_unwritten(text):
            title = titles.get(code) or (known[code].title if code in known else _title_of(code))
            written.append(WrittenSection(code, title, text, code in known and known[code].own_words))
    return written


def build_content(
    kind: str, texts: Mapping[str, str], titles: Mapping[str, str] | None = None
) -> dict[str, dict[str, str]]:
    """The texts (code -> text) as content to save, with their titles of today; `titles` are those of sections
    no longer asked for."""
    today = {code: section.title for code, section in read_sections(kind).items()}
    named = dict(titles or {}) | today
    return {"sections": dict(texts), "titles": {code: named.get(code, _title_of(code)) for code in texts}}


def join_by_title(sections: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Texts by their titles, in order; a title that stands already is numbered, so that no text is lost."""
    titled: dict[str, str] = {}
    for title, text in sections:
        unique, number = title, 2
        while unique in titled:
            unique, number = f"{title} ({number})", number + 1
        titled[unique] = text
    return titled


def _codes_of(kind: str, saved: Iterable[str]) -> dict[str, str]:
    """Saved key -> code of today. A key whose section is not known, or is there already, stays as it is."""
    known = read_sections(kind)
    today = {name: code for code, section in known.items() for name in (section.title, *section.formerly)}
    codes = {name: name for name in saved}
    for name in codes:
        code = today.get(name)
        if name not in known and code is not None and code not in codes.values():
            codes[name] = code
    return codes


def _title_of(code: str) -> str:
    """A title for a section of which only the code, or the title it served as, is known."""
    return code if " " in code else code.replace("_", " ").capitalize()
