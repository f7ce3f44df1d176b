"""Cities side by side: one definition, each value with its day and interval, an order only where intervals allow it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from data.city import building, pack
from tests.driver import figures, open_page
from tests.packs import DISTRICT_DAYS, district_pack, strange_pack


def _twin(folder: Path, name: str, changes: dict[str, str]) -> None:
    """The same city once more under another name, some words of its files changed."""
    shutil.copytree(folder.parent / "districts", folder)
    for file in (*folder.glob("*.csv"), folder / pack.MANIFEST):
        text = file.read_text(encoding="utf-8").replace('name = "Three Shores"', f'name = "{name}"')
        for theirs, ours in changes.items():
            text = text.replace(theirs, ours)
        file.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module", autouse=True)
def _machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A machine with five cities: Berlin, one without ages, three of the same people."""
    place = tmp_path_factory.mktemp("cities")
    strange_pack(place / "strange")
    district_pack(place / "districts")
    _twin(place / "twin", "Twin", {'    "SYR",\n': ""})
    rows = pd.read_csv(place / "twin" / "residents.csv")
    rows[rows["area"] != "Q0 α"].to_csv(place / "twin" / "residents.csv", index=False)
    later = {DISTRICT_DAYS[0]: "2023-12-31", DISTRICT_DAYS[1]: "2024-12-31"}
    _twin(place / "later", "Later", later)
    manifest = place / "later" / pack.MANIFEST
    listed = manifest.read_text(encoding="utf-8").split("[services]")
    listed[1] = listed[1].replace(
        'publisher = "Office of Three Shores"', 'publisher = "OpenStreetMap"\nperiod = "2025"', 1
    )
    manifest.write_text("[services]".join(listed), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZONE_LOCAL", str(place / "local"))
        patch.setenv("ZONE_DATABASE", f"sqlite:///{place / 'zone.db'}")
        for name in ("strange", "districts", "twin", "later"):
            building.build(place / name)
        yield


def table(app: AppTest) -> pd.DataFrame:
    """The page's table, by indicator."""
    assert not app.exception
    return next(figure for figure in figures(app) if figure.key == "cities").rows.set_index("measure")


def test_values_have_interval_and_day_and_ages_that_bands_cut_are_not_guessed() -> None:
    rows = table(open_page("cities", city="three-shores", cities="strange"))
    ours, theirs = rows["city_three-shores"], rows["city_strange"]
    # 31,920 people on the day nearest to the other's: 12 areas, four ages, 100 (n + 1) + 10 band.
    assert ours["Residents"] == "31,920, 2018-12-31"
    assert ours["65 and over"].startswith("25.6 (25.1–26.0)")  # 8,160 of them, Wilson
    assert ours["Under 15"] == "not known (ages are counted as 6-17, which 15 years cut)"
    assert theirs["65 and over"] == "not known (ages are not known)"
    assert theirs["Residents"] == "10,800, 2013-06-30"  # six areas, 1,050 and 300 more from one to the next
    assert rows["comparison"]["Residents"] == "Дивне місто not comparable: 5.5 years apart"


def test_what_is_alike_has_no_order_and_what_is_made_otherwise_says_so() -> None:
    rows = table(open_page("cities", city="three-shores", cities="twin"))
    assert rows["comparison"]["65 and over"] == "Three Shores ≈ Twin"
    assert rows["comparison"]["Residents"] == "comparable"  # counts have no interval, so there is no order
    # 32,160 without the 4 x 100 + 60 + 4 x 5 of an area that the file leaves out.
    assert rows["city_twin"]["Residents"] == "31,680, 2019-12-31; areas without a count: 1"
    assert "made from SYR, UKR here and from UKR there" in rows["comparison"]["Displaced origin"]


def test_an_order_is_said_where_intervals_do_not_meet() -> None:
    rows = table(open_page("cities", city="later", cities="berlin"))
    # Berlin on 2024-12-31: 738,257 of 3,897,145 are 65 or over; 8,220 of 32,160 there.
    assert rows["comparison"]["65 and over"] == "Later > Berlin"
    assert rows["city_berlin"]["Residents"] == "3,897,145, 2024-12-31"


def test_places_are_compared_by_list_and_date_with_the_exact_interval() -> None:
    app = open_page("cities", city="later", cities="berlin,three-shores", topic="services")
    rows = table(app)
    # 3 libraries for 32,160 people, exact Poisson 0.619 to 8.767; 105 for 3,897,145.
    assert rows["city_later"]["Library"].startswith("0.93 (0.19–2.73), 2024-12-31; 2025")
    assert rows["city_berlin"]["Library"].startswith("0.27 (0.22–0.33), 2024-12-31")
    assert rows["comparison"]["Library"].startswith("Later ≈ Berlin; Three Shores not comparable: made from")
    assert "made from OpenStreetMap here and from city register there" in rows["comparison"]["Primary school"]
    assert rows["comparison"]["Day care"] == "not comparable: not in its data"
    drawn = next(figure for figure in figures(app) if figure.key == "cities-panels").rows
    assert set(drawn["measure"]) == {"Library", "Primary school", "Playground"}
    assert drawn["source"].str.len().min() > 0
    assert (drawn["low"] <= drawn["value"]).all()


def test_shares_of_other_years_are_shown_and_not_compared() -> None:
    rows = table(open_page("cities", city="later", cities="berlin", topic="work"))
    # 3 + n / 2 %, weighted with 100 (n + 1) people of each age and what is added: 6.67 %.
    assert rows["city_later"]["Unemployment"].startswith("6.7, ")  # its ages 15 to 64 are not counted: no interval
    assert rows["city_later"]["Unemployment"].endswith("2024-12-31")
    assert rows["comparison"]["Unemployment"] == "Berlin not comparable: 4.0 years apart"


def test_a_walk_by_straight_lines_has_the_range_of_how_direct_ways_are() -> None:
    rows = table(open_page("cities", city="later", cities="berlin", topic="walks"))
    share, low, high = (
        float(end) for end in rows["city_later"]["Nearest library"].replace("(", "–").split(")")[0].split("–")
    )
    assert 0 < low < share < high < 100
    assert high - low > 10  # far wider than chance among 32,160 people would be
    assert "straight lines here and from OpenStreetMap; streets there" in rows["comparison"]["Nearest library"]


def test_a_choice_of_newest_days_takes_each_city_at_its_own() -> None:
    rows = table(open_page("cities", city="three-shores", cities="later", days="newest"))
    assert rows["city_three-shores"]["Residents"].endswith("2019-12-31")
    assert rows["city_later"]["Residents"].endswith("2024-12-31")
    assert "5.0 years apart" in rows["comparison"]["Residents"]


def test_a_city_alone_is_not_ranked_and_the_page_says_how_another_comes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path))
    app = open_page("cities", city="berlin")
    assert "comparison" not in table(app)
    assert [figure.key for figure in figures(app)] == ["cities"]
    assert "*Your city*" in app.info[0].value


def test_years_before_any_count_show_nothing() -> None:
    app = open_page("cities", **{"city": "berlin", "cities": "twin", "from": "1951", "to": "1955"})
    assert not app.exception
    assert not figures(app)
    assert "up to 1955" in app.info[0].value
