"""How unevenly origins are spread over a whole city, from counts before their protection."""

from __future__ import annotations

import pandas as pd

FEWEST_AREAS = 10  # over fewer areas an index would tell too much of each
FEWEST_PEOPLE = 100  # of an origin in the city


def separation(origins: pd.DataFrame, residents: pd.DataFrame) -> pd.DataFrame:
    """Dissimilarity and isolation of each origin over the smallest areas, percent, rounded to one digit.

    origins: period, area_id, origin, persons; residents: period, area_id, persons (any ages), both unprotected and of
    smallest areas. Returns period, origin, dissimilarity, isolation, areas (over how many).
    Duncan & Duncan (1955); Lieberson (1981), P*.

    An index is one number over all areas. Rounded, it leaves each count within it free by many people: a count that is
    one higher moves the dissimilarity of an origin of 1,000 people by at most 0.1 percentage points.
    """
    total = residents.groupby(["period", "area_id"], as_index=False)["persons"].sum()
    rows = origins.merge(total.rename(columns={"persons": "residents"}), on=["period", "area_id"])
    rows = rows[rows["residents"] > 0].astype({"persons": float, "residents": float})
    rows["others"] = rows["residents"] - rows["persons"]
    sums = rows.groupby(["period", "origin"])[["persons", "others"]].transform("sum")
    rows["uneven"] = 50 * (rows["persons"] / sums["persons"] - rows["others"] / sums["others"]).abs()
    rows["isolated"] = 100 * rows["persons"] / sums["persons"] * rows["persons"] / rows["residents"]
    grouped = rows.groupby(["period", "origin"])
    result = grouped.agg(
        dissimilarity=("uneven", "sum"),
        isolation=("isolated", "sum"),
        areas=("area_id", "nunique"),
        people=("persons", "sum"),
    ).reset_index()
    result = result[(result["areas"] >= FEWEST_AREAS) & (result["people"] >= FEWEST_PEOPLE)]
    return result.drop(columns="people").round({"dissimilarity": 1, "isolation": 1}).reset_index(drop=True)
