"""Turns of page runs: one at a time, none for ever, none lost."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from views import run_lock
from views.run_lock import RunLock


def holding(turns: RunLock, reader: str = "") -> tuple[threading.Thread, threading.Event, threading.Event]:
    """A thread that takes a turn and keeps it until it is told to go: the thread, `inside` and `go`."""
    inside, go = threading.Event(), threading.Event()

    def run() -> None:
        with turns.hold(reader):
            inside.set()
            go.wait(30)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, inside, go


def test_the_next_begins_when_the_one_before_has_ended() -> None:
    turns = RunLock(longest_s=60)
    first, first_inside, first_go = holding(turns)
    assert first_inside.wait(30)
    second, second_inside, second_go = holding(turns)
    assert not second_inside.wait(0.2)
    first_go.set()
    assert second_inside.wait(30)
    second_go.set()
    first.join()
    second.join()


def test_a_long_one_keeps_nobody_waiting_for_ever_and_hands_on_nothing_afterwards() -> None:
    turns = RunLock(longest_s=0.05)
    long, inside, go = holding(turns)
    assert inside.wait(30)
    turns.longest_s = 60
    second, second_inside, second_go = holding(turns)
    assert second_inside.wait(30)  # while the long one is still at work
    go.set()
    long.join()
    third, third_inside, third_go = holding(turns)
    assert not third_inside.wait(0.2)  # the end of the long one has not ended the second one's turn
    second_go.set()
    assert third_inside.wait(30)
    third_go.set()
    second.join()
    third.join()


def test_a_turn_that_fails_is_handed_on() -> None:
    turns = RunLock(longest_s=60)
    with pytest.raises(ValueError, match="broken"), turns.hold():
        raise ValueError("broken")
    _thread, inside, go = holding(turns)
    assert inside.wait(30)
    go.set()


def test_everyone_gets_a_turn_and_never_two_at_once() -> None:
    turns, within, most = RunLock(longest_s=60), [0], [0]

    def run(_number: int) -> None:
        with turns.hold():
            within[0] += 1
            most[0] = max(most[0], within[0])
            threading.Event().wait(0.001)
            within[0] -= 1

    with ThreadPoolExecutor(20) as pool:
        assert len(list(pool.map(run, range(200)))) == 200
    assert most == [1]


def test_one_who_asks_again_and_again_waits_behind_those_who_ask_once() -> None:
    turns, order = RunLock(longest_s=60), []

    def run(reader: str) -> None:
        with turns.hold(reader):
            order.append(reader)
            time.sleep(0.02)

    first, inside, go = holding(turns, "flood")
    assert inside.wait(30)
    time.sleep(0.3)  # what the flood uses now counts against its later turns
    runs = [threading.Thread(target=run, args=(reader,)) for reader in [*["flood"] * 20, "a", "b", "c"]]
    for thread in runs:
        thread.start()
    time.sleep(0.1)
    go.set()
    for thread in [first, *runs]:
        thread.join(30)
    assert sorted(order[:3]) == ["a", "b", "c"]
    assert order.count("flood") == 20  # and none of its runs is lost


def test_long_runs_of_one_reader_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_lock, "HEAVY_S", 0.2)
    turns = RunLock(longest_s=0.05)
    with turns.hold("quiet"):
        pass
    heavy, inside, go = holding(turns, "heavy")
    assert inside.wait(30)
    time.sleep(0.3)
    go.set()
    heavy.join()
    other, inside, other_go = holding(turns, "other")
    assert inside.wait(30)
    second, second_inside, second_go = holding(turns, "heavy")
    unknown, unknown_inside, unknown_go = holding(turns, "seen for the first time")
    assert not second_inside.wait(0.3)
    assert not unknown_inside.is_set()
    quiet, quiet_inside, quiet_go = holding(turns, "quiet")
    assert quiet_inside.wait(30)  # passes the heavy one by
    for event in (quiet_go, other_go, unknown_go, second_go):
        event.set()
    assert unknown_inside.wait(30)
    assert second_inside.wait(30)
    for thread in (other, second, quiet, unknown):
        thread.join(30)
