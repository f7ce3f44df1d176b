"""Work in processes of its own: what it found, what it says meanwhile, what it may do, how it fails."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import data
from analytics import siting
from data import local, rights
from data.city import building, checks, pack
from data.errors import DataError, SourceError, UnknownTableError
from pages import background


def test_the_optimum_is_found_in_a_process_of_its_own_and_can_be_cancelled() -> None:
    covers = np.array([[1.0, 20.0], [20.0, 1.0], [20.0, 30.0]])
    problem = siting.SitingProblem(
        "maximal covering", covers, np.array([5.0, 9.0, 4.0]), np.ones((1, 3)), np.full(3, np.inf), count=1, limit=15.0
    )
    task = background.start(siting.solve, problem)
    task.process.wait(60)
    assert task.result().sites == [1]
    wrong = background.start(siting.solve, replace(problem, model="guess"))
    wrong.process.wait(60)
    with pytest.raises(RuntimeError, match="no model 'guess'"):
        wrong.result()
    slow = background.start(siting.solve, problem)
    slow.cancel()
    assert slow.done


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


def ended(task: background.Task) -> background.Task:
    assert task.process is not None
    task.process.wait(120)
    return task


def test_a_city_is_built_apart_and_says_how_far_it_is(own_machine: Path) -> None:
    task = ended(background.start(building.build, written(own_machine / "pack")))
    assert task.result() == ("bare", [])
    assert task.told == ("done", 1.0)
    assert data.cities()["bare"].name == "Bare"


def test_what_is_wrong_with_a_pack_comes_back_finding_by_finding(own_machine: Path) -> None:
    folder = written(own_machine / "pack", ("0-5,100", "0-5,-4"))
    found = ended(background.start(checks.findings, folder)).result()
    assert [(one.level, one.file, one.column) for one in found] == [("error", "residents.csv", "persons")]
    with pytest.raises(pack.PackError) as fault:
        ended(background.start(building.build, folder)).result()
    assert fault.value.findings == found
    assert str(fault.value) == str(found[0])


def test_it_may_do_what_whoever_began_it_may(own_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rights, "_actor_provider", lambda: rights.Actor("reader@city.example", "editor"))
    task = ended(background.start(building.build, written(own_machine / "pack")))
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
