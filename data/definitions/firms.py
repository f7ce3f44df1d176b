"""Firms by area and activity."""

import httpx
import pandas as pd

from data import firms
from data.connectors import chamber_register, http_cache
from data.definitions._common import AREA, COUNT, COUNT_OR_GAP, FLAG, PEOPLE, PERIOD, Definition, Entry, code
from data.disclosure import Rule


def download(_place: str, client: httpx.Client | None) -> pd.DataFrame:
    """The chamber's open register of its newest month, counted by area and activity."""
    types = ("text/csv", "text/plain", "application/octet-stream")
    response = http_cache.get(chamber_register.ADDRESS, kinds=types, client=client)
    return firms.count_firms(response.path, pd.Timestamp(response.fetched.date().replace(day=1)))[0]


TABLE = Definition(
    Entry(
        "firms",
        "berlin",
        "Member firms of the chamber by planning area and activity",
        publisher="IHK Berlin",
        licence="CC0 1.0",
        attribution="IHK Berlin, open register of member firms",
        period="",
        unit="firms; employees as an interval",
        geography="LOR planning areas (2021)",
        note="Crafts firms and free professions are not members. Employees of cells with fewer than three firms are "
        "suppressed. A firm's size is a band, so employees are an interval.",
    ),
    columns={
        "period": PERIOD,
        "area_id": AREA,
        "activity": code(r"\d{2,5}"),
        "firms": PEOPLE,
        "employees_low": COUNT_OR_GAP,
        "employees_high": COUNT_OR_GAP,
        "open_ended": COUNT,
        "suppressed": FLAG,
    },
    key=["period", "area_id", "activity"],
    rule=Rule("firms"),
    download=download,
    download_period="{today}",
)
