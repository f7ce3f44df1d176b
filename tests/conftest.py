"""Tests see the shipped tables only, and three cities unlike the shipped one.

What this machine made for itself stays out.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from data import rights

# A busy machine is no fault of the code: no test has a deadline, and none fails because its inputs come slowly.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
os.environ["ZONE_ROLE"] = "admin"  # tests of roles say otherwise
os.environ["ZONE_LOCAL"] = tempfile.mkdtemp(prefix="zone-local-")
# One secret in all runs: which small counts are hidden, and so how many areas a figure has, can be repeated.
os.environ["ZONE_SECRET"] = str(Path(os.environ["ZONE_LOCAL"]) / "tests.key")
Path(os.environ["ZONE_SECRET"]).write_bytes(bytes(range(32)))
os.environ["ZONE_EXAMPLES"] = "0"  # a test's server holds what the test enters; tests of examples say otherwise
os.environ["ZONE_RESULTS_MB"] = "0"  # a test computes what it asserts; tests of what is kept say otherwise
rights.act_as(rights.OWNER)  # tests write as a command does; tests of roles say otherwise


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="many simulations, for docs/calibration.md")


@pytest.fixture(scope="session")
def city_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of local tables with three cities: no districts, districts that no id begins with, and the template."""
    from data.city import building, pack
    from tests.packs import district_pack, strange_pack

    place = tmp_path_factory.mktemp("cities")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZONE_LOCAL", str(place / "local"))
        (place / "bare").mkdir()
        for name, content in pack.template("Bare").items():
            (place / "bare" / name).write_text(content, encoding="utf-8")
        for folder in (strange_pack(place / "strange"), district_pack(place / "districts"), place / "bare"):
            building.build(folder)
    return place / "local"


@pytest.fixture
def cities(city_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[str, ...]:
    """Keys of three cities on this machine beside the shipped one.

    What people enter goes to a database of the test's own.
    """
    monkeypatch.setenv("ZONE_LOCAL", str(city_folder))
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")
    return ("strange", "three-shores", "bare")
