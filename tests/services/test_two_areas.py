"""Two areas side by side: one scale, differences with intervals, nothing said that chance or few people take back."""

from __future__ import annotations

from itertools import combinations

import pandas as pd
import pytest

import data
from analytics import rates
from data.context import CityContext
from data.translation import Language
from services import brief, profile, two_areas

PERIOD = pd.Timestamp("2024-12-31")


def context(city: str = "berlin", language: str = "en") -> CityContext:
    return CityContext(data.cities()[city], data.version(), Language(language))


def test_of_two_areas_with_few_residents_none_does_better() -> None:
    ctx, period = context(), PERIOD
    residents = profile.inclusion.measured(ctx, period, "planning_area")["residents"]
    small, large = str(residents[residents < 300].index[0]), str(residents.idxmax())
    shown = two_areas.pair_figure(ctx, period, "planning_area", small, large)
    assert "better" not in shown.finding
    assert "With fewer than 300 residents" in shown.note


def test_two_areas_stand_on_one_scale_and_differ_by_what_each_has() -> None:
    ctx, period = context(), PERIOD
    shown = two_areas.pair_figure(ctx, period, "district", "08", "04")
    rows = shown.rows.set_index("indicator")
    left, right = (profile.compared(ctx, period, "district", area)[0] for area in ("08", "04"))
    assert rows["difference"].tolist() == pytest.approx((left["value"] - right["value"]).tolist(), nan_ok=True)
    judged = rows.dropna(subset=["better_than", "other_better"])
    lead = judged["better_than"] - judged["other_better"]
    ahead, behind = (lead >= 20).sum(), (lead <= -20).sum()
    assert 0 < ahead + behind < len(judged), "small differences are not counted"
    assert shown.finding == (
        f"Neukölln does clearly better in {ahead} of {len(judged)} measures, Charlottenburg-Wilmersdorf in {behind}"
    )
    turned = two_areas.pair_figure(ctx, period, "district", "04", "08").rows.set_index("indicator")
    assert turned["difference"].tolist() == pytest.approx((-rows["difference"]).tolist(), nan_ok=True)


def test_a_share_s_difference_has_newcombes_interval_of_the_people_it_is_of() -> None:
    ctx, residents = context(), data.table("residents", "berlin")
    rows = two_areas.pair(ctx, PERIOD, "district", "08", "04")
    people = residents[(residents["period"] == PERIOD)].groupby(residents["area_id"].str[:2])["persons"].sum()
    left, right = rows.loc["older", "value"], rows.loc["older", "other"]
    rate = rates.difference(left / 100 * people["08"], people["08"], right / 100 * people["04"], people["04"])
    assert rows.loc["older", ["difference", "low", "high"]].tolist() == pytest.approx(list(rate))
    unknown = {"residents", "density", "daycare_places", "doctor_walk", "origin_mix", "apart"}
    assert rows.loc[list(unknown), ["low", "high"]].isna().all(axis=None)
    # of children, not of all: their interval is wider than the same share of everyone would have
    poverty = rows.loc["child_poverty"]
    everyone = rates.difference(
        poverty["value"] / 100 * people["08"], people["08"], poverty["other"] / 100 * people["04"], people["04"]
    )
    assert poverty["high"] - poverty["low"] > 1.5 * (everyone.high - everyone.low)


def test_a_share_that_is_a_lower_bound_has_no_interval() -> None:
    ctx, level = context(), "planning_area"
    origins = data.table("residents_by_origin", "berlin")
    origins = origins[(origins["period"] == PERIOD) & (origins["level"] == level)]
    gaps = (
        origins[origins["origin"].isin(ctx.city.displaced_origins)]
        .groupby("area_id")["persons"]
        .agg(lambda persons: persons.isna().any())
    )
    first, second = gaps.index[~gaps][:2]
    for hidden in gaps.index[gaps][:3]:
        rows = two_areas.pair(ctx, PERIOD, level, first, hidden)
        assert rows.loc["displaced", ["low", "high"]].isna().all()
        assert rows.loc["older", ["low", "high"]].notna().all()
    assert two_areas.pair(ctx, PERIOD, level, first, second).loc["displaced", ["low", "high"]].notna().all()


def test_what_chance_explains_is_said_of_no_area() -> None:
    ctx, level = context(), "planning_area"
    residents = profile.inclusion.measured(ctx, PERIOD, level)["residents"]
    areas = [str(area) for area in residents[residents.between(300, 3000)].index[10:20]]
    by_chance = 0
    for area, other in combinations(areas, 2):
        rows = two_areas.pair(ctx, PERIOD, level, area, other)
        inside = (rows["low"] <= 0) & (rows["high"] >= 0)
        assert (rows.loc[inside, "clear"] == 0).all()
        by_chance += int((inside & (rows["lead"].abs() >= two_areas.APART)).sum())
        clear = rows[rows["clear"] != 0]
        assert (clear["lead"].abs() >= two_areas.APART).all()
        said = two_areas.sentences(ctx, PERIOD, level, area, other)
        assert sum(map(len, said.values())) == len(clear)
    assert by_chance > 0, "among small areas some wide gaps are chance"


def test_the_brief_of_two_areas_says_what_the_page_shows() -> None:
    ctx = context()
    made = brief.comparison(ctx, PERIOD, "district", "08", "04")
    assert made.title == "Neukölln beside Charlottenburg-Wilmersdorf"
    assert [figure.key for figure in made.figures] == ["pair", "differences"]
    shown = made.figures[1]
    assert shown.rows["measure"].tolist()
    certain = ((shown.rows["low"] > 0) | (shown.rows["high"] < 0)).sum()
    assert f"in {certain} of {len(shown.rows)} shares" in shown.finding
    ahead = made.sections["Charlottenburg-Wilmersdorf does clearly better"]
    assert any(line.startswith("Unemployment (%): ") for line in ahead)
    assert {number.label.split(": ")[0] for number in made.numbers} == {"Neukölln", "Charlottenburg-Wilmersdorf"}


def test_a_city_without_ages_or_shares_has_no_intervals(cities: tuple[str, ...]) -> None:
    for city in cities:
        ctx = CityContext(data.cities()[city], data.version())
        period = pd.Timestamp(profile.inclusion.current_half_years(ctx)[-1])
        level, (area, other, *_more) = ctx.levels[-1], profile.area_names(ctx, ctx.levels[-1])
        rows = two_areas.pair(ctx, period, level, area, other)
        known = rows.dropna(subset=["low"])
        assert (known["low"] <= known["difference"]).all()
        assert (known["difference"] <= known["high"]).all()
        assert (two_areas.differences_figure(ctx, period, level, area, other) is None) == known.empty
