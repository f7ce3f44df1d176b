"""Pages for paper: a title, sentences and tables as PDF on A4."""

from __future__ import annotations

import importlib.util
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from views.brand import Brand

if TYPE_CHECKING:
    from data.translation import Language
    from views.reports import Part, Report

_TEMPLATE = """
#let content = json(bytes(sys.inputs.at("content")))
#set document(title: content.title)
#set page(paper: "a4", margin: (x: 1.7cm, y: 1.5cm), footer: context [
  #set text(7pt, fill: luma(90))
  #content.title #h(1fr) #counter(page).display("1 / 1", both: true)])
#set text(font: "DejaVu Sans", size: 9pt, lang: content.lang, dir: if content.lang == "ar" { rtl } else { ltr })
#set table(stroke: (x, y) => (bottom: 0.4pt + luma(180)), inset: (x: 3pt, y: 3.6pt))
= #content.title
#text(fill: luma(80))[#content.subtitle]
#for part in content.sentences [
  == #part.name
  #list(..part.items.map(item => [#item]))
]
#for part in content.tables [
  #block(breakable: false)[
    == #part.name
    #table(columns: (2.6fr,) + (1fr,) * (part.head.len() - 1), align: (x, y) => if x == 0 { start } else { end },
      table.header(..part.head.map(name => [#text(7.5pt, weight: "bold")[#name]])),
      ..part.rows.flatten().map(cell => [#cell]))
  ]
]
#text(7pt, fill: luma(90))[#content.source]
"""


_REPORT = """
#let content = json(bytes(sys.inputs.at("content")))
#let ink = rgb(content.primary)
#set document(title: content.title)
#set page(paper: "a4", margin: (x: 1.7cm, top: 1.6cm, bottom: 1.5cm), footer: context [
  #set text(7pt, fill: luma(90))
  #content.brand #h(1fr) #counter(page).display("1 / 1", both: true)])
#set text(font: "DejaVu Sans", size: 9pt, lang: content.lang, dir: if content.lang == "ar" { rtl } else { ltr })
#set table(stroke: (x, y) => (bottom: 0.4pt + luma(180)), inset: (x: 3pt, y: 3pt))
#show heading: set text(fill: ink)
#if content.logo != "" { image(content.logo, height: 1.2cm, alt: content.brand) }
#heading(level: 1, content.title)
#for line in content.lines { par(text(fill: luma(70), line)) }
#if content.numbers.len() > 0 {
  table(columns: (1fr, auto), ..content.numbers.map(pair => (pair.at(0), strong(pair.at(1)))).flatten())
}
#line(length: 100%, stroke: 1pt + rgb(content.accent))
#for section in content.sections [
  #heading(level: 2, section.name)
  #list(..section.items.map(item => [#item]))
]
#for (number, part) in content.parts.enumerate() [
  #if number > 0 and not content.brief { pagebreak() }
  #heading(level: 2, part.title)
  #if part.picture != "" {
    image(part.picture, width: if content.brief { 80% } else { 100% }, alt: part.title + ". " + part.unit)
  }
  #text(7.5pt, fill: luma(70))[#part.unit · #part.source]
  #for block in part.tables {
    set text(7pt)
    table(columns: block.head.len(), align: (x, y) => if block.numbers.at(x) { end } else { start },
      table.header(..block.head.map(name => strong(name))), ..block.rows.flatten())
  }
  #if part.more != "" { text(7.5pt, part.more) }
]
"""
_CARD = """
#let content = json(bytes(sys.inputs.at("content")))
#set page(width: 1200pt, height: 630pt, margin: 80pt, fill: rgb(content.primary))
#set text(font: "DejaVu Sans", fill: white)
#place(bottom + start, text(30pt, content.brand))
#place(bottom + end, rect(width: 160pt, height: 14pt, fill: rgb(content.accent)))
#text(content.size * 1pt, weight: "bold", content.title)
"""


def fonts() -> str:
    """The folder of DejaVu, whose letters cover all six languages; matplotlib's wheel brings it."""
    library = importlib.util.find_spec("matplotlib")
    assert library is not None
    assert library.origin is not None
    return str(Path(library.origin).parent / "mpl-data" / "fonts" / "ttf")


def _compile(template: bytes | str, content: dict[str, Any], **options: Any) -> bytes:
    import typst

    inputs = {"content": json.dumps(content, ensure_ascii=False)}
    result = typst.compile(template, font_paths=[fonts()], sys_inputs=inputs, **options)
    assert isinstance(result, bytes)
    return result


def card(title: str, brand: Brand) -> bytes:
    """A title on the brand's colour as PNG, 1200 by 630: what chat programs show of a link."""
    size = 64 if len(title) < 80 else 48 if len(title) < 160 else 36
    content = {"title": title, "brand": brand.name, "primary": brand.primary, "accent": brand.accent, "size": size}
    return _compile(_CARD.encode(), content, format="png", ppi=72.0)


def report(report: Report, parts: list[Part], pictures: list[bytes | None]) -> bytes:
    """Figures as PDF with tags for screen readers, a page or more each. pictures: PNG or None, in their order."""
    brand = report.brand
    with tempfile.TemporaryDirectory() as folder:
        for place, picture in enumerate(pictures):
            if picture is not None:
                (Path(folder) / f"{place}.png").write_bytes(picture)
        logo = f"logo.{brand.logo_kind}" if brand.logo else ""
        if logo:
            (Path(folder) / logo).write_bytes(brand.logo)
        (Path(folder) / "report.typ").write_text(_REPORT)
        content = {
            "title": report.title,
            "lines": report.lines,
            "numbers": [[number.label, f"{number.value} {number.delta}".strip()] for number in report.key_figures],
            "sections": [{"name": name, "items": items} for name, items in report.sections.items()],
            "brief": report.brief,
            "parts": [
                {
                    "title": part.figure.finding,
                    "unit": part.figure.subtitle,
                    "source": part.source,
                    "tables": [
                        {"head": head, "rows": rows, "numbers": numbers}
                        for (head, rows), numbers in zip(part.tables, part.numbers, strict=True)
                    ],
                    "more": part.more,
                    "picture": "" if picture is None else f"{place}.png",
                }
                for place, (part, picture) in enumerate(zip(parts, pictures, strict=True))
            ],
            "lang": report.language.code,
            "brand": brand.name,
            "primary": brand.primary,
            "accent": brand.accent,
            "logo": logo,
        }
        return _compile(str(Path(folder) / "report.typ"), content, root=folder)


def pdf(
    title: str,
    subtitle: str,
    sentences: dict[str, list[str]],
    tables: dict[str, tuple[list[str], list[list[str]]]],
    source: str,
    language: Language,
) -> bytes:
    """Sentences and tables as PDF with tags for screen readers.

    sentences, tables: by heading; a table is its head and its rows of text.
    """
    content: dict[str, Any] = {
        "lang": language.code,
        "title": title,
        "subtitle": subtitle,
        "source": source,
        "sentences": [{"name": name, "items": items} for name, items in sentences.items() if items],
        "tables": [{"name": name, "head": head, "rows": rows} for name, (head, rows) in tables.items()],
    }
    return _compile(_TEMPLATE.encode(), content)
