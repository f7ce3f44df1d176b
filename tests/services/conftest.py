"""Cities that several tests of services share."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import data
from data.city import building
from data.context import CityContext
from tests.packs import district_pack


@pytest.fixture
def three_shores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CityContext:
    """A city of three districts whose eight services are museums, theatres and cinemas."""
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path / "local"))
    folder = district_pack(tmp_path / "pack")
    services = pd.read_csv(folder / "services.csv")
    culture = {"library": "museum", "school_primary": "theatre", "playground": "cinema"}
    services.assign(kind=services["kind"].map(culture)).to_csv(folder / "services.csv", index=False)
    building.build(folder)
    return CityContext(data.cities()["three-shores"], data.version())
