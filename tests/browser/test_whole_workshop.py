"""A whole workshop: the facilitator's tablet, the projector, phones in six languages, from the run to the minutes."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from data.store import decisions, devices, register, rooms, texts
from data.translation import LANGUAGES
from services import room_runs
from tests.browser.conftest import Visit

PHONES = 10
FITS = """code => {
  const line = [...document.querySelectorAll("bdi")].find(word => word.textContent === code).closest("p");
  return line.scrollWidth <= line.clientWidth; }"""


@pytest.fixture
def phones(browser: Browser, server: str) -> Iterator[Callable[[str], list[Page]]]:
    """Ten phones that open a room's page, in six languages."""
    contexts = []

    def join(code: str) -> list[Page]:
        pages = []
        for number in range(PHONES):
            contexts.append(browser.new_context(viewport={"width": 390, "height": 844}))
            page = contexts[-1].new_page()
            page.goto(f"{server}/join/{code}?lang={list(LANGUAGES)[number % len(LANGUAGES)]}")
            pages.append(page)
        return pages

    yield join
    for context in contexts:
        context.close()


def shown(visit: Visit, kind: str) -> rooms.QuestionView:
    """The question that the room shows."""
    (room,) = [room for room in rooms.rooms("berlin") if room.title == "Where first?"]
    question = rooms.question(room.shown)
    assert question is not None
    assert question.kind == kind
    return question


def send(page: Page) -> None:
    page.locator("#question button:not([type=button])").click()
    expect(page.locator("#note")).not_to_be_empty(timeout=15_000)


def next_question(console: Visit, key: str = "n") -> None:
    console.page.locator("h1").first.click()  # nothing is typed into
    console.page.keyboard.press(key)
    console.settle()


def test_a_workshop_from_its_run_to_its_minutes(
    visit: Callable[..., Visit], phones: Callable[[str], list[Page]], codes: dict[str, str], tmp_path: Path
) -> None:
    console = visit("workshop?lang=en", width=1024, height=1366)
    console.page.get_by_label("Title of the room").fill("Where first?")
    console.page.get_by_role("combobox", name="Begin with a run of questions").click()
    console.page.get_by_role("option", name="Where should we act first?").click()
    console.page.get_by_role("button", name="Open room").click()
    expect(console.page.get_by_role("heading", name="Where first?").first).to_be_visible(timeout=30_000)
    code = next(room.code for room in rooms.rooms("berlin") if room.title == "Where first?")
    screen = visit(f"workshop_screen?room={code}", width=1440, height=900)
    expect(screen.page.get_by_text(code)).to_be_visible()
    expect(screen.page.locator("[data-testid=stSidebar]")).to_be_hidden()
    for window in (console, screen):  # in a narrow column the code gets smaller and not cut
        assert window.page.evaluate(FITS, code), window.page.url
    hall = phones(code)
    assert rooms.room(code).joined == PHONES  # type: ignore[union-attr]

    # Words, in six scripts' languages; none is seen before the moderator lets it through.
    console.settle().page.get_by_role("button", name="Show on the phones").click()
    for number, page in enumerate(hall):
        page.get_by_role("textbox").fill(["Trees", "Дерева", "أشجار"][number % 3], timeout=15_000)
        send(page)
    cloud = shown(console, "cloud")
    expect(screen.page.get_by_text("Дерева")).to_have_count(0)
    button = console.page.get_by_role("button", name=f"Approve all that wait ({PHONES})")
    button.click(timeout=20_000)
    expect(screen.page.get_by_text("Дерева").first).to_be_visible(timeout=20_000)
    assert texts.texts(cloud.id)["approved"].all()

    # A guess, hidden until the key reveals it with the true figure.
    next_question(console)
    for number, page in enumerate(hall):
        page.get_by_role("spinbutton").fill(str(10 + number), timeout=15_000)
        send(page)
    guess = shown(console, "estimate")
    expect(screen.page.get_by_text("the results are shown later")).to_be_visible(timeout=20_000)
    assert "true figure" not in screen.page.content()
    next_question(console, "r")
    assert not rooms.question(guess.id).hidden  # type: ignore[union-attr]
    expect(screen.page.get_by_text("the true figure").first).to_be_visible(timeout=20_000)
    words = screen.page.locator("h1").inner_text()
    assert screen.page.get_by_text(words).count() == 1  # above the figure and not in it again

    # Priorities with a countdown, which the phones show; when it ends nothing more is taken.
    next_question(console)
    first_vote = shown(console, "priorities")
    console.page.get_by_role("button", name="30 seconds").click()
    expect(hall[0].get_by_role("timer").first).to_be_visible(timeout=15_000)
    for number, page in enumerate(hall):
        page.get_by_role("checkbox").nth(number % 2).check(timeout=15_000)
        send(page)
    rooms.count_down(first_vote.id, -10)
    expect(hall[0].locator("#note")).to_have_text("This question is closed.", timeout=15_000)
    assert rooms.count(first_vote.id) == PHONES

    # Ideas; the moderator lets them through and another phone supports one.
    next_question(console)
    ideas = shown(console, "text")
    hall[0].get_by_role("textbox").fill("A house of languages", timeout=15_000)
    send(hall[0])
    texts_of = texts.texts(ideas.id)
    from data import rights

    rights.act_as(rights.OWNER)
    texts.approve([int(texts_of["id"].iloc[0])], True)
    support = hall[4].locator("button.support")
    support.click(timeout=15_000)
    expect(support).to_have_attribute("aria-pressed", "true", timeout=15_000)
    assert list(texts.texts(ideas.id)["people"]) == [2]
    expect(screen.page.get_by_text("A house of languages").first).to_be_visible(timeout=20_000)

    # The second vote: most stay, five move.
    next_question(console)
    second = shown(console, "priorities")
    assert second.repeats == first_vote.id
    for number, page in enumerate(hall):
        boxes = page.get_by_role("checkbox")
        boxes.nth(0 if number < 5 else number % 2).check(timeout=15_000)
        send(page)
    console.settle().page.get_by_text("Write down a decision").click()
    console.settle().page.get_by_label("What was decided").fill("A house of languages in the first district")
    console.page.get_by_label("What was said against it").fill("Too dear, some said")
    console.page.get_by_label("What was said against it").press("Tab")
    console.settle().page.get_by_text("An initiative in the register").click()
    console.settle().page.get_by_role("button", name="Write down", exact=True).click()
    console.settle()
    (decision,) = [entry for entry in decisions.decisions("berlin") if entry.room == code]
    assert decision.against == "Too dear, some said"
    assert "second vote" in decision.vote
    assert decision.what in list(register.everything()["name"])

    # The end: the phones lead to the minutes, which are taken home.
    console.page.get_by_text("Close the room").click()
    console.settle().page.get_by_role("button", name="Close for good").click()
    link = hall[2].locator("#results a")
    expect(link).to_be_visible(timeout=15_000)
    minutes = visit(f"workshop_minutes?room={code}&lang=en")
    for words in ("The room's middle guess", "A house of languages", "Too dear, some said", "second vote"):
        expect(minutes.page.get_by_text(words).first).to_be_attached(timeout=20_000)
    minutes.unfold("Download and share")
    minutes.page.get_by_text("Data (ZIP of CSV)").click()
    minutes.page.get_by_role("button", name="Make report").click()
    with minutes.page.expect_download(timeout=60_000) as taken:
        minutes.page.get_by_role("button", name="Download").filter(has_text=".zip").click(timeout=60_000)
    taken.value.save_as(tmp_path / "minutes.zip")
    with zipfile.ZipFile(tmp_path / "minutes.zip") as archive:
        content = "\n".join(archive.read(name).decode("utf-8-sig") for name in archive.namelist())
    assert "A house of languages in the first district" in content
    for seen in (console, screen, minutes):
        assert seen.errors == []
        assert seen.foreign == []


def test_a_phone_pins_a_place_by_tap_and_by_search(
    visit: Callable[..., Visit], phones: Callable[[str], list[Page]], codes: dict[str, str]
) -> None:
    code = rooms.open_room("berlin", "Pins", [])
    from services import rooms as asking
    from tests.services.test_rooms import context

    ctx, room = context(), rooms.room(code)
    assert room is not None
    number = asking.ask(ctx, room, asking.Query(room=code, kind="pin"), "Where is a bench missing?")
    by_tap, by_search = phones(code)[:2]
    by_tap.locator(".maplibregl-canvas").click(position={"x": 180, "y": 240}, timeout=30_000)
    by_tap.get_by_placeholder("Why there?").fill("No bench here")
    send(by_tap)
    by_search.get_by_role("searchbox").fill("Alexanderplatz")
    by_search.locator("button.hit").first.click(timeout=15_000)
    send(by_search)
    assert rooms.count(number) == 2
    rows = texts.texts(number)
    assert list(rows["value"]) == ["No bench here"]


def test_a_code_lets_one_phone_in_and_no_second(
    visit: Callable[..., Visit], phones: Callable[[str], list[Page]], codes: dict[str, str]
) -> None:
    code = rooms.open_room("berlin", "Binding", [])
    rooms.add_question(code, "poll", "Yes or no?", [("y", "Yes"), ("n", "No")])
    (ticket,) = devices.make_tickets(code, 1)
    first, second = phones(code)[:2]
    for page in (first, second):
        page.get_by_role("textbox").fill(ticket.lower())
        page.get_by_role("button").click()
    first.get_by_label("Yes").check(timeout=15_000)
    send(first)
    expect(second.get_by_role("alert")).not_to_be_empty()


def test_ranking_and_scale_work_by_keys(phones: Callable[[str], list[Page]], codes: dict[str, str]) -> None:
    code = rooms.open_room("berlin", "Keys", [])
    number = rooms.add_question(code, "ranking", "Order?", [("a", "Schools"), ("b", "Parks"), ("c", "Roads")])
    phone = phones(code)[0]
    order = phone.locator(".ranking li")
    expect(order).to_have_count(3, timeout=15_000)
    names = [item.get_attribute("data-key") for item in order.all()]
    order.nth(2).get_by_role("button").first.press("Enter")
    assert [item.get_attribute("data-key") for item in order.all()] == [names[0], names[2], names[1]]
    send(phone)
    number = rooms.add_question(code, "scale", "How much?", [("1", "")])
    phone.get_by_label("4", exact=True).press("Space", timeout=15_000)
    send(phone)
    assert rooms.count(number) == 1


def test_invented_voters_fill_a_room_to_practise_in(visit: Callable[..., Visit], codes: dict[str, str]) -> None:
    code = rooms.open_room("berlin", "Practice", [], practice=True)
    number = rooms.add_question(code, "poll", "What first?", [("a", "Schools"), ("b", "Parks")])
    screen = visit(f"workshop_screen?room={code}")
    expect(screen.page.get_by_text("most of its answers are invented").first).to_be_visible()
    expect(screen.page.get_by_text("30", exact=True).first).to_be_visible(timeout=30_000)
    assert rooms.count(number) == room_runs.VOTERS
    assert screen.errors == []
