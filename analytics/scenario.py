"""Scenarios: named inputs that rerun to the same numbers, as a TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass, field, fields
from typing import Any

SITING = ("maximal covering", "p-median", "p-centre", "set covering", "fairest")


@dataclass(frozen=True)
class Arrivals:
    """Who arrives: people lowest, most likely and highest; months; shares by age (0-5, 6-17, 18-64, 65+, adding up to 1); rule;
    vacancy of stated places; own: weights by area in the order of their ids, for the rule 'own table'.
    """

    people: tuple[int, int, int] = (8000, 10000, 15000)
    months: int = 12
    ages: tuple[float, float, float, float] = (0.1, 0.2, 0.62, 0.08)
    rule: str = "where compatriots live"
    vacancy: tuple[float, float, float] = (0.0, 0.005, 0.02)
    own: tuple[float, ...] = ()


@dataclass(frozen=True)
class Sites:
    """Where to build: kind of service, model, how many, walker's limit in minutes, cost of a site in euros, room for how many people in a
    new site (0: no limit; maximal covering only), source ids of sites that close first.
    """

    kind: str = "library"
    model: str = "maximal covering"
    count: int = 5
    limit: int = 15
    cost: int = 1_000_000
    room: int = 0
    closed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shock:
    """What goes wrong: kind of service, minutes, districts whose sites close, share of the budget lost, times arrivals, the floor, sites
    reopened a year.
    """

    kind: str = "daycare"
    limit: int = 5
    districts: tuple[str, ...] = ()
    budget: float = 0.1
    arrivals: float = 2.0
    floor: float = 0.7
    reopened: int = 20


@dataclass(frozen=True)
class Scenario:
    """One what-if with all its inputs; the same scenario and seed give the same numbers."""

    name: str
    city: str
    period: str
    level: str = "district"
    seed: int = 0
    arrivals: Arrivals = field(default_factory=Arrivals)
    sites: Sites = field(default_factory=Sites)
    shock: Shock = field(default_factory=Shock)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(f"\\u{ord(c):04x}" if ord(c) < 32 or ord(c) == 127 else c for c in escaped) + '"'
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    return repr(value)


def dump(scenario: Scenario) -> str:
    """The scenario as a TOML file."""
    parts = asdict(scenario)
    tables = {name: parts.pop(name) for name in ("arrivals", "sites", "shock")}
    lines = ["# A scenario of Zone of Social Creativity", *(f"{key} = {_toml(value)}" for key, value in parts.items())]
    for name, values in tables.items():
        lines += ["", f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in values.items())]
    return "\n".join(lines) + "\n"


def load(text: str) -> Scenario:
    """A scenario from a TOML file. Raises ValueError that names the key and the mend where something does not fit."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise ValueError(f"The scenario file is not TOML: {fault}. Save one from this page and change that.") from fault
    parts = {
        name: _table(kind, given.pop(name, {}), name)
        for name, kind in (("arrivals", Arrivals), ("sites", Sites), ("shock", Shock))
    }
    made: Scenario = _table(Scenario, given, "", **parts)
    if abs(sum(made.arrivals.ages) - 1) > 0.001:
        raise ValueError(f"arrivals.ages: shares must add up to 1, not {sum(made.arrivals.ages):g}.")
    if made.sites.model not in SITING:
        raise ValueError(f"sites.model: '{made.sites.model}' is none of {', '.join(SITING)}.")
    return made


def _table(kind: type, given: Any, name: str, **more: object) -> Any:
    if not isinstance(given, dict):
        raise ValueError(f"{name}: expected a table [{name}].")
    known = {one.name: one for one in fields(kind)}
    for key in given:
        if key not in known:
            raise ValueError(f"{name}.{key}: there is no such input. Known: {', '.join(known)}.".lstrip("."))
    for needed in ("name", "city", "period"):
        if needed in known and needed not in given:
            raise ValueError(f"{needed}: the scenario file must state it.")
    values: dict[str, object] = dict(more)
    for key, value in given.items():
        wanted = str(known[key].type)
        fits = {
            "s": isinstance(value, str),
            "i": isinstance(value, int) and not isinstance(value, bool),
            "f": isinstance(value, (int, float)),
            "t": isinstance(value, list),
        }[wanted[0]]
        if not fits:
            raise ValueError(f"{name}.{key}: expected {wanted}, got {value!r}.".lstrip("."))
        values[key] = tuple(value) if isinstance(value, list) else float(value) if wanted == "float" else value
    return kind(**values)
