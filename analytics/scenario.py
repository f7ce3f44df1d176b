"""Scenarios: named inputs that rerun to the same numbers, as a TOML file.

Their ranges are those of the pages' choices: `shared` makes a field of a page's view from one of these.
"""

from __future__ import annotations

import reprlib
import tomllib
from functools import partial
from typing import Annotated, Any, Literal, Self, TypeVar

import tomli_w
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from analytics.arrivals import RULES
from analytics.names import N_

Walker = Literal["adult", "child", "older person", "wheelchair", "bicycle"]
SITING = (N_("maximal covering"), N_("p-median"), N_("p-centre"), N_("set covering"), N_("fairest"))
Span = TypeVar("Span", bound=tuple[float, ...])


def _rising(values: Span) -> Span:
    if list(values) != sorted(values):
        raise ValueError(f"the three numbers must rise, not {list(values)}")
    return values


def _whole(shares: Span) -> Span:
    if abs(sum(shares) - 1) > 0.001:
        raise ValueError(f"shares must add up to 1, not {sum(shares):g}")
    return shares


Name = Annotated[str, Field(max_length=200)]
Place = Annotated[str, Field(pattern=r"^-?\d{1,2}(\.\d{1,5})?;-?\d{1,3}(\.\d{1,5})?$")]  # latitude;longitude, degrees
Share = Annotated[float, Field(ge=0, le=1)]
People = Annotated[int, Field(ge=0, le=500_000)]
Minutes = Annotated[int, Field(ge=5, le=45)]
Weight = Annotated[float, Field(ge=0)]
# The literals are the tuples of names above and in arrivals, which are marked for translation where they stand.
Rule = Literal[RULES]  # type: ignore[valid-type]
Model = Literal[SITING]  # type: ignore[valid-type]


class Inputs(BaseModel):
    """Checked, unchanging inputs. Raises ValidationError, which is a ValueError, where one is out of its range."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    def replace(self, **changes: Any) -> Self:
        """The same inputs with some changed, checked like all."""
        return type(self)(**(dict(self) | changes))


class Arrivals(Inputs):
    """Who arrives: people lowest, most likely and highest; months; shares by age (0-5, 6-17, 18-64, 65+); rule.

    vacancy: share of stated places that are free. own: weights by area in the order of their ids, for 'own table'.
    """

    people: Annotated[tuple[People, People, People], AfterValidator(_rising)] = (8000, 10000, 15000)
    months: int = Field(default=12, ge=1, le=36)
    ages: Annotated[tuple[Share, Share, Share, Share], AfterValidator(_whole)] = (0.1, 0.2, 0.62, 0.08)
    rule: Rule = "where compatriots live"
    vacancy: Annotated[tuple[Share, Share, Share], AfterValidator(_rising)] = (0.0, 0.005, 0.02)
    own: tuple[Weight, ...] = ()


class Sites(Inputs):
    """Where to build: kind of service, model, how many, walker and their limit in minutes, cost of a site in euros.

    room: people that a new site takes, 0 for any number (maximal covering only). closed: source ids of sites that close
    first. places: where new sites may stand, for public buildings; empty for these.
    """

    kind: Name = "library"
    model: Model = "maximal covering"
    count: int = Field(default=5, ge=1, le=25)
    limit: Minutes = 15
    walker: Walker = "adult"
    cost: int = Field(default=1_000_000, ge=0, le=100_000_000)
    room: int = Field(default=0, ge=0, le=1_000_000)
    closed: tuple[Name, ...] = ()
    places: Annotated[tuple[Place, ...], Field(max_length=100)] = ()


class Shock(Inputs):
    """What goes wrong: kind of service, minutes, districts whose sites close, share of the budget lost, times arrivals.

    floor: the share served below which an area falls. reopened: sites a year.
    """

    kind: Name = "daycare"
    limit: Minutes = 5
    districts: tuple[Name, ...] = ()
    budget: float = Field(default=0.1, ge=0, le=0.9)
    arrivals: float = Field(default=2.0, ge=1, le=5)
    floor: Share = 0.7
    reopened: int = Field(default=20, ge=1, le=500)


class Scenario(Inputs):
    """One what-if with all its inputs; the same scenario and seed give the same numbers."""

    name: str = Field(max_length=80)
    city: Name
    period: Name
    level: Name = "district"
    seed: int = Field(default=0, ge=0, le=2**31)
    arrivals: Arrivals = Arrivals()
    sites: Sites = Sites()
    shock: Shock = Shock()


def shared(inputs: type[Inputs], name: str, factor: float = 1) -> Any:
    """A field of one number as a choice of a page: the same default and range, times a factor (100: in per cent)."""
    field = inputs.model_fields[name]
    scaled = partial(_scaled, kind=type(field.default * factor), factor=factor)
    ends = {end: getattr(rule, end) for rule in field.metadata for end in ("ge", "le") if hasattr(rule, end)}
    return Field(default=scaled(field.default), **{end: scaled(value) for end, value in ends.items()})


def _scaled(value: float, kind: type, factor: float) -> Any:
    return kind(round(factor * value, 9))


def dump(scenario: Scenario) -> str:
    """The scenario as a TOML file."""
    return "# A scenario of Zone of Social Creativity\n" + tomli_w.dumps(scenario.model_dump())


def load(text: str) -> Scenario:
    """A scenario from a TOML file. Raises ValueError that names the key and the mend where something does not fit."""
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as fault:
        why = "it is nested too deeply" if isinstance(fault, RecursionError) else fault
        raise ValueError(f"The scenario file is not TOML: {why}. Save one from this page and change that.") from None
    try:
        return Scenario.model_validate({name: _tuples(value) for name, value in tables.items()})
    except ValidationError as fault:
        raise ValueError(_sentence(fault)) from None


def _tuples(value: Any) -> Any:
    """A table with its arrays as tuples."""
    if not isinstance(value, dict):
        return value
    return {name: tuple(item) if isinstance(item, list) else item for name, item in value.items()}


def _sentence(fault: ValidationError) -> str:
    """The first thing that does not fit: its key, what was expected, what came."""
    error = fault.errors(include_url=False)[0]
    keys = [str(key)[:80] for key in error["loc"]]
    where, kind = ".".join(keys), error["type"]
    if kind == "missing" and len(keys) == 1:
        return f"{where}: the scenario file must state it."
    if kind in ("missing", "too_long"):
        return f"{'.'.join(keys[:2])}: too {'few' if kind == 'missing' else 'many'} numbers."
    if kind == "extra_forbidden":
        tables: dict[str, type[Inputs]] = {"arrivals": Arrivals, "sites": Sites, "shock": Shock}
        inputs = Scenario if len(keys) == 1 else tables[keys[0]]
        return f"{where}: there is no such input. Known: {', '.join(inputs.model_fields)}."
    if kind == "model_type":
        return f"{where}: expected a table [{where}]."
    if kind == "value_error":
        return f"{where}: {error['ctx']['error']}."
    try:
        came = reprlib.repr(error["input"])
    except ValueError:  # Python writes no whole number of more than 4,300 digits
        came = "a number too long to write"
    return f"{where}: {error['msg'].replace('Input should be', 'expected', 1)}, got {came}."
