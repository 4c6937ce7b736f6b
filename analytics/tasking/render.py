"""A brief on paper: PDF by Typst (tagged, PDF/UA-1), DOCX by python-docx. No browser, no network.

Every text reaches Typst as JSON data, so nothing in it can be markup.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib
import typst
from docx import Document
from docx.shared import Cm, Pt
from fontTools.ttLib import TTFont

from analytics.figures.print import print_chart, print_map
from analytics.intelligence.citations import cited_versions
from analytics.intelligence.findings import Finding, evidence_sources, load_finding
from analytics.store import Store
from analytics.tasking.content import BRIEF_PARTS, TO_WRITE, Brief
from analytics.tasking.products import decision_log

_TEMPLATE = Path(__file__).with_name("brief.typ")
FONTS = Path(matplotlib.get_data_path()) / "fonts/ttf"  # DejaVu: Cyrillic, Greek, Arabic and more
# Size of type (points) and characters a part may have on the first page: the first that fits is used.
_FITS = ((10.5, 900), (9.5, 900), (9, 520), (8.5, 400), (8, 300), (8, 200), (8, 120), (8, 60))
NO_CLOCK = datetime(2000, 1, 1)  # written where a file format wants a date: the same data give the same bytes
_MARK_ROOM = 90  # characters of the handling mark and the title's page header
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Drawing:
    """One finding's map and chart as SVG, None where it holds neither."""

    map_svg: bytes | None
    map_alt: str
    chart_svg: bytes | None
    chart_alt: str


@dataclass(frozen=True)
class Dossier:
    """A brief with all that its annex shows; drawn by `render_pdf` and `render_docx`.

    `drawings` follows `findings`; the first finding leads, and its drawing is on page 1.
    """

    brief: Brief
    reference: str
    drawings: list[Drawing]
    findings: list[tuple[int, Finding]]
    sources: list[dict[str, Any]]
    decisions: list[str]

    @property
    def evidence_line(self) -> str:
        rows = sum(source["rows"] for source in self.sources)
        names = "; ".join(
            dict.fromkeys(
                source["name"] if isinstance(source["name"], str) else "a source since removed"
                for source in self.sources
            )
        )
        which = "finding" if len(self.findings) == 1 else "findings"
        return (
            f"{rows:,} rows of {names}; {which} {', '.join(str(n) for n, _ in self.findings)} in the annex."
        )


def gather(store: Store, brief: Brief, product_id: int | None = None, version: int | None = None) -> Dossier:
    """Collect the findings, maps, sources and decisions a brief stands on.

    Raises KeyError for a lost finding and ValueError for a brief without one.
    """
    if not brief.finding_ids:
        raise ValueError("A brief needs at least one finding to stand on.")
    cited = (
        cited_versions(store, product_id, version) if product_id is not None and version is not None else {}
    )
    findings = [(number, load_finding(store, number, cited.get(number))) for number in brief.finding_ids]
    log = decision_log(store, product_id).to_dict("records") if product_id is not None else []
    return Dossier(
        brief=brief,
        reference=f"Brief {product_id} version {version}" if product_id else "Draft brief",
        drawings=_draw(store, [finding for _, finding in findings]),
        findings=findings,
        sources=evidence_sources(store, brief.finding_ids, cited).to_dict("records"),
        decisions=[
            f"{row['decided_at']:%Y-%m-%d %H:%M} UTC: {row['outcome']} by {row['decided_by']} "
            f"(version {row['product_version']}{'' if row['standing'] else '; superseded'}). {row['reason']}"
            for row in log
        ],
    )


def _draw(store: Store, findings: list[Finding]) -> list[Drawing]:
    """Every finding's map and chart; the outlines of an area are read once."""
    areas: dict[int, tuple[dict[str, list[bytes]], int]] = {}
    drawings = []
    for finding in findings:
        map_svg, area = None, finding.area_id
        if area is not None:
            if area not in areas:
                layers: dict[str, list[bytes]] = {}
                for row in store.rows("SELECT role, geometry FROM boundary WHERE area_id = ?", [area]):
                    layers.setdefault(row["role"], []).append(row["geometry"])
                epsg = store.rows("SELECT epsg FROM area WHERE area_id = ?", [area])[0]["epsg"]
                areas[area] = layers, epsg
            map_svg = print_map(finding.result, *areas[area])
        focus = finding.result.get("focus") or {}
        chart_svg, chart_alt = print_chart(finding.result) or (None, "")
        map_alt = (
            f"Map of incidents by cell around {focus.get('label') or 'the place'}; the proposed cell, with "
            f"{_known(focus.get('count'))} incidents, is outlined in black."
        )
        drawings.append(Drawing(map_svg, map_alt, chart_svg, chart_alt))
    return drawings


def render_pdf(dossier: Dossier) -> bytes:
    """The brief as a tagged PDF (PDF/UA-1): one page, then the annex."""
    return typst.compile(_TEMPLATE, **_typst_options(dossier), pdf_standards=["ua-1"])


def render_preview(dossier: Dossier) -> list[bytes]:
    """Every page as a PNG, 110 dots an inch."""
    pages = typst.compile(_TEMPLATE, **_typst_options(dossier), format="png", ppi=110)
    return pages if isinstance(pages, list) else [pages]


def _typst_options(dossier: Dossier) -> dict[str, Any]:
    """The dossier at the largest type and longest parts with which the annex begins on page 2."""
    for size, room in _FITS:
        data = _data(dossier, room) | {"size": size, "room": room, "mark_room": _MARK_ROOM}
        options = {
            "sys_inputs": {"data": json.dumps(data)}, "font_paths": [FONTS], "ignore_system_fonts": True,
        }  # fmt: skip
        if json.loads(typst.query(_TEMPLATE, "<annex>", field="value", one=True, **options)) == "2":
            break
    return options


@cache
def _drawable() -> frozenset[int]:
    return frozenset(TTFont(FONTS / "DejaVuSans.ttf", lazy=True).getBestCmap())


def printable(value: Any) -> Any:
    """The same data with every character that no font here can draw written out as [U+XXXX]: PDF/UA forbids
    a silent empty box, and nothing may be lost."""
    if isinstance(value, str):
        return "".join(c if ord(c) in _drawable() or c in "\n\t" else f"[U+{ord(c):04X}]" for c in value)
    if isinstance(value, list):
        return [printable(item) for item in value]
    if isinstance(value, dict):
        return {key: item if key in ("map", "chart") else printable(item) for key, item in value.items()}
    return value


def _data(dossier: Dossier, room: int) -> dict[str, Any]:
    brief = printable(asdict(dossier.brief))
    limits = {"handling": _MARK_ROOM}
    alternatives = dossier.brief.alternatives.split("\n")
    return printable(
        {
            "brief": brief,
            "reference": dossier.reference,
            "confidence": ", ".join(dict.fromkeys(f.confidence for _, f in dossier.findings)),
            "review": f"{date.fromisoformat(dossier.brief.review_date):%d %B %Y}",
            "open_mark": TO_WRITE,
            "drawing": _drawing_data(dossier.drawings[0]),
            "map_caption": "Incidents by cell; the proposed cell is outlined. North is up.",
            "evidence_line": dossier.evidence_line,
            "first_alternative": alternatives[0] + (" More in the annex." if len(alternatives) > 1 else ""),
            "long": [
                {"name": name.replace("_", " ").capitalize(), "text": text}
                for name, text in brief.items()
                if isinstance(text, str) and name != "alternatives" and len(text) > limits.get(name, room)
            ],
            "findings": [
                {
                    "id": number, "method": f.method, "statement": f.statement, "assumptions": f.assumptions,
                    "parameters": [[k.replace("_", " "), _shown(v)] for k, v in _parameters(f).items()],
                    "drawing": _drawing_data(drawing) if place else None,  # the lead's is on page 1
                }
                for place, ((number, f), drawing) in enumerate(zip(dossier.findings, dossier.drawings, strict=True))
            ],
            "sources": [_source_row(source) for source in dossier.sources],
            "decisions": dossier.decisions,
        }
    )  # fmt: skip


def _drawing_data(drawing: Drawing) -> dict[str, str | None]:
    return {
        "map": drawing.map_svg and drawing.map_svg.decode(), "map_alt": drawing.map_alt,
        "chart": drawing.chart_svg and drawing.chart_svg.decode(), "chart_alt": drawing.chart_alt,
    }  # fmt: skip


def _known(count: int | None) -> str:
    return "an unknown number of" if count is None else f"{count:,}"


def _parameters(finding: Finding) -> dict[str, Any]:
    period = f"{finding.period_from} to {finding.period_to}"
    return finding.parameters | {"period": period, "data_version": finding.data_version}


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "all"
    return str(value)


def _source_row(source: dict[str, Any]) -> list[str]:
    if not isinstance(source["name"], str):
        return [str(source["finding_id"]), "source since removed", "", str(source["rows"]), ""]
    name = f"{source['name']} ({source['file_name']}, SHA-256 {source['sha256'][:12]}; {source['handling']})"
    rows = f"{source['first_row']} to {source['last_row']}"
    return [str(source["finding_id"]), name, source["legal_basis"], str(source["rows"]), rows]


def render_docx(dossier: Dossier) -> bytes:
    """The brief as an editable Word document with the same parts, the map and the annex.

    The same dossier gives the same bytes.
    """
    document = Document()
    properties = document.core_properties
    properties.title, properties.author = clean(dossier.brief.title)[:255], "Achilles"
    properties.created = properties.modified = NO_CLOCK
    document.styles["Normal"].font.size = Pt(10)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.header.paragraphs[0].text = clean(f"{dossier.brief.handling}    {dossier.reference}")
    section.footer.paragraphs[0].text = clean(f"{dossier.brief.handling}    A lead, not proof.")
    document.add_heading(clean(dossier.brief.title), level=1)
    lead = dossier.drawings[0]
    for name, title in BRIEF_PARTS.items():
        document.add_heading(title, level=2)
        document.add_paragraph(clean(getattr(dossier.brief, name)))
        if name == "where":
            _add_picture(document, lead.map_svg, lead.map_alt)
        if name == "when":
            _add_picture(document, lead.chart_svg, lead.chart_alt)
    document.add_page_break()
    document.add_heading("Annex: method, sources, evidence", level=1)
    for (number, finding), drawing in zip(dossier.findings, dossier.drawings, strict=True):
        document.add_heading(clean(f"Finding {number}: {finding.method}"), level=2)
        document.add_paragraph(clean(finding.statement))
        if drawing is not lead:
            _add_picture(document, drawing.map_svg, drawing.map_alt)
            _add_picture(document, drawing.chart_svg, drawing.chart_alt)
        document.add_paragraph(clean(f"Assumptions. {finding.assumptions}"))
        _add_table(
            document,
            ["Parameter", "Value"],
            [[k.replace("_", " "), _shown(v)] for k, v in _parameters(finding).items()],
        )
    document.add_heading("Sources and row references", level=2)
    _add_table(
        document,
        ["Finding", "Source", "Legal basis", "Rows", "Row numbers"],
        [_source_row(s) for s in dossier.sources],
    )
    document.add_heading("Decision record", level=2)
    for line in dossier.decisions or ["No decision has been recorded."]:
        document.add_paragraph(clean(line))
    saved = io.BytesIO()
    document.save(saved)
    return reproducible(saved)


def reproducible(saved: io.BytesIO) -> bytes:
    """A saved Word document without the clock's traces: the same content gives the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(saved) as parts, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as fixed:
        for part in parts.infolist():
            entry = zipfile.ZipInfo(part.filename, NO_CLOCK.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            fixed.writestr(entry, parts.read(part))
    return buffer.getvalue()


def _add_picture(document, svg: bytes | None, alt: str) -> None:
    """Word wants a bitmap: Typst turns the same SVG into one."""
    if svg is None:
        return
    page = '#set page(width: auto, height: auto, margin: 2pt)\n#image(bytes(sys.inputs.svg), format: "svg")'
    png = typst.compile(
        page.encode(), sys_inputs={"svg": svg.decode()}, format="png", ppi=200, ignore_system_fonts=True
    )
    document.add_picture(io.BytesIO(png), width=Cm(12))._inline.docPr.set("descr", clean(alt))


def _add_table(document, header: list[str], rows: list[list[str]]) -> None:
    table = document.add_table(rows=1, cols=len(header), style="Table Grid")
    for cell, text in zip(table.rows[0].cells, header, strict=True):
        cell.text = text
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = clean(text)


def clean(text: str) -> str:
    """What XML cannot hold is written out as [U+XXXX], as in the PDF: nothing is lost unseen."""
    return _NOT_XML.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)
