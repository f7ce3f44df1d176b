"""Makes the message catalogues: `make messages`. Collects every sentence of the interface and keeps what is translated.

With `--check` nothing is written and the exit code says whether a sentence is missing or unused in a language.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po

import data
from analytics import access, arrivals, composite, displacement, indicators, partnerships, readiness, scenario
from data.city.building import AGELESS, BUILT, GRIDDED
from data.city.pack import SECTIONS
from data.kinds import facility_kinds
from data.store import models
from views.language import CATALOGUES, LANGUAGES

ROOT = Path(__file__).parent.parent
MARKS = {"_", "N_", "each"}
SERVED = (
    "all it serves",
    "residents of displaced origin",
    "everyone it serves",
    "displaced origin",
    "under 15",
    "65 and over",
)


def said() -> dict[str, list[tuple[str, int]]]:
    """Sentences marked in the code, with the places that say them."""
    found: dict[str, list[tuple[str, int]]] = {}
    for path in sorted((ROOT / "web" / "templates").glob("*.html")):
        for sentence in re.findall(r"""_\(["']([^"']+)["']""", path.read_text()):
            found.setdefault(sentence, []).append((str(path.relative_to(ROOT)), 0))
    for path in sorted(
        [ROOT / "app.py", *(path for room in ("pages", "views", "web") for path in (ROOT / room).glob("*.py"))]
    ):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
                first = node.args[0]
                if isinstance(first, ast.Constant) and first.value:
                    found.setdefault(str(first.value), []).append((str(path.relative_to(ROOT)), node.lineno))
    return found


def named() -> set[str]:
    """Names that registers hold and pages show: indicators, kinds of facility, levels, choices of a method."""
    names: set[str] = {*indicators.DIMENSIONS.values(), *indicators.CONTEXT.values(), *displacement.LABELS.values()}
    for one in indicators.REGISTRY:
        names |= {one.label, one.unit, one.definition, one.formula, one.period, one.caveats}
    for kind in facility_kinds().itertuples():
        names |= {kind.label, kind.plural}
    for city in data.cities().values():
        names |= {city.estimate_note, city.displaced_origins_why}
        names |= {
            form for key, level in city.level_names.items() for form in (level, f"{level}s" if key != "city" else "")
        }
    names |= {
        GRIDDED,
        BUILT,
        f"{GRIDDED} {AGELESS}",
        f"{BUILT} {AGELESS}",
        *(section.holds for section in SECTIONS.values()),
    }
    for need in arrivals.NEEDS.values():
        names |= {need.label, need.unit}
    names |= {*arrivals.RULES, *scenario.SITING, *readiness.PARTS.values(), *readiness.LEVELS}
    names |= {level.capitalize() for level in readiness.LEVELS} | {
        question for _, question in readiness.QUESTIONS.values()
    }
    names |= {"high", "low", "no value is known", "the day has passed", "the interval holds the target", *SERVED}
    names |= {"no evidence given", "not answered", "Hexagons", "Facilities", "Category", "Origin", "Asylum"}
    methods = (
        composite.NORMALISATIONS,
        composite.WEIGHTS,
        composite.AGGREGATIONS,
        composite.IMPUTATIONS,
        composite.OUTLIERS,
    )
    spoken = {
        "pca",
        "mazziotta-pareto",
        "expert",
        "benefit of the doubt",
        "mean",
        "median",
        "nearest",
    }  # the page has words for these
    names |= {one.capitalize() for method in methods for one in method if one not in spoken} | {
        one.capitalize() for one in access.SPEEDS
    }
    names |= {one.capitalize() for one in (*models.STAGES, "Need", "Kind", "Stage", "Theme")}
    names |= {
        *models.KINDS,
        *models.STAGES,
        *models.THEMES,
        *models.TOPICS,
        *partnerships.SECTORS,
        "another service",
        "an earlier date",
        "nothing",
        "This question is closed.",
    }
    return {name for name in names if name and any(sign.isalpha() for sign in name)}


def template() -> Catalog:
    """Every sentence to translate."""
    made = Catalog(project="Zone of Social Creativity", charset="utf-8", fuzzy=False)
    places = said()
    for sentence in sorted({*places, *named()}):
        made.add(sentence, locations=[(path, 0) for path in sorted({path for path, _ in places.get(sentence, [])})])
    return made


def main() -> int:
    """Bring each language's catalogue up to date, or say what is missing or unused."""
    wanted, faults = template(), 0
    for language in (code for code in LANGUAGES if code != "en"):
        path = CATALOGUES / f"{language}.po"
        if path.exists():
            with path.open("rb") as file:
                kept = read_po(file, locale=language)
        else:
            kept = Catalog(locale=language)
        have, need = {one.id: one.string for one in kept if one.id}, {one.id for one in wanted if one.id}
        missing, unused = [one for one in need if not have.get(one)], [one for one in have if one not in need]
        faults += len(missing) + len(unused)
        print(f"{language}: {len(need)} sentences, {len(missing)} missing, {len(unused)} unused")
        if "--check" in sys.argv:
            continue
        fresh = Catalog(locale=language, project="Zone of Social Creativity", charset="utf-8", fuzzy=False)
        for one in wanted:
            if one.id:
                fresh.add(one.id, have.get(one.id, ""), locations=one.locations)
        path.parent.mkdir(exist_ok=True)
        with path.open("wb") as file:
            write_po(file, fresh, width=0, include_lineno=False, omit_header=False, sort_output=True)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main() if "--check" in sys.argv else (main() and 0))
