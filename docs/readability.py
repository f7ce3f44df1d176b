"""How hard the app's sentences are to read, by language: `make readability` writes docs/readability.md.

LIX (Björnsson 1968): words in a sentence on average plus the percentage of words of more than six letters. It counts
letters only, so it can be taken in any alphabet, but long words are commoner in some languages than in others, so
languages cannot be compared with one another. Arabic writes short vowels and articles as
signs and prefixes; its words are counted as long from six letters on (after OSMAN, El-Haj and Rayson 2016).
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from make_catalogues import template

from data.translation import LANGUAGES, catalogue, messages

PAGE = Path(__file__).with_name("readability.md")
EASY, HARD = 40, 60  # of Björnsson's scale: below 40 easy, over 60 very hard; the whole, and any one sentence
WORST = 12


def lix(text: str, long: int = 7) -> float:
    """Words a sentence plus percent of long words. long: letters from which a word is long. 0 of a text of no words."""
    plain = re.sub(r"\{[^}]*\}", "5", re.sub(r"\]\([^)]*\)|[*`_#]", " ", text))  # a value is a word, an address none
    words = re.findall(r"[^\W_]+(?:[’'-][^\W_]+)*", plain)
    if not words:
        return 0.0
    sentences = max(1, len(re.findall(r"[.!?:؟](?:\s|$)", plain)))
    return len(words) / sentences + 100 * sum(len(word) >= long for word in words) / len(words)


def sentences(code: str) -> dict[str, str]:
    """Every sentence of a language that has at least eight words and an end, by the English one."""
    english = {text: text for message in template() if isinstance(text := message.id, str) and text}
    forms = {english: words[-1] for english, words in catalogue(code).plurals.items()}
    texts = (english if code == "en" else dict(messages(code))) | forms
    return {key: text for key, text in texts.items() if len(key.split()) >= 8 and re.search(r"[.!?؟]", text)}


def score(code: str) -> float:
    """LIX of all sentences of a language together."""
    return lix(" ".join(text.rstrip(".!?؟") + "." for text in sentences(code).values()), 6 if code == "ar" else 7)


def page() -> str:
    """The table of all languages and the hardest English sentences."""
    lines = [f"| {LANGUAGES[code]} | {score(code):.0f} |" for code in LANGUAGES]
    hardest = sorted(sentences("en"), key=lix, reverse=True)[:WORST]
    worst = [f"| {lix(text):.0f} | {' '.join(text.split()).replace('|', '/')} |" for text in hardest]
    return "\n".join(
        [
            "# How hard the sentences are to read",
            "",
            "Made by `make readability` from the catalogues; what LIX counts is in `docs/readability.py`.",
            f"A test holds languages as a whole below {EASY} (easy), English sentences below {HARD} (very hard).",
            "",
            "| language | LIX of all sentences |",
            "|---|---|",
            *lines,
            "",
            "The hardest English sentences:",
            "",
            "| LIX | sentence |",
            "|---|---|",
            *worst,
            "",
        ]
    )


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
