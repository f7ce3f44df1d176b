"""Work in processes of its own: what it found, what it says meanwhile, what it may do, how it fails."""

from __future__ import annotations

import pickle
import re
import tempfile
from dataclasses import replace
from functools import partial
from multiprocessing.connection import wait as sleep  # with nothing to wait for: until its time is over
from pathlib import Path

import numpy as np
import pytest

import data
from analytics import siting
from data import local, rights
from data.city import building, checks, pack
from data.errors import DataError, SourceError, UnknownTableError
from data.translation import Language
from services import background
from tests.services.work import dies, endless, greedy


def test_the_optimum_is_found_in_a_process_of_its_own_and_can_be_cancelled() -> None:
    covers = np.array([[1.0, 20.0], [20.0, 1.0], [20.0, 30.0]])
    problem = siting.SitingProblem(
        "maximal covering", covers, np.array([5.0, 9.0, 4.0]), np.ones((1, 3)), np.full(3, np.inf), count=1, limit=15.0
    )
    task = background.start(Language(), siting.solve, problem)
    assert task.wait(60).result().sites == [1]
    wrong = background.start(Language(), siting.solve, replace(problem, model="guess"))
    with pytest.raises(RuntimeError, match="no model 'guess'"):
        wrong.wait(60).result()
    slow = background.start(Language(), siting.solve, problem)
    slow.cancel()
    assert slow.done


def test_more_than_the_slots_wait_in_turn_and_a_cancelled_one_gives_its_place_on() -> None:
    tasks = [background.start(Language(), sleep, [], seconds) for seconds in (30, 30, 0, 30)]
    places = [task.position for task in tasks[2:]]
    tasks[3].cancel()
    assert places == [1, 2]
    tasks[0].cancel()
    assert tasks[2].wait(30).result() == []
    tasks[1].cancel()
    assert all(task.done for task in tasks)


def has_ended(place: Path) -> bool:
    """Whether the process that wrote its number there is gone; waits a few seconds for it."""
    process = Path("/proc") / place.read_text()
    return any(not process.exists() or bool(sleep([], 0.1)) for _ in range(50))


def test_work_that_takes_too_long_is_ended_though_nobody_watches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "LIMIT_S", 10.0)
    task = background.start(Language("de"), endless, tmp_path / "number").wait(60)
    assert has_ended(tmp_path / "number")
    with pytest.raises(RuntimeError, match="10 Sekunden"):
        task.result()


def test_memory_is_limited_and_a_process_that_dies_harms_nothing_else() -> None:
    with pytest.raises(DataError, match="more than 4 GB"):
        background.run(Language(), greedy)
    with pytest.raises(DataError, match="without a result"):
        background.run(Language(), dies)
    assert background.run(Language(), sleep, [], 0) == []


def test_a_reader_who_leaves_frees_the_place_and_may_not_fill_the_queue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    present = {"ann": True, "bob": True}
    monkeypatch.setattr(background, "ABSENT_S", 0.0)
    who = "ann"
    monkeypatch.setattr(background, "_providers", [lambda: (who, partial(present.get, who))])
    tasks = [background.start(Language(), endless, tmp_path / f"{number}") for number in range(3)]
    with pytest.raises(DataError, match="Too many tasks are waiting"):
        background.start(Language(), sleep, [], 0)
    who = "bob"
    task = background.start(Language(), sleep, [], 0)
    while any(task.position for task in tasks[:2]) or not (tmp_path / "1").exists():
        sleep([], 0.1)
    assert not task.done
    present["ann"] = False
    background.end_abandoned()
    assert task.wait(60).result() == []
    assert all(task.done for task in tasks)
    assert has_ended(tmp_path / "0")
    assert has_ended(tmp_path / "1")


def test_folders_that_nobody_used_for_an_hour_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in ("zone-upload-1", "zone-work-1", "zone-other-1"):
        (tmp_path / name).mkdir()
    background.remove_leftovers()
    assert len(list(tmp_path.iterdir())) == 3
    monkeypatch.setattr(background, "LEFTOVER_S", -1.0)
    background.remove_leftovers()
    assert [path.name for path in tmp_path.iterdir()] == ["zone-other-1"]


def test_the_unit_has_room_for_the_app_and_its_processes() -> None:
    unit = (Path(__file__).parents[2] / "deploy" / "zone.service").read_text()
    gigabytes = int(re.search(r"^MemoryMax=(\d+)G$", unit, re.MULTILINE)[1])  # type: ignore[index]
    assert gigabytes * 1e9 >= 3e9 + background.SLOTS * background.LIMIT_BYTES


def written(folder: Path, change: tuple[str, str] = ("", "")) -> Path:
    """The template as a folder, with a change in its residents."""
    folder.mkdir()
    for name, words in pack.template("Bare").items():
        (folder / name).write_text(words.replace(*change) if name == "residents.csv" else words, encoding="utf-8")
    return folder


@pytest.fixture
def own_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path / "local"))
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")
    return tmp_path


def test_a_city_is_built_apart_and_says_how_far_it_is(own_machine: Path) -> None:
    task = background.start(Language(), building.build, written(own_machine / "pack")).wait(120)
    assert task.result() == ("bare", [])
    assert task.progress == ("done", 1.0)
    assert data.cities()["bare"].name == "Bare"


def test_what_is_wrong_with_a_pack_comes_back_finding_by_finding(own_machine: Path) -> None:
    folder = written(own_machine / "pack", ("0-5,100", "0-5,-4"))
    findings = background.start(Language(), checks.findings, folder).wait(120).result()
    assert [(finding.level, finding.file, finding.column) for finding in findings] == [
        ("error", "residents.csv", "persons")
    ]
    with pytest.raises(pack.PackError) as fault:
        background.start(Language(), building.build, folder).wait(120).result()
    assert fault.value.findings == findings
    assert str(fault.value) == str(findings[0])


def test_it_may_do_what_whoever_began_it_may(own_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rights, "actor", lambda: rights.Actor("reader@city.example", "editor"))
    task = background.start(Language(), building.build, written(own_machine / "pack")).wait(120)
    with pytest.raises(rights.NotAllowedError, match="role of admin"):
        task.result()
    assert local.builds("bare") == []


def test_every_fault_of_the_data_door_comes_whole_out_of_a_process() -> None:
    for fault in (
        SourceError("a.csv", "no header", row=1, hint="Add one"),
        UnknownTableError("berlin/x", ["y"]),
        DataError("so"),
    ):
        again = pickle.loads(pickle.dumps(fault))
        assert (type(again), str(again), again.__dict__) == (type(fault), str(fault), fault.__dict__)
