"""Writes docs/indicators.md from the registry: `python docs/make_indicators.py`."""

from __future__ import annotations

from pathlib import Path

from analytics.indicators import CONTEXT, DIMENSIONS, REGISTRY


def text() -> str:
    """The document, one table a dimension."""
    lines = [
        "# Indicators",
        "",
        "Made from `analytics/indicators.py` by `docs/make_indicators.py`; a test keeps them alike.",
        "",
    ]
    for key, heading in (DIMENSIONS | CONTEXT).items():
        lines += [
            f"## {heading}",
            "",
            "| indicator | unit | good | definition | formula | period | caveats |",
            "|---|---|---|---|---|---|---|",
        ]
        for card in (card for card in REGISTRY if card.dimension == key):
            good, caveats = card.good or "neither", card.caveats or "none known"
            cells = (card.label, card.unit, good, card.definition, card.formula, card.period, caveats)
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    (Path(__file__).parent / "indicators.md").write_text(text(), encoding="utf-8")
