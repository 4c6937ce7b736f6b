"""A brief as an editable Word document by python-docx, and the parts every Word document here shares."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime

import typst
from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.text import WD_BREAK
from docx.shared import Cm, Pt

from analytics.shared.wording import spell_dates
from analytics.tasking.brief import BRIEF_PARTS
from analytics.tasking.dossier import Dossier, format_source, format_value, list_parameters
from analytics.tasking.paper_size import PAPER_SIZES, PaperSize

NO_CLOCK = datetime(2000, 1, 1)  # for formats that require a date: the same data give the same bytes
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_docx(dossier: Dossier, paper: PaperSize = "a4") -> bytes:
    """The brief as an editable Word document with the same parts, the map and the annex.

    The same dossier gives the same bytes.
    """
    document = open_document(dossier.brief.title, dossier.handling, dossier.reference, paper, dossier.seal)
    lead = dossier.lead
    for name, title in BRIEF_PARTS.items():
        document.add_heading(title, level=2)
        document.add_paragraph(clean_xml(spell_dates(dossier.brief.read_part(name))))
        if name == "where":
            add_picture(document, lead.map_svg, lead.map_alt)
        if name == "why_now":
            add_picture(document, lead.trend_svg, lead.trend_alt)
        if name == "when":
            add_picture(document, lead.hours_svg, lead.hours_alt)
    document.add_heading("Readiness", level=2)
    document.add_paragraph(clean_xml(dossier.readiness))
    if dossier.strategy:
        document.add_heading("Control strategy", level=2)
        document.add_paragraph(clean_xml(dossier.strategy))
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    document.add_heading("Annex: method, sources, evidence", level=1)
    for (number, finding), drawing in zip(dossier.findings, dossier.drawings, strict=True):
        document.add_heading(clean_xml(f"Finding {number}: {finding.method}"), level=2)
        document.add_paragraph(clean_xml(finding.statement))
        if drawing is not lead:
            add_picture(document, drawing.map_svg, drawing.map_alt)
            add_picture(document, drawing.trend_svg, drawing.trend_alt)
            add_picture(document, drawing.hours_svg, drawing.hours_alt)
        document.add_paragraph(clean_xml(f"Assumptions. {finding.assumptions}"))
        add_table(
            document,
            ["Parameter", "Value"],
            [[k.replace("_", " "), format_value(v)] for k, v in list_parameters(finding).items()],
        )
    if dossier.responses:
        document.add_heading("Responses chosen: tried elsewhere, not facts", level=2)
        for what, *known in dossier.responses:
            document.add_heading(clean_xml(what), level=3)
            for line in known:
                document.add_paragraph(clean_xml(line))
        for note in dossier.response_notes:
            document.add_paragraph(note)
    document.add_heading("Every statement, its grading and its source", level=2)
    add_table(document, ["Part", "Statement", "Grading and source"], dossier.graded_statements)
    document.add_heading("Sources and row references", level=2)
    add_table(
        document,
        ["Finding", "Source", "Legal basis", "Rows", "Row numbers"],
        [format_source(s) for s in dossier.sources],
    )
    document.add_heading("Decision record", level=2)
    for line in dossier.decisions or ["No decision has been recorded."]:
        document.add_paragraph(clean_xml(line))
    saved = io.BytesIO()
    document.save(saved)
    return strip_clock(saved)


def open_document(
    title: str, mark: str, reference: str, paper: PaperSize = "a4", seal: str = ""
) -> DocxDocument:
    """A document with the handling mark and the reference at the head and foot of every page; `seal` is the
    code of the signed head that covers it."""
    document = Document()
    properties = document.core_properties
    properties.title, properties.author = clean_xml(title)[:255], "Achilles"
    properties.created = properties.modified = NO_CLOCK
    document.styles["Normal"].font.size = Pt(10)
    section = document.sections[0]
    sheet = PAPER_SIZES[paper]
    section.page_width, section.page_height = Cm(sheet.width), Cm(sheet.height)
    section.header.paragraphs[0].text = clean_xml(f"{mark}    {reference}")
    section.footer.paragraphs[0].text = clean_xml(
        f"{mark}    A lead, not proof.{seal and f'    Record {seal}'}"
    )
    document.add_heading(clean_xml(title), level=1)
    return document


def strip_clock(saved: io.BytesIO) -> bytes:
    """A saved Word document without the clock's traces: the same content gives the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(saved) as parts, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as fixed:
        for part in parts.infolist():
            entry = zipfile.ZipInfo(part.filename, NO_CLOCK.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            fixed.writestr(entry, parts.read(part))
    return buffer.getvalue()


def add_picture(document: DocxDocument, svg: bytes | None, alt: str) -> None:
    """Word wants a bitmap: Typst turns the same SVG into one."""
    if svg is None:
        return
    page = '#set page(width: auto, height: auto, margin: 2pt)\n#image(bytes(sys.inputs.svg), format: "svg")'
    png = typst.compile(
        page.encode(), sys_inputs={"svg": svg.decode()}, format="png", ppi=200, ignore_system_fonts=True
    )
    document.add_picture(io.BytesIO(png), width=Cm(12))._inline.docPr.set("descr", clean_xml(alt))


def add_table(document: DocxDocument, header: list[str], rows: list[list[str]]) -> None:
    table = document.add_table(rows=1, cols=len(header), style="Table Grid")
    for cell, text in zip(table.rows[0].cells, header, strict=True):
        cell.text = text
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = clean_xml(text)


def clean_xml(text: str) -> str:
    """Characters that XML forbids are written as [U+XXXX], as in the PDF, so that nothing is lost
    silently."""
    return _NOT_XML.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)
