"""Examples: put once into a store that nobody has used, of the city's own figures, marked everywhere, gone for good."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from functools import partial
from pathlib import Path

import pytest

import serve
from data import rights, store
from data.context import Territory
from data.errors import DataError
from data.store import backup, examples, register, stories
from data.store import rooms as room_store
from data.store.database import engine
from data.translation import LANGUAGES, Language
from services import brief, feeds, finder, goals, initiatives, rooms, scenarios, starting_set
from services.examples import remove_all
from services.inclusion import measured
from services.stories import listed, story
from tests.driver import follow_link, open_page, words
from tests.services.test_creative_results import PERIOD, context

ALWAYS = Territory(country="DEU", first_year=2015, last_year=2030)
PAGES = ("goals", "what_if_compare", "initiatives", "partnerships", "impact", "workshop", "story")


@pytest.fixture
def new_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")


@pytest.fixture(scope="module")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as the first start of a server leaves it."""
    place = tmp_path_factory.mktemp("first") / "zone.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZONE_DATABASE", f"sqlite:///{place}")
        serve.fill_with_examples()
        rights.act_as(rights.OWNER)
        engine().dispose()
    return place


@pytest.fixture
def filled(first_start: Path, tmp_path: Path, new_store: None) -> None:
    for file in first_start.parent.iterdir():
        shutil.copy(file, tmp_path)


def test_only_a_store_that_nobody_has_used_is_filled(new_store: None) -> None:
    number = store.add_scenario("berlin", "Ours", "text")
    store.remove_scenario(number)
    serve.fill_with_examples()
    assert examples.count() == 0, "something was entered, though it was removed"


def test_a_start_that_breaks_off_leaves_nothing_and_the_next_one_fills(
    new_store: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(serve.subprocess, "run", partial(subprocess.run, timeout=0.5))
        serve.fill_with_examples()
    assert backup.is_empty()
    serve.fill_with_examples()
    assert examples.count() == 29 + 2 + 6 + 1 + 1


def test_a_backup_takes_the_place_of_examples_but_not_of_what_somebody_has_done(
    filled: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rights.act_as(rights.OWNER)
    with monkeypatch.context() as patch:
        patch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'ours.db'}")
        store.add_target("berlin", "district", "01", "unemployment", 5.0, 2030)
        backup.save(tmp_path / "ours.jsonl")
    backup.restore(tmp_path / "ours.jsonl")
    assert len(store.targets("berlin")) == 1
    assert examples.count() == 0
    with pytest.raises(DataError, match="already holds"):
        backup.restore(tmp_path / "ours.jsonl")


def test_a_touched_example_keeps_a_backup_out(filled: None, tmp_path: Path) -> None:
    register.remove(min(examples.marked("initiative")), 1, "me")
    backup.save(tmp_path / "all.jsonl")
    with pytest.raises(DataError, match="already holds"):
        backup.restore(tmp_path / "all.jsonl")
    assert len(register.everything()) == 28


def test_examples_are_of_the_citys_figures_and_marked_where_they_are_listed(filled: None) -> None:
    ctx = context()
    values = measured(ctx, PERIOD, "district")
    rows = goals.goals_within(ctx, ALWAYS)
    assert len({row.indicator for row in rows}) == len(rows) == 6
    for row in rows:
        card = goals.cards(ctx.language)[row.indicator]
        column = values[row.indicator].dropna()
        worst = column.max() if card.good == "low" else column.min()
        assert column[row.area_id] == worst
        assert row.value == pytest.approx(worst * (0.9 if card.good == "low" else 1.1), abs=0.5 * 10**-card.digits)
        assert row.year == date.today().year + 4
        assert goals.goal_figure(ctx, row)[0].finding.startswith("Example: ")
    names = [name for name, _text in scenarios.saved(ctx).values()]
    assert names == ["Example: Three more day-care centres", "Example: Half as many people arrive"]
    assert [room.title for room in rooms.listed(ctx)] == ["Example: What counts most for inclusion here?"]
    assert room_store.rooms("berlin")[0].practice
    every = initiatives.all_initiatives()
    table = initiatives.list_figure(ctx, initiatives.matches(ctx, every, initiatives.Query()), len(every))
    assert set(table.rows["example"]) == {"Example"}
    assert "examples that came with the app: 29 of 29" in table.source
    assert "Example" in next(hit for hit in finder.find(ctx, "CURANT", {}) if hit.kind == "initiative").detail


@pytest.mark.parametrize("code", LANGUAGES)
def test_an_examples_story_is_in_the_readers_language(filled: None, code: str) -> None:
    language = Language(code)
    ((address, title),) = listed(language).items()
    shown = story(address, language)
    assert shown is not None
    assert shown.title == title == language("Example: {finding}", finding=language(starting_set.STORY))
    assert [step["title"] for step in shown.steps] == [language(title) for _page, title, _note in starting_set.STEPS]


def test_news_and_briefs_leave_examples_out(filled: None) -> None:
    ctx = context()
    assert feeds.behind(ctx) == []
    said = brief.brief(ctx, ALWAYS, PERIOD, "district", "08").sections
    assert "Initiatives that address it" not in said
    row = register.everything().iloc[0]
    number = int(row["id"])
    changes = {"budget_eur": None, "reached": None, "about": "Ours now"}
    fields = {field: row[field] for field in register.FIELDS} | changes
    register.change(number, int(row["version"]), fields, "me")
    assert number not in examples.marked("initiative"), "somebody has made it theirs"


def test_all_go_at_once_and_stay_away_and_nothing_else_goes(filled: None) -> None:
    ours = store.add_target("berlin", "district", "01", "unemployment", 5.0, 2030)
    own_story = stories.save("Ours", [])
    remove_all()
    assert store.targets("berlin")["id"].tolist() == [ours]
    assert list(stories.stories()) == [own_story]
    assert room_store.rooms("berlin") == []
    assert store.scenarios("berlin").empty
    assert register.everything().empty
    assert len(register.everything(removed=True)) == 29, "their history stays"
    assert examples.count() == 0
    serve.fill_with_examples()
    assert examples.count() == 0


def test_viewers_remove_nothing(filled: None, monkeypatch: pytest.MonkeyPatch) -> None:
    rights.act_as(rights.Actor("", "viewer"))
    try:
        with pytest.raises(rights.NotAllowedError):
            remove_all()
    finally:
        rights.act_as(rights.OWNER)
    assert len(examples.marked("initiative")) == 29


def test_no_page_is_empty_at_first_and_each_says_what_to_do_once_examples_are_gone(filled: None) -> None:
    app = open_page("goals")
    for page in PAGES:
        app = follow_link(app, page)
        assert not app.exception, page
        assert "Example" in words(app), page
        empty = [box.value for box in app.info if box.value.startswith("**") and "pinned" not in box.value]
        assert len(empty) == (page == "impact"), "of no example both budget and people reached are published"
    app = follow_link(app, "goals")
    app.button(key="remove-examples").click().run()
    for page in PAGES:
        app = follow_link(app, page)
        assert not app.exception, page
        assert "came with the app" not in words(app), page
        assert not [button for button in app.button if button.key == "remove-examples"]
