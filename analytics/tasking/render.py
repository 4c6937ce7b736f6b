"""A brief as PDF by Typst (tagged, PDF/UA-1): no browser, no network.

Every text reaches Typst as JSON data, so nothing in it can be markup.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypedDict

import matplotlib
import typst
from fontTools.ttLib import TTFont

from analytics.shared.codes import code_table
from analytics.shared.unwritten import is_unwritten
from analytics.shared.wording import write_day
from analytics.tasking.brief import BRIEF_PARTS, Brief
from analytics.tasking.dossier import (
    Dossier,
    Drawing,
    format_source,
    format_value,
    list_parameters,
)
from analytics.tasking.paper_size import PAPER_SIZES, PaperSize
from analytics.tasking.readiness import says_something
from analytics.tasking.responses import KINDS

_TEMPLATE = Path(__file__).with_name("brief.typ")
FONTS = Path(matplotlib.get_data_path()) / "fonts/ttf"  # DejaVu: Cyrillic, Greek, Arabic and more
# Size of type (points), characters a part may have on the first page, and whether there is room to write the
# decision out: the first that fits is used.
_FITS = (
    (12, 900, True),
    (10.5, 900, True),
    (9.8, 900, True),
    (9.5, 900, True),
    (9.1, 900, True),
    (9.8, 900, False),
    (9.1, 900, False),
    (8.6, 900, False),
    (9, 520, False),
    (8.5, 400, False),
    (8, 300, False),
    (8, 200, False),
    (8, 120, False),
    (8, 60, False),
)
_CAPTION = "Incidents by cell; the place is outlined{}. North is up."
_NOT_SAID = "not yet said"
_ALTERNATIVES = 2  # lines on page one
_MARK_ROOM = 90  # characters of the handling mark and the title's page header


class TypstOptions(TypedDict):
    """What every call of Typst here is given: the data, our own fonts and no others."""

    sys_inputs: dict[str, str]
    font_paths: list[Path]
    ignore_system_fonts: bool


def typst_options(data: object) -> TypstOptions:
    return {"sys_inputs": {"data": json.dumps(data)}, "font_paths": [FONTS], "ignore_system_fonts": True}


def render_pdf(dossier: Dossier, paper: PaperSize = "a4") -> bytes:
    """The brief as a tagged PDF (PDF/UA-1): one page, then the annex."""
    return typst.compile(_TEMPLATE, **_fit_first_page(dossier, paper), pdf_standards=["ua-1"])


def render_preview(dossier: Dossier, paper: PaperSize = "a4") -> list[bytes]:
    """Every page as a PNG, 110 dots an inch."""
    pages = typst.compile(_TEMPLATE, **_fit_first_page(dossier, paper), format="png", ppi=110)
    return pages if isinstance(pages, list) else [pages]


def _fit_first_page(dossier: Dossier, paper: PaperSize = "a4") -> TypstOptions:
    """The dossier at the largest type and longest parts with which the annex begins on page 2."""
    whole = _data(dossier)
    for size, room, generous in _FITS:
        data = whole | {
            "long": _list_long(whole["brief"], room),
            "paper": PAPER_SIZES[paper].typst,
            "size": size,
            "room": room,
            "generous": generous,
            "mark_room": _MARK_ROOM,
        }
        options = typst_options(data)
        if json.loads(typst.query(_TEMPLATE, "<annex>", field="value", one=True, **options)) == "2":
            break
    return options


@cache
def _drawable() -> frozenset[int]:
    """Code points that need no writing out: what the font has, and the ends of lines and cells."""
    return frozenset((*TTFont(FONTS / "DejaVuSans.ttf", lazy=True).getBestCmap(), ord("\n"), ord("\t")))


def replace_undrawable(value: Any) -> Any:
    """The same data with every character that no font here can draw written out as [U+XXXX]: PDF/UA forbids
    a silent empty box, and nothing may be lost."""
    if isinstance(value, str):
        drawable = _drawable()
        if drawable.issuperset(map(ord, value)):  # nearly always
            return value
        return "".join(c if ord(c) in drawable else f"[U+{ord(c):04X}]" for c in value)
    if isinstance(value, list):
        return [replace_undrawable(item) for item in value]
    if isinstance(value, dict):
        return {
            key: item
            if key in ("map", "trend", "hours") and isinstance(item, str)
            else replace_undrawable(item)
            for key, item in value.items()
        }
    return value


def _data(dossier: Dossier) -> dict[str, Any]:
    read = {part: dossier.brief.read_part(part) for part in KINDS}
    brief = replace_undrawable(asdict(dossier.brief) | read | {"handling": dossier.handling})
    written = [line for line in dossier.brief.alternatives.split("\n") if line.strip()]
    alternatives = [line.partition(" How to tell: ")[0] for line in written]  # the annex has how to tell
    if len(alternatives) > _ALTERNATIVES:
        alternatives[_ALTERNATIVES - 1 :] = [f"{alternatives[_ALTERNATIVES - 1]} More in the annex."]
    data: dict[str, Any] = replace_undrawable(
        {
            "brief": brief,
            "handling": dossier.handling,
            "asked": not is_unwritten(dossier.brief.action),
            "ask": _list_ask(dossier.brief),
            "measures": [[kind.capitalize(), text] for kind, text in read.items() if says_something(text)],
            "reference": dossier.reference,
            "seal": dossier.seal,
            "review": write_day(date.fromisoformat(dossier.brief.review_date)),
            "unwritten": [
                _NOT_SAID,
                *(text for text in brief.values() if isinstance(text, str) and is_unwritten(text)),
            ],
            "drawing": write_drawing(dossier.lead),
            "map_caption": caption_map(len(dossier.findings)),
            "evidence_line": dossier.evidence_line,
            "has_drawing": dossier.lead.shows_anything,
            "alternatives": alternatives,
            "findings": [
                {
                    "id": number,
                    "method": f.method,
                    "statement": f.statement,
                    "basis": f"{f.confidence.capitalize()} confidence. {f.confidence_basis}",
                    "assumptions": f.assumptions,
                    "parameters": [
                        [k.replace("_", " "), format_value(v)] for k, v in list_parameters(f).items()
                    ],
                    "drawing": write_drawing(drawing) if place else None,  # the lead's is on page 1
                }
                for place, ((number, f), drawing) in enumerate(
                    zip(dossier.findings, dossier.drawings, strict=True)
                )
            ],
            "sources": [format_source(source) for source in dossier.sources],
            "statements": dossier.graded_statements,
            "responses": dossier.responses,
            "response_notes": dossier.response_notes,
            "decisions": dossier.decisions,
            "standing": dossier.standing,
            "waits": dossier.waits,
            "outcomes": [entry.label for entry in code_table("decision_outcomes").entries],
            "strategy": dossier.strategy,
            "readiness": dossier.readiness,
        }
    )
    return data


def _list_long(brief: dict[str, Any], room: int) -> list[dict[str, str]]:
    """The parts of a brief that are longer than the room on page one, which the annex prints whole."""
    limits = {"handling": _MARK_ROOM}
    return [
        {"name": BRIEF_PARTS.get(name, name.capitalize()), "text": text}
        for name, text in brief.items()
        if isinstance(text, str) and name != "alternatives" and len(text) > limits.get(name, room)
    ]


def caption_map(findings: int) -> str:
    """What stands below a map of a product that rests on so many findings."""
    return _CAPTION.format(", others near it dashed" if findings > 1 else "")


def write_drawing(drawing: Drawing) -> dict[str, str | None]:
    """A finding's map and charts as the templates read them."""
    return {
        "map": _decode(drawing.map_svg),
        "map_alt": drawing.map_alt,
        "map_caption": drawing.map_caption,
        "trend": _decode(drawing.trend_svg),
        "trend_alt": drawing.trend_alt,
        "hours": _decode(drawing.hours_svg),
        "hours_alt": drawing.hours_alt,
    }


def _list_ask(brief: Brief) -> list[list[str]]:
    """Who, how long, by when and who answers for it, as label and text."""
    hours, due = brief.asked_hours(), brief.due_day()
    answers = ". ".join(part.rstrip(".") for part in (brief.agency, brief.contact) if not is_unwritten(part))
    return [
        ["Owner", brief.owner],
        ["Officers' hours", _NOT_SAID if hours is None else f"{hours:g}"],
        ["By", _NOT_SAID if due is None else write_day(due)],
        ["Answers for it", answers or _NOT_SAID],
    ]


def _decode(svg: bytes | None) -> str | None:
    return None if svg is None else svg.decode()
