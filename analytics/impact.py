"""What an initiative achieved for its money: cost per person, and social return with every assumption open."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import pandas as pd


@dataclass(frozen=True)
class Assumptions:
    """Of a social return.

    people: who gain. value_eur: of the gain, a person and year. deadweight: share that would have happened anyway.
    others: share that is others' doing. years: it lasts. drop_off: share lost each year after the first. discount:
    rate a year. cost_eur: of all.
    """

    people: float
    value_eur: float
    deadweight: float = 0.25
    others: float = 0.25
    years: float = 3
    drop_off: float = 0.2
    discount: float = 0.03
    cost_eur: float = 1.0


def social_return(assumptions: Assumptions) -> float:
    """Present value of the gains for each euro spent (Nicholls et al. 2012, A Guide to Social Return on Investment).

    Raises ValueError for a cost that is not positive, a share outside 0 to 1, or less than one year.
    """
    if assumptions.cost_eur <= 0 or assumptions.years < 1:
        raise ValueError("A social return needs a cost above zero and at least one year.")
    for name in ("deadweight", "others", "drop_off"):
        if not 0 <= getattr(assumptions, name) <= 1:
            raise ValueError(f"{name} is a share and lies between 0 and 1, not at {getattr(assumptions, name):g}.")
    first_year = assumptions.people * assumptions.value_eur * (1 - assumptions.deadweight) * (1 - assumptions.others)
    remaining = (1 - assumptions.drop_off) / (1 + assumptions.discount)
    return first_year * sum(remaining**year for year in range(int(assumptions.years))) / assumptions.cost_eur


def tornado(assumptions: Assumptions, spread: float = 0.3) -> pd.DataFrame:
    """What the return depends on: each assumption alone moved down and up by a share, the others as they are.

    Shares stay within 0 and 1, years are whole and at least one. Returns assumption, at_low, at_high (returns), swing;
    widest first.
    """
    rows = []
    for item in fields(Assumptions):
        value = getattr(assumptions, item.name)
        ends = [value * (1 - spread), value * (1 + spread)]
        if item.name in ("deadweight", "others", "drop_off"):
            ends = [min(end, 1.0) for end in ends]
        if item.name == "years":
            ends = [max(1, round(end)) for end in ends]
        low, high = (social_return(replace(assumptions, **{item.name: end})) for end in ends)
        rows.append((item.name, low, high, abs(high - low)))
    return pd.DataFrame(rows, columns=["assumption", "at_low", "at_high", "swing"]).sort_values(
        "swing", ascending=False, ignore_index=True
    )


def cost_per_person(initiatives: pd.DataFrame) -> pd.DataFrame:
    """Budget over people reached where both are known: name, city, budget_eur, reached, per_person."""
    known = initiatives.dropna(subset=["budget_eur", "reached"])
    known = known[known["reached"] > 0]
    return known.assign(per_person=known["budget_eur"] / known["reached"])[
        ["name", "city", "budget_eur", "reached", "per_person"]
    ]
