"""How fast a client may ask."""

from __future__ import annotations

import time

import pytest

from web.rates import Rates, client


def test_a_bucket_is_emptied_and_fills_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    rates = Rates(burst=3, per_s=2)
    assert [rates.wait("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert rates.wait("b") == 0  # another client has its own
    now[0] += 0.5
    assert [rates.wait("a") for _ in range(2)] == [0, 0.5]
    now[0] += 1000
    assert [rates.wait("a") for _ in range(4)] == [0, 0, 0, 0.5]  # never more than the burst
    rates.charge("a", 10)
    assert rates.wait("a", 0) == 5.0
    now[0] += 5.0
    assert rates.wait("a", 0) == 0


def test_who_a_client_is() -> None:
    def address(host: str) -> str:
        return client({"client": (host, 1)})

    assert address("192.0.2.7") == "192.0.2.7"
    assert address("2001:db8:1:2::1") == address("2001:db8:1:2:ffff::9")  # one office
    assert address("2001:db8:1:2::1") != address("2001:db8:1:3::1")
    assert address("testclient") == "testclient"
    assert client({"client": None}) == ""


def test_old_clients_are_forgotten() -> None:
    rates = Rates(burst=1, per_s=0.001)
    for number in range(10_001):
        rates.wait(str(number))
    assert len(rates._left) == 10_000
