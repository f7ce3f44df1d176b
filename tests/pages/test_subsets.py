"""Every pack that passes its check opens every page: packs of all forms of sections, built by the public command."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from itertools import combinations

import pytest
from streamlit.testing.v1 import AppTest

from data.city.__main__ import main
from tests.driver import PAGES, change_choices, figures, open_page, words
from tests.packs import FORMS, pack_of

SEED = 22
NOTHING_ELSE = {name: listed[-1] for name, listed in FORMS.items() if "none" in listed} | {"grid": "none"}
LEAST = [
    NOTHING_ELSE | {"areas": "no district", "residents": "totals"},
    NOTHING_ELSE | {"areas": "hexagons of the grid", "last": "2013"},
]
# What no page may say: arithmetic that failed, an empty bracket where a period or a name should stand.
FAILED = re.compile(r".{0,60}(?:\bnan\b|\bNaN\b|\bNone\b(?! of)|<NA>|\bNaT\b|\binf\b|\(\)).{0,40}")
# Pages in which no table of the city has a part: opened with one city only.
OF_THE_WORLD = ("displacement", "displacement_flows", "creative", "creative_region")
NEEDED = {
    "coverage": ("services", "stops"),
    "reach": ("services", "stops"),
    "access_equity": ("services", "stops"),
    "creative_city": ("services", "stops"),
    "what_if_sites": ("services", "stops"),
    "what_if_shock": ("services", "stops"),
    "displacement_city": ("origins",),
    "diversity": ("background",),
    "economic_health": ("social",),
    "creative_firms": ("services", "employment"),
}


def covering(strength: int) -> list[dict[str, str]]:
    """Few packs in which each form of a section meets each of strength - 1 others: greedy, of random candidates."""
    lots = random.Random(SEED)
    together = {
        chosen
        for names in combinations(FORMS, strength)
        for chosen in _products([[(name, form) for form in FORMS[name]] for name in names])
    }
    packs: list[dict[str, str]] = []
    while together:
        candidates = [
            {name: lots.choice(listed) for name, listed in FORMS.items()} | dict(min(together)) for _ in range(60)
        ]
        best = max(candidates, key=lambda forms: len(together & set(combinations(forms.items(), strength))))
        together -= set(combinations(best.items(), strength))
        packs.append(best)
    return packs


def _products(lists: list[list[tuple[str, str]]]) -> list[tuple[tuple[str, str], ...]]:
    return [(one, *rest) for one in lists[0] for rest in _products(lists[1:])] if lists else [()]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The packs of a test: the least ones and those of every form, or of all pairs of forms with --long."""
    if "forms" in metafunc.fixturenames:
        packs = [*LEAST, *covering(2 if metafunc.config.getoption("--long") else 1)]
        metafunc.parametrize("forms", packs, ids=[f"pack{number}" for number in range(len(packs))], scope="module")


@pytest.fixture(scope="module")
def city(forms: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The key of a city that the public command built from a pack of these forms."""
    place = tmp_path_factory.mktemp("subset")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZONE_LOCAL", str(place / "local"))
        patch.setenv("ZONE_DATABASE", f"sqlite:///{place / 'zone.db'}")
        folder = pack_of(place / "pack", "subset", forms)
        assert main(["build", str(folder)]) == 0, forms
        yield "subset"


def faults(app: AppTest) -> list[str]:
    """What is wrong with a page."""
    numbers = " ".join(f"{metric.label} {metric.value} {metric.delta}" for metric in app.metric)
    said = " ".join(f"{figure.finding} {figure.note} {figure.unit} {figure.period}" for figure in figures(app))
    wrong = [str(part.value) for part in [*app.exception, *app.error]]
    wrong += FAILED.findall(f"{words(app)} {numbers} {said}")
    if not (app.title and (figures(app) or app.info or app.metric or app.dataframe or app.markdown)):
        wrong.append("an empty page")
    return wrong


def test_every_page_opens_with_every_pack_and_says_what_is_missing(forms: dict[str, str], city: str) -> None:
    wrong = {}
    for page in PAGES:
        if page in OF_THE_WORLD and forms != LEAST[0]:
            continue
        app = open_page(page, city=city)
        wrong[page] = faults(app)
        lacking = page in NEEDED and all(forms[section] == "none" for section in NEEDED[page])
        if lacking and not app.info:
            wrong[page].append("nothing says what is missing")
        chosen = change_choices(app, page)
        wrong[f"{page} with {chosen}"] = faults(app) if chosen else []
    assert not {page: found for page, found in wrong.items() if found}, forms
