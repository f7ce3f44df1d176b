"""A brief says what the profile says and passed its condition, in a few pages, each figure with period and source."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

import data
from data import rights
from data.context import CityContext, Territory
from data.store import seeds
from data.translation import LANGUAGES, Language
from services import areas, brief, profile
from views import reports

ALWAYS = Territory(country="DEU", first_year=2015, last_year=2025)


@pytest.fixture(autouse=True)
def _own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")


def of(level: str, area: str, language: str = "en") -> tuple[CityContext, brief.Brief]:
    ctx = CityContext(data.cities()["berlin"], data.version(), Language(language))
    return ctx, brief.brief(ctx, ALWAYS, areas.require_period(ctx, ALWAYS), level, area)


def test_its_findings_are_the_profiles_and_at_most_ten() -> None:
    ctx, made = of("district", "08")
    period = areas.require_period(ctx, ALWAYS)
    for heading, kind in (("Strengths", "strength"), ("Gaps", "gap")):
        allowed = list(profile.standouts(ctx, period, "district", "08", kind).values())
        assert made.sections[heading] == allowed[: brief.FINDINGS]
    assert len(made.sections["Strengths"] + made.sections["Gaps"]) <= 10


def test_an_area_with_few_residents_has_no_strength_and_no_gap() -> None:
    ctx, _made = of("district", "08")
    period = areas.require_period(ctx, ALWAYS)
    small = profile.inclusion.measured(ctx, period, "planning_area")["residents"]
    area = str(small[small < 300].index[0])
    assert not {"Strengths", "Gaps"} & set(of("planning_area", area)[1].sections)


def test_initiatives_of_the_register_answer_its_gaps() -> None:
    assert "Initiatives that address it" not in of("district", "08")[1].sections
    rights.act_as(rights.OWNER)
    seeds.fill_register()
    names = set(brief.register.everything()["name"])
    listed = of("district", "08")[1].sections["Initiatives that address it"]
    assert 0 < len(listed) <= brief.LISTED
    assert all(line.rpartition(" (")[0] in names for line in listed)


def test_initiatives_of_the_place_come_first() -> None:
    rights.act_as(rights.OWNER)
    fields = {"kind": "practice", "stage": "applied", "theme": "social", "topic": "learning", "country": "DE"}
    places = {"In the district": "08", "In an area of it": "08100314", "Next door": "04", "Somewhere": ""}
    for name, area in places.items():
        brief.register.add(fields | {"name": name, "city": "Berlin", "area_id": area, "target_group": "parents"}, "me")
    brief.register.add(fields | {"name": "Elsewhere", "city": "Utrecht", "area_id": "08"}, "me")
    assert of("district", "08")[1].sections["Initiatives here"] == [
        "In an area of it (applied, parents)",
        "In the district (applied, parents)",
    ]
    assert of("planning_area", "08100314")[1].sections["Initiatives here"] == ["In an area of it (applied, parents)"]


def test_what_stands_in_an_area_is_counted_beside_the_city() -> None:
    ctx, made = of("district", "08")
    supply = next(figure for figure in made.figures if figure.key == "area-supply")
    rows = supply.rows.set_index("measure")
    facilities, people = data.table("facilities", "berlin"), data.table("residents", "berlin")
    people = people[people["period"] == "2024-12-31"].groupby(people["area_id"].str[:2])["persons"].sum()
    libraries = facilities[facilities["kind"] == "library"]["area_id"].str[:2].value_counts()
    here, everywhere = libraries["08"], libraries.sum()
    assert rows.loc["Library", "here"] == f"{here} · {10_000 * here / people['08']:.1f}"
    assert rows.loc["Library", "city"] == f"{everywhere} · {10_000 * everywhere / people.sum():.1f}"
    assert set(rows["topic"]) == {"Services", "Culture", "Homes"}
    homes, living = data.table("dwellings", "berlin"), data.table("residents", "berlin")
    homes = homes[(homes["year"] == 2023) & (homes["boundary_version"] == ctx.boundary_version)]
    living = living[living["period"] == pd.Timestamp("2023-12-31")].groupby("area_id")["persons"].sum()
    known = homes[homes["area_id"].str.startswith("08")].dropna(subset=["dwellings", "rooms"]).set_index("area_id")
    per_room = living.reindex(known.index).sum() / known["rooms"].sum()
    assert rows.loc["Residents per room", "here"] == f"{per_room:.2f}"
    assert rows.loc["Residents per room", "when"] == "end of 2023"
    small = profile.inclusion.measured(ctx, areas.require_period(ctx, ALWAYS), "planning_area")["residents"]
    few = next(f for f in of("planning_area", str(small[small < 300].index[0]))[1].figures if f.key == "area-supply")
    assert "no rate is given" in few.note
    assert not few.rows["here"].str.contains(r"· \d").any()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_has_its_period_and_source_in_every_language(language: str) -> None:
    _ctx, made = of("planning_area", "08100314", language)
    assert [figure.key for figure in made.figures] == ["city-map", "brief-measures", "area-supply", "trend", "outlook"]
    for figure in made.figures:
        assert any(digit.isdigit() for digit in figure.measured), figure.key
        assert figure.source, figure.key


@pytest.mark.parametrize(("language", "level", "area"), [("en", "district", "08"), ("ar", "planning_area", "08100314")])
def test_it_has_two_to_four_pages(language: str, level: str, area: str, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext on this machine")
    ctx, made = of(level, area, language)
    report = reports.Report(
        made.title, made.lines, made.numbers, made.figures, language=ctx.language, sections=made.sections, brief=True
    )
    paper = tmp_path / "brief.pdf"
    paper.write_bytes(reports.make(report, "pdf"))
    text = subprocess.run(["pdftotext", str(paper), "-"], capture_output=True, check=True, text=True).stdout
    assert 2 <= text.count("\f") <= 4
    if language == "en":
        flat = " ".join(text.split())
        assert all(sentence[:40] in flat for sentence in made.sections["Gaps"])
