"""The starting set: at least 25 initiatives, each with the page its facts were read on."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.store import register, seeds


def test_every_initiative_fits_and_carries_its_evidence() -> None:
    rows = [register.check(seed) for seed in seeds.seeds()]
    assert len(rows) >= 25
    assert len({(row["name"], row["city"]) for row in rows}) == len(rows)
    for row in rows:
        assert row["evidence"], row["name"]
        for page in row["evidence"]:
            assert page["address"].startswith("http"), row["name"]
            assert page["checked"] == seeds.CHECKED
            assert page["fact"]
        assert "@" not in str(row)
    named = {row["name"] for row in rows}
    assert {"CURANT", "CoRE", "B-MINCOME", "USE-IT!", "Co-City", "MARES", "ReFuMuc"} <= named


def test_planting_leaves_a_register_in_use_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")
    assert seeds.fill_register() == len(seeds.seeds())
    assert seeds.fill_register() == 0
    assert len(register.everything()) == len(seeds.seeds())
