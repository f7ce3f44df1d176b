"""What an initiative achieved for its money: cost per person, and social return with every assumption open."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import pandas as pd


@dataclass(frozen=True)
class Assumptions:
    """Of a social return: people who gain, value of the gain a person and year, share that would have happened anyway (deadweight), share that is
    others' doing, years it lasts, share lost each year after the first, discount rate a year, cost.
    """

    people: float
    value_eur: float
    deadweight: float = 0.25
    others: float = 0.25
    years: float = 3
    drop_off: float = 0.2
    discount: float = 0.03
    cost_eur: float = 1.0


def social_return(given: Assumptions) -> float:
    """Present value of the gains for each euro spent (Nicholls et al. 2012, A Guide to Social Return on Investment).

    Raises ValueError for a cost that is not positive, a share outside 0 to 1, or less than one year.
    """
    if given.cost_eur <= 0 or given.years < 1:
        raise ValueError("A social return needs a cost above zero and at least one year.")
    for name in ("deadweight", "others", "drop_off"):
        if not 0 <= getattr(given, name) <= 1:
            raise ValueError(f"{name} is a share and lies between 0 and 1, not at {getattr(given, name):g}.")
    yearly = given.people * given.value_eur * (1 - given.deadweight) * (1 - given.others)
    total = sum(
        yearly * (1 - given.drop_off) ** year / (1 + given.discount) ** year for year in range(int(given.years))
    )
    return total / given.cost_eur


def tornado(given: Assumptions, spread: float = 0.3) -> pd.DataFrame:
    """What the return depends on: each assumption alone moved down and up by a share, the others as they are.

    Shares stay within 0 and 1, years are whole and at least one. Returns assumption, at_low, at_high (returns), swing; widest first.
    """
    rows = []
    for one in fields(Assumptions):
        value = getattr(given, one.name)
        ends = [value * (1 - spread), value * (1 + spread)]
        if one.name in ("deadweight", "others", "drop_off"):
            ends = [min(end, 1.0) for end in ends]
        if one.name == "years":
            ends = [max(1, round(end)) for end in ends]
        low, high = (social_return(replace(given, **{one.name: end})) for end in ends)
        rows.append((one.name, low, high, abs(high - low)))
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
