"""The pages beside the app, over HTTP as a phone or a chat program asks for them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import web
from analytics.indicators import DIMENSIONS
from data.store import rooms, stories
from data.translation import LANGUAGES
from web import room
from web.rates import Rates


@pytest.fixture
def phone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")
    return TestClient(Starlette(routes=web.ROUTES))


def opened(title: str = "A room") -> tuple[str, int]:
    code = rooms.open_room("town", title, ["staff"])
    return code, rooms.add_question(code, "poll", "What first?", [("a", "Schools"), ("b", "Parks")])


def test_a_phone_joins_votes_and_changes_its_vote(phone: TestClient) -> None:
    code, number = opened()
    assert phone.get(f"/join/{code}").status_code == 200
    for choice in ("a", "b"):
        reply = phone.post(f"/join/{code}/answer", json={"question": number, "group": "staff", "value": [choice]})
        assert reply.json() == {"stored": True}
    assert rooms.count(number) == 1


def test_without_the_rooms_cookie_or_json_nothing_is_taken(phone: TestClient) -> None:
    code, number = opened()
    vote = {"question": number, "value": ["a"]}
    assert phone.post(f"/join/{code}/answer", json=vote).status_code == 403
    for invented in ("x" * 16, "x" * 24, "a.b", '"; drop'):
        cookie = {"cookie": f"{room.DEVICE}_{code}={invented}; {room.DEVICE}={invented}"}
        refused = phone.post(f"/join/{code}/answer", json=vote, headers=cookie)
        assert (refused.status_code, refused.json()["fault"][:22]) == (403, "Open the room's page f")
        assert "set-cookie" in phone.get(f"/join/{code}", headers=cookie).headers  # it is given one of the server's
        phone.cookies.clear()
    phone.get(f"/join/{code}")
    assert phone.post(f"/join/{code}/answer", data={"question": number}).status_code == 415
    assert (
        phone.post(
            f"/join/{code}/answer", content=b"x" * 30_000, headers={"content-type": "application/json"}
        ).status_code
        == 413
    )
    huge = b'{"question": %d, "value": ["a"]}' % 10**30
    for body in (b"", b"[]", b'{"question": "1"}', b'{"question": 1e999}', b'{"question": true}', huge, b"\xff"):
        assert (
            phone.post(f"/join/{code}/answer", content=body, headers={"content-type": "application/json"}).status_code
            == 409
        )
    assert rooms.count(number) == 0


def test_the_cookie_is_the_browsers_only_and_set_once(phone: TestClient) -> None:
    code, _number = opened()
    first = phone.get(f"/join/{code}")
    assert "httponly" in first.headers["set-cookie"].lower()
    assert "samesite=strict" in first.headers["set-cookie"].lower()
    assert "set-cookie" not in phone.get(f"/join/{code}").headers
    assert "set-cookie" in phone.get(f"/join/{opened()[0]}").headers  # nothing joins two rooms


def test_one_place_joins_a_room_only_so_fast(phone: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "JOINING", Rates(burst=3, per_s=0.01))
    code, _number = opened()
    statuses = []
    for _ in range(5):
        phone.cookies.clear()
        statuses.append(phone.get(f"/join/{code}").status_code)
    assert statuses == [200, 200, 200, 429, 429]
    assert rooms.room(code).joined == 3  # type: ignore[union-attr]
    assert "Too many devices" in phone.get(f"/join/{code}").text


def test_a_rooms_words_run_nothing(phone: TestClient) -> None:
    code = rooms.open_room("town", "<script>alert(1)</script>", ["</option><img src=x onerror=alert(1)>"])
    rooms.add_question(code, "text", "</script><script>alert(2)</script>", [])
    page = phone.get(f"/join/{code}").text
    assert "<script>alert" not in page
    assert "<img" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_phone_speaks_its_language(phone: TestClient, language: str) -> None:
    code = rooms.open_room("town", "A room", [])
    rooms.add_question(code, "budget", "What matters?", list(DIMENSIONS.items()))
    by_browser = phone.get(f"/join/{code}", headers={"accept-language": f"{language}-XX,en;q=0.5"}).text
    assert f'<html lang="{language}"' in by_browser
    assert ('dir="rtl"' in by_browser) == (language == "ar")
    named = phone.get(f"/join/{code}/now?lang={language}").json()["question"]["options"][0][1]
    assert (named == "Housing") == (language == "en")


def test_the_page_and_its_later_answers_spell_the_question_alike(phone: TestClient) -> None:
    """Else the first of them would draw the question anew, and take away what a person has typed."""
    code, _number = opened()
    page = phone.get(f"/join/{code}").text
    shown = json.loads(page.split("STATE = ", 1)[1].split(";\n", 1)[0])
    assert json.dumps(shown) == json.dumps(phone.get(f"/join/{code}/now").json())


def test_a_wrong_code_is_told_and_a_right_one_leads_in(phone: TestClient) -> None:
    code, _number = opened()
    assert "There is no room with this code." in phone.get("/join?code=NOPE").text
    assert (
        phone.get(f"/join?code={code.lower()}", follow_redirects=False).headers["location"].startswith(f"join/{code}")
    )
    assert phone.get("/join/NOPE", follow_redirects=False).status_code == 303


def test_a_closed_room_says_so(phone: TestClient) -> None:
    code, number = opened()
    phone.get(f"/join/{code}")
    rooms.close(code, lambda *_: {})
    assert phone.get(f"/join/{code}/now").json() == {"closed": True, "question": None}
    assert phone.post(f"/join/{code}/answer", json={"question": number, "value": ["a"]}).status_code == 409


def test_a_short_link_has_a_preview_and_leads_to_the_view(phone: TestClient) -> None:
    code = stories.shorten("coverage?service=library", 'Libraries "near" <you>')
    page = phone.get(f"/s/{code}").text
    assert '<meta property="og:title" content="Libraries &#34;near&#34; &lt;you&gt;">' in page
    assert f'content="http://testserver/s/{code}.png"' in page
    assert 'url=../coverage?service=library"' in page
    picture = phone.get(f"/s/{code}.png")
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert phone.get("/s/NOPE", follow_redirects=False).headers["location"] == "../"


def test_a_window_that_shows_a_story_is_told_at_which_step_it_is(phone: TestClient) -> None:
    steps = [{"page": "coverage", "query": {}, "title": title, "note": "", "words": ""} for title in ("One", "Two")]
    code = stories.save("Two steps", steps)
    assert phone.get(f"/s/{code}/step").json() == {"step": 0}
    stories.show_step(code, 1)
    reply = phone.get(f"/s/{code}/step")
    assert reply.json() == {"step": 1}
    assert reply.headers["cache-control"] == "no-store"
    assert phone.get("/s/NOPE/step").status_code == 404


def test_a_previews_address_is_the_servers_and_not_what_the_request_says(
    phone: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZONE_ADDRESS", "https://zone.city.example/")
    code = stories.shorten("coverage?service=library", "Libraries")
    page = phone.get(f"/s/{code}", headers={"Host": "evil.example"}).text
    assert f'content="https://zone.city.example/s/{code}.png"' in page
    assert "evil.example" not in page


def test_a_wrong_theme_file_breaks_no_link(phone: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "brand.toml").write_text("primary = 'red'", encoding="utf-8")
    monkeypatch.setenv("ZONE_BRAND", str(tmp_path / "brand.toml"))
    code = stories.shorten("reach", "Title")
    assert phone.get(f"/s/{code}").status_code == 200
    assert phone.get(f"/s/{code}.png").content.startswith(b"\x89PNG")


def test_the_phones_page_loads_nothing_that_draws() -> None:
    """A room opens fast and stays small: neither charts nor maps nor shapes nor the dashboard come with it."""
    script = "import sys, web, web.room; print(*sys.modules)"
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"plotly", "geopandas", "shapely", "pydeck", "streamlit", "pyproj"}
    assert not heavy & {name.split(".")[0] for name in printed}
    assert not [name for name in printed if name.split(".")[0] in ("pages", "views")]
    assert len(printed) < 1400


def test_the_first_page_is_found_by_its_name() -> None:
    browser = TestClient(Starlette(routes=web.ROUTES), follow_redirects=False)
    assert browser.get("/overview").headers["location"] == "./"
    assert browser.get("/overview?city=berlin&lang=de").headers["location"] == "./?city=berlin&lang=de"


@pytest.mark.parametrize(("language", "words"), [("en", "does not answer"), ("de", "antwortet nicht"), ("ar", "لا")])
def test_a_phone_is_told_in_its_language_that_the_database_is_away(
    phone: TestClient, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    code, number = opened()
    phone.get(f"/join/{code}")
    monkeypatch.setenv("ZONE_DATABASE", "postgresql+psycopg://nobody@127.0.0.1:9/zone")  # nothing listens there
    page = phone.get(f"/join/{code}?lang={language}")
    assert (page.status_code, page.headers["content-type"].split(";")[0]) == (503, "text/html")
    assert words in page.text
    answer = phone.post(f"/join/{code}/answer", json={"question": number, "group": "", "value": ["a"]})
    assert answer.status_code == 503
    assert answer.json()["fault"]
