"""Roles are checked where things are written, whoever leads there, and each change leaves a line."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import data
from data import local, rights, store
from data.store import audit, backup, database, register, rooms, stories
from data.store.models import Audit
from tests.data.test_register import ROW
from tests.languages import in_english_only

ROOT = Path(__file__).parents[2]
# What writes without a role: people answer from phones by the room's code; retention and the log act by themselves.
OPEN = {"devices.join", "rooms.answer", "texts.support", "rooms.batch", "rooms.purge", "audit.record"}


@pytest.fixture(autouse=True)
def _own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path))
    yield
    rights.act_as(rights.OWNER)


def as_a(role: str, name: str = "someone@city.example") -> None:
    rights.act_as(rights.Actor(name, role))


def audit_lines() -> list[Audit]:
    with Session(database.engine()) as session:
        return list(session.scalars(select(Audit).order_by(Audit.id)))


EDITS = {
    "target": lambda: store.add_target("berlin", "district", "01", "library_walk", 15, 2030),
    "scenario": lambda: store.add_scenario("berlin", "name", "text"),
    "initiative": lambda: register.add(ROW, "someone"),
    "room": lambda: rooms.open_room("berlin", "Title", []),
    "story": lambda: stories.save("Title", [{"page": "reach"}]),
    "short link": lambda: stories.shorten("reach", "Title"),
}


LINES = {
    "target": ("store.add_target", "berlin"),
    "scenario": ("store.add_scenario", "berlin"),
    "initiative": ("store.register.add_many", ""),
    "room": ("store.rooms.open_room", "berlin"),
    "story": ("store.stories.save", "Title"),
    "short link": ("store.stories.shorten", "reach"),
}


@pytest.mark.parametrize("what", EDITS)
def test_viewers_change_nothing_and_editors_leave_a_line(what: str) -> None:
    for role in ("none", "viewer"):
        as_a(role)
        with pytest.raises(rights.NotAllowedError, match=r"role of editor.*nothing was changed") as refused:
            EDITS[what]()
        assert not in_english_only([refused.value.sentence])
    rights.act_as(rights.OWNER)
    assert register.everything().empty
    assert store.targets("berlin").empty
    assert store.scenarios("berlin").empty
    assert rooms.rooms("berlin") == []
    assert stories.stories() == {}
    as_a("editor")
    EDITS[what]()
    line = audit_lines()[-1]
    assert (line.who, line.role) == ("someone@city.example", "editor")
    assert (line.action, line.what) == LINES[what]


def test_editors_cannot_change_what_the_city_rests_on() -> None:
    as_a("editor")
    for change in (
        lambda: local.remove_city("berlin"),
        lambda: local.use("world", "countries", ""),
        lambda: local.reject("world", "countries"),
        lambda: local.save(data.entry("countries"), data.table("countries")),
    ):
        with pytest.raises(rights.NotAllowedError, match="role of admin"):
            change()
    assert local.versions("world", "countries")[0].version == ""


def test_every_function_that_writes_asks_for_a_role() -> None:
    """A new function in the store that opens a writing transaction without @require_role fails here."""
    for path in sorted((ROOT / "data" / "store").glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            body = ast.unparse(node)
            writes = "session.begin()" in body or ".commit()" in body
            guarded = any("require_role(" in ast.unparse(decorator) for decorator in node.decorator_list)
            name = f"{path.stem}.{node.name}"
            assert guarded or not writes or name in OPEN or path.stem == "database", name


def test_roles_come_from_the_file_and_a_broken_file_gives_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert rights.role_of("head@city.example") == "viewer"
    (tmp_path / "roles.toml").write_text(
        '[people]\n"head@city.example" = "admin"\n"*@city.example" = "editor"\n"odd@x.example" = "king"\n'
    )
    assert [
        rights.role_of(account)
        for account in ("Head@City.example", "desk@city.example", "x@city.example.evil.example", "odd@x.example")
    ] == ["admin", "editor", "viewer", "viewer"]
    for text in ("[people", "people = 3", "", "\xff"):
        (tmp_path / "roles.toml").write_text(text, encoding="latin-1")
        assert rights.role_of("head@city.example") == "viewer"
    for setting, role in (("admin", "admin"), ("", "none"), ("root", "none"), ("viewer", "viewer")):
        monkeypatch.setenv("ZONE_ROLE", setting)
        assert rights.open_role() == role
    monkeypatch.delenv("ZONE_ROLE")
    assert rights.open_role() == "viewer"


def test_what_cannot_be_read_or_logged_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "roles.toml").write_text("[people", encoding="utf-8")
    rights.role_of("head@city.example")
    assert caplog.messages[-1].startswith("roles.toml cannot be read (")
    assert caplog.messages[-1].endswith('nobody is more than a viewer. It holds [people] with "account" = "role".')
    (tmp_path / "roles.toml").write_text("a = " + "[" * 5000, encoding="utf-8")
    assert rights.role_of("head@city.example") == "viewer"
    as_a("viewer")
    with pytest.raises(rights.NotAllowedError):
        EDITS["story"]()
    assert caplog.messages[-1] == "refused: store.stories.save needs editor"

    def fails(*_words: str) -> None:
        raise OperationalError("INSERT", {}, Exception("full"))

    monkeypatch.setattr(audit, "record", fails)
    as_a("editor")
    EDITS["story"]()
    assert caplog.messages[-1] == (
        "the audit log could not be written: store.stories.save by a editor (OperationalError)"
    )
    assert list(stories.stories().values()) == ["Title"]  # what is done stays done


def test_what_a_line_names_is_short_and_no_more_than_a_name() -> None:
    as_a("editor")
    stories.save("T" * 200, [{"page": "reach"}])
    assert audit_lines()[-1].what == "T" * 80
    rights.require_role("editor")(lambda: None)()
    assert audit_lines()[-1].what == ""
    rights.require_role("editor")(lambda _number: None)(7)
    assert audit_lines()[-1].what == "7"


def test_a_thread_that_nobody_vouches_for_is_nobody() -> None:
    """Neither a command nor a page: a thread of its own, as a library or a timer starts one."""
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(rights.actor).result() == rights.NOBODY
        for edit in EDITS.values():
            with pytest.raises(rights.NotAllowedError, match="nothing was changed"):
                pool.submit(edit).result()
        with pytest.raises(rights.NotAllowedError):
            pool.submit(backup.save, Path("everything.jsonl")).result()


def test_the_history_carries_the_accounts_name_and_a_typed_one_cannot_pass_for_it() -> None:
    for name, typed, written in (
        ("desk@city.example", "head@city.example", "desk@city.example"),
        ("", "a group", "a group"),
        ("", "head@city.example", "unnamed"),
        ("", " ", "unnamed"),
    ):
        as_a("editor", name)
        number = register.add(ROW, typed)
        register.change(number, 1, {**ROW, "about": "other"}, typed)
        assert set(register.history(number)["who"]) == {written}
        store.add_assessment("berlin", date(2026, 1, 1), typed, {})
        assert store.assessments("berlin")["who"].iloc[0] == written


def test_the_log_lets_old_lines_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_AUDIT_DAYS", "0")
    for action in ("first", "second"):
        audit.record("a", "editor", action, "")
    assert [line.action for line in audit_lines()] == ["second"]


def test_whoever_the_app_names_acts_until_a_command_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rights, "_actor_provider", None)
    rights.act_as(None)
    assert rights.actor() == rights.NOBODY
    rights.set_actor_provider(lambda: rights.Actor("ann@city.example", "editor"))
    assert rights.actor().name == "ann@city.example"
    assert [role for role in rights.ROLES if rights.has_role(role)] == ["none", "viewer", "editor"]
    rights.act_as(rights.OWNER)
    assert rights.actor() == rights.OWNER
    assert rights.has_role("admin")
