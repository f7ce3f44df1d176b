"""What changed since the count before: the tables' own newest two counts, and nothing that cannot be compared."""

from __future__ import annotations

import pytest

import data
from data.context import CityContext, Territory
from data.errors import NothingToShow
from data.translation import Language
from services import changes

ALWAYS = Territory(country="DEU", first_year=2000, last_year=2100)


def context(language: str = "en") -> CityContext:
    return CityContext(data.cities()["berlin"], data.version(), Language(language))


def test_residents_are_those_of_the_two_newest_days() -> None:
    counts = data.table("residents", "berlin").groupby("period")["persons"].sum().astype(float)
    rows = changes.figure_of_changes(context(), ALWAYS).rows.set_index("measure")
    row = rows.loc["Residents of Berlin"]
    assert (row["before"], row["value"]) == (counts.iloc[-2], counts.iloc[-1])
    assert row["change"] == pytest.approx(100 * (counts.iloc[-1] / counts.iloc[-2] - 1))
    assert (row["at"], row["before_at"]) == tuple(Language().day(day) for day in counts.index[[-1, -2]])


def test_the_largest_change_comes_first_and_is_the_finding() -> None:
    shown = changes.figure_of_changes(context(), ALWAYS)
    sizes = shown.rows["change"].abs().tolist()
    assert sizes == sorted(sizes, reverse=True)
    assert min(sizes) >= 0.1
    assert f"{shown.rows['change'].iloc[0]:+.1f}" in shown.finding.replace("\u2212", "-")


def test_a_change_over_a_break_is_no_change() -> None:
    """The series of cultural work breaks in 2021: 2020 and 2021 are not compared, 2021 and 2022 are."""
    names = [
        changes.figure_of_changes(context(), ALWAYS.changed(last_year=year)).rows["measure"] for year in (2021, 2022)
    ]
    label = "Cultural employment in Berlin"
    assert [label in set(shown) for shown in names] == [False, True]


def test_districts_have_their_own_counts_and_small_changes_are_left_out() -> None:
    residents = data.table("residents", "berlin")
    for district in ("03", "08"):
        rows = changes.figure_of_changes(context(), ALWAYS.changed(district=district)).rows
        mine = residents[residents["area_id"].str.startswith(district)]
        counts = mine.groupby("period")["persons"].sum().astype(float)
        shown = rows.loc[rows["measure"].str.startswith("Residents of "), "value"].tolist()
        is_change = abs(counts.iloc[-1] / counts.iloc[-2] - 1) >= 0.001
        assert shown == ([counts.iloc[-1]] if is_change else []), district


def test_one_year_alone_has_nothing_to_compare() -> None:
    with pytest.raises(NothingToShow):
        changes.figure_of_changes(context(), ALWAYS.changed(first_year=1951, last_year=1951))
