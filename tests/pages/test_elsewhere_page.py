"""The page Data from elsewhere: a reader sees what was saved, an editor sends, sees the faults and saves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.test_packages_in import ABOUT, zipped
from tests.driver import figures, open_page
from tests.services.test_inbound import PEOPLE, RESOURCE


@pytest.fixture(autouse=True)
def _own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path))
    monkeypatch.setenv("ZONE_ROLE", "editor")


def test_a_package_is_sent_its_fault_seen_its_table_saved_and_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page("data_elsewhere", city="berlin")
    assert "No table from elsewhere was saved" in " ".join(one.value for one in app.info)
    content = zipped(ABOUT | {"resources": [RESOURCE]}, p__csv=PEOPLE + "D,2024-12-31,many\n")
    app.file_uploader(key="elsewhere-file").upload("ost.zip", content, "application/zip").run()
    assert not app.exception
    assert [figure.finding for figure in figures(app)] == [
        "What is wrong with ost.zip; these rows are left out",
        "People by quarter",
    ]
    app.button(key="save-file-0").click().run()
    assert not app.exception
    monkeypatch.setenv("ZONE_ROLE", "viewer")
    reader = open_page("data_elsewhere", city="berlin")
    assert [figure.finding for figure in figures(reader)] == ["People by quarter"]
    assert len(figures(reader)[0].rows) == 3
    assert not reader.file_uploader
    monkeypatch.setenv("ZONE_ROLE", "editor")
    app = open_page("data_elsewhere", city="berlin")
    app.button(key="elsewhere-back").click().run()
    assert figures(app) == []


def test_an_address_that_is_not_listed_is_one_sentence() -> None:
    app = open_page("data_elsewhere", city="berlin")
    app.text_input(key="elsewhere-address").input("https://elsewhere.example/catalog.ttl").run()
    app.button(key="elsewhere-ask").click().run()
    assert not app.exception
    assert "is not among those the app asks" in " ".join(
        str(one.value) for one in [*app.error, *app.info, *app.warning]
    )
