"""The server for assistants, asked by the mcp package's own client over stdio."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pandas as pd
import pytest
from mcp import Client, StdioServerParameters

import data
from analytics.indicators import REGISTRY
from bench.driver import ROOT, served
from data.context import CityContext
from services import inclusion
from services.areas import area_names, current_half_years, district_by_area
from web import api
from web.rates import Rates
from zone import mcp

CITY = "berlin"
TOOLS = {"cities", "list_tables", "table", "sums", "list_indicators", "indicators", "areas_below", "areas_above"}


def ask(*args: str, **surroundings: str) -> Callable[[Callable[[Client], Awaitable[Any]]], Any]:
    """Run a conversation with the server in a process of its own."""

    def run(conversation: Callable[[Client], Awaitable[Any]]) -> Any:
        command = StdioServerParameters(
            command=sys.executable,
            args=["-m", "zone.mcp", *args],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "ZONE_LOCAL": os.environ["ZONE_LOCAL"], "ZONE_RESULTS_MB": "0"}
            | surroundings,
        )

        async def talk() -> Any:
            async with Client(command, read_timeout_seconds=120) as client:
                return await conversation(client)

        return asyncio.run(talk())

    return run


async def call(client: Client, tool: str, **arguments: Any) -> Any:
    """A tool's answer; its sentence where it refuses."""
    answer = await client.call_tool(tool, arguments)
    if answer.is_error:
        return answer.content[0].text  # type: ignore[union-attr]
    content = answer.structured_content
    return content["result"] if set(content) == {"result"} else content  # type: ignore[arg-type,index]


@pytest.fixture
def ctx() -> CityContext:
    return CityContext(data.cities()[CITY], data.version())


def test_which_areas_of_a_district_lack_day_care(ctx: CityContext) -> None:
    """The question itself, over stdio, by the district's name, also as a keyboard without umlauts types it."""

    async def conversation(client: Client) -> Any:
        listed = await client.list_tools()
        question = {"city": CITY, "indicator": "daycare_places", "level": "planning_area"}
        return (
            listed.tools,
            client.instructions,
            await call(client, "areas_below", **question, within="Neukölln"),
            await call(client, "areas_below", **question, within="neukolln", threshold=20),
            await call(client, "areas_below", **question, within="Atlantis"),
            await call(client, "areas_below", city=CITY, indicator="happiness"),
        )

    tools, instructions, below, fewer, nowhere, unknown = ask()(conversation)
    assert {tool.name for tool in tools} == TOOLS
    assert all(tool.annotations.read_only_hint and tool.description for tool in tools)
    assert "never zero" in instructions
    newest = current_half_years(ctx)[-1]
    values = inclusion.measured(ctx, newest, "planning_area")["daycare_places"]
    city = inclusion.measured(ctx, newest, "city")["daycare_places"].iloc[0]
    names, districts = area_names(ctx, "district"), district_by_area(ctx, "planning_area")
    mine = values[[area for area in values.index if names[districts[area]] == "Neukölln"]]
    expected = mine[mine < city].sort_values()
    assert [row["area_id"] for row in below["areas"]] == expected.index.tolist()
    assert [row["value"] for row in below["areas"]] == pytest.approx(expected.tolist())
    assert below["threshold"] == below["value_of_the_city"] == pytest.approx(city)
    assert (below["found"], below["compared"]) == (len(expected), int(mine.notna().sum()))
    assert below["indicator"]["unit"] == "per 100 children under 6"
    assert below["indicator"]["day"] == below["period"] == f"{newest:%Y-%m-%d}"
    assert "Senatsverwaltung" in below["indicator"]["source"]
    assert len(below["not_known"]) == mine.isna().sum()
    assert [row["area_id"] for row in fewer["areas"]] == mine[mine < 20].sort_values().index.tolist()
    assert "no area is called 'Atlantis'" in nowhere
    assert "Neukölln" in nowhere
    assert "There is no indicator 'happiness'. Known: residents" in unknown


def test_tables_sums_and_indicators_are_the_apis(ctx: CityContext) -> None:
    async def conversation(client: Client) -> Any:
        day = {"period": "2024-12-31", "level": "planning_area"}
        return {
            "cities": await call(client, "cities"),
            "tables": await call(client, "list_tables", place=CITY, words="origin"),
            "hidden": await call(client, "table", place=CITY, name="residents_by_origin", keep=day, limit=500),
            "sums": await call(client, "sums", place=CITY, name="residents_by_origin", by=["origin"],
                               keep=day | {"boundary_version": "2021"}),
            "listed": await call(client, "list_indicators", city=CITY),
            "values": await call(client, "indicators", city=CITY, keys=["unemployment"], within="Mitte"),
            "refused": await call(client, "sums", place=CITY, name="residents_by_origin", by=["origin"]),
            "outside": await call(client, "table", place="..", name="..%2fetc"),
            "many": await call(client, "table", place=CITY, name="residents", limit=501),
        }  # fmt: off

    said = ask()(conversation)
    assert CITY in {row["key"] for row in said["cities"]}
    assert {row["name"] for row in said["tables"]} >= {"residents_by_origin"}
    assert all(row["licence"] and row["unit"] for row in said["tables"])
    table = data.table("residents_by_origin", CITY)
    here = table[(table["period"] == "2024-12-31") & (table["level"] == "planning_area")]
    assert said["hidden"]["total"] == len(here)
    hidden = here.head(500)
    assert [row["persons"] for row in said["hidden"]["rows"]] == [
        None if pd.isna(value) else value for value in hidden["persons"]
    ]
    assert any(row["persons"] is None for row in said["hidden"]["rows"])
    by_origin = here[here["boundary_version"] == "2021"].groupby("origin")["suppressed"].sum()
    assert {row["origin"]: row["unknown"] for row in said["sums"]["rows"]} == by_origin.to_dict()
    assert {row["key"] for row in said["listed"]} == {card.key for card in REGISTRY}
    assert {row["good"] for row in said["listed"]} == {"high", "low", ""}
    (row,) = said["values"]["areas"]
    assert row["name"] == "Mitte"
    assert said["values"]["indicators"]["unemployment"]["day"] == "2020-12-31"
    assert "Figures of several kinds of" in said["refused"]
    assert "no table named" in said["outside"] or "Not Found" in said["outside"]
    assert "500" in said["many"]


def test_a_server_that_is_not_open_says_so_here_too() -> None:
    async def conversation(client: Client) -> Any:
        return await call(client, "cities")

    assert "This server is not open for reading." in ask(ZONE_ROLE="none")(conversation)


def test_it_asks_a_server_elsewhere(ctx: CityContext) -> None:
    async def conversation(client: Client) -> Any:
        return await call(client, "areas_above", city=CITY, indicator="library_walk"), await call(client, "cities")

    with served() as (host, _process):
        above, _cities = ask(f"http://{host}")(conversation)
    newest = current_half_years(ctx)[-1]
    values = inclusion.measured(ctx, newest, "district")["library_walk"]
    city = inclusion.measured(ctx, newest, "city")["library_walk"].iloc[0]
    expected = values[values > city].sort_values(ascending=False)
    assert [row["area_id"] for row in above["areas"]] == expected.index.tolist()
    assert above["indicator"]["good"] == "low"
    assert "does not answer" in ask("http://localhost:1")(lambda client: call(client, "cities"))


def test_limits_are_those_of_the_api(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process, where the budget of work can be made small: it waits once as it is told to, then says so."""
    monkeypatch.setattr(api, "SECONDS", Rates(burst=1e-6, per_s=1e-6))
    monkeypatch.setattr(mcp, "LONGEST_WAIT_S", 0)

    async def conversation() -> Any:
        async with Client(mcp.server()) as client:
            first = await call(client, "table", place="world", name="countries", limit=1)
            return first, await call(client, "table", place="world", name="countries", limit=2)

    first, second = asyncio.run(conversation())
    assert first["total"] > 100
    assert "Too much work for one place. Wait " in second


def test_areas_of_few_residents_carry_a_caution() -> None:
    async def conversation() -> Any:
        async with Client(mcp.server()) as client:
            return await call(
                client, "areas_above", city=CITY, indicator="density", level="planning_area", threshold=-1
            )

    said = asyncio.run(conversation())
    for row in said["areas"]:
        assert ("caution" in row) == (row["residents"] < mcp.FEW_RESIDENTS)
