"""Pages for paper: a title, sentences and tables as PDF on A4."""

from __future__ import annotations

import json
from typing import Any

_TEMPLATE = """
#let given = json(bytes(sys.inputs.at("given")))
#set document(title: given.title)
#set page(paper: "a4", margin: (x: 1.7cm, y: 1.5cm), footer: context [
  #set text(7pt, fill: luma(90))
  #given.source #h(1fr) #counter(page).display("1 / 1", both: true)])
#set text(font: "Libertinus Serif", size: 10.5pt)
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
    #table(columns: (2.6fr,) + (1fr,) * (part.head.len() - 1), align: (x, y) => if x == 0 { left } else { right },
      table.header(..part.head.map(name => [#text(7.5pt, weight: "bold")[#name]])),
      ..part.rows.flatten().map(cell => [#cell]))
  ]
]
"""


def pdf(title: str, subtitle: str, sentences: dict[str, list[str]], tables: dict[str, tuple[list[str], list[list[str]]]],
        source: str) -> bytes:  # fmt: skip
    """A report as PDF with tags for screen readers. sentences, tables: by heading; a table is its head and its rows of text."""
    import typst

    given: dict[str, Any] = {
        "title": title, "subtitle": subtitle, "source": source,
        "sentences": [{"name": name, "items": items} for name, items in sentences.items() if items],
        "tables": [{"name": name, "head": head, "rows": rows} for name, (head, rows) in tables.items()],
    }  # fmt: skip
    result = typst.compile(_TEMPLATE.encode(), sys_inputs={"given": json.dumps(given, ensure_ascii=False)})
    assert isinstance(result, bytes)
    return result
