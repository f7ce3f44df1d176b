"""Work in processes of its own: what it found, what it says meanwhile, what it may do, how it fails."""

from __future__ import annotations

import pickle
from dataclasses import replace
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


def test_work_that_takes_too_long_is_ended_though_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "LIMIT_S", 0.5)
    task = background.start(Language("de"), sleep, [], 60).wait(30)
    assert task.process is not None
    assert task.process.poll() is not None
    with pytest.raises(RuntimeError, match="0 Sekunden"):
        task.result()


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
