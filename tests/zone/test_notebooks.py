"""The notebooks: their code cells run in their order, as Jupyter would, and give the figures of the pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import data
from bench.driver import ROOT
from data.context import CityContext
from services import coverage, displacement, origin_map
from services.areas import current_half_years

NOTEBOOKS = ROOT / "docs" / "notebooks"
CITY = "berlin"


def run(name: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Run a notebook's code cells in one namespace and its own folder; what they have made."""
    monkeypatch.chdir(NOTEBOOKS)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    names: dict[str, Any] = {}
    for number, cell in enumerate(json.loads((NOTEBOOKS / f"{name}.ipynb").read_text())["cells"]):
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"{name}.ipynb, cell {number}", "exec"), names)
    return names


@pytest.fixture
def ctx() -> CityContext:
    return CityContext(data.cities()[CITY], data.version())


def test_protection_is_that_of_the_page(ctx: CityContext, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run("protection", monkeypatch)["result"]
    page = displacement.decisions(ctx, "DEU", "", 1900, 2100).set_index("year")["percent"]
    pd.testing.assert_series_equal(result["percent"], page, check_dtype=False)


def test_day_care_is_that_of_the_page(ctx: CityContext, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run("daycare", monkeypatch)["result"]
    page = coverage.by_area(ctx, "daycare", current_half_years(ctx)[-1], "district", 500).set_index("area_id")
    pd.testing.assert_series_equal(
        result["places_per_100"].astype(float), page["places_per_100"].astype(float), check_names=False
    )


def test_origins_are_those_of_the_page(ctx: CityContext, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run("origins", monkeypatch)["result"]
    newest = current_half_years(ctx)[-1]
    page = origin_map.by_area(ctx, newest, "UKR", "forecast_area", "per_1000", newest).set_index("area_id")
    ours, theirs = (rows["per_1000"].astype("float64").sort_index() for rows in (result, page))
    pd.testing.assert_series_equal(ours, theirs, check_names=False)
    assert np.isfinite(ours).sum() > 50
    assert result["persons"].isna().tolist() == page["suppressed"].reindex(result.index).tolist()


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_nothing_that_was_run_is_stored(path: Path) -> None:
    notebook = json.loads(path.read_text())
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    for cell in notebook["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
    assert 'attrs["source"]' in path.read_text().replace("\\", "")
