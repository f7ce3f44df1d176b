"""Pages for paper: a title, sentences and tables as PDF on A4."""

from __future__ import annotations

import importlib.util
import json
import tempfile
from pathlib import Path
from typing import Any

from views.brand import Brand
from views.language import current

_TEMPLATE = """
#let given = json(bytes(sys.inputs.at("given")))
#set document(title: given.title)
#set page(paper: "a4", margin: (x: 1.7cm, y: 1.5cm), footer: context [
  #set text(7pt, fill: luma(90))
  #given.source #h(1fr) #counter(page).display("1 / 1", both: true)])
#set text(font: "DejaVu Sans", size: 9pt, lang: given.lang, dir: if given.lang == "ar" { rtl } else { ltr })
#set table(stroke: (x, y) => (bottom: 0.4pt + luma(180)), inset: (x: 3pt, y: 3.6pt))
= #given.title
#text(fill: luma(80))[#given.subtitle]
#for part in given.sentences [
  == #part.name
  #list(..part.items.map(item => [#item]))
]
#for part in given.tables [
  #block(breakable: false)[
    == #part.name
    #table(columns: (2.6fr,) + (1fr,) * (part.head.len() - 1), align: (x, y) => if x == 0 { start } else { end },
      table.header(..part.head.map(name => [#text(7.5pt, weight: "bold")[#name]])),
      ..part.rows.flatten().map(cell => [#cell]))
  ]
]
"""


_REPORT = """
#let given = json(bytes(sys.inputs.at("given")))
#let ink = rgb(given.primary)
#set document(title: given.title)
#set page(paper: "a4", margin: (x: 1.7cm, top: 1.6cm, bottom: 1.5cm), footer: context [
  #set text(7pt, fill: luma(90))
  #given.brand #h(1fr) #counter(page).display("1 / 1", both: true)])
#set text(font: "DejaVu Sans", size: 9pt, lang: given.lang, dir: if given.lang == "ar" { rtl } else { ltr })
#set table(stroke: (x, y) => (bottom: 0.4pt + luma(180)), inset: (x: 3pt, y: 3pt))
#show heading: set text(fill: ink)
#if given.logo != "" { image(given.logo, height: 1.2cm, alt: given.brand) }
#heading(level: 1, given.title)
#for line in given.lines { par(text(fill: luma(70), line)) }
#line(length: 100%, stroke: 1pt + rgb(given.accent))
#for (number, part) in given.parts.enumerate() [
  #if number > 0 { pagebreak() }
  #heading(level: 2, part.title)
  #if part.picture != "" { image(part.picture, width: 100%, alt: part.title + ". " + part.unit) }
  #text(7.5pt, fill: luma(70))[#part.unit #part.source]
  #if part.rows.len() > 0 {
    set text(7pt)
    table(columns: part.head.len(), table.header(..part.head.map(name => strong(name))), ..part.rows.flatten())
  }
  #if part.more != "" { text(7.5pt, part.more) }
]
"""
_CARD = """
#let given = json(bytes(sys.inputs.at("given")))
#set page(width: 1200pt, height: 630pt, margin: 80pt, fill: rgb(given.primary))
#set text(font: "DejaVu Sans", fill: white)
#place(bottom + start, text(30pt, given.brand))
#place(bottom + end, rect(width: 160pt, height: 14pt, fill: rgb(given.accent)))
#text(given.size * 1pt, weight: "bold", given.title)
"""


def fonts() -> str:
    """The folder of DejaVu, whose letters cover all six languages; matplotlib's wheel brings it."""
    found = importlib.util.find_spec("matplotlib")
    assert found is not None
    assert found.origin is not None
    return str(Path(found.origin).parent / "mpl-data" / "fonts" / "ttf")


def _compile(template: bytes | str, given: dict[str, Any], **options: Any) -> bytes:
    import typst

    result = typst.compile(
        template, font_paths=[fonts()], sys_inputs={"given": json.dumps(given, ensure_ascii=False)}, **options
    )
    assert isinstance(result, bytes)
    return result


def card(title: str, brand: Brand) -> bytes:
    """A title on the brand's colour as PNG, 1200 by 630: what chat programs show of a link."""
    size = 64 if len(title) < 80 else 48 if len(title) < 160 else 36
    return _compile(
        _CARD.encode(),
        {"title": title, "brand": brand.name, "primary": brand.primary, "accent": brand.accent, "size": size},
        format="png",
        ppi=72.0,
    )


def report(
    title: str, lines: list[str], parts: list[dict[str, Any]], pictures: list[bytes | None], brand: Brand
) -> bytes:
    """Figures as PDF, a page or more each. parts: title, unit, source, head, rows (of text), more; pictures: PNG or None, in their order."""
    with tempfile.TemporaryDirectory() as folder:
        for number, picture in enumerate(pictures):
            parts[number]["picture"] = "" if picture is None else f"{number}.png"
            if picture is not None:
                (Path(folder) / f"{number}.png").write_bytes(picture)
        logo = f"logo.{brand.logo_kind}" if brand.logo else ""
        if logo:
            (Path(folder) / logo).write_bytes(brand.logo)
        (Path(folder) / "report.typ").write_text(_REPORT)
        given = {
            "title": title,
            "lines": lines,
            "parts": parts,
            "lang": current(),
            "brand": brand.name,
            "primary": brand.primary,
            "accent": brand.accent,
            "logo": logo,
        }
        return _compile(str(Path(folder) / "report.typ"), given, root=folder)


def pdf(
    title: str,
    subtitle: str,
    sentences: dict[str, list[str]],
    tables: dict[str, tuple[list[str], list[list[str]]]],
    source: str,
) -> bytes:
    """A report as PDF with tags for screen readers. sentences, tables: by heading; a table is its head and its rows of text."""
    given: dict[str, Any] = {
        "lang": current(),
        "title": title,
        "subtitle": subtitle,
        "source": source,
        "sentences": [{"name": name, "items": items} for name, items in sentences.items() if items],
        "tables": [{"name": name, "head": head, "rows": rows} for name, (head, rows) in tables.items()],
    }
    return _compile(_TEMPLATE.encode(), given)
