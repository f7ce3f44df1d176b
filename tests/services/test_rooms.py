"""Rooms: every kind of question from the vote to its figure, protection, second votes, decisions, runs of questions."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import h3
import pytest

import data
from analytics.scenario import Sites
from data.context import CityContext
from data.errors import DataError
from data.figures import Map
from data.store import decisions as stored_decisions
from data.store import devices, register, runs, targets, texts
from data.store import rooms as store
from data.store.decisions import Decided
from data.store.runs import Opening, Run, Step
from data.translation import LANGUAGES, Language
from services import candidates, room_board, room_figures, room_plan, room_results, room_runs, rooms
from services.areas import area_names, exact_areas
from tests.services.test_what_if import PERIOD


@pytest.fixture(autouse=True)
def _own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")


def context(language: str = "en") -> CityContext:
    return CityContext(data.cities()["berlin"], data.version(), Language(language))


def asked(kind: str, answers: list[Any], lines: str = "", groups: list[str] | None = None, **more: Any) -> Any:
    """A room with one question of a kind and a device for each answer: context, room, question."""
    ctx = context()
    code = store.open_room("berlin", "A room", groups or [])
    room = store.room(code)
    assert room is not None
    query = rooms.Query(kind=kind, room=code, **more)
    number = rooms.ask(ctx, room, query, rooms.usual_prompt(ctx, query) or "What first?", lines)
    for place, value in enumerate(answers):
        group = groups[place % len(groups)] if groups else ""
        store.answer(code, number, devices.join(code), group, value)
    question = store.question(number)
    assert question is not None
    return ctx, store.room(code), question


def stored(number: int) -> store.QuestionView:
    """A question as it is stored now."""
    question = store.question(number)
    assert question is not None
    return question


def first(ctx: CityContext, question: store.QuestionView) -> Any:
    return room_figures.figures(ctx, question, room_results.result(ctx, question))[0]


def test_a_choice_says_who_is_at_the_top_and_a_tie_names_both() -> None:
    ctx, _room, question = asked("poll", [["1"], ["1"], ["2"], ["2"], ["3"]], "Schools\nParks\nRoads")
    figure = first(ctx, question)
    assert figure.finding == "At the top: Schools / Parks, 40 %"
    assert figure.note == "What first?", "what leaves the screen says what was asked"
    assert "5 people" in figure.source


def test_a_ranking_a_scale_and_points_by_hand() -> None:
    ctx, _room, question = asked("ranking", [["1", "2"]] * 4 + [["2", "1"]], "Schools\nParks")
    assert first(ctx, question).finding == "Schools is ranked best: place 1.2 on average"
    ctx, _room, question = asked("scale", [{"1": 5}, {"1": 4}, {"1": 3}, {"1": 1}, {"1": 1}])
    assert first(ctx, question).finding == "40 % agree (step 4 or 5 of 5)"
    ctx, _room, question = asked("budget", [{"1": 60, "2": 40}] * 4 + [{"1": 10, "2": 90}], "Schools\nParks")
    figure = first(ctx, question)
    assert figure.rows.set_index("label").loc["Schools", "mean"] == 50
    assert figure.finding.startswith("Schools / Parks gets most: 50 points")


def test_a_guess_meets_the_true_figure_only_when_it_is_revealed() -> None:
    ctx = context()
    indicator = rooms.usual_guess(ctx)
    ctx, _room, question = asked("estimate", [10, 12, 14, 16, 18], guess_indicator=indicator)
    truth = question.settings["truth"]["value"]
    store.set_hidden(question.id, True)
    hidden = first(ctx, stored(question.id))
    assert "true figure" not in hidden.finding
    assert hidden.drawing.options["truth"] is None
    store.set_hidden(question.id, False)
    assert "true figure" not in first(ctx, stored(question.id)).finding, "they still guess"
    store.set_open(question.id, False)
    shown = first(ctx, stored(question.id))
    assert shown.drawing.options["truth"] == truth
    assert "true figure" in shown.finding
    assert "Amt für Statistik" in shown.source, "whose figure it is"
    phone = rooms.phone_state(_room.code, Language("de"))["question"]
    assert str(truth) not in str(phone)
    assert "truth" not in phone


def pins_near(area: str, count: int, reason: str = "") -> list[dict[str, Any]]:
    """Pins at one point inside an area."""
    shapes = exact_areas(context()).to_crs(4326).set_index("area_id")
    point = shapes.geometry[area].representative_point()
    return [{"lon": point.x, "lat": point.y, "reason": reason} for _ in range(count)]


def test_pins_are_shown_where_five_mean_one_place_and_else_by_area() -> None:
    areas = list(area_names(context(), "planning_area"))
    alone, crowd = areas[0], areas[300]
    outside = {"lon": 13.4, "lat": 52.34, "reason": "outside of every area"}
    ctx, _room, question = asked("pin", [*pins_near(crowd, 5, "No library"), *pins_near(alone, 2), outside])
    answer = room_results.result(ctx, question)
    levels = {row["level"]: row["people"] for row in answer["rows"]}
    assert levels == {"cell": 5, "district": 2}, "two are shown by their district, the one outside nowhere"
    figure = first(ctx, question)
    assert isinstance(figure.drawing, Map)
    assert figure.geometry is not None
    place = pins_near(crowd, 1)[0]
    cell = h3.cell_to_latlng(h3.latlng_to_cell(place["lat"], place["lon"], room_results.CELL))
    (spot,) = [shape["coordinates"] for shape in figure.geometry()[:1] if shape]
    assert spot == pytest.approx([cell[1], cell[0]]), "the cell's middle, not the pin"
    assert "No library" not in str(answer), "nobody let the reason through"
    texts.approve([int(texts.texts(question.id)["id"].iloc[0])], True)
    assert [comment["value"] for comment in room_results.result(ctx, question)["comments"]] == ["No library"]


def test_pins_become_places_where_sites_may_stand() -> None:
    areas = list(area_names(context(), "planning_area"))
    pins = [pin for area in (areas[50], areas[300]) for pin in pins_near(area, 5)]
    ctx, room, question = asked("pin", pins)
    ((_label, page, choices),) = room_plan.follow_ups(ctx, room, question, room_results.result(ctx, question))
    assert page == "what_if_sites"
    places = tuple(choices["places"].split(","))
    Sites(places=places)  # what a scenario's file takes
    rows = candidates.candidates(ctx, "library", 15, PERIOD, "adult", places)
    names = area_names(ctx, "planning_area")
    assert set(rows["name"]) == {names[areas[50]], names[areas[300]]}
    assert (rows["near"] > 0).all()


def test_a_vote_on_scenarios_leads_to_their_comparison() -> None:
    from data import store as plans

    numbers = [plans.add_scenario("berlin", name, "") for name in ("Slow", "Fast")]
    fast = f"scenario-{numbers[1]}"
    ctx, room, question = asked("poll", [[fast]] * 5, options_of="scenarios")
    assert dict(question.options) == {f"scenario-{numbers[1]}": "Fast", f"scenario-{numbers[0]}": "Slow"}
    ((_label, page, choices),) = room_plan.follow_ups(ctx, room, question, room_results.result(ctx, question))
    assert (page, choices["compare"]) == ("what_if_compare", f"{numbers[1]},{numbers[0]}")


def test_the_rooms_points_carry_how_far_it_disagrees() -> None:
    from analytics.indicators import DIMENSIONS

    keys = list(DIMENSIONS)
    alike = [dict.fromkeys(keys, 16) | {keys[0]: 20}] * 4 + [dict.fromkeys(keys, 16) | {keys[1]: 20}]
    apart = [dict.fromkeys(keys, 0) | {key: 100} for key in keys]
    close, far = (
        room_plan.follow_ups(ctx, room, question, room_results.result(ctx, question))[0][2]["concentration"]
        for ctx, room, question in (asked("budget", alike), asked("budget", apart))
    )
    assert float(close) > 100 * float(far)


def test_small_groups_and_few_voters_stay_unseen() -> None:
    ctx, _room, question = asked("several", [["1"]] * 4, "Schools\nParks")
    assert room_results.result(ctx, question)["rows"] == []
    ctx, _room, question = asked("poll", [["1"], ["2"]] * 4, "Schools\nParks", groups=["staff", "residents"])
    assert room_results.result(ctx, question)["groups"] == [], "four of each"


def test_a_second_vote_says_how_many_moved_unless_too_few() -> None:
    ctx, room, question = asked("poll", [], "Schools\nParks")
    tokens = [devices.join(room.code) for _ in range(12)]
    for token in tokens:
        store.answer(room.code, question.id, token, "", ["1"])
    number = rooms.ask_again(question, room)
    for place, token in enumerate(tokens):
        store.answer(room.code, number, token, "", ["2" if place < 5 else "1"])
    again = store.question(number)
    assert again is not None
    assert rooms.asked(ctx, again) == "What first? (second vote)"
    store.set_open(number, False)
    findings = [figure.finding for figure in room_figures.figures(ctx, again, room_results.result(ctx, again))]
    assert "5 of 12 who voted twice changed their answer" in findings
    third = rooms.ask_again(question, room)
    for place, token in enumerate(tokens):
        store.answer(room.code, third, token, "", ["2" if place < 2 else "1"])
    store.set_open(third, False)
    assert room_results.result(ctx, stored(third))["moved"] is None, "two who moved could be told"


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_kind_asks_in_the_phones_language(code: str) -> None:
    language, english = Language(code), Language("en")
    for kind in rooms.PROMPTS:
        guess = rooms.usual_guess(context()) if kind == "estimate" else ""
        _ctx, room, _question = asked(kind, [], "A\nB", guess_indicator=guess)
        state = rooms.phone_state(room.code, language)
        shown = state["question"] or state["stage"]
        other = rooms.phone_state(room.code, english)
        words = (other["question"] or other["stage"])["prompt"]
        assert shown["prompt"]
        assert (shown["prompt"] == words) == (code == "en"), kind
        assert "{" not in shown["prompt"]


def test_a_decision_becomes_a_goal_or_an_initiative_and_comes_back() -> None:
    ctx, room, question = asked("poll", [["1"]] * 6, "A library\nA park")
    vote = room_plan.vote_in_words(ctx, question, room_results.result(ctx, question))
    assert vote == "What first? At the top: A library, 100 % (6 people)"
    room_plan.decide(ctx, room, Decided("Build a library", "Too far out", "initiative", None), vote, question.id)
    goal = ("library_walk", "02", 5.0, 2035)
    room_plan.decide(ctx, room, Decided("Nearer libraries", "", "goal", goal), vote)
    with pytest.raises(DataError, match="words"):
        room_plan.decide(ctx, room, Decided(" ", "", "note", None))
    row = register.everything().set_index("name").loc["Build a library"]
    assert vote in row["about"]
    assert "Too far out" in row["about"]
    assert row["country"] == "DE"
    assert targets("berlin").iloc[0]["indicator"] == "library_walk"
    figure = room_plan.decisions_figure(ctx, room_plan.decisions_of(ctx, room))
    assert figure is not None
    became = dict(zip(figure.rows["what"], figure.rows["became"], strict=True))
    assert became["Build a library"] == "Initiative: detected"
    assert became["Nearer libraries"].startswith("Goal: ")
    register.remove(int(row["id"]), int(row["version"]), "test")
    figure = room_plan.decisions_figure(ctx, room_plan.decisions_of(ctx))
    assert figure is not None
    assert "was removed from the register" in " ".join(figure.rows["became"])
    assert len(stored_decisions.decisions("berlin")) == 2


def test_a_run_is_saved_as_a_file_read_and_asked_again() -> None:
    ctx = context()
    code, codes, left_out = room_runs.open_room(ctx, Opening("First", [], 30, False, "where first", None, 0))
    assert (codes, left_out) == ([], [])
    room = store.room(code)
    assert room is not None
    assert room.shown == 0, "prepared, not asked"
    text = room_runs.as_file(ctx, room)
    run = runs.load(text, "a.toml")
    assert [step.kind for step in run.questions] == ["cloud", "estimate", "priorities", "text", "priorities"]
    assert run.questions[4].again == 3
    other = store.open_room("berlin", "Second", [])
    assert room_runs.prepare(ctx, other, run) == []
    first_kinds = [(question.kind, question.prompt, question.settings) for question in store.questions(code)]
    again = [(question.kind, question.prompt, question.settings) for question in store.questions(other)]
    assert first_kinds == again
    assert store.questions(other)[4].repeats == store.questions(other)[2].id


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a = [", "no TOML"),
        ("a = " + "[" * 5000, "no TOML"),
        ('title = "x"\nquestions = []', "questions"),
        ('title = "x"\n[[questions]]\nkind = "dance"', "row 1, column 'kind'"),
        ('title = "x"\n[[questions]]\nkind = "poll"\ncolour = 3', "row 1, column 'colour'"),
    ],
)
def test_a_wrong_run_is_refused_in_one_sentence(text: str, words: str) -> None:
    with pytest.raises(DataError, match=r"a\.toml") as refused:
        runs.load(text, "a.toml")
    assert words in str(refused.value)


def test_every_run_of_the_library_can_be_asked_and_practised() -> None:
    ctx = context()
    for key in room_runs.LIBRARY:
        code, _codes, _left_out = room_runs.open_room(ctx, Opening(key, ["a", "b"], 30, True, key, None, 0))
        for question in store.questions(code):
            store.show_question(code, question.id)
            room = store.room(code)
            assert room is not None
            for _ in range(room_runs.VOTERS // room_runs.AT_A_TIME + 1):
                board = room_board.board(ctx, room, question)
            if question.kind != "stage":
                assert board.people == room_runs.VOTERS, question.kind
            assert all("practise" in figure.source for figure in board.figures)


def test_nobody_is_invented_in_a_real_room() -> None:
    ctx, room, question = asked("poll", [], "A\nB")
    room_board.board(ctx, room, question)
    assert store.count(question.id) == 0
    with pytest.raises(DataError, match="practise"):
        devices.simulated(room.code, 0)


def test_closing_keeps_every_kind_of_result() -> None:
    ctx = context()
    code, _codes, _left_out = room_runs.open_room(ctx, Opening("x", [], 30, True, "where first", None, 0))
    room = store.room(code)
    assert room is not None
    for question in store.questions(code):
        store.show_question(code, question.id)
        room = store.room(code)
        assert room is not None
        for _ in range(11):
            room_runs.practise(ctx, room, question)
        if question.kind in rooms.MODERATED:
            texts.approve([int(number) for number in texts.texts(question.id)["id"]], True)
    room_results.close(ctx, room)
    closed = store.room(code)
    assert closed is not None
    boards = room_board.boards(ctx, closed)
    assert [board.kind for board in boards] == ["cloud", "estimate", "priorities", "text", "priorities"]
    assert all(board.figures for board in boards)
    findings = [board.figures[0].finding for board in boards]
    store.purge(closed.created.replace(year=2100))
    assert [board.figures[0].finding for board in room_board.boards(ctx, closed)] == findings, "results outlive answers"


def test_a_run_with_a_wrong_order_says_what_is_missing() -> None:
    ctx = context()
    code = store.open_room("berlin", "x", [])
    run = Run(title="x", questions=(Step(kind="poll", prompt="Which?"), Step(kind="poll", again=1)))
    left_out = room_runs.prepare(ctx, code, run)
    assert len(left_out) == 2
    assert "two different options" in left_out[0]
    assert "first vote is missing" in left_out[1]


@pytest.mark.parametrize("kind", list(rooms.KINDS))
def test_a_question_that_nobody_answered_shows_nothing(kind: str) -> None:
    ctx, room, question = asked(kind, [], "A\nB", guess_indicator=rooms.usual_guess(context()))
    board = room_board.board(ctx, room, question)
    assert (board.people, list(board.figures), list(board.rows), list(board.ways), board.apart) == (0, [], [], [], "")
    assert texts.texts(question.id).empty


def test_groups_are_summed_up_once_so_that_one_new_voter_does_not_show() -> None:
    ctx, room, question = asked("poll", [["1"], ["2"]] * 6, "A\nB", groups=["staff", "residents"])
    assert room_results.result(ctx, question)["groups"] == [], "while answers come"
    store.set_open(question.id, False)
    held = room_results.result(ctx, stored(question.id))["groups"]
    assert {row["people"] for row in held} == {6}
    store.set_open(question.id, True)
    for group in ["staff"] * 4 + ["residents"]:
        store.answer(room.code, question.id, devices.join(room.code), group, ["1"])
    store.set_open(question.id, False)
    again = room_results.result(ctx, stored(question.id))
    assert again["people"] == 17
    assert again["groups"] == held
    room_results.close(ctx, room)
    closed = store.question(question.id)
    assert closed is not None
    assert closed.result is not None
    assert closed.result["groups"] == held


def test_statements_that_few_rated_are_left_out() -> None:
    ctx, _room, question = asked("scale", [{"1": 3}] * 5 + [{"1": 4, "2": 5}], "One\nTwo", groups=["staff"])
    answer = room_results.result(ctx, question)
    assert {row["option"] for row in answer["rows"]} == {"1"}
    assert all(row["people"] >= 5 for row in answer["groups"])
    assert "Two" not in first(ctx, question).finding


@pytest.mark.parametrize("kind", ["budget", "scale", "poll"])
def test_a_result_is_plain_json(kind: str) -> None:
    """Where all say the same, or nobody, some numbers are none: a database would not take them."""
    value = {"budget": {"1": 50, "2": 50}, "scale": {"1": 3}, "poll": ["1"]}[kind]
    ctx, room, question = asked(kind, [value] * 5, "A\nB")
    json.dumps(room_results.result(ctx, question), allow_nan=False)
    room_results.close(ctx, room)


def test_votes_go_on_while_pins_are_summed_up() -> None:
    """What sums up holds the room; it must not wait for a connection that waiting votes hold."""
    area = list(area_names(context(), "planning_area"))[300]
    ctx, room, question = asked("pin", pins_near(area, 5, "A bench"))
    tokens = [devices.join(room.code) for _ in range(40)]
    started = time.monotonic()
    with ThreadPoolExecutor(40) as crowd:
        votes = [
            crowd.submit(store.answer, room.code, question.id, token, "", pins_near(area, 1)[0]) for token in tokens
        ]
        pictures = [crowd.submit(room_results.result, ctx, question) for _ in range(3)]
    assert [vote.exception() for vote in votes] == [None] * 40
    assert [picture.exception() for picture in pictures] == [None] * 3
    assert store.count(question.id) == 45
    assert time.monotonic() - started < 25, "no wait for the pool"


def test_a_run_of_the_app_asks_each_phone_in_its_language() -> None:
    german = context("de")
    code, _codes, _left_out = room_runs.open_room(german, Opening("x", [], 30, False, "where to build", None, 0))
    question = store.questions(code)[0]
    store.show_question(code, question.id)
    for language, words, option in (("en", "What is needed most?", "Library"), ("de", "Was wird", "Bibliothek")):
        shown = rooms.phone_state(code, Language(language))["question"]
        assert shown["prompt"].startswith(words)
        assert option in [label for _key, label in shown["options"]]


def test_two_scenarios_of_one_name_stay_two() -> None:
    from data import store as plans

    numbers = [plans.add_scenario("berlin", "Plan", "") for _ in range(2)]
    votes = [[f"scenario-{numbers[place % 2]}"] for place in range(12)]
    ctx, _room, question = asked("poll", votes, options_of="scenarios")
    assert sorted(first(ctx, question).rows["label"]) == ["Plan", "Plan (2)"]


def test_the_run_goes_on_behind_a_second_vote() -> None:
    ctx = context()
    code, _codes, _left_out = room_runs.open_room(ctx, Opening("x", [], 30, False, "where first", None, 0))
    room = store.room(code)
    assert room is not None
    every = store.questions(code)
    assert rooms.following(every[0], every) == every[1].id
    called = rooms.ask_again(every[2], room)
    every = store.questions(code)
    assert rooms.following(every[-1], every) == every[3].id
    assert every[-1].id == called


def test_a_question_is_removed_only_while_nobody_has_answered() -> None:
    ctx, room, question = asked("poll", [], "a\nb")
    assert "remove" in rooms.actions(room, question, None)
    store.answer(room.code, question.id, devices.join(room.code), "", [next(iter(rooms.labels(ctx, question)))])
    assert "remove" not in rooms.actions(room, question, None)
