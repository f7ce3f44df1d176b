"""Who stands in between is said only of one through whom a fair share of the others meet."""

from __future__ import annotations

import pandas as pd
import pytest

import data
from data.context import CityContext
from data.store import seeds
from services import partnerships


def context() -> CityContext:
    return CityContext(data.cities()["berlin"], data.version(), role="viewer")


def initiatives(*groups: tuple[str, ...]) -> pd.DataFrame:
    rows = [
        {
            "name": f"Initiative {number}",
            "city": "Town",
            "topic": "housing",
            "partners": [{"name": name, "sector": "public", "role": ""} for name in group],
        }
        for number, group in enumerate(groups)
    ]
    return pd.DataFrame(rows).assign(example=False)


@pytest.mark.parametrize(
    ("groups", "finding"),
    [
        ((("Hub", "A"), ("Hub", "B"), ("Hub", "C")), "Most in between: Hub"),
        ((("A", "B"), ("C", "D")), "2 groups of partners, none tied to another"),
        ((("A", "B"), ("B", "C"), ("C", "D")), "Most in between: B and C"),
        (
            (("A", "B"), ("B", "C"), ("C", "D"), ("D", "E"), ("E", "A")),
            "No actor stands out in between: at most 1 of 6 pairs of others meet through one",
        ),
    ],
)
def test_a_broker_joins_many_and_shares_the_place_with_few(groups: tuple[tuple[str, ...], ...], finding: str) -> None:
    assert partnerships.network_figure(context(), initiatives(*groups)).finding == finding


def test_ten_of_three_thousand_pairs_make_no_broker() -> None:
    """The starting set: one council is in two of 14 initiatives, betweenness 0.003."""
    rows = pd.DataFrame([{"city": ""} | seed for seed in seeds.seeds() if seed.get("partners")]).assign(example=True)
    figure = partnerships.network_figure(context(), rows)
    assert figure.rows["brokerage"].max() == pytest.approx(0.003, abs=5e-4)
    assert figure.finding.startswith("No actor stands out in between: at most 10 of 3,003 pairs")


def test_a_missing_sector_is_shown_with_its_base() -> None:
    figure = partnerships.missing_figure(context(), initiatives(("A", "B"), ("C",)))
    assert "Housing: private (0/2)" in figure.finding
