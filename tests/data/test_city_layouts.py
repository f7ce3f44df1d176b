"""Layouts that cities publish are read for what they mean, or refused in a sentence; docs/cities.md lists them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import data
from data.city import ages, building, checks, countries, reading, words
from data.city.section_reader import ValidationResult
from data.context import CityContext, Territory
from services import origins

AREAS = {"01": "St. Pauli", "02": "Groß Borstel", "03": "Éco-Quartier", "04": "Печерський район"}
DISTRICTS = {"01": "West", "02": "West", "03": "East", "04": "East"}
DAY = pd.Timestamp("2020-12-31")
TWO_AGES = {"01": (10, 90), "02": (20, 180), "03": (30, 270), "04": (40, 360)}  # under 18, older


@pytest.fixture(autouse=True)
def own_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path / "local"))
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")


def pack_with(folder: Path, content: str | bytes | openpyxl.Workbook, section: str = "residents", **part: Any) -> Path:
    """A pack of four areas in two districts, with one section beside; residents are added where it is another."""
    folder.mkdir(exist_ok=True)
    shapes = [shapely.box(24.9 + 0.01 * n, 60.1, 24.91 + 0.01 * n, 60.11) for n in range(len(AREAS))]
    about = {"id": list(AREAS), "name": list(AREAS.values()), "district": list(DISTRICTS.values())}
    gpd.GeoDataFrame(about, geometry=shapes, crs=4326).to_file(folder / "areas.geojson")
    file = "table.xlsx" if isinstance(content, openpyxl.Workbook) else "table.csv"
    if isinstance(content, openpyxl.Workbook):
        content.save(folder / file)
    else:
        (folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    parts = {section: {"file": file, "period": "2020-12-31"} | part}
    if section != "residents":
        rows = ["area,persons", *(f"{area},{sum(both)}" for area, both in TWO_AGES.items())]
        (folder / "residents.csv").write_text("\n".join(rows) + "\n")
        parts["residents"] = {"file": "residents.csv", "period": "2020-12-31"}
    city = {"name": "Layouts", "country": "FIN"}
    (folder / "city.toml").write_text(tomli_w.dumps({"city": city, "areas": {"file": "areas.geojson"}} | parts))
    return folder


def check(folder: Path, *args: Any, **part: Any) -> ValidationResult:
    return checks.check(pack_with(folder / "pack", *args, **part))


def said(result: ValidationResult, level: str = "warning") -> str:
    return "\n".join(str(finding) for finding in result.findings if finding.level == level)


def people(result: ValidationResult) -> dict[str, tuple[float, ...]]:
    """Persons by area, in the order of ages."""
    assert not result.errors, said(result, "error")
    table = result.tables["residents"]
    assert set(table["period"]) == {DAY}
    first = table["age"].map(lambda age: ages.ends(age)[0])
    table = table.assign(first=first).sort_values(["area_id", "first"])
    return {str(area): tuple(rows["persons"]) for area, rows in table.groupby("area_id")}


def long(ages_written: tuple[str, str] = ("0-17", "18+"), areas: dict[str, str] | None = None) -> str:
    """The two ages of each area, one a row."""
    names = areas or {area: area for area in AREAS}
    rows = [
        f"{names[area]};{age};{persons}"
        for area, both in TWO_AGES.items()
        for age, persons in zip(ages_written, both, strict=True)
    ]
    return "\n".join(["area;age;persons", *rows]) + "\n"


WIDE = "area;young;old\n" + "\n".join(f"{area};{low};{high}" for area, (low, high) in TWO_AGES.items()) + "\n"
AS_STATED = {area: tuple(map(float, both)) for area, both in TWO_AGES.items()}
SUMS = {area: (float(sum(both)),) for area, both in TWO_AGES.items()}


# Areas


@pytest.mark.parametrize(
    "written",
    [
        AREAS,
        {"01": "ST. PAULI", "02": "Gross Borstel", "03": "Eco Quartier", "04": "печерський  район"},
        {"01": "Sankt Pauli", "02": "Groß-Borstel", "03": "éco–quartier", "04": "Печерський район"},
        {area: f"{area} {name}" for area, name in AREAS.items()},
        {"01": "St.-Pauli", "02": "groß borstel", "03": "Éco/Quartier", "04": "ПЕЧЕРСЬКИЙ РАЙОН"},
    ],
)
def test_areas_are_found_by_their_names_as_people_spell_them(tmp_path: Path, written: dict[str, str]) -> None:
    result = check(tmp_path, long(areas=written))
    assert people(result) == AS_STATED
    assert re.search("the areas are found by (their names|the ids that their names begin with)", said(result))


def test_zeros_that_a_spreadsheet_took_away_are_found_and_said(tmp_path: Path) -> None:
    result = check(tmp_path, long(areas={area: area.lstrip("0") for area in AREAS}))
    assert people(result) == AS_STATED
    assert "ids, with or without leading zeros ('1' is '01')" in said(result)
    book = openpyxl.Workbook()
    for row in [("area", "persons"), *((int(area), sum(both)) for area, both in TWO_AGES.items())]:
        book.active.append(row)
    assert people(check(tmp_path, book)) == SUMS


def test_a_column_of_names_is_found_whatever_it_is_called(tmp_path: Path) -> None:
    text = long(areas=AREAS).replace("area;", "Bereich;")
    result = check(tmp_path, text)
    assert people(result) == AS_STATED
    assert "found in the column 'Bereich'" in said(result)


def test_what_is_no_area_is_listed_once_with_rows_and_a_way_to_mend_it(tmp_path: Path) -> None:
    text = long(areas=AREAS | {"02": "Groß Borstal", "03": "Nirgendwo"})
    result = check(tmp_path, text)
    faults = [str(finding) for finding in result.errors]
    assert len(faults) == 1
    assert "row 4, column 'area': 'Groß Borstal' is not among the areas; so is 'Nirgendwo' (row 6)" in faults[0]
    assert "Did you mean 'Groß Borstel'?" in faults[0]
    assert "areas = {" in faults[0]
    mended = check(tmp_path, text, areas={"Groß Borstal": "02", "Nirgendwo": ""})
    assert people(mended) == {area: both for area, both in AS_STATED.items() if area != "03"}
    assert "1 areas have no residents in the file (first: 03)" in said(mended)


def test_a_name_of_two_areas_is_never_guessed(tmp_path: Path) -> None:
    folder = pack_with(tmp_path / "pack", long(areas=AREAS))
    areas = gpd.read_file(folder / "areas.geojson")
    areas.loc[1, "name"] = "St. Pauli"
    areas.to_file(folder / "areas.geojson")
    (folder / "table.csv").write_text("area,persons\nSt. Pauli,5\nÉco-Quartier,6\nПечерський район,7\n")
    result = checks.check(folder)
    assert "row 2, column 'area': 'St. Pauli' may be one of several areas (01, 02)" in said(result, "error")


# Totals


def rows_of(*lines: str) -> str:
    return "\n".join(lines) + "\n"


TOTALS = {
    "below": ("01,100", "02,200", "03,300", "04,400", "Gesamt,1000"),
    "above": ("Total,1000", "01,100", "02,200", "03,300", "04,400"),
    "by the city's name": ("01,100", "02,200", "03,300", "04,400", "Layouts,1000"),
    "without a usual word": ("01,100", "02,200", "03,300", "04,400", "Zz,1000"),
    "districts below theirs": ("01,100", "02,200", "Sub A,300", "03,300", "04,400", "Sub B,700", "All,1000"),
    "districts above theirs": ("All,1000", "Sub A,300", "01,100", "02,200", "Sub B,700", "03,300", "04,400"),
    "districts at the end": ("01,100", "02,200", "03,300", "04,400", "A,300", "B,700", "All,1000"),
    "districts by name": ("West,300", "East,700", "01,100", "03,300", "02,200", "04,400"),
}


@pytest.mark.parametrize("where", TOTALS)
def test_totals_are_found_by_adding_up_and_left_out(tmp_path: Path, where: str) -> None:
    result = check(tmp_path, rows_of("area,persons", *TOTALS[where]))
    assert people(result) == SUMS
    assert re.search("is a sum of other rows and left out", said(result)), said(result)


def test_a_total_that_does_not_add_up_is_left_out_with_both_numbers(tmp_path: Path) -> None:
    result = check(tmp_path, rows_of("area,persons", "01,100", "02,200", "03,300", "04,400", "Gesamt,1010"))
    assert people(result) == SUMS
    assert "in 'persons': 'Gesamt' (row 6) says 1,010, the rows 1,000" in said(result)


def test_a_district_of_an_areas_name_is_its_sum_and_not_the_area(tmp_path: Path) -> None:
    folder = pack_with(tmp_path / "pack", "")
    areas = gpd.read_file(folder / "areas.geojson")
    areas["name"] = ["West", "Groß Borstel", "East", "Печерськ"]
    areas.to_file(folder / "areas.geojson")
    rows = ("West,100", "Groß Borstel,200", "East,300", "Печерськ,400", "West,300", "East,700", "Layouts,1000")
    (folder / "table.csv").write_text(rows_of("area,persons", *rows))
    result = checks.check(folder)
    assert people(result) == SUMS
    assert (
        "row 6, column 'area': 'West' is a sum of other rows and left out; so are 'East' (row 7), 'Layouts' (row 8)"
        in said(result)
    )


def test_totals_of_percentages_are_told_by_the_counts_beside_them(tmp_path: Path) -> None:
    text = rows_of(
        "area;jobless;people;homes;births",
        *("01;4,0;100;50;1", "02;8,0;200;90;2", "03;6,5;300;150;3", "04;5,5;400;190;4", "All over;6,0;1000;480;10"),
    )
    result = check(tmp_path, text, "social", wide={"jobless": "unemployment"})
    assert not result.errors, said(result, "error")
    assert result.tables["social"]["percent"].tolist() == [4.0, 8.0, 6.5, 5.5]
    assert "'All over' is a sum of other rows" in said(result)


def test_rows_that_only_look_like_a_sum_stay_unknown(tmp_path: Path) -> None:
    result = check(tmp_path, rows_of("area,persons", "01,100", "Zz,300", "02,200", "03,300", "04,400"))
    assert "'Zz' is not among the areas" in said(result, "error")


# Values in several columns


def test_ages_in_columns_by_the_manifest_and_by_their_names(tmp_path: Path) -> None:
    assert people(check(tmp_path, WIDE, wide={"young": "0-17", "old": "18+"})) == AS_STATED
    guessed = check(tmp_path, WIDE.replace("young;old", "Unter 18;18 und älter"))
    assert people(guessed) == AS_STATED
    assert "the columns 'Unter 18', '18 und älter' were read as values of 'age'" in said(guessed)
    with_total = "area;total;0-17;18+\n" + "\n".join(f"{a};{y + o};{y};{o}" for a, (y, o) in TWO_AGES.items())
    assert people(check(tmp_path, with_total)) == AS_STATED


def test_the_rest_of_a_total_is_an_age_only_where_the_manifest_says_so(tmp_path: Path) -> None:
    text = "area;all;young;old\n01;100;20;30\n02;200;40;..\n03;300;60;90\n04;400;80;120\n"
    wide = {"all": "total", "young": "0-17", "old": "65+"}
    result = check(tmp_path, text, wide=wide, rest="18-64")
    by_area = people(result)
    assert by_area["01"] == (20, 50, 30)
    assert pd.isna(by_area["02"][1])  # what is left of a gap is not known
    assert pd.isna(by_area["02"][2])
    assert by_area["04"] == (80, 200, 120)
    assert "add up to 50, the total says 100" in said(check(tmp_path, text, wide=wide), "error")
    too_many = text.replace("01;100", "01;40")
    assert "more than its total" in said(check(tmp_path, too_many, wide=wide, rest="18-64"), "error")
    assert "rest = 'x' cannot be made" in said(check(tmp_path, text, wide=wide, rest="x"), "error")


def test_ages_in_columns_that_leave_people_out_are_held_against_the_total_beside_them(tmp_path: Path) -> None:
    text = rows_of("id;name;Einwohner;0-6;65+", *(f"{area};{name};60;10;20" for area, name in AREAS.items()))
    assert "ages of area 01 on 2020-12-31 add up to 30, the total says 60" in said(check(tmp_path, text), "error")


@pytest.mark.parametrize("part", [{}, {"wide": {"men": "m", "women": "f"}}])
def test_sexes_in_columns_are_summed(tmp_path: Path, part: dict[str, Any]) -> None:
    rows = (f"{area};{low};{high}" for area, (low, high) in TWO_AGES.items())
    assert people(check(tmp_path, rows_of("area;men;women", *rows), **part)) == SUMS


def test_columns_of_one_meaning_are_summed(tmp_path: Path) -> None:
    rows = (f"{area};{low - 4};4;{high - 9};9" for area, (low, high) in TWO_AGES.items())
    wide = {"M young": "0-17", "F young": "0-17", "M old": "18+", "F old": "18+"}
    text = rows_of("area;M young;F young;M old;F old", *rows)
    assert people(check(tmp_path, text, wide=wide)) == AS_STATED
    by_area = people(check(tmp_path, text.replace("16;4;", "16;..;"), wide=wide))
    assert pd.isna(by_area["02"][0])
    assert by_area["02"][1] == 180


def test_a_column_of_sexes_is_known_by_its_words(tmp_path: Path) -> None:
    rows = (f"{area};{sex};{half}" for area, both in TWO_AGES.items() for sex, half in zip("MF", both, strict=True))
    assert people(check(tmp_path, rows_of("area;SexLang;persons", *rows))) == SUMS


def test_years_in_columns_are_days(tmp_path: Path) -> None:
    text = "area,2019,2020\n01,90,100\n02,190,200\n03,290,300\n04,390,400\n"
    for part in ({}, {"wide": {"2019": "2019-12-31", "2020": "2020-12-31"}}):
        table = check(tmp_path, text, **part).tables["residents"]
        by_day = table.groupby("period")["persons"].sum()
        assert by_day.to_dict() == {pd.Timestamp("2019-12-31"): 960, DAY: 1000}
        assert set(table["age"]) == {"0+"}


def test_origins_and_indicators_in_columns(tmp_path: Path) -> None:
    text = "area,Syrien,Türkei,TWN\n01,10,20,30\n02,11,21,31\n03,12,22,32\n04,13,23,33\n"
    origins = check(tmp_path, text, "origins").tables["origins"]
    assert origins.groupby("origin")["persons"].sum().to_dict() == {"SYR": 46, "TUR": 86, "TWN": 126}
    text = "area,unemployment,child_poverty\n01,4,10\n02,5,11\n03,6,12\n04,7,13\n"
    social = check(tmp_path, text, "social").tables["social"]
    assert social.groupby("indicator")["percent"].mean().to_dict() == {"unemployment": 5.5, "child_poverty": 11.5}


def test_a_fault_in_a_wide_table_names_its_own_column(tmp_path: Path) -> None:
    text = WIDE.replace("20;180", "20;many")
    assert "row 3, column 'old': 'many' is not a number" in said(
        check(tmp_path, text, wide={"young": "0-17", "old": "18+"}), "error"
    )
    missing = said(check(tmp_path, WIDE, wide={"young": "0-17", "older": "18+"}), "error")
    assert "there is no column 'older', which wide names" in missing
    assert "the file has area, young, old" in missing


# Sexes and other parts


@pytest.mark.parametrize(
    "column_and_words",
    [("sex", "m", "f", "total"), ("Geschlecht", "m", "w", "Insgesamt"), ("стать", "ч", "ж", "усього")],
)
@pytest.mark.parametrize("total", [True, False])
def test_sexes_are_summed_and_a_total_is_not_counted_twice(
    tmp_path: Path, column_and_words: tuple[str, ...], total: bool
) -> None:
    column, male, female, both = column_and_words
    rows = [f"area,{column},persons"]
    for area, (men, women) in TWO_AGES.items():
        rows += [f"{area},{male},{men}", f"{area},{female},{women}", *([f"{area},{both},{men + women}"] * total)]
    result = check(tmp_path, rows_of(*rows))
    assert people(result) == SUMS
    assert f"rows are summed over '{column}'" in said(result)


def test_a_sum_with_a_part_that_is_not_known_is_not_known(tmp_path: Path) -> None:
    rows = [f"{area},{sex},{persons}" for area in AREAS for sex, persons in (("m", 5), ("f", 7))]
    result = check(tmp_path, rows_of("area,sex,persons", *rows).replace("02,f,7", "02,f,<5"))
    by_area = people(result)
    assert by_area["01"] == (12,)
    assert pd.isna(by_area["02"][0])


def test_further_columns_are_summed_where_the_manifest_says_so(tmp_path: Path) -> None:
    rows = [f"{area},{home},{half}" for area, both in TWO_AGES.items() for home, half in zip("ab", both, strict=True)]
    text = rows_of("area,tenure,persons", *rows)
    assert "stands twice" in said(check(tmp_path, text), "error")
    assert people(check(tmp_path, text, sum_over=["tenure"])) == SUMS
    assert "there is no column 'home', which sum_over names" in said(check(tmp_path, text, sum_over=["home"]), "error")


def test_percentages_of_sexes_are_not_added(tmp_path: Path) -> None:
    rows = [f"{area},{sex},unemployment,{share}" for area in AREAS for sex, share in (("m", 4), ("f", 8), ("total", 6))]
    text = rows_of("area,sex,indicator,percent", *rows)
    assert check(tmp_path, text, "social").tables["social"]["percent"].tolist() == [6, 6, 6, 6]
    without = "\n".join(line for line in text.splitlines() if ",total," not in line)
    assert "percentages by 'sex' cannot be added" in said(check(tmp_path, without, "social"), "error")


# Ages


AGES = {
    "0-4": [
        *("0 bis 4", "0 to 4", "de 0 a 4", "0 à 4 ans"),
        *("від 0 до 4 років", "من 0 إلى 4 سنوات", "٠-٤", "0–4"),
        *("under 5", "unter 5", "moins de 5 ans", "menos de 5 años"),
        *("молодше 5 років", "أقل من 5 سنوات", "Y_LT5"),
        *("0 bis unter 5", "<5", "0 to under 5", "0 à moins de 5 ans", "less than 5 years", "0_4"),
    ],
    "65+": [
        *("65 and over", "65 und älter", "65 ans et plus", "65 y más"),
        *("65 і старше", "65 سنة فأكثر", "Y_GE65"),
        *("65 years and older", "65-Jährige und Ältere", "65 Jahre u. älter"),
        *("65 років та старше", "≥ 65", "65 +"),
        *("over 64", "über 64", "plus de 64 ans", "más de 64 años", "ab 65", "65 or more", "65 et plus"),
    ],
    "5-9": [
        "5 to 9",
        "5 bis 9 Jahre",
        "De 5 a 9 años",
        "Y5-9",
        "5 à 9 ans",
        "5–9 років",
        "Aged 5 to 9",
        "5 bis unter 10",
    ],
    "7-7": ["7", "7 years", "Y7", "7 ans", "7 Jahre", "age 7", "7 років"],
    "0-17": ["Unter 18-Jährige", "under 18", "0-17"],
    "18-64": ["18- bis 64-Jährige", "18 to 64"],
    "total": ["TOTAL", "Insgesamt", "ensemble", "todas las edades", "усього", "المجموع", "All ages", ""],
    "unknown": ["UNK", "unbekannt", "not stated", "невідомо"],
    "": ["young", "Ward 7", "2019", "9-5", "-5", "1.5", "5-", "до", "200 to 300", "7 dwarfs"],
}


@pytest.mark.parametrize("band", AGES)
def test_ages_in_six_languages_and_in_codes(band: str) -> None:
    assert {age: ages.band(age) for age in AGES[band]} == dict.fromkeys(AGES[band], band)


FILES_OF_AGES = [("0 bis 17", "18 und älter"), ("Y_LT18", "Y_GE18"), ("0 à 17 ans", "18 ans et +")]


@pytest.mark.parametrize("written", FILES_OF_AGES)
def test_a_file_of_such_ages_is_read(tmp_path: Path, written: tuple[str, str]) -> None:
    assert people(check(tmp_path, long(written))) == AS_STATED


def test_single_years_pass_and_a_city_is_made_of_them(tmp_path: Path) -> None:
    years = [*map(str, range(100)), "100+"]
    rows = [f"{area},{year},{50 + number}" for area in AREAS for number, year in enumerate(years)]
    folder = pack_with(tmp_path / "pack", rows_of("area,age,persons", *rows))
    key, _findings = building.build(folder)
    table = data.table("residents", key)
    assert table["persons"].sum() == 4 * sum(50 + number for number in range(101))
    under_six = table[table["age"].map(lambda age: ages.ends(age)[1] < 6)]
    assert under_six["persons"].sum() == 4 * sum(50 + year for year in range(6))


def test_single_years_of_few_people_are_put_together_so_that_services_ages_stay_apart(tmp_path: Path) -> None:
    years = [*map(str, range(90)), "90+"]
    rows = [f"{area},{year},4" for area in AREAS for year in years]
    result = check(tmp_path, rows_of("area,age,persons", *rows))
    bands = ["0-2", "3-5", "6-11", "12-14", "15-17", "18-26", "27-44", "45-64", "65-79", "80+"]
    assert result.tables["residents"]["age"].unique().tolist() == bands
    assert people(result)["01"] == (12, 12, 24, 12, 12, 36, 72, 80, 60, 44)
    assert "single years of age are put together" in said(result)


def test_ages_that_others_make_up_count_once_and_unknown_ages_are_said(tmp_path: Path) -> None:
    rows = [
        f"{area},{age},{n}"
        for area in AREAS
        for age, n in (("0-5", 5), ("6-17", 12), ("0-17", 17), ("18+", 80), ("UNK", 3), ("TOTAL", 100))
    ]
    result = check(tmp_path, rows_of("area,age,persons", *rows))
    assert people(result) == dict.fromkeys(AREAS, (5, 12, 80))
    assert "ages that others make up are left out (0-17)" in said(result)
    assert "12 people of unknown age are left out" in said(result)


# Marks, numbers, days


@pytest.mark.parametrize(
    "mark", ["<5", "..", ":", "*", "-", "–", "x", "n/a", "•", ".", "…", "k.A.", "[c]", ": c", "< 10"]
)
def test_a_mark_is_a_gap_and_never_zero(tmp_path: Path, mark: str) -> None:
    result = check(tmp_path, f"area;persons\n01;100\n02;{mark}\n03;300\n04;{mark}\n")
    by_area = people(result)
    assert by_area["01"] == (100,)
    assert pd.isna(by_area["02"][0])
    assert f"row 3, column 'persons': 2 cells hold marks ('{mark}' 2 times) and are read as not known" in said(result)


def test_a_dash_is_zero_where_the_manifest_says_so_and_own_marks_are_taken(tmp_path: Path) -> None:
    text = "area;persons\n01;100\n02;-\n03;-99\n04;-\n"
    by_area = people(check(tmp_path, text, zero="-", unknown=["-99"]))
    assert by_area["02"] == (0,)
    assert pd.isna(by_area["03"][0])


@pytest.mark.parametrize(
    "written",
    [
        ("1,000", "12,000", "356", "1,234,567"),
        ("1.000", "12.000", "356", "1.234.567"),
        ("1 000", "12 000", "356", "1 234 567"),
        ("1'000", "12’000", "356", "1'234'567"),
        ("1\u00a0000", "12\u202f000", "356", "1\u202f234\u202f567"),
        ("1000.0", "12000.0", "356.0", "1234567.0"),
        ("١٬٠٠٠", "١٢٬٠٠٠", "٣٥٦", "١٬٢٣٤٬٥٦٧"),
        ("1,000", "12,000", "356", "12,34,567"),
    ],
)
def test_thousands_of_people_in_every_way_of_writing(tmp_path: Path, written: tuple[str, ...]) -> None:
    text = "area;persons\n" + "".join(f"{area};{number}\n" for area, number in zip(AREAS, written, strict=True))
    assert people(check(tmp_path, text)) == {"01": (1000,), "02": (12_000,), "03": (356,), "04": (1_234_567,)}


def test_a_grid_with_thousands_counts_everyone(tmp_path: Path) -> None:
    rows = ["60.17;24.93;12,000", "60.18;24.93;356", "60.19;24.93;3,790"]
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "grid.csv").write_text(rows_of("lat;lon;persons", *rows))
    manifest = '[city]\nname = "G"\ncountry = "FIN"\n[grid]\nfile = "grid.csv"\nperiod = "2020"\n'
    (folder / "city.toml").write_text(manifest)
    assert checks.check(folder).tables["grid"]["persons"].sum() == 16_146
    (folder / "grid.csv").write_text(rows_of("lat;lon;persons", rows[0], rows[2]))
    result = checks.check(folder)
    assert "grid.csv, row 2, column 'persons': it cannot be told whether '12,000' has decimals or thousands" in said(
        result, "error"
    )
    (folder / "city.toml").write_text(manifest + 'decimal = "."\n')
    assert checks.check(folder).tables["grid"]["persons"].sum() == 15_790


def test_a_wrongly_grouped_number_is_no_number() -> None:
    for written in ("12 34", "1.234.5", "1,23", "1'2"):
        values, wrong, _form = reading.numbers(pd.Series([written, "1.234,5"]))
        assert wrong.tolist() == [written != "1,23", False], written
        assert values[1] == 1234.5


def with_days(*days: str) -> str:
    return rows_of("area;day;persons", *(f"{area};{day};{n}" for n, day in enumerate(days, 1) for area in AREAS))


@pytest.mark.parametrize(
    ("days", "part", "last"),
    [
        (("12/31/2020", "01/02/2020"), {}, "2020-12-31"),
        (("31/12/2020", "02/01/2020"), {}, "2020-12-31"),
        (("01/02/2020",), {"dates": "month first"}, "2020-01-02"),
        (("01/02/2020",), {"dates": "day first"}, "2020-02-01"),
        (("01/01/2020",), {}, "2020-01-01"),
        (("31-12-2020",), {}, "2020-12-31"),
        (("2019-20", "2018-19"), {"year_ends": "03-31"}, "2020-03-31"),
        (("2011/12",), {"year_ends": "06-30"}, "2012-06-30"),
        (("2020-Q3",), {}, "2020-09-30"),
        (("٣١/١٢/٢٠٢٠",), {}, "2020-12-31"),
    ],
)
def test_days_by_their_order_and_financial_years(
    tmp_path: Path, days: tuple[str, ...], part: dict[str, str], last: str
) -> None:
    result = check(tmp_path, with_days(*days), **part)
    assert not result.errors, said(result, "error")
    assert result.tables["residents"]["period"].max() == pd.Timestamp(last)


@pytest.mark.parametrize(
    ("days", "part", "words"),
    [
        (("01/02/2020",), {}, r"cannot be told whether day or month.*dates = \"day first\""),
        (("13/02/2020", "02/13/2020"), {}, "some dates have the day first and some the month"),
        (("12/31/2020",), {"dates": "day first"}, "some dates have the day first and some the month"),
        (("2011-12",), {}, r"'2011-12' is a month or a financial year.*year_ends"),
        (("2012-13",), {}, r"last day of the financial year '2012-13' is not stated.*year_ends"),
    ],
)
def test_days_that_nothing_settles_are_asked_for(
    tmp_path: Path, days: tuple[str, ...], part: dict[str, str], words: str
) -> None:
    assert re.search(r"row 2, column 'day': .*" + words, said(check(tmp_path, with_days(*days), **part), "error"))


# Headers, notes, sheets, encodings


def test_titles_above_and_notes_below_a_csv_are_left_out_and_said(tmp_path: Path) -> None:
    text = (
        "Residents by quarter, 2020\nOffice of Statistics\n\n"
        + WIDE.replace(";", ",")
        + "\nSource: office, own\n1) x\n"
    )
    result = check(tmp_path, text, wide={"young": "0-17", "old": "18+"})
    assert people(result) == AS_STATED
    assert "the columns' names were found in row 4; above stands 'Residents by quarter 2020'" in said(result)
    assert "notes below the table are left out: 'Source: office, own' and 1 more" in said(result)
    faulty = check(tmp_path, text.replace("20,180", "20,many"), wide={"young": "0-17", "old": "18+"})
    assert "row 6, column 'old': 'many'" in said(faulty, "error")  # as an editor counts


def test_the_header_row_and_the_sheet_can_be_stated(tmp_path: Path) -> None:
    text = "one;two;three\nwhat;ever;it is\n" + WIDE
    part = {"wide": {"young": "0-17", "old": "18+"}}
    assert people(check(tmp_path, text, header=3, **part)) == AS_STATED
    assert "row 99 has no names of columns" in said(check(tmp_path, text, header=99, **part), "error")
    book = openpyxl.Workbook()
    book.active.append(["Contents"])
    for name, factor in (("2019", 2), ("2020", 1)):
        sheet = book.create_sheet(name)
        for row in [["Residents"], [], ["area", "persons"], *([a, sum(b) * factor] for a, b in TWO_AGES.items()), []]:
            sheet.append(row)
        sheet.append(["Quelle: Amt"])
    assert people(check(tmp_path, book, sheet="2020")) == SUMS
    first = check(tmp_path, book)
    assert people(first) == {area: (2 * sum(both),) for area, both in TWO_AGES.items()}
    assert "the file has 3 sheets; '2019' was read" in said(first)
    assert "found in row 3" in said(first)
    assert "'Quelle: Amt'" in said(first)
    assert "there is no sheet '2021'" in said(check(tmp_path, book, sheet="2021"), "error")


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("first", ["", "sep=*"])
def test_ends_of_lines_and_separators(tmp_path: Path, line_end: str, separator: str, first: str) -> None:
    lines = ([first.replace("*", separator)] if first else []) + long().replace(";", separator).splitlines()
    assert people(check(tmp_path, line_end.join([*lines, ""]))) == AS_STATED


def test_a_gap_in_the_last_row_is_no_note(tmp_path: Path) -> None:
    by_area = people(check(tmp_path, "area,persons\n01,100\n02,200\n03,300\n04,\n"))
    assert pd.isna(by_area["04"][0])


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("cp1251", ["Печерський район", "Поділ", "Дарницький", "Оболонь"]),
        ("cp949", ["종로구", "중구", "용산구", "성동구"]),
        ("shift_jis", ["千代田区", "中央区", "港区", "新宿区"]),
        ("utf-16", ["Żoliborz", "Ürümqi", "Łódź", "Kraków"]),
        ("utf-16-le", ["Żoliborz", "Ürümqi", "Łódź", "Kraków"]),
        ("utf-16-be", ["Żoliborz", "종로구", "Łódź", "Kraków"]),
        ("latin-1", ["Eimsbüttel", "Groß Borstel", "Sülldorf", "Hamm"]),
        ("utf-8-sig", ["Eimsbüttel", "Groß Borstel", "Sülldorf", "Hamm"]),
    ],
)
def test_encodings_are_told_apart_and_said(tmp_path: Path, encoding: str, names: list[str]) -> None:
    folder = pack_with(tmp_path / "pack", rows_of("area;persons", *(f"{n};100" for n in names)).encode(encoding))
    areas = gpd.read_file(folder / "areas.geojson")
    areas["name"] = names
    areas.to_file(folder / "areas.geojson")
    result = checks.check(folder)
    assert people(result) == dict.fromkeys(AREAS, (100.0,))
    assert ("it was read as" in said(result)) == (encoding != "utf-8-sig")


def test_an_encoding_can_be_stated_and_has_to_be_one(tmp_path: Path) -> None:
    text = rows_of("area;persons", *(f"{name};100" for name in AREAS.values()))
    with_letters = text.replace("É", "E").replace("ß", "ss").encode("cp1251")
    result = check(tmp_path, with_letters, encoding="cp1251")
    assert people(result) == dict.fromkeys(AREAS, (100.0,))
    assert "was read as" not in said(result)
    assert "encoding utf-8 that city.toml states" in said(check(tmp_path, with_letters, encoding="utf-8"), "error")
    assert "encoding is 'zip', no encoding" in said(check(tmp_path, with_letters, encoding="zip"), "error")


def test_letters_saved_in_two_encodings_are_put_right(tmp_path: Path) -> None:
    twice = rows_of("area;persons", *(f"{name};100" for name in AREAS.values())).encode().decode("latin-1").encode()
    result = check(tmp_path, twice)
    assert people(result) == dict.fromkeys(AREAS, (100.0,))
    assert "they were put right" in said(result)


def test_rows_with_more_cells_than_the_header_are_refused(tmp_path: Path) -> None:
    result = check(tmp_path, "area,persons\n01,100,7\n02,200,8\n")
    assert "row 2 has more cells than the header" in said(result, "error")


# Words of the manifest, countries


def test_a_row_for_everyone_among_origins_is_left_out(tmp_path: Path) -> None:
    groups = (("Syrien", 20), ("UKR", 30), ("Insgesamt", 50))
    text = rows_of("area,origin,persons", *(f"{area},{word},{n}" for area in AREAS for word, n in groups))
    result = check(tmp_path, text, "origins")
    assert result.tables["origins"].groupby("origin")["persons"].sum().to_dict() == {"SYR": 80, "UKR": 120}
    assert "row 4, column 'origin': the row stands for every origin and is left out" in said(result)


def test_goals_are_for_areas_that_exist(tmp_path: Path) -> None:
    lines = ("planning_area,Gross Borstel,x,5,2030", "district,East,x,6,2030", "city,,x,7,2030")
    result = check(tmp_path, rows_of("level,area,indicator,value,year", *lines), "targets")
    assert result.tables["targets"]["area_id"].tolist() == ["02", "East", ""]
    result = check(tmp_path, rows_of("level,area,indicator,value,year", "district,North,x,5,2030"), "targets")
    assert "row 2, column 'area': 'North' is no area of this level" in said(result, "error")


def test_kinds_map_a_publishers_words_in_any_section(tmp_path: Path) -> None:
    text = rows_of("area,group,persons", *(f"{a},{g},{n}" for a in AREAS for g, n in (("Ausl.", 20), ("Deutsche", 80))))
    part = {"kinds": {"Ausl.": "foreign_nationals", "Deutsche": ""}, "columns": {"background": "group"}}
    table = check(tmp_path, text, "background", **part).tables["background"]
    assert table["persons"].tolist() == [20, 20, 20, 20]
    assert set(table["background"]) == {"foreign_nationals"}


def test_one_kind_for_a_whole_file(tmp_path: Path) -> None:
    text = rows_of("id,name,type,lon,lat", "1,A,branch,24.905,60.105", "2,B,main,24.915,60.105")
    result = check(tmp_path, text, "services", kind="library")
    assert not result.errors, said(result, "error")
    assert result.tables["services"]["kind"].tolist() == ["library", "library"]


@pytest.mark.parametrize(
    ("word", "code"),
    [
        *(("TWN", "TWN"), ("XKX", "XKX"), ("IMN", "IMN"), ("ALA", "ALA"), ("DE", "DEU"), ("EL", "GRC")),
        *(
            ("Syrien", "SYR"),
            ("Turquie", "TUR"),
            ("Сирія", "SYR"),
            ("سوريا", "SYR"),
            ("Turkey", "TUR"),
            ("Siria", "SYR"),
        ),
        *(("XXX", ""), ("SUN", ""), ("Atlantis", ""), ("", "")),
    ],
)
def test_countries_by_code_or_name(word: str, code: str) -> None:
    assert countries.iso3(word) == code


def test_origins_without_a_row_among_the_worlds_countries_have_names_on_the_pages(tmp_path: Path) -> None:
    counts = (("TWN", 40), ("XKX", 50), ("SYR", 60))
    text = rows_of("area,origin,persons", *(f"{area},{code},{n}" for area in AREAS for code, n in counts))
    key, _findings = building.build(pack_with(tmp_path / "pack", text, "origins"))
    ctx = CityContext(data.cities()[key], data.version())
    named = origins.origins(ctx, Territory.model_validate({"from": 2020, "to": 2020}))
    assert named == {"XKX": "Kosovo", "SYR": "Syrian Arab Rep.", "TWN": "Taiwan"}


# Whatever way it is written, it is the same


def written_as(counts: dict[str, list[int]], form: str, group: str, names: bool, total: bool) -> str:
    """A table of persons by area and age; group: what groups thousands."""

    def number(value: int) -> str:
        return f"{value:,}".replace(",", group)

    bands = ["0-17", "18-64", "65+"]
    rows = {AREAS[area] if names else area: values for area, values in counts.items()}
    if total:
        rows["Insgesamt"] = [sum(values) for values in zip(*counts.values(), strict=True)]
    if form == "wide":
        return rows_of(f"area;{';'.join(bands)}", *(f"{a};{';'.join(map(number, v))}" for a, v in rows.items()))
    if form == "sexes":
        halves = [(a, b, n) for a, v in rows.items() for b, n in zip(bands, v, strict=True)]
        lines = [f"{a};{b};{s};{number(p)}" for a, b, n in halves for s, p in (("m", n // 3), ("f", n - n // 3))]
        return rows_of("area;age;sex;persons", *lines)
    lines = [f"{a};{b};{number(n)}" for a, v in rows.items() for b, n in zip(bands, v, strict=True)]
    return rows_of("area;age;persons", *lines)


CELLS = {
    "area": ["01", "02", "03", "04", "1", "St. Pauli", "Gesamt", "West", "Zz", ""],
    "age": ["0-5", "6+", "total", "7", "UNK", "0-99", "x", ""],
    "sex": ["m", "f", "total", "x", ""],
    "day": ["2020", "2019", "12/31/2020", "2011-12", "x"],
    "": ["1", "2", "100", "300", "..", "-", "<5", "1,234", "1.234", "12.5", "", "many", "-5", "1e999", "{x}", '"'],
}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=st.lists(
        st.sampled_from(["area", "age", "sex", "day", "persons", "0-5", "6+", "2019", "2020", "m", "f"]),
        min_size=1,
        max_size=8,
        unique=True,
    ).flatmap(
        lambda names: st.lists(
            st.tuples(*(st.sampled_from(CELLS.get(name, CELLS[""])) for name in names)), min_size=1, max_size=12
        ).map(lambda rows: [tuple(names), *rows])
    ),
    part=st.sampled_from([{}, {"rest": "18-64"}, {"sum_over": ["sex"]}, {"kinds": {"7": ""}}, {"areas": {"Zz": ""}}]),
)
def test_whatever_stands_in_a_table_there_is_a_table_or_a_sentence(
    tmp_path: Path, table: list[tuple[str, ...]], part: dict[str, Any]
) -> None:
    result = check(tmp_path, rows_of(*(";".join(row) for row in table)), **part)
    assert "residents" in result.tables or result.errors
    for finding in result.findings:
        assert finding.file
        assert finding.hint


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    counts=st.lists(st.lists(st.integers(0, 2_000_000), min_size=3, max_size=3), min_size=4, max_size=4),
    form=st.sampled_from(["long", "wide", "sexes"]),
    group=st.sampled_from(["", ",", ".", " ", "'", "\u202f"]),
    names=st.booleans(),
    total=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-16", "utf-16-le", "utf-8-sig"]),
    title=st.sampled_from(["", "Residents\n", "Residents, by age\n\n"]),
    note=st.sampled_from(["", "\nSource: office\n"]),
)
def test_however_a_table_is_written_it_gives_the_same_counts(
    tmp_path: Path,
    counts: list[list[int]],
    form: str,
    group: str,
    names: bool,
    total: bool,
    encoding: str,
    title: str,
    note: str,
) -> None:
    by_area = dict(zip(AREAS, counts, strict=True))
    text = title + written_as(by_area, form, group, names, total) + note
    result = check(tmp_path, text.encode(encoding))
    assert people(result) == {area: tuple(map(float, values)) for area, values in by_area.items()}


def test_totals_are_words_and_no_area_is_taken_for_one() -> None:
    assert all(map(words.is_total, ("Gesamt", "TOTAL", "Stadt insgesamt", "Усього", "المجموع")))
    assert not any(map(words.is_total, ("Altstadt", "Total Loss Quarter", "")))
