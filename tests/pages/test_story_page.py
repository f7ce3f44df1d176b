"""Stories: pinned, put in order, stored, read in words, presented."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.store import stories
from tests.driver import follow_link, open_page, words


@pytest.fixture(autouse=True)
def _own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def pinned(app: AppTest) -> list[str]:
    return [step["page"] for step in app.session_state["pinned"]]


def test_views_are_pinned_ordered_and_stored() -> None:
    app = press(open_page("coverage", city="berlin", lang="en", service="library", distance="1000"), "Pin this view")
    app = press(follow_link(app, "reach"), "Pin this view")
    app = follow_link(app, "story")
    captions = [caption.value.replace("\\", "") for caption in app.caption]
    # The page's name and the choices in words, not "coverage · service = library".
    assert captions[0] == "Service coverage · Service: Library · Within: 1,000 m"
    assert captions[1].startswith("Who is served")
    app = app.button(key="down-0").click().run()
    assert pinned(app) == ["reach", "coverage"]
    assert app.text_input(key="title-1-2").value == "Service coverage in Berlin"
    app.text_input(key="story_title").set_value("Two <views>").run()
    app = press(app, "Store story")
    (code,) = stories.stories()
    assert app.query_params["code"] == code
    assert next(header.value for header in app.header) == "Two \\<views\\>"
    app = app.button(key="out-0").click().run()
    assert pinned(app) == ["coverage"]
    story = stories.story(code)
    assert story is not None
    assert [step["page"] for step in story.steps] == ["reach", "coverage"]  # what is stored stays


def test_a_storys_file_keeps_its_words() -> None:
    steps = [
        {
            "page": "coverage",
            "query": {"city": "berlin"},
            "title": "A",
            "note": "",
            "words": "Service: Library",
            "text": "Read",
        }
    ]
    _title, read = stories.from_file(stories.as_file("A story", steps), "a.json", {"coverage"})
    assert read == steps


def test_a_stored_story_is_copied_presented_and_followed_by_its_notes() -> None:
    steps = [
        {"page": "coverage", "query": {"city": "berlin", "service": "library"}, "title": "One", "note": "Say hello"},
        {"page": "reach", "query": {"city": "berlin", "service": "library"}, "title": "Two", "note": ""},
    ]
    code = stories.save("Told", steps)
    app = open_page("story", code=code, lang="en")
    assert f"/story?code={code}" in app.code[0].value
    app = press(app, "Edit a copy")
    assert "code" not in app.query_params
    assert pinned(app) == ["coverage", "reach"]
    notes = open_page("story", code=code, notes="1", lang="en")
    assert "Say hello" in words(notes)
    app = press(open_page("story", code=code, lang="en"), "Present")
    assert not app.exception
    assert app.query_params["step"] == "0"
    assert app.selectbox(key="coverage.service").value == "library"
    press(notes, "Next")
    told = stories.story(code)
    assert told is not None
    assert told.step == 1


def test_a_link_in_a_steps_title_is_text() -> None:
    title = "[free money](https://evil.example) ![x](https://evil.example/x.png)"
    code = stories.save(title, [{"page": "reach", "query": {"city": "berlin"}, "title": title, "note": ""}] * 2)
    apps = [
        open_page("story", code=code, lang="en"),
        open_page("story", code=code, notes="1", lang="en"),
        open_page("reach", story=code, step="0", lang="en"),
    ]
    for app in apps:
        assert r"\[free money\]\(https\://evil\.example\)" in words(app)
        assert "](https://evil.example" not in words(app)


def test_pages_offer_an_embed_code_where_the_city_lets_sites_frame_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def codes() -> str:
        return " ".join(code.value for code in open_page("coverage", city="berlin", lang="en").code)

    assert "<iframe" not in codes()
    monkeypatch.setenv("ZONE_EMBED", "https://city.example")
    monkeypatch.setenv("ZONE_ADDRESS", "https://zone.city.example/")
    assert '<iframe src="https://zone.city.example/coverage?' in codes()


def test_a_code_without_a_story_is_told() -> None:
    app = open_page("story", code="NOPE", lang="en")
    assert "There is no story with the code NOPE" in words(app)
    assert not app.exception
