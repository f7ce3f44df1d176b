"""Creative economy in Europe: how common cultural work is, what it consists of, which activities count."""

from __future__ import annotations

import pandas as pd

import data
from analytics import classes, creative, specialisation
from analytics.findings import extreme
from data.city.countries import iso3
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure, KeyFigure, Layer, Map
from data.translation import N_
from services.areas import world_shapes
from services.cache import cached
from services.columns import by_name
from services.figures import Caption, Shading, chart, figure, legend, ranges
from services.findings import ends
from services.tables import world_source, world_table

THOUSANDS = N_("thousand persons")
SCOPE = N_("Eurostat culture statistics")  # what Eurostat's figures of cultural work count
LFS_BREAK = 2021  # the labour force survey's series breaks here
PRINTED_STEP = 0.1 + 1e-9  # Eurostat prints shares to a tenth of a per cent
EUROPE = (11.0, 52.5, 2.7)  # longitude, latitude, zoom
SHAPES = {"nuts_id": "regions", "iso3": "country_shapes"}
WORK = "cultural_employment"
COUNTRIES, UNION, PARTS = "cultural_employment_by_country", "cultural_employment_union", "cultural_employment_parts"
AGE_AND_EDUCATION = {"Y15-29": N_("aged 15 to 29"), "ED5-8": N_("with tertiary education")}
COLUMNS = by_name(
    Column("country", N_("Country code"), kind="id"),
    Column("region", N_("Region"), kind="name"),
    Column("thousand_persons", N_("People in cultural work"), THOUSANDS, digits=1),
    Column("first", N_("People in cultural work in the first year"), THOUSANDS, digits=1),
    Column("last", N_("People in cultural work in the last year"), THOUSANDS, digits=1),
    Column("people", N_("People in cultural work, median of the years"), THOUSANDS, digits=1),
    Column("change", N_("Change"), THOUSANDS, digits=1),
    Column("growth", N_("Growth of cultural work"), N_("% a year"), digits=1),
    Column("years", N_("Years with a figure")),
    Column("above_median", N_("Growth against the median region"), N_("points a year"), digits=1),
    Column("percent", N_("Share of all work"), "%", digits=1),
    Column("first_percent", N_("Share of all work in the first year"), "%", digits=1),
    Column("lq", N_("Location quotient"), digits=2),
    Column("place", N_("Place among the country's regions")),
    Column("distance", N_("distance, standard deviations"), digits=2),
    Column("flag", N_("Flag of the source"), kind="text"),
    Column("part", N_("Part"), kind="text"),
    Column("submarket", N_("Submarket"), kind="text"),
    Column("label", N_("Activity"), kind="name"),
    Column("code", N_("Code"), kind="id"),
    Column("weight", N_("Weight"), digits=2),
    Column("nace_2_1", N_("Code in NACE Rev. 2.1"), kind="id"),
)


ACTIVITIES = (  # of cultural work in Eurostat's table
    N_("Arts and entertainment (R90)"),
    N_("Broadcasting (J60)"),
    N_("Design, photography, translation (M74.1 to M74.3)"),
    N_("Film, television, music (J59)"),
    N_("Libraries, archives, museums (R91)"),
    N_("Printing (C18)"),
    N_("Publishing (part of J58)"),
)


class Query(ViewState):
    """What a reader asks of this page: the scope whose codes are listed."""

    scope: str = ""


def breaks(ctx: CityContext, first: int, last: int) -> dict[int, str]:
    """The break of the survey, where it lies within these years."""
    return {LFS_BREAK: ctx.language("break in series")} if first <= LFS_BREAK <= last else {}


def break_note(ctx: CityContext, first: int, last: int) -> str:
    """What a change between two years is worth where the survey breaks between them; '' where it does not."""
    spans = first < LFS_BREAK <= last
    return ctx.language("spans the 2021 break in series: read as an indication") if spans else ""


def europe_map(ctx: CityContext, key: str, caption: Caption, rows: pd.DataFrame, selected: str) -> Figure:
    """A figure with a map of Europe by location quotient or points of growth.

    rows: nuts_id or iso3, name, value (what is coloured), shown (its text), exported columns. selected: what is marked.
    """
    place = "nuts_id" if "nuts_id" in rows else "iso3"
    shapes = world_shapes(SHAPES[place], place)
    rows = rows.sort_values("value", ascending=False, ignore_index=True)
    grouped = classes.classify(rows["value"])
    layer = Layer("areas", {"shapes": shapes, "rows": rows, "classes": grouped, "key": place, "selected": selected})
    labels = ranges(grouped, Shading(digits=2), ctx.language)
    lon, lat, zoom = EUROPE
    drawing = Map([layer], lon, lat, zoom, legend(ctx, f"{caption.unit}, {caption.period}", grouped, labels))
    return figure(ctx, key, caption, rows.drop(columns=["value", "shown"]), drawing, COLUMNS, shapes)


@cached
def absent_regions(ctx: CityContext) -> str:
    """The regions of the map that have no figure in any year: whole countries by name, others one by one."""
    _, rows, known = ctx.language, world_table("regions"), world_table("cultural_employment_by_country")
    known = known.drop_duplicates("country").set_index("country")
    absent = rows[~rows["nuts_id"].isin(world_table(WORK)["nuts_id"])]
    names = []
    for country, part in absent.groupby("country"):
        if len(part) > 1 and len(part) == (rows["country"] == country).sum() and country in known.index:
            name = _.country(known.loc[country, "iso3"], known.loc[country, "name"])
            names.append(_("{country} (all {n})", country=name, n=len(part)))
        else:
            names += list(part["name"])
    return _(
        "{n} of {all} regions have no figure in any year: {names}", n=len(absent), all=len(rows), names=", ".join(names)
    )


def usual_region(ctx: CityContext, codes: list[str]) -> str:
    """The city's region; of a city without one the first of its country, or of all where that has none. codes: NUTS."""
    own = [code for code in codes if iso3(code[:2]) == ctx.city.country]
    return ctx.city.region or next(iter(own), codes[0])


def fetch_hint(ctx: CityContext, command: str) -> str:
    """What to do where a table is not shipped: the command for administrators, whom to ask for everyone else."""
    _ = ctx.language
    return _(command) if ctx.role == "admin" else _("The administrators of this server can fetch the table.")


def scopes(ctx: CityContext) -> dict[str, str]:
    """Name of each scope by its code."""
    rows = world_table("creative_scopes")
    return {scope: ctx.language(label) for scope, label in zip(rows["scope"], rows["label"], strict=True)}


def printed_years() -> list[int]:
    """Years for which shares by country are printed, oldest first."""
    return sorted(int(year) for year in world_table(COUNTRIES)["year"].unique())


@cached
def shares(ctx: CityContext, year: int) -> pd.DataFrame:
    """Countries and the EU with their share of the year, location quotient and growth since the first year printed."""
    rows, start = world_table(COUNTRIES), printed_years()[0]
    wide = rows.pivot(index="country", columns="year", values="thousand_persons")
    now = rows[rows["year"] == year].set_index("country")
    now = now.join(specialisation.quotient_of_rounded(now["percent"], float(now.loc["EU", "percent"])))
    now["growth"] = 100 * creative.growth_rate(wide[start], wide[year], max(year - start, 1))
    now["name"] = [ctx.language.country(iso3, name) for iso3, name in zip(now["iso3"], now["name"], strict=True)]
    return now.assign(first_percent=rows[rows["year"] == start].set_index("country")["percent"]).reset_index()


def country_figures(ctx: CityContext, territory: Territory) -> list[Figure]:
    """Cultural work by country in the newest chosen year, and since the first year printed. Raises NothingToShow."""
    _, years = ctx.language, printed_years()
    chosen = [year for year in years if territory.first_year <= year <= territory.last_year]
    if not chosen:
        raise NothingToShow(
            _("Shares by country are printed for {printed} to {printed_2}.", printed=years[0], printed_2=years[-1]),
            _("Choose one of these years."),
        )
    start, year = years[0], chosen[-1]
    rows = shares(ctx, year)
    quotients = _quotients_figure(ctx, rows, year)
    return (
        [quotients] if year == start else [quotients, _slope(ctx, rows, start, year), _growth(ctx, rows, start, year)]
    )


def _own(ctx: CityContext, rows: pd.DataFrame) -> str:
    """Name of the city's country, '' where it has no row."""
    return next(iter(rows.loc[rows["iso3"] == ctx.city.country, "name"]), "")


def _quotients_figure(ctx: CityContext, rows: pd.DataFrame, year: int) -> Figure:
    _, is_union = ctx.language, rows["country"] == "EU"
    whole, countries = rows[is_union].iloc[0], rows[~is_union].assign(value=rows["lq"])
    countries["shown"] = _.each(
        "{p:.1f} % of work, {q:.2f} times the EU ({low:.2f} to {high:.2f} given rounding)",
        p=countries["percent"],
        q=countries["lq"],
        low=countries["low"],
        high=countries["high"],
    )
    quotient = dict(zip(countries["name"], countries["lq"], strict=True))
    finding = ends(
        ctx,
        countries,
        "percent",
        lambda name, _share: _(
            "{name}: cultural work is {lq:.2f} times as common as in the EU ({percent:.1f} %)",
            name=name,
            lq=quotient[name],
            percent=whole["percent"],
        ),
        lambda share: _.number(share, 1, suffix=" %"),
        largest=True,
        digits=1,
        subject=_("Share of cultural work"),
        what=_("countries"),
    ).text
    unit = _("location quotient of cultural employment, EU = 1 (scope: {scope})", scope=_(SCOPE))
    note = _("from shares printed to 0.1 %, so each quotient has a range")
    caption = Caption(finding, unit, str(year), world_source(COUNTRIES), note)
    return europe_map(ctx, "countries", caption, countries, ctx.city.country)


def _slope(ctx: CityContext, rows: pd.DataFrame, start: int, year: int) -> Figure:
    _, pairs = ctx.language, rows.dropna(subset=["first_percent"]).sort_values("percent")
    countries, change = rows[rows["country"] != "EU"], pairs["percent"] - pairs["first_percent"]
    rose = int((countries["percent"] > countries["first_percent"] + PRINTED_STEP).sum())
    labelled = pairs.loc[(change.abs() > PRINTED_STEP) | (pairs["country"] == "EU"), "name"]
    unit = _("% of total employment (scope: {scope}); printed to 0.1, break in series in 2021", scope=_(SCOPE))
    caption = Caption(
        _(
            "The share rose by more than rounding can hide in {rose} of {countries} countries",
            rose=rose,
            countries=len(countries),
        ),
        _("{unit}; named: the EU, the chosen country and those that moved by more than rounding", unit=unit),
        f"{start}–{year}",
        world_source(COUNTRIES),
        break_note(ctx, start, year),
    )
    drawing = chart(
        "slope",
        pairs,
        name="name",
        first="first_percent",
        last="percent",
        heads=(str(start), str(year)),
        marked=_own(ctx, rows),
        labelled=list(labelled),
    )
    return figure(ctx, "slope", caption, pairs[["country", "name", "first_percent", "percent"]], drawing, COLUMNS)


def _growth(ctx: CityContext, rows: pd.DataFrame, start: int, year: int) -> Figure:
    _, whole = ctx.language, rows[rows["country"] == "EU"].iloc[0]
    countries = rows[rows["country"] != "EU"].dropna(subset=["growth"])
    both = (countries["percent"] > whole["percent"]) & (countries["growth"] > whole["growth"])
    ends = [countries.nlargest(3, "growth"), countries.nsmallest(3, "growth")]
    ends += [countries.nlargest(2, "percent"), countries.nsmallest(1, "percent")]
    caption = Caption(
        _("{both} countries have both a larger share than the EU and faster growth", both=int(both.sum())),
        _("% a year against % of total employment; dotted: EU (scope: {scope})", scope=_(SCOPE)),
        f"{start}–{year}",
        world_source(COUNTRIES),
        break_note(ctx, start, year),
    )
    drawing = chart(
        "scatter",
        countries,
        x="percent",
        y="growth",
        name="name",
        x_unit=_("share of all work, %"),
        y_unit=_("growth of cultural work, % a year"),
        marked=_own(ctx, rows),
        labelled=list(pd.concat(ends)["name"]),
        across=(float(whole["percent"]), float(whole["growth"])),
    )
    return figure(ctx, "growth-share", caption, countries[["country", "name", "percent", "growth"]], drawing, COLUMNS)


def activities_figure(ctx: CityContext) -> Figure:
    """What cultural work in the EU consists of, by year."""
    _, rows = ctx.language, world_table(UNION)
    rows = rows[rows["split"] == "activity"].drop(columns="split")
    rows = rows.assign(part=rows["part"].map({activity: _(activity) for activity in ACTIVITIES}))
    first, last = int(rows["year"].min()), int(rows["year"].max())
    wide = rows.pivot(index="part", columns="year", values="thousand_persons")
    change = (wide[last] / wide[first] - 1).rename("change").rename_axis("name").reset_index()
    least = extreme(change, "change", largest=False, digits=3)
    finding = ends(
        ctx,
        change,
        "change",
        lambda name, words: _(
            "{index} grew most since {first}, {iloc}; {index_2} changed by {iloc_2}",
            index=name,
            first=first,
            iloc=words,
            index_2=_.listed(least.names if least else ()),
            iloc_2=_.signed_percent(least.value if least else None),
        ),
        _.signed_percent,
        largest=True,
        digits=3,
        subject=_("Change since {first}", first=str(first)),
        what=_("kinds of cultural work"),
    ).text
    caption = Caption(
        finding,
        _("thousand persons, European Union (scope: {scope})", scope=_(SCOPE)),
        f"{first}–{last}",
        world_source(UNION),
        break_note(ctx, first, last),
    )
    drawing = chart(
        "lines", rows, x="year", y="thousand_persons", by="part", unit=_(THOUSANDS), breaks=breaks(ctx, first, last)
    )
    return figure(ctx, "activities", caption, rows, drawing, COLUMNS)


def union_key_figures(ctx: CityContext) -> list[KeyFigure]:
    """Women's share of cultural work in the EU, and how concentrated it is on some activities."""
    _, rows = ctx.language, world_table(UNION)
    sexes = rows[rows["split"] == "sex"].pivot(index="year", columns="part", values="thousand_persons")
    women = sexes["women"] / sexes.sum(axis=1)
    activities = rows[rows["split"] == "activity"].set_axis(["area", "split", "kind", "count"], axis=1)
    last = specialisation.herfindahl(activities).set_index("area").loc[women.index[-1]]
    change = _("{loc:+.1f} points since {index}", loc=100 * (women.iloc[-1] - women.iloc[0]), index=str(women.index[0]))
    help_text = _("Sum of squared shares: 0.143 if all seven were equally large, 1 if there were one only.")
    return [
        KeyFigure(_("Women in cultural work"), _.percent(women.iloc[-1], 1), change),
        KeyFigure(_("Herfindahl index of the seven activities"), _.number(last["herfindahl"], 3), help=help_text),
        KeyFigure(_("As many equal activities"), _.number(last["effective"], 1)),
    ]


def union_source(ctx: CityContext) -> str:
    """Where and when the key figures of the EU are from."""
    last = str(world_table(UNION)["year"].max())
    return ctx.language("European Union, {last} · Source: {value}", last=last, value=world_source(UNION))


def age_and_education_figure(ctx: CityContext) -> Figure:
    """How young and how educated those in cultural work are. Raises NothingToShow where it has not been fetched."""
    _ = ctx.language
    missing = NothingToShow(
        _("Age and education of people in cultural work are not shipped."),
        fetch_hint(ctx, N_("Run `make refresh` where the machine is online.")),
    )
    if not data.has(PARTS):
        raise missing
    rows, union = world_table(PARTS), world_table(UNION)
    rows = rows[(rows["geo"] == "EU27_2020") & rows["part"].isin(AGE_AND_EDUCATION)]
    whole = union[union["split"] == "sex"].groupby("year")["thousand_persons"].sum()
    rows = rows.assign(
        percent=100 * rows["thousand_persons"] / rows["year"].map(whole),
        group=[_(AGE_AND_EDUCATION[part]) for part in rows["part"]],
    ).dropna(subset="percent")
    if rows.empty:
        raise missing
    caption = Caption(
        _("How young and how educated cultural work is"),
        _("% of cultural employment, European Union (scope: {scope})", scope=_(SCOPE)),
        f"{rows['year'].min()}–{rows['year'].max()}",
        world_source(PARTS),
    )
    drawing = chart("lines", rows, x="year", y="percent", by="group", unit="", digits=1)
    return figure(ctx, "who", caption, rows[["year", "group", "thousand_persons", "percent", "flag"]], drawing, COLUMNS)


def codes_figure(ctx: CityContext, query: Query) -> Figure:
    """The activity codes of a scope as a table, with their successors in NACE Rev. 2.1."""
    _, codes = ctx.language, world_table("creative_codes")
    rows = codes[codes["scope"] == query.scope].drop(columns="scope")
    successors = world_table("nace_bridge").groupby("nace_2")["nace_2_1"].agg(", ".join)
    rows = rows.assign(nace_2_1=rows["code"].str.extract(r"(\d\d\.\d\d)", expand=False).map(successors))
    scope, label = world_table("creative_scopes").set_index("scope").loc[query.scope], scopes(ctx)[query.scope]
    note = _(
        "**{loc}**: {code} codes in {submarket} groups. Defined by: {loc_2}.",
        loc=label,
        code=rows["code"].nunique(),
        submarket=rows["submarket"].nunique(),
        loc_2=scope["defined_by"],
    )
    caption = Caption(
        _("Codes of {scope}", scope=label),
        _("Codes of the scope with weight and successor in NACE Rev. 2.1"),
        data.entry("creative_codes").period,
        world_source("creative_codes"),
        note.replace("**", ""),
    )
    rows = rows.assign(label=rows["label"].map(_), submarket=rows["submarket"].map(_))
    return figure(ctx, "codes", caption, rows, columns=COLUMNS)
