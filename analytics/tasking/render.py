"""A brief on paper: PDF by Typst (tagged, PDF/UA-1), DOCX by python-docx. No browser, no network.

Every text reaches Typst as JSON data, so nothing in it can be markup.
"""

from __future__ import annotations

import io
import json
import re
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib
import typst
from docx import Document
from docx.shared import Cm, Pt
from fontTools.ttLib import TTFont

from analytics.figures.print import print_chart, print_map
from analytics.intelligence.findings import Finding, evidence_sources, load_finding
from analytics.store import Store
from analytics.tasking.content import Brief
from analytics.tasking.products import decision_log

_TEMPLATE = Path(__file__).with_name("brief.typ")
_FONTS = Path(matplotlib.get_data_path()) / "fonts/ttf"  # DejaVu: Cyrillic, Greek, Arabic and more
# Size of type (points) and characters a part may have on the first page: the first that fits is used.
_FITS = ((10.5, 900), (9.5, 900), (9, 520), (8.5, 400), (8, 300), (8, 200), (8, 120), (8, 60))
_MARK_ROOM = 90  # characters of the handling mark and the title's page header
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Dossier:
    """A brief with all that its annex shows; drawn by `render_pdf` and `render_docx`."""

    brief: Brief
    reference: str
    map_svg: bytes | None
    map_alt: str
    chart_svg: bytes | None
    chart_alt: str
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
        return f"{rows} rows of {names}; finding {', '.join(str(n) for n, _ in self.findings)} in the annex."


def gather(store: Store, brief: Brief, product_id: int | None = None, version: int | None = None) -> Dossier:
    """Collect the findings, maps, sources and decisions a brief stands on.

    Raises KeyError for a lost finding and ValueError for a brief without one.
    """
    if not brief.finding_ids:
        raise ValueError("A brief needs at least one finding to stand on.")
    findings = [(number, load_finding(store, number)) for number in brief.finding_ids]
    first = findings[0][1]
    map_svg = None
    if first.area_id is not None:
        layers: dict[str, list[bytes]] = {}
        for row in store.rows("SELECT role, geometry FROM boundary WHERE area_id = ?", [first.area_id]):
            layers.setdefault(row["role"], []).append(row["geometry"])
        epsg = store.rows("SELECT epsg FROM area WHERE area_id = ?", [first.area_id])[0]["epsg"]
        map_svg = print_map(first.result, layers, epsg)
    chart = print_chart(first.result)
    focus = first.result.get("focus") or {}
    log = decision_log(store, product_id).to_dict("records") if product_id is not None else []
    return Dossier(
        brief=brief,
        reference=f"Brief {product_id} version {version}" if product_id else "Draft brief",
        map_svg=map_svg,
        map_alt=f"Map of incidents by cell around {focus.get('label') or 'the place'}; the proposed cell, with "
        f"{_known(focus.get('count'))} incidents, is outlined in black.",
        chart_svg=chart[0] if chart else None,
        chart_alt=chart[1] if chart else "",
        findings=findings,
        sources=evidence_sources(store, brief.finding_ids).to_dict("records"),
        decisions=[
            f"{row['decided_at']:%Y-%m-%d %H:%M} UTC: {row['outcome']} by {row['decided_by']} "
            f"(version {row['product_version']}{'' if row['standing'] else '; superseded'}). {row['reason']}"
            for row in log
        ],
    )


def render_pdf(dossier: Dossier) -> bytes:
    """The brief as a tagged PDF (PDF/UA-1): one page, then the annex."""
    return typst.compile(_TEMPLATE, **_typst_options(dossier), pdf_standards=["ua-1"])


def render_preview(dossier: Dossier) -> bytes:
    """The first page as a PNG, 110 dots an inch."""
    pages = typst.compile(_TEMPLATE, **_typst_options(dossier), format="png", ppi=110)
    return pages[0] if isinstance(pages, list) else pages


def _typst_options(dossier: Dossier) -> dict[str, Any]:
    """The dossier at the largest type and longest parts with which the annex begins on page 2."""
    for size, room in _FITS:
        data = _data(dossier, room) | {"size": size, "room": room, "mark_room": _MARK_ROOM}
        options = {
            "sys_inputs": {"data": json.dumps(data)}, "font_paths": [_FONTS], "ignore_system_fonts": True,
        }  # fmt: skip
        if json.loads(typst.query(_TEMPLATE, "<annex>", field="value", one=True, **options)) == "2":
            break
    return options


@cache
def _drawable() -> frozenset[int]:
    return frozenset(TTFont(_FONTS / "DejaVuSans.ttf", lazy=True).getBestCmap())


def _printable(value: Any) -> Any:
    """The same data with every character that no font here can draw written out as [U+XXXX]: PDF/UA forbids
    a silent empty box, and nothing may be lost."""
    if isinstance(value, str):
        return "".join(c if ord(c) in _drawable() or c in "\n\t" else f"[U+{ord(c):04X}]" for c in value)
    if isinstance(value, list):
        return [_printable(item) for item in value]
    if isinstance(value, dict):
        return {key: item if key in ("map", "chart") else _printable(item) for key, item in value.items()}
    return value


def _data(dossier: Dossier, room: int) -> dict[str, Any]:
    brief = _printable(asdict(dossier.brief))
    limits = {"handling": _MARK_ROOM}
    alternatives = dossier.brief.alternatives.split("\n")
    return _printable(
        {
            "brief": brief,
            "reference": dossier.reference,
            "map": dossier.map_svg and dossier.map_svg.decode(),
            "map_alt": dossier.map_alt,
            "map_caption": "Incidents by cell; the proposed cell is outlined. North is up.",
            "chart": dossier.chart_svg and dossier.chart_svg.decode(),
            "chart_alt": dossier.chart_alt,
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
                }
                for number, f in dossier.findings
            ],
            "sources": [_source_row(source) for source in dossier.sources],
            "decisions": dossier.decisions,
        }
    )  # fmt: skip


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


_DOCX_PARTS = {
    "what": "What", "where": "Where", "when": "When", "who_is_harmed": "Who is harmed",
    "who_is_responsible": "Who is responsible, as far as known", "why_now": "Why now",
    "how_sure": "How sure, and on what evidence", "alternatives": "What else would explain it",
    "prevention": "Proposed action: prevention", "intelligence": "Proposed action: intelligence",
    "enforcement": "Proposed action: enforcement", "owner": "Owner", "resources": "Resources", "risks": "Risks",
    "victims_safety": "Victims' safety", "legal_basis": "Legal basis", "measure_of_success": "Measure of success",
    "review_date": "Review date",
}  # fmt: skip


def render_docx(dossier: Dossier) -> bytes:
    """The brief as an editable Word document with the same parts, the map and the annex."""
    document = Document()
    document.core_properties.title = _clean(dossier.brief.title)[:255]
    document.styles["Normal"].font.size = Pt(10)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.header.paragraphs[0].text = _clean(f"{dossier.brief.handling}    {dossier.reference}")
    section.footer.paragraphs[0].text = _clean(f"{dossier.brief.handling}    A lead, not proof.")
    document.add_heading(_clean(dossier.brief.title), level=1)
    for name, title in _DOCX_PARTS.items():
        document.add_heading(title, level=2)
        document.add_paragraph(_clean(getattr(dossier.brief, name)))
        if name == "where":
            _add_picture(document, dossier.map_svg, dossier.map_alt)
        if name == "when":
            _add_picture(document, dossier.chart_svg, dossier.chart_alt)
    document.add_page_break()
    document.add_heading("Annex: method, sources, evidence", level=1)
    for number, finding in dossier.findings:
        document.add_heading(_clean(f"Finding {number}: {finding.method}"), level=2)
        document.add_paragraph(_clean(finding.statement))
        document.add_paragraph(_clean(f"Assumptions. {finding.assumptions}"))
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
        document.add_paragraph(_clean(line))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _add_picture(document, svg: bytes | None, alt: str) -> None:
    """Word wants a bitmap: Typst turns the same SVG into one."""
    if svg is None:
        return
    page = '#set page(width: auto, height: auto, margin: 2pt)\n#image(bytes(sys.inputs.svg), format: "svg")'
    png = typst.compile(
        page.encode(), sys_inputs={"svg": svg.decode()}, format="png", ppi=200, ignore_system_fonts=True
    )
    document.add_picture(io.BytesIO(png), width=Cm(12))._inline.docPr.set("descr", _clean(alt))


def _add_table(document, header: list[str], rows: list[list[str]]) -> None:
    table = document.add_table(rows=1, cols=len(header), style="Table Grid")
    for cell, text in zip(table.rows[0].cells, header, strict=True):
        cell.text = text
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = _clean(text)


def _clean(text: str) -> str:
    """What XML cannot hold is written out as [U+XXXX], as in the PDF: nothing is lost unseen."""
    return _NOT_XML.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)
