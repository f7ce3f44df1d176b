"""Scenarios: the choices of the three what-if pages together, saved, rerun from their inputs and seed, and compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import pandas as pd
from pydantic import Field

from analytics import scenario as files
from analytics.scenario import Scenario
from data import limits, store
from data.context import CityContext, Territory, ViewState
from data.errors import DataError, NothingToShow
from data.figures import Column, Figure
from data.translation import N_
from services import arrivals, background, examples, shock, sites
from services.areas import current_half_years, require_period
from services.cache import cached
from services.figures import Caption, figure
from services.names import facility_kinds
from services.tables import source

MOST = 4  # compared at once
MAX_BYTES = 200_000  # of a scenario file
# page -> the part of a scenario that it sets, what that page is called, its choices
PARTS: dict[str, tuple[str, str, Any]] = {
    "what_if_arrivals": ("arrivals", N_("People arrive"), arrivals),
    "what_if_sites": ("sites", N_("We build"), sites),
    "what_if_shock": ("shock", N_("Something breaks"), shock),
}


class Query(ViewState):
    """name: of the scenario at work. compare: numbers of saved ones."""

    name: Annotated[str, Field(max_length=80)] = ""
    compare: tuple[int, ...] = ()


def build(ctx: CityContext, territory: Territory, name: str, views: Mapping[str, ViewState]) -> Scenario:
    """A scenario of the three pages' choices (by page). Raises NothingToShow where a range does not rise."""
    people: Any = views["what_if_arrivals"]
    return Scenario(
        name=name or ctx.language("My scenario"),
        city=ctx.key,
        period=f"{require_period(ctx, territory):%Y-%m-%d}",
        level=people.level,
        seed=people.seed,
        arrivals=arrivals.inputs(ctx, people),
        sites=sites.inputs(views["what_if_sites"]),  # type: ignore[arg-type]
        shock=shock.inputs(views["what_if_shock"]),  # type: ignore[arg-type]
    )


def choices(scenario: Scenario) -> dict[str, dict[str, Any]]:
    """What a scenario sets on each page, and on this one."""
    return {
        "what_if_arrivals": arrivals.choices(scenario),
        "what_if_sites": sites.choices(scenario.sites),
        "what_if_shock": shock.choices(scenario.shock),
        "what_if_compare": {"name": scenario.name},
    }


def parts_set(ctx: CityContext, scenario: Scenario) -> tuple[str, str]:
    """Names of the pages whose inputs differ from the usual ones in this city, and of the others."""
    _, changed, usual = ctx.language, list[str](), list[str]()
    inputs = {
        "arrivals": arrivals.inputs(ctx, arrivals.Query(**arrivals.defaults(ctx))),
        "sites": sites.inputs(sites.Query(**sites.defaults(ctx))),
        "shock": shock.inputs(shock.Query(**shock.defaults(ctx))),
    }
    for part, title, _service in PARTS.values():
        (usual if getattr(scenario, part) == inputs[part] else changed).append(_(title))
    return ", ".join(changed) or _("none"), ", ".join(usual) or _("none")


def misfit(ctx: CityContext, scenario: Scenario) -> str:
    """Why a scenario cannot be run in this city, in one sentence; empty if it can."""
    kinds = set(facility_kinds(ctx).index)
    checks = {
        "city": (scenario.city, {ctx.key}),
        "level": (scenario.level, set(ctx.levels)),
        "period": (scenario.period, {f"{period:%Y-%m-%d}" for period in current_half_years(ctx)}),
        "sites.kind": (scenario.sites.kind, kinds or {scenario.sites.kind}),
        "shock.kind": (scenario.shock.kind, kinds or {scenario.shock.kind}),
        "arrivals.rule": (scenario.arrivals.rule, set(arrivals.options(ctx)["rule"])),
    }
    for name, (value, options) in checks.items():
        if value not in options:
            return ctx.language(
                "{name}: '{value}' is not known here. Known: {options}.",
                name=name,
                value=value,
                options=", ".join(sorted(options)),
            )
    return ""


def load(ctx: CityContext, content: bytes, name: str) -> Scenario:
    """A scenario of a file, read in a process of its own.

    Raises ValueError in a sentence where it is too large, none, or does not fit this city.
    """
    try:
        limits.check_size(content, name, MAX_BYTES)
        scenario: Scenario = background.run(ctx.language, files.load, content.decode("utf-8", "replace"))
    except DataError as fault:
        raise ValueError(ctx.language(fault.sentence)) from None
    if reason := misfit(ctx, scenario):
        raise ValueError(reason)
    return scenario


def dump(scenario: Scenario) -> str:
    """The scenario as a TOML file."""
    return files.dump(scenario)


def saved(ctx: CityContext) -> dict[int, tuple[str, str]]:
    """Name and text of every saved scenario, by its number, newest first."""
    rows = store.scenarios(ctx.key)
    names = examples.labels(ctx.language, "scenario", dict(zip(rows["id"].tolist(), rows["name"], strict=True)))
    return {number: (names[number], text) for number, text in zip(names, rows["text"], strict=True)}


def save(ctx: CityContext, scenario: Scenario) -> int:
    """Save a scenario; returns its number. Raises NotAllowedError."""
    return store.add_scenario(ctx.key, scenario.name, files.dump(scenario))


def copy(ctx: CityContext, text: str) -> int:
    """Save a scenario again under another name; returns the copy's number. Raises NotAllowedError."""
    scenario = files.load(text)
    return save(ctx, scenario.replace(name=f"{scenario.name[:73]} (copy)"))


def remove(number: int) -> None:
    """Mark a scenario as removed. Raises NotAllowedError."""
    store.remove_scenario(number)


@cached
def outcome(ctx: CityContext, scenario: Scenario) -> dict[str, str]:
    """A scenario's inputs and results in words, rerun from its inputs; what cannot be computed says why."""
    _, (changed, usual), period = ctx.language, parts_set(ctx, scenario), pd.Timestamp(scenario.period)
    rows = {_("Date"): _.day(period), _("Set by whoever saved it"): changed, _("Left as usual"): usual}
    for title, compute in ((_("People who arrive"), _arrivals), (_("New sites"), _sites), (_("Shock"), _shock)):
        try:
            rows |= compute(ctx, scenario, period)
        except NothingToShow as gap:
            rows[title] = gap.what
    return rows | {_("Seed"): str(scenario.seed)}


def _arrivals(ctx: CityContext, scenario: Scenario, period: pd.Timestamp) -> dict[str, str]:
    _, given, level, seed = ctx.language, scenario.arrivals, scenario.level, scenario.seed
    rows = arrivals.placed(ctx, given, level, period, seed)[1]
    language = rows[(rows["service"] == "language") & (rows["month"] == given.months)]
    low, high = arrivals.daycare_shortfall(ctx, given, level, period, seed)
    places = _("{short_low:,.0f} to {short_high:,.0f} places", short_low=low, short_high=high)
    return {
        _("People who arrive"): _(
            "{people:,} to {people_2:,} in {months} months, {rule}",
            people=given.people[0],
            people_2=given.people[2],
            months=given.months,
            rule=_(given.rule),
        ),
        _("Day care short of (estimate)"): f"{places} ({arrivals.borders(ctx, level)})"
        if low >= 0
        else _("free places are not known"),
        _("Language courses (estimate)"): _(
            "{language_low:,.0f} to {language_high:,.0f} learner hours",
            language_low=language["low"].sum(),
            language_high=language["high"].sum(),
        ),
    }


def _sites(ctx: CityContext, scenario: Scenario, period: pd.Timestamp) -> dict[str, str]:
    _, given = ctx.language, scenario.sites
    answer = sites.result(ctx, given, True, period, ctx.largest_level)
    closing = sites.site_names(ctx, given.kind)
    return {
        _("New sites"): _(
            "{sites} × {value}, {model}, within {limit} minutes",
            sites=len(answer.places),
            value=facility_kinds(ctx).loc[given.kind, "label"],
            model=_(given.model),
            limit=given.limit,
        ),
        _("Where"): ", ".join(answer.places["name"].fillna(_("unnamed"))),
        _("Close first"): ", ".join(closing.get(code, code) for code in given.closed) or _("none"),
        _("Newly within reach (estimate)"): _("{iloc:,.0f} people", iloc=answer.gained),
        _("Share served after (estimate)"): _.percent(answer.groups["share_after"].iloc[0], 1),
        _("Cost"): f"{_.number(given.cost * len(answer.places))} EUR",
    }


def _shock(ctx: CityContext, scenario: Scenario, period: pd.Timestamp) -> dict[str, str]:
    _, given = ctx.language, scenario.shock
    answer = shock.result(ctx, given, period, ctx.largest_level)
    parts = (answer.resilience.redundancy, answer.resilience.robustness, answer.resilience.absorption)
    return {
        _("Shock"): _(
            "{value}: {districts} districts closed, {budget} of the budget lost",
            value=facility_kinds(ctx).loc[given.kind, "label"],
            districts=len(given.districts),
            budget=_.percent(given.budget),
        ),
        _("People who lose it (estimate)"): _.number(answer.lost),
        _("Places lost with them"): _.number(answer.places) if answer.places >= 0 else _("not stated"),
        _("Resilience: redundancy, robustness, absorption"): " · ".join(_.number(part, 2) for part in parts),
    }


def comparison(ctx: CityContext, numbers: tuple[int, ...]) -> Figure:
    """Saved scenarios side by side, a column each."""
    _, every = ctx.language, saved(ctx)
    columns = {"result": Column("result", N_("Result"), kind="name")}
    outcomes: dict[str, dict[str, str]] = {}
    for number in numbers:
        name, text = every[number]
        columns[f"scenario_{number}"] = Column(f"scenario_{number}", f"{number}: {name}", kind="text")
        outcomes[f"scenario_{number}"] = outcome(ctx, files.load(text))
    rows = pd.DataFrame(outcomes).rename_axis("result").reset_index()
    credit = f"{_('own estimates of Zone of Social Creativity')}; {source(ctx, 'residents', 'facilities')}"
    return figure(ctx, "scenarios", Caption(_("Scenarios side by side"), "", "", credit), rows, columns=columns)
