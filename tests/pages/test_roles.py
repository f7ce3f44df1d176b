"""What readers see and can do by role, through the pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data import rights, store
from data.store import seeds
from tests.driver import open_page

WRITING = {
    "goals": "Store goal",
    "readiness": "Store assessment",
    "what_if_compare": "Save",
    "initiatives": "Import",
    "workshop": "Open room",
    "data_tables": "Ask the publishers",
    "data_city": "Build the city",
    "data_elsewhere": "Ask",
}


@pytest.fixture(autouse=True)
def _own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")
    monkeypatch.delenv("ZONE_ROLE")


def words(app: AppTest) -> str:
    return " ".join(str(one.value) for one in [*app.info, *app.error, *app.markdown])


@pytest.mark.parametrize("page", WRITING)
def test_a_server_is_open_for_reading_by_default(page: str) -> None:
    seeds.fill_register()
    store.add_target("berlin", "district", "01", "library_walk", 15, 2030)
    app = open_page(page)
    assert not app.exception
    assert WRITING[page] not in [one.label for one in app.button]
    assert not {"Remove this goal", "Undo the last change", "Remove", "Copy"} & {one.label for one in app.button}
    assert "can change this" in words(app) or page == "what_if_compare"


def test_editors_do_and_administrators_do_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_ROLE", "editor")
    assert "Store goal" in [one.label for one in open_page("goals").button]
    assert "Ask the publishers" not in [one.label for one in open_page("data_tables").button]
    monkeypatch.setenv("ZONE_ROLE", "admin")
    assert "Ask the publishers" in [one.label for one in open_page("data_tables").button]


def test_a_right_lost_between_drawing_and_clicking_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_ROLE", "editor")
    app = open_page("goals")
    real = rights.has_role
    monkeypatch.setattr(rights, "has_role", lambda _role: True)  # a page that forgot to ask
    monkeypatch.setenv("ZONE_ROLE", "viewer")
    app = app.button(key="goal_store").click().run()
    monkeypatch.setattr(rights, "has_role", real)
    assert app.exception or "role of editor" in words(app)
    assert store.targets("berlin").empty


def test_a_closed_server_shows_nothing_before_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_ROLE", "none")
    app = AppTest.from_file(str(Path(__file__).parents[2] / "app.py"), default_timeout=60).run()
    assert [one.value for one in app.title] == ["Please sign in"]
    assert not app.metric
