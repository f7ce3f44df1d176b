"""Publishers' newest figures -> versions on this machine, where it is online: `zone refresh`.

A version is offered first, with what it says otherwise; it is used once someone accepts it, or at once with --accept.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pandas as pd
from pandera.errors import SchemaError, SchemaErrors

import data
from data import definitions, local, rights
from data.catalogue import Entry, shipped
from data.errors import DataError, SourceError
from data.translation import N_

if TYPE_CHECKING:
    from data.definitions._common import Definition


def sources() -> dict[str, Definition]:
    """What can be refreshed, by place/name: the tables that can be downloaded."""
    result: dict[str, Definition] = {}
    for name in definitions.names():
        definition = definitions.definition(name)
        if definition.every_city:
            result |= {f"{key}/{name}": definition for key in data.cities() if data.has(name, key)}
        elif definition.download:
            result[f"{definition.entry.place}/{name}"] = definition
    return result


def offer(key: str, client: httpx.Client | None = None) -> Entry | None:
    """Download one of sources() and offer it; None where it says the same as the table in use.

    A table with less than half the rows of the one in use is refused: a publisher's half-finished answer is no news.
    Raises DataError; then nothing has changed.
    """
    definition, (place, _, name) = sources()[key], key.partition("/")
    assert definition.download is not None
    table = definition.download(place, client)
    current = data.entry(name, place) if data.has(name, place) else definition.entry
    if 2 * len(table) < current.rows:
        raise SourceError(
            key,
            N_(
                "the publisher's answer has {came:,} rows, the table in use {used:,}",
                came=len(table),
                used=current.rows,
            ),
            hint=N_("Try again later"),
        )
    years = (table["year"].min(), table["year"].max()) if "year" in table else ("", "")
    today = f"{pd.Timestamp.today():%Y-%m}"
    period = definition.download_period.format(first=years[0], last=years[1], today=today)
    about = shipped().get((place, name), current)
    try:
        return local.offer(replace(about, period=period, folder="", version="", state="used", checksum=""), table)
    except (SchemaError, SchemaErrors) as error:
        raise SourceError(
            key,
            N_("the publisher's answer breaks the table's contract ({fault})", fault=str(error).splitlines()[0][:160]),
            hint=N_("The table in use stays; mend the connector"),
        ) from error


def main(words: list[str] | None = None) -> int:
    """Command line; returns the exit code. A table that cannot be had leaves the stored one as it is."""
    parser = argparse.ArgumentParser(
        prog="zone refresh", description=__doc__, epilog="Example: zone refresh world/displaced --accept"
    )
    parser.add_argument("tables", nargs="*", metavar="place/name", help="left out: all of them")
    parser.add_argument("--accept", action="store_true", help="use what is new at once, for a schedule")
    parser.add_argument("--back", metavar="place/name", help="use the version before the one in use")
    arguments = parser.parse_args(words)
    rights.act_as(rights.OWNER)
    if arguments.back:
        return _back(arguments.back)
    keys, failed = arguments.tables or list(sources()), 0
    for step, key in enumerate(keys, 1):
        start = f"[{step}/{len(keys)}] {key}"
        try:
            if key not in sources():
                raise DataError(f"It cannot be refreshed. Known: {', '.join(sources())}.")
            entry = offer(key)
            if entry is None:
                print(f"{start} has nothing new")
                continue
            if arguments.accept:
                local.use(entry.place, entry.name, entry.version)
            print(
                f"{start}: {entry.rows:,} rows, {entry.period}; "
                + ("in use" if arguments.accept else "offered: see the page Data")
            )
        except DataError as error:
            failed += 1
            print(f"{start} stays as it was. {error}", file=sys.stderr)
    return 1 if failed else 0


def _back(key: str) -> int:
    place, _, name = key.partition("/")
    try:
        print(f"{key} is the version {local.go_back(place, name) or 'shipped with the app'} again.")
    except DataError as error:
        print(str(error), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
