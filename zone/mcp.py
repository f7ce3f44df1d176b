"""A read-only server for assistants (Model Context Protocol, stdio): the tables and indicators of the API as tools.

    python -m zone.mcp                                  # the tables of this installation
    python -m zone.mcp https://zone.city.example        # those of a server

Every answer comes from the API, inside this process or over the network: what is suppressed there, who may read and how
much one may ask holds here too. Every figure comes with its unit, day and source; one that is not known is null.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated, Any, Literal
from urllib.parse import quote

import httpx
from anyascii import anyascii
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

MAX_ROWS = 500  # of one answer, which an assistant has to read
FEW_RESIDENTS = 100  # of an area whose shares say little
LONGEST_WAIT_S = 60
READING = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
INSTRUCTIONS = """Figures of a city: who lives where, which services there are, how people arrive and create.
Begin with `cities` and `list_indicators`, or with `list_tables`. State unit, day and source with every figure that you
pass on. null means suppressed or not known, never zero; say how many areas are not known. Small counts are suppressed
so that nobody can be singled out: do not try to work them out. Figures of few residents say little."""
TITLE = "Zone of Social Creativity"
LISTED = ("place", "name", "title", "unit", "period", "geography", "publisher", "licence", "note", "rows")

City = Annotated[str, Field(description="Key of a city, as `cities` lists them.")]
Level = Annotated[str, Field(description="Level of areas, as `cities` lists them; '' for the largest below the city.")]
Within = Annotated[
    str, Field(description="Name or id of a larger area that holds them, such as a district; '' for all.")
]
Period = Annotated[str, Field(description="A half-year, as `cities` lists them; '' for the newest.")]
Keep = Annotated[
    dict[str, str] | None,
    Field(description="Only rows with this value in this column, such as {'period': '2024-12-31'}."),
]
Rows = Annotated[int, Field(ge=1, le=MAX_ROWS)]


class Api:
    """The API of a server, or of this installation where no address is named."""

    def __init__(self, address: str = "") -> None:
        if address:
            self._client = httpx.AsyncClient(base_url=address.rstrip("/").removesuffix("/api"), timeout=120)
            return
        from starlette.applications import Starlette
        from starlette.middleware import Middleware

        import web
        from web.guard import Guard

        app = Starlette(routes=web.ROUTES, middleware=[Middleware(Guard)])
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost", timeout=120)

    async def get(self, *parts: str, **query: Any) -> Any:
        """An answer; waits once where the API asks to. Raises ToolError with what it says."""
        path = "/".join(["/api", *(quote(part, safe="") for part in parts)])
        try:
            answer = await self._client.get(path, params=query)
            if answer.status_code == 429:
                await asyncio.sleep(min(LONGEST_WAIT_S, int(answer.headers.get("Retry-After", "1"))))
                answer = await self._client.get(path, params=query)
            if answer.status_code == 200:
                return answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ToolError(f"The server does not answer ({type(error).__name__}).") from None
        raise ToolError(_sentence(answer))


def _sentence(answer: httpx.Response) -> str:
    try:
        said = answer.json()
    except ValueError:
        return answer.text[:300]
    detail = said.get("detail", said.get("fault", ""))
    return detail if isinstance(detail, str) else "; ".join(f"{row['loc'][-1]}: {row['msg']}" for row in detail)


def _plain(text: str) -> str:
    """Letters in any script as an assistant may type them."""
    return " ".join(anyascii(text).casefold().split())


class Tools:
    """What an assistant can call; the docstrings are what it is told."""

    def __init__(self, api: Api) -> None:
        self.api = api

    async def cities(self) -> list[dict[str, Any]]:
        """Cities: key, name, levels of areas (name by key) from the city down, half-years with indicators."""
        return list(await self.api.get("cities"))

    async def list_tables(self, place: str = "", words: str = "") -> list[dict[str, Any]]:
        """Tables with title, unit, period, publisher, licence. place: key of a city or 'world'. words: in the title."""
        wanted = [_plain(word) for word in words.split()]
        return [
            {key: row[key] for key in LISTED}
            for row in await self.api.get("catalogue")
            if place in ("", row["place"]) and all(word in _plain(f"{row['title']} {row['name']}") for word in wanted)
        ]

    async def table(
        self,
        place: str,
        name: str,
        keep: Keep = None,
        columns: list[str] | None = None,
        offset: int = 0,
        limit: Rows = 100,
    ) -> dict[str, Any]:
        """Rows of a table with what it is; `total` says how many there are. A suppressed count is null."""
        query = {**(keep or {}), "offset": offset, "limit": limit, "columns": ",".join(columns or [])}
        return dict(await self.api.get("tables", place, name, **query))

    async def sums(
        self, place: str, name: str, by: list[str], value: str = "persons", keep: Keep = None, limit: Rows = 100
    ) -> dict[str, Any]:
        """Sums of a column of a table by other columns, the first `limit` of `total`.

        `unknown` counts suppressed rows: the sum is then a lower bound.
        """
        answer = await self.api.get("sums", place, name, **{**(keep or {}), "by": ",".join(by), "value": value})
        return answer | {"rows": answer["rows"][:limit]}

    async def list_indicators(self, city: City) -> list[dict[str, Any]]:
        """Indicators: key, label, unit, the end that is good ('high', 'low', ''), definition, caveats, day, source."""
        about = (await self.api.get("indicators", city, level="city"))["about"]
        return [{"key": key} | card for key, card in about["indicators"].items()]

    async def indicators(
        self, city: City, keys: list[str], level: Level = "", within: Within = "", period: Period = ""
    ) -> dict[str, Any]:
        """Values of indicators for every area of a level, or for those within a larger area, with unit, day, source."""
        answer = await measured(self.api, city, level, within, period)
        cards = {key: card_of(answer, key) for key in keys}
        rows = [{name: row[name] for name in ("area_id", "name", *keys)} for row in answer["rows"]]
        return _said(answer) | {"indicators": cards, "areas": rows[:MAX_ROWS], "total": len(rows)}

    async def areas_below(
        self,
        city: City,
        indicator: str,
        threshold: float | None = None,
        level: Level = "",
        within: Within = "",
        period: Period = "",
    ) -> dict[str, Any]:
        """Areas whose value of an indicator is below a threshold, lowest first.

        Which areas of a district lack day care? The threshold is the city's own value if left out. Says also which are
        not known, and which have few residents.
        """
        answer = await measured(self.api, city, level, within, period)
        return await beyond(self.api, "below", answer, indicator, threshold)

    async def areas_above(
        self,
        city: City,
        indicator: str,
        threshold: float | None = None,
        level: Level = "",
        within: Within = "",
        period: Period = "",
    ) -> dict[str, Any]:
        """The same above a threshold, highest first: for indicators of which a low value is good, such as minutes."""
        answer = await measured(self.api, city, level, within, period)
        return await beyond(self.api, "above", answer, indicator, threshold)


def server(address: str = "") -> MCPServer[Any]:
    """The server with its tools. address: of the API, '' for the one of this installation."""
    tools, result = (
        Tools(Api(address)),
        MCPServer[Any]("zone", title=TITLE, instructions=INSTRUCTIONS, log_level="WARNING"),
    )
    for tool in (
        tools.cities,
        tools.list_tables,
        tools.table,
        tools.sums,
        tools.list_indicators,
        tools.indicators,
        tools.areas_below,
        tools.areas_above,
    ):
        result.tool(annotations=READING)(tool)
    return result


def card_of(answer: dict[str, Any], key: str) -> dict[str, Any]:
    """What is to be said of an indicator. Raises ToolError where there is none."""
    cards = answer["about"]["indicators"]
    if key not in cards:
        raise ToolError(f"There is no indicator '{key}'. Known: {', '.join(cards)}.")
    return dict(cards[key])


def _said(answer: dict[str, Any]) -> dict[str, Any]:
    about = answer["about"]
    return {key: about[key] for key in ("city", "level", "period", "source")}


async def measured(api: Api, city: str, level: str, within: str, period: str) -> dict[str, Any]:
    """The indicators of a level's areas, or of those within a larger one. Raises ToolError."""
    known = {row["key"]: row for row in await api.get("cities")}
    if city not in known:
        raise ToolError(f"There is no city '{city}'. Known: {', '.join(known)}.")
    levels = list(known[city]["levels"])
    level = level or levels[1]
    answer = dict(await api.get("indicators", city, level=level, period=period))
    if within:
        inside = await areas_within(api, known[city], level, within)
        answer["rows"] = [row for row in answer["rows"] if row["area_id"] in inside]
    return answer


async def areas_within(api: Api, city: dict[str, Any], level: str, within: str) -> set[str]:
    """Ids of a level's areas in the larger area of this name or id. Raises ToolError where that is none, or several."""
    query = {"boundary_version": city["boundary_version"], "columns": "level,area_id,name,parent_id", "limit": 100_000}
    rows = (await api.get("tables", city["key"], "areas", **query))["rows"]
    levels = list(city["levels"])
    larger = [row for row in rows if levels.index(row["level"]) <= levels.index(level)]
    found = [row for row in larger if within == row["area_id"] or _plain(within) == _plain(row["name"])]
    if len({row["level"] for row in found}) > 1:
        found = [row for row in found if row["level"] == found[0]["level"]]
    if len(found) != 1:
        names = sorted({row["name"] for row in larger if row["level"] in levels[:2]})
        kind = "several areas are" if found else "no area is"
        raise ToolError(f"In {city['name']} {kind} called '{within}'. Ask by id, or by one of: {', '.join(names)}.")
    inside, at = {found[0]["area_id"]}, levels.index(found[0]["level"])
    for below in levels[at + 1 : levels.index(level) + 1]:
        inside = {row["area_id"] for row in rows if row["level"] == below and row["parent_id"] in inside}
    return inside


async def beyond(
    api: Api, side: Literal["below", "above"], answer: dict[str, Any], key: str, threshold: float | None
) -> dict[str, Any]:
    """Areas on one side of a threshold, those farthest from it first. answer: of `measured`."""
    card, about = card_of(answer, key), answer["about"]
    whole = (await api.get("indicators", about["city"], level="city", period=about["period"]))["rows"][0][key]
    limit = whole if threshold is None else threshold
    if limit is None:
        raise ToolError(f"The value of the whole city is not known for '{key}': name a threshold.")
    known = [row for row in answer["rows"] if row[key] is not None]
    chosen = [row for row in known if (row[key] < limit if side == "below" else row[key] > limit)]
    chosen.sort(key=lambda row: row[key], reverse=side == "above")
    areas = [
        {"area_id": row["area_id"], "name": row["name"], "value": row[key], "residents": row["residents"]}
        | ({"caution": "few residents"} if (row["residents"] or 0) < FEW_RESIDENTS else {})
        for row in chosen
    ]
    return _said(answer) | {
        "indicator": {"key": key} | card,
        "side": side,
        "threshold": limit,
        "threshold_is": "the value of the whole city" if threshold is None else "as asked",
        "value_of_the_city": whole,
        "areas": areas[:MAX_ROWS],
        "found": len(areas),
        "compared": len(known),
        "not_known": [row["name"] for row in answer["rows"] if row[key] is None],
    }


def main(address: str = "") -> None:
    """Serve over standard input and output until the assistant's program closes them."""
    server(address).run("stdio")


if __name__ == "__main__":
    main(*sys.argv[1:2])
