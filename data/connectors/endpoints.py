"""Every server that the app asks, tried once and politely: `zone endpoints`.

None of them could be called from where this was written; docs/endpoints.md says which documentation each follows and
what is expected of it. For whoever is online first: one small question each, and a table of what was answered.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import httpx

from data.connectors import chamber_register, eurostat_api, overpass, population_grid, unhcr_api
from data.connectors.http_cache import AGENT, PAUSE_S, check_host
from data.errors import SourceError

TIMEOUT = httpx.Timeout(10.0, read=60.0)
FIRST_BYTES = 4096  # of a large file; its size is asked for, not the file
DIRECTORY_BYTES = 65_536  # the end of a zip, where its directory stands
REACHED, OTHER, FAILED = "as expected", "another answer", "not reached"


@dataclass(frozen=True)
class Endpoint:
    """A server's answer that the app relies on.

    check: raises ValueError, KeyError or SourceError on an answer of another shape. part: the Range of a large file
    that is asked for, '' for all of a small answer.
    """

    name: str
    address: str
    check: Callable[[bytes], object]
    query: tuple[tuple[str, str], ...] = ()
    form: dict[str, str] = field(default_factory=dict)
    part: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of one try. seconds: until the answer was there; what: in words, where it is not as expected."""

    endpoint: Endpoint
    state: str
    status: int
    seconds: float
    what: str


def _begins_with(*starts: bytes) -> Callable[[bytes], None]:
    def check(content: bytes) -> None:
        if not content.startswith(starts):
            raise ValueError(f"it begins with {content[:12]!r}")

    return check


def _holds(word: bytes) -> Callable[[bytes], None]:
    def check(content: bytes) -> None:
        if word not in content:
            raise ValueError(f"it does not hold '{word.decode()}'")

    return check


def _overpass(content: bytes) -> None:
    elements = json.loads(content)["elements"]
    if not any(element["type"] == "relation" and "admin_level" in element["tags"] for element in elements):
        raise ValueError("it holds no boundary with an admin_level")
    if not any(element["type"] == "node" and "population" in element.get("tags", {}) for element in elements):
        raise ValueError("it holds no centre with a population")


def _unhcr(columns: tuple[str, ...]) -> Callable[[bytes], None]:
    def check(content: bytes) -> None:
        unhcr_api.check_page(content)
        items = json.loads(content)["items"]
        lacking = [column for column in columns if not items or column not in items[0]]
        if lacking:
            raise ValueError(f"its items lack {', '.join(lacking)}")

    return check


def _eurostat(dataset: str, dimensions: str) -> Callable[[bytes], None]:
    def check(content: bytes) -> None:
        cells = eurostat_api.decode(dataset, json.loads(content))
        lacking = {*dimensions.split(), "geo", "time"} - set(cells.columns)
        if lacking or cells.empty:
            raise ValueError(f"it lacks {', '.join(sorted(lacking)) or 'cells'}")

    return check


def _register(content: bytes) -> None:
    if content.startswith(chamber_register.POINTER):
        raise ValueError("it is Git LFS's pointer to the register")
    _holds(b"ihk_branch_id")(content)


def endpoints() -> list[Endpoint]:
    """Every endpoint with one small question."""
    helsinki = 'relation(34914)->.named;.named out tags;(node(r.named:"admin_centre");node(r.named:"label"););out tags;'
    question = {"data": f"[out:json][timeout:25];{helsinki}"}
    first, end = f"bytes=0-{FIRST_BYTES - 1}", f"bytes=-{DIRECTORY_BYTES}"
    row = "limit=1&page=1&coo_all=true&coa_all=true&yearFrom=2023&yearTo=2023"
    datasets = {
        "cult_emp_reg": "unit",
        "nama_10r_2gdp": "unit",
        "lfst_r_lfe2emp": "unit sex age",
        "cult_emp_sex": "unit sex",
        "cult_emp_age": "unit age",
        "cult_emp_edu": "unit isced11",
        "cult_emp_n2": "unit nace_r2",
    }
    world = "https://data.worldpop.org/GIS/Population/Global_2000_2020/2020/LIE/lie_ppp_2020.tif"
    settlement = "GHS_POP_E2020_GLOBE_R2023A_54009_1000"
    ghs = f"https://jeodpp.jrc.ec.europa.eu/ftp/jrc-opendata/GHSL/GHS_POP_GLOBE_R2023A/{settlement}/V1-0/"
    extract = "https://download.geofabrik.de/europe/liechtenstein-latest.osm.pbf"
    return [
        Endpoint("Overpass", overpass.ADDRESS, _overpass, form=question),
        *(
            Endpoint(f"UNHCR {path}", f"{unhcr_api.BASE}{path}/", _unhcr(columns), tuple(parse_qsl(row)))
            for path, columns in unhcr_api.ENDPOINTS.values()
        ),
        *(
            Endpoint(
                f"Eurostat {dataset}",
                eurostat_api.BASE + dataset,
                _eurostat(dataset, dimensions),
                tuple(parse_qsl("format=JSON&lang=EN&geo=FI&lastTimePeriod=1")),
            )
            for dataset, dimensions in datasets.items()
        ),
        Endpoint("Eurostat census grid", population_grid.CENSUS_ADDRESS, _holds(b"ESTAT_Census_2021_V3.csv"), part=end),
        Endpoint("Kontur", population_grid.KONTUR_ADDRESS.format("XK"), _begins_with(b"\x1f\x8b"), part=first),
        Endpoint("WorldPop", world, _begins_with(b"II*\0", b"MM\0*", b"II+\0"), part=first),
        Endpoint("GHS-POP", f"{ghs}{settlement}_V1_0.zip", _begins_with(b"PK\3\4"), part=first),
        Endpoint("Geofabrik", extract, _holds(b"OSMHeader"), part=first),
        Endpoint("IHK Berlin, register", chamber_register.ADDRESS, _register, part=first),
    ]


def ask(endpoint: Endpoint, client: httpx.Client) -> Outcome:
    """One question, no second try; no more of the answer is taken than it needs."""
    check_host(endpoint.address)
    headers = {"User-Agent": AGENT} | ({"Range": endpoint.part} if endpoint.part else {})
    method, started, status = "POST" if endpoint.form else "GET", time.monotonic(), 0
    limit = max(FIRST_BYTES, DIRECTORY_BYTES) if endpoint.part else 5_000_000
    try:
        with client.stream(
            method, endpoint.address, params=list(endpoint.query) or None, data=endpoint.form or None, headers=headers
        ) as response:
            status, content = response.status_code, b""
            for chunk in response.iter_bytes(FIRST_BYTES):
                content += chunk
                if len(content) >= limit:  # a server that knows no ranges sends all of it
                    break
        if status == 429 or status >= 500:
            return Outcome(endpoint, FAILED, status, time.monotonic() - started, "it is busy or out of order")
        if status not in (200, 206):
            raise ValueError(f"the server says {status}")
        endpoint.check(content)
    except httpx.HTTPError as error:
        return Outcome(endpoint, FAILED, status, time.monotonic() - started, str(error) or type(error).__name__)
    except (ValueError, KeyError, TypeError, AttributeError, SourceError) as error:
        return Outcome(endpoint, OTHER, status, time.monotonic() - started, str(error))
    return Outcome(endpoint, REACHED, status, time.monotonic() - started, "")


def table(outcomes: list[Outcome]) -> str:
    """The outcomes for the terminal, a line each."""
    lines = [f"{'endpoint':<28} {'outcome':<15} {'status':>6} {'s':>6}  what"]
    for outcome in outcomes:
        row = f"{outcome.endpoint.name:<28} {outcome.state:<15} {outcome.status or '':>6} {outcome.seconds:>6.1f}"
        lines.append(f"{row}  {outcome.what[:160]}".rstrip())
    return "\n".join(lines)


def main(words: list[str] | None = None, client: httpx.Client | None = None) -> int:
    """Command line. Returns 1 if a server gave another answer than the app expects; 0 also where none is reached."""
    parser = argparse.ArgumentParser(prog="zone endpoints", description=__doc__, epilog="Example: zone endpoints UNHCR")
    parser.add_argument("names", nargs="*", help="how the names of endpoints begin; left out: all of them")
    names = tuple(parser.parse_args(words).names)
    session = client or httpx.Client(timeout=TIMEOUT, follow_redirects=False)
    outcomes: list[Outcome] = []
    asked = ""
    for endpoint in endpoints():
        if names and not endpoint.name.lower().startswith(tuple(name.lower() for name in names)):
            continue
        host = urlsplit(endpoint.address).netloc
        if host == asked and outcomes[-1].state != FAILED:
            time.sleep(PAUSE_S)
        asked = host
        outcomes.append(ask(endpoint, session))
    print(table(outcomes))
    other = sum(outcome.state == OTHER for outcome in outcomes)
    failed = sum(outcome.state == FAILED for outcome in outcomes)
    print(f"{len(outcomes) - other - failed} as expected, {other} gave another answer, {failed} not reached.")
    return 1 if other else 0


if __name__ == "__main__":
    raise SystemExit(main())
