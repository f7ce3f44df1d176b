"""Makes the message catalogues: `make messages`. Extracts every marked sentence and keeps what is translated.

Sentences are marked where they are written: `_("…")`, `_.each("…")`, `_.plural("…", "…", n)`,
`language("…")`, or `N_("…")` for a name shown elsewhere; titles of tables are taken from their
definitions. With `--check` nothing is written; the exit code says whether one is unused in a language,
or missing in a release; before that a missing one is only said. With `--new` (`make words`) sentences
that no catalogue has go into data/messages/new.toml, to be filled in there in all languages at once;
the next `make messages` moves them into the catalogues.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import tomli_w
from babel.messages import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from data.translation import LANGUAGES, MESSAGES_FOLDER, NEW_MESSAGES, messages, new_messages

ROOT = Path(__file__).parents[1]
ROOMS = ("analytics", "data", "pages", "services", "views", "web")
KEYWORDS = {"_": None, "N_": None, "each": None, "language": None}
Sentence = str | tuple[str, str]  # a tuple: for a count of 1, and for others


@cache
def template() -> Catalog:
    """Every sentence to translate, with the files that say it."""
    catalog = Catalog(project="Zone of Social Creativity", charset="utf-8", fuzzy=False)
    places: dict[Sentence, set[str]] = {}
    for path in (ROOT / "app.py", *(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))):
        for sentence in _marked(path):
            places.setdefault(sentence, set()).add(str(path.relative_to(ROOT)))
    for path in (ROOT / "web" / "templates").glob("*.html"):
        for _line, message, *_rest in extract_from_file("jinja2.ext:babel_extract", path, keywords=KEYWORDS):
            if isinstance(message, str):
                places.setdefault(message, set()).add(str(path.relative_to(ROOT)))
    for path in (ROOT / "data" / "tables").glob("*/city.json"):
        for name in _city_names(json.loads(path.read_text(encoding="utf-8"))):
            places.setdefault(name, set()).add(str(path.relative_to(ROOT)))
    for sentence, paths in sorted(places.items(), key=lambda item: str(item[0])):
        if any(sign.isalpha() for sign in str(sentence)):
            catalog.add(sentence, locations=[(path, 0) for path in sorted(paths)])
    return catalog


def _marked(path: Path) -> Iterator[Sentence]:
    """What a module marks. By its syntax tree: before Python 3.12 Babel does not look into f-strings."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Name("Entry"), args=[ast.Constant(), ast.Constant(), ast.Constant(str(title)), *_]):
                yield title  # of a table's definition
            case ast.Call(
                func=ast.Name("plural") | ast.Attribute(attr="plural"),
                args=[ast.Constant(str(one)), ast.Constant(str(other)), *_],
            ):
                yield one, other
            case ast.Call(func=ast.Name(name) | ast.Attribute(attr=name), args=[ast.Constant(str(sentence)), *_]):
                if name in KEYWORDS:
                    yield sentence


def _city_names(settings: dict[str, object]) -> list[str]:
    """What a shipped city's settings say to readers."""
    levels = settings["level_names"]
    assert isinstance(levels, dict)
    sentences = (settings[name] for name in ("estimate_note", "displaced_origins_why"))
    return [*map(str, sentences), *levels.values()]


def write_new() -> int:
    """Put sentences that a catalogue lacks into NEW_MESSAGES, what is filled in there already first."""
    needed = [message.id for message in template() if message.id and isinstance(message.id, str)]
    codes = [code for code in LANGUAGES if code != "en"]
    known = {code: messages(code) for code in codes}
    filled = {code: new_messages(code) for code in codes}
    rows = {
        sentence: {
            code: filled[code].get(sentence, "")
            for code in codes
            if sentence not in known[code] or filled[code].get(sentence)
        }
        for sentence in needed
    }
    missing = {sentence: words for sentence, words in rows.items() if words}
    NEW_MESSAGES.write_text(tomli_w.dumps(missing), encoding="utf-8")
    print(f"{NEW_MESSAGES}: {len(missing)} sentences to fill in, each in {len(codes)} languages")
    return 0


def is_released(changelog: str) -> bool:
    """Whether the newest heading of a changelog names a release, and not what is still worked on."""
    heading = next(line for line in changelog.splitlines() if line.startswith("## "))
    return "unreleased" not in heading


def is_whole(message: Any) -> bool:
    """Whether every form of a message is translated."""
    return bool(message.string) and (isinstance(message.string, str) or all(message.string))


def main() -> int:
    """Bring each language's catalogue up to date, or say what is missing or unused."""
    if "--new" in sys.argv:
        return write_new()
    wanted, faults = template(), 0
    released = is_released((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    needed = {message.id for message in wanted if message.id}
    for language in (code for code in LANGUAGES if code != "en"):
        path = MESSAGES_FOLDER / f"{language}.po"
        catalog = Catalog(locale=language)
        if path.exists():
            with path.open("rb") as file:
                catalog = read_po(file, locale=language)
        translated: dict[Any, Any] = new_messages(language) | {
            message.id: message.string for message in catalog if message.id and is_whole(message)
        }
        missing = sorted(str(sentence) for sentence in needed if not translated.get(sentence))
        unused = sorted(str(sentence) for sentence in set(translated) - needed)
        faults += len(unused) + (len(missing) if released else 0)
        late = "" if released or not missing else " (a fault once released)"
        print(f"{language}: {len(needed)} sentences, {len(missing)} missing{late}, {len(unused)} unused")
        if "--check" in sys.argv:
            continue
        fresh = Catalog(locale=language, project="Zone of Social Creativity", charset="utf-8", fuzzy=False)
        for message in wanted:
            if message.id:
                fresh.add(message.id, translated.get(message.id, ""), locations=message.locations)
        with path.open("wb") as file:
            write_po(file, fresh, width=0, include_lineno=False, omit_header=False, sort_output=True)
    if "--check" not in sys.argv:
        NEW_MESSAGES.unlink(missing_ok=True)  # the catalogues have them
    return 1 if faults and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
