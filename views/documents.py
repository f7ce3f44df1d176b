"""A report as a Word document."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.parser import OxmlElement
from docx.shared import Cm, Pt, RGBColor

if TYPE_CHECKING:
    from views.reports import Part, Report


def word(report: Report, parts: list[Part], pictures: list[bytes | None]) -> bytes:
    """Title, lines, key figures, then each figure with its picture and its tables.

    pictures: PNG or None, in their order.
    """
    document = Document()
    if report.brand.logo and report.brand.logo_kind != "svg":
        document.add_picture(io.BytesIO(report.brand.logo), height=Cm(1.4))
    document.add_heading(report.title, 0)
    for line in report.lines:
        document.add_paragraph(line)
    for number in report.key_figures:
        document.add_paragraph(f"{number.label}: {number.value} {number.delta}".strip(), style="List Bullet")
    for heading, sentences in report.sections.items():
        document.add_heading(heading, 1)
        for sentence in sentences:
            document.add_paragraph(sentence, style="List Bullet")
    for part, picture in zip(parts, pictures, strict=True):
        document.add_heading(part.figure.finding, 1)
        if picture is not None:
            document.add_picture(io.BytesIO(picture), width=Cm(16))
        document.add_paragraph(f"{part.figure.subtitle} · {part.source}").runs[0].font.size = Pt(8)
        for (head, rows), numbers in zip(part.tables, part.numbers, strict=True):
            table = document.add_table(len(rows) + 1, len(head), style="Light List")
            for line, row in zip(table.rows, [head, *rows], strict=True):
                for cell, text, is_number in zip(line.cells, row, numbers, strict=True):
                    cell.text = text
                    if is_number:
                        cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
                    cell.paragraphs[0].runs[0].font.size = Pt(7) if text else None
            document.add_paragraph()
        document.add_paragraph(part.more)
    colour = RGBColor.from_string(report.brand.primary.lstrip("#"))
    for style in ("Title", "Heading 1"):
        document.styles[style].font.color.rgb = colour
    if report.language.is_right_to_left:
        for paragraph in document.paragraphs:
            paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
            for run in paragraph.runs:
                run._r.get_or_add_rPr().append(OxmlElement("w:rtl"))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
