"""Displacement as stocks: who is displaced, from where, to where, since when, and how much of a place that is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analytics.findings import MIN_START, relative_change
from analytics.names import N_

if TYPE_CHECKING:
    import ibis

# UNHCR, Global Trends, 'forcibly displaced': refugees under its mandate, Palestine refugees under UNRWA's,
# asylum-seekers, other people in need of international protection, and internally displaced people (IDMC).
FORCIBLY_DISPLACED = ["idps_idmc", "refugees", "asylum_seekers", "other_in_need", "palestine_refugees"]
ACROSS_BORDERS = ["refugees", "asylum_seekers", "other_in_need", "palestine_refugees"]
# Categories that were not counted before a year: a rise there is a wider count, not more people.
COUNTED_FROM = {"palestine_refugees": 1952, "idps_idmc": 1990, "asylum_seekers": 1993, "other_in_need": 2018}
IDPS_BY_COUNTRY = 2009  # before, IDMC's figure is of the world only
# From 2007 on UNHCR counts people in refugee-like situations as refugees, who were others of concern before: its
# Global Trends call the figures since then not fully comparable with those before.
REFUGEE_LIKE = 2007
MOST_GROWTH = 10  # as a share of the first count; beyond it two counts say more than a percentage
LABELS = {
    "refugees": N_("Refugees (UNHCR)"),
    "asylum_seekers": N_("Asylum-seekers"),
    "other_in_need": N_("Others in need of protection"),
    "idps_idmc": N_("Internally displaced (IDMC)"),
    "idps_unhcr": N_("Internally displaced (UNHCR)"),
    "palestine_refugees": N_("Palestine refugees (UNRWA)"),
    "stateless": N_("Stateless people"),
    "others_of_concern": N_("Others of concern"),
    "host_community": N_("Host community"),
    "returned_refugees": N_("Returned refugees"),
    "returned_idps": N_("Returned internally displaced"),
}


def _selected(displaced: ibis.Table, categories: list[str], origin: str | None, asylum: str | None) -> ibis.Table:
    rows = displaced.filter(displaced.category.isin(categories))
    rows = rows.filter(rows.origin == origin) if origin else rows
    return rows.filter(rows.asylum == asylum) if asylum else rows


def stock(
    displaced: ibis.Table,
    by: str,
    *,
    categories: list[str] | None = None,
    origin: str | None = None,
    asylum: str | None = None,
) -> ibis.Table:
    """People at year end by `by` ('category', 'origin' or 'asylum'), as an expression for any engine.

    displaced: year, origin, asylum, category, persons. Gives year, `by`, persons, in that order; a year without rows is
    absent.
    """
    rows = _selected(displaced, categories or FORCIBLY_DISPLACED, origin, asylum)
    return rows.group_by(["year", by]).agg(persons=rows.persons.sum().cast("int64")).order_by(["year", by])


def top_with_rest(
    table: pd.DataFrame, by: str, n: int, *, rest: str = "REST", rank_year: int | None = None
) -> pd.DataFrame:
    """The n largest groups of the newest (or the given) year and one honest rest, so that every year still adds up.

    table: year, `by`, persons. Returns the same columns; the rest's `by` is `rest`.
    """
    if table.empty:
        return table
    year = int(table["year"].max()) if rank_year is None else rank_year
    newest = table[table["year"] == year].nlargest(n, "persons", keep="first")
    group = table[by].where(table[by].isin(newest[by]), rest)
    return table.assign(**{by: group}).groupby(["year", by], as_index=False)["persons"].sum()


def kinds(displaced: ibis.Table, origin: str | None = None, asylum: str | None = None) -> ibis.Table:
    """The forcibly displaced by where they are.

    'inside' their country (IDMC), 'at_home' (Palestine refugees whom UNRWA registers in Palestine itself), 'across' a
    border (all others). Gives year, kind, persons, for any engine.
    """
    import ibis

    rows = _selected(displaced, FORCIBLY_DISPLACED, origin, asylum)
    at_home = (rows.category == "palestine_refugees") & (rows.origin == rows.asylum)
    rows = rows.mutate(kind=ibis.cases((rows.category == "idps_idmc", "inside"), (at_home, "at_home"), else_="across"))
    return rows.group_by(["year", "kind"]).agg(persons=rows.persons.sum().cast("int64")).order_by(["year", "kind"])


def leading(table: pd.DataFrame, n: int) -> pd.DataFrame:
    """The n rows with most persons, largest first; fewer where the last of them are tied with the next."""
    ordered = table.sort_values("persons", ascending=False, kind="stable")
    return ordered.head(n)[lambda top: ~top["persons"].isin(ordered["persons"].iloc[n : n + 1])]


def counted_from(by_country: bool) -> dict[str, int]:
    """First year in which each category was counted at all, in the world or by country."""
    return COUNTED_FROM | ({"idps_idmc": IDPS_BY_COUNTRY} if by_country else {})


def comparable(rows: pd.DataFrame, first: int, last: int, *, by_country: bool) -> list[str]:
    """Categories counted in both years and in one way between; none where refugees were defined anew between.

    A category without a row in a year is not reported there, which is not nobody. rows: year, category, persons.
    """
    since, by_year = counted_from(by_country), rows.groupby("year")["category"].agg(set)
    both = by_year.get(first, set()) & by_year.get(last, set())
    if "refugees" in both and first < REFUGEE_LIKE <= last:
        return []
    return sorted(category for category in both if since.get(category, 0) <= first)


@dataclass(frozen=True)
class Growth:
    """A change between two years: as a share of the first, of the categories comparable over them.

    None where it cannot be told so. wider: whether more is counted in the last year than in the first, or something
    else.
    """

    first: int
    last: int
    share: float | None
    wider: bool


def growth(rows: pd.DataFrame, *, by_country: bool) -> Growth:
    """The change from the first to the last year of counts. rows: year, category, persons; not empty.

    It is no share where a year between has no count, where fewer than MIN_START are counted at the start, or where two
    counts say more: after a rise beyond MOST_GROWTH, or a fall to almost nobody.
    """
    years, categories = sorted(set(rows["year"])), set(rows["category"])
    first, last = years[0], years[-1]
    fitting = comparable(rows, first, last, by_country=by_country)
    counts = rows[rows["category"].isin(fitting)].groupby("year")["persons"].sum()
    share = relative_change(counts.get(first), counts.get(last), floor=MIN_START)
    holds = share is not None and -0.995 < share <= MOST_GROWTH and len(years) == last - first + 1
    return Growth(first, last, share if holds and last > first else None, set(fitting) != categories)


def overlap(displaced: pd.DataFrame, published: pd.DataFrame, year: int) -> float:
    """People whom a sum of categories counts twice in a year (estimate); 0 before the first published overlap.

    After the last published one its share is assumed. displaced: year, asylum, category, persons. published: year,
    overlap_place, overlap_share.
    """
    before = published[published["year"] <= year].sort_values("year").tail(1)
    if before.empty:
        return 0.0
    is_inside = displaced["category"].eq("idps_idmc") & displaced["asylum"].eq(before["overlap_place"].iloc[0])
    return float(
        displaced.loc[is_inside & displaced["year"].eq(year), "persons"].sum() * before["overlap_share"].iloc[0]
    )


def per_1000(persons: pd.Series, residents: pd.Series) -> pd.Series:
    """People per 1,000 residents; empty where residents are unknown or none."""
    return 1000 * persons.astype("Float64") / residents.astype("Float64").where(residents > 0)


def refugees_to_gdp(refugees: pd.Series, residents: pd.Series, usd: pd.Series) -> pd.Series:
    """Refugees per US$ 1 of gross domestic product per resident; empty where either is unknown.

    UNHCR, Statistical Yearbook, 'refugees to GDP per capita' (there at purchasing power parity).
    """
    return refugees.astype("Float64") * residents.astype("Float64") / usd.astype("Float64").where(usd > 0)


def index_to_first(
    table: pd.DataFrame, by: str, time: str = "year", value: str = "persons", *, floor: float = 1
) -> pd.DataFrame:
    """Each group's series with its first value of at least `floor` set to 100; empty before it."""
    ordered = table.sort_values(time)
    start = ordered[ordered[value] >= floor].groupby(by, observed=True)[[time, value]].first()
    base = ordered[by].map(start[value]).astype("Float64")
    index = 100 * ordered[value].astype("Float64") / base
    return ordered.assign(**{value: index.where(ordered[time] >= ordered[by].map(start[time]))})


def reconciliation(displaced: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """The plain sum of the tables beside UNHCR's published headline total, and what the difference is made of.

    published: year, published (persons), overlap_place (ISO code), overlap_share. UNHCR counts Palestine refugees who
    are displaced inside a place once; the tables hold them under both mandates. Their number is estimated as
    overlap_share of the place's internally displaced people; what remains is revision since publication and rounding.
    Returns year, summed, published, difference, overlap (estimate), remainder.
    """
    counted = displaced[displaced["category"].isin(FORCIBLY_DISPLACED)]
    summed = counted.groupby("year")["persons"].sum().rename("summed")
    table = published.merge(summed.reset_index(), on="year")
    inside = displaced[displaced["category"].eq("idps_idmc")].groupby(["year", "asylum"])["persons"].sum()
    pairs = zip(table["year"], table["overlap_place"], strict=True)
    table["overlap"] = [inside.get(pair, 0) for pair in pairs] * table["overlap_share"]
    table["difference"] = table["summed"] - table["published"]
    table["remainder"] = table["difference"] - table["overlap"]
    return table[["year", "summed", "published", "difference", "overlap", "remainder"]]


def pairs(displaced: ibis.Table, year: int, asylum: str | None = None) -> ibis.Table:
    """People displaced across a border in a year by origin and asylum, as an expression for any engine.

    displaced: year, origin, asylum, category, persons; who is in the country of origin (Palestine refugees in
    Palestine) crossed none. Gives origin, asylum, persons, in that order.
    """
    across = displaced.category.isin(ACROSS_BORDERS) & (displaced.origin != displaced.asylum)
    rows = displaced.filter((displaced.year == year) & across)
    if asylum:
        rows = rows.filter(rows.asylum == asylum)
    keys = ["origin", "asylum"]
    return rows.group_by(keys).agg(persons=rows.persons.sum().cast("int64")).order_by(keys)


def corridors(pairs: pd.DataFrame, n: int, *, asylum: str | None = None) -> pd.DataFrame:
    """The n largest origin-asylum pairs, and the rest, so that persons add up. pairs: origin, asylum, persons.

    Returns the same columns; the last row is REST to the given country of asylum (or to REST).
    """
    top = pairs.nlargest(n, "persons", keep="first")
    rest = pairs["persons"].sum() - top["persons"].sum()
    tail = pd.DataFrame({"origin": ["REST"], "asylum": [asylum or "REST"], "persons": [rest]})
    return pd.concat([top, tail[tail["persons"] > 0]], ignore_index=True)


def recognition_rate(decisions: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Share of substantive decisions that gave protection (UNHCR's total protection rate).

    decisions: counted, recognised, complementary, rejected and the columns of `by`. Only decisions counted in persons
    are used; cases are never added to persons. Returns `by`, protected, decided, rate (empty without a decision).
    """
    rows = decisions[decisions["counted"] == "persons"]
    sums = rows.groupby(by)[["recognised", "complementary", "rejected"]].sum()
    table = pd.DataFrame({"protected": sums["recognised"] + sums["complementary"], "decided": sums.sum(axis=1)})
    table["rate"] = table["protected"] / table["decided"].where(table["decided"] > 0)
    return table.reset_index()


def doubling_time(first: float, last: float, years: float) -> float | None:
    """Years in which a stock doubles at its mean yearly growth; None if it does not grow."""
    if first <= 0 or last <= first or years <= 0:
        return None
    return years * math.log(2) / math.log(last / first)


def change_by(table: pd.DataFrame, by: str, first: int, last: int) -> pd.DataFrame:
    """Which groups a change is made of; contributions add up to the change, shares to one.

    table: year, `by`, persons; a group absent in a year had nobody recorded then. Returns `by`, first, last, change,
    share (of the total change; empty if that is zero), largest contribution first.
    """
    wide = table[table["year"].isin([first, last])].pivot_table(
        index=by, columns="year", values="persons", aggfunc="sum", fill_value=0
    )
    wide = wide.reindex(columns=[first, last], fill_value=0).set_axis(["first", "last"], axis=1)
    wide["change"] = wide["last"] - wide["first"]
    total = wide["change"].sum()
    wide["share"] = wide["change"] / total if total else float("nan")
    order = wide["change"].abs().sort_values(ascending=False, kind="stable").index
    return wide.loc[order].rename_axis(by).reset_index()


def pyramid(by_age: pd.DataFrame, asylum: str | None = None) -> pd.DataFrame:
    """People displaced across borders by age and sex, and how many have neither stated.

    by_age: asylum, category, sex, age, persons. Returns sex, age, persons, with 'not stated' kept as a group.
    """
    rows = by_age[by_age["category"].isin(ACROSS_BORDERS)]
    if asylum:
        rows = rows[rows["asylum"] == asylum]
    return rows.groupby(["sex", "age"], as_index=False)["persons"].sum()


def school_age_share(ages: pd.DataFrame) -> tuple[float | None, float]:
    """Share aged 5 to 17 of those whose age is stated, and the share whose age is stated. ages: age, persons."""
    known = ages[ages["age"] != "not stated"]
    everyone, stated = ages["persons"].sum(), known["persons"].sum()
    if not stated:
        return None, 0.0
    return known[known["age"].isin(["5-11", "12-17"])]["persons"].sum() / stated, stated / everyone


def urban_share(by_place: pd.DataFrame, asylum: str | None = None) -> tuple[float, float] | None:
    """Lowest and highest share of people in towns that the stated kinds of place allow; None if nobody is counted.

    by_place: asylum, category, place, persons. 'various' may be either, so it is out of the lower bound and in the
    upper one.
    """
    rows = by_place[by_place["category"].isin(ACROSS_BORDERS)]
    if asylum:
        rows = rows[rows["asylum"] == asylum]
    sums = rows.groupby("place")["persons"].sum().reindex(["urban", "rural", "various"], fill_value=0)
    total = sums.sum()
    return None if not total else (sums["urban"] / total, (sums["urban"] + sums["various"]) / total)


def matrix(pairs: pd.DataFrame, n: int) -> pd.DataFrame:
    """Origin-asylum matrix: n largest of each, REST and TOTAL for what remains. pairs: origin, asylum, persons.

    Returns one row an origin and one column a country of asylum; every row and every column adds up to its TOTAL.
    """
    folded = {}
    for side in ("origin", "asylum"):
        top = pairs.groupby(side)["persons"].sum().nlargest(n).index
        folded[side] = pd.Categorical(pairs[side].where(pairs[side].isin(top), "REST"), [*top, "REST"], ordered=True)
    table = pairs.assign(**folded).pivot_table(
        index="origin", columns="asylum", values="persons", aggfunc="sum", fill_value=0, observed=False
    )
    table = table.set_axis(list(table.columns), axis=1).set_axis(list(table.index), axis=0)
    table["TOTAL"] = table.sum(axis=1)
    table.loc["TOTAL"] = table.sum(axis=0)
    return table


def movements(flows: ibis.Table, solutions: ibis.Table, asylum: str | None, years: tuple[int, int]) -> ibis.Table:
    """What adds to a stock in a year and what takes from it: newly displaced across a border, and lasting solutions.

    flows: year, asylum, category, persons. solutions: year, asylum, solution, persons; returns of internally displaced
    people are left out, since flows across borders do not hold them. UNHCR writes resettlement under the country that
    takes people in, so of a country it is 'resettled_here', an arrival; whom other countries took from there is in no
    table. Gives year, movement, persons, in that order, as an expression for any engine.
    """
    new = flows.select("year", "asylum", "persons", movement="new_" + flows.category)
    ended = solutions.filter(solutions.solution != "returned_idps")
    solution = ended.solution.replace("resettlement", "resettled_here") if asylum else ended.solution
    both = new.union(ended.select("year", "asylum", "persons", movement=solution))
    both = both.filter(both.year.between(*years))
    if asylum:
        both = both.filter(both.asylum == asylum)
    keys = ["year", "movement"]
    return both.group_by(keys).agg(persons=both.persons.sum().cast("int64")).order_by(keys)


MOVEMENTS = {
    "new_refugees": N_("New refugees"),
    "new_asylum_seekers": N_("New asylum claims"),
    "new_refugee_like": N_("New, in refugee-like situations"),
    "new_other_in_need": N_("New others in need of protection"),
    "returned_refugees": N_("Refugees returned"),
    "resettlement": N_("Resettled"),
    "resettled_here": N_("Arrived by resettlement"),
    "naturalisation": N_("Naturalised"),
}
