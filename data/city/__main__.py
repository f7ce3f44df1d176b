"""`zone city new|check|build|export|fetch|back|remove`: a city's own data in the app."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from data import local, rights
from data.city import building, checks, exporting, fetching, pack
from data.city.findings import Finding, PackError, Sum
from data.connectors.overpass import Place
from data.errors import DataError


@contextmanager
def progress() -> Iterator[checks.ReportProgress]:
    """A bar on the terminal; what it yields takes a step and a share from 0 to 1."""
    with tqdm(total=100, bar_format="{desc:<28} {bar} {n:.0f} %", file=sys.stderr, leave=False) as bar:

        def report_progress(what: str, share: float) -> None:
            bar.set_description_str(what)
            bar.update(max(0.0, 100 * share - bar.n))

        yield report_progress


def show(findings: list[Finding]) -> None:
    """Print findings, errors first."""
    for finding in sorted(findings, key=lambda finding: finding.level):
        print(f"{finding.level}: {finding}")


def new(args: argparse.Namespace) -> int:
    """Write the template."""
    args.folder.mkdir(parents=True)
    for name, text in pack.template(args.name).items():
        (args.folder / name).write_text(text, encoding="utf-8")
    print(f"A pack to start from is in {args.folder}: mend {pack.MANIFEST}, then check it:")
    print(f"zone city check {args.folder}")
    return 0


def check(args: argparse.Namespace) -> int:
    """Print every finding; 1 if one is an error."""
    with pack.open_pack(args.pack) as folder, progress() as report_progress:
        result = checks.check(folder, report_progress)
    show(result.findings)
    print(f"{len(result.errors)} errors, {len(result.findings) - len(result.errors)} warnings.")
    if result.notes:
        print(*(note.what for note in result.notes))
    return 1 if result.errors else 0


def build(args: argparse.Namespace) -> int:
    """Build and use a pack."""
    with progress() as report_progress:
        sums: list[Sum] = []
        key, warnings = building.build(args.pack, report_progress, sums.extend)
    show(warnings)
    print(*sums)
    print(f"The city '{key}' is in use: open the app with ?city={key}.")
    return 0


def export(args: argparse.Namespace) -> int:
    """Write a city as a pack."""
    for reason in exporting.export(args.city, args.folder):
        print(f"left out: {reason}")
    print(f"The pack is in {args.folder}.")
    return 0


def fetch(args: argparse.Namespace) -> int:
    """Make a pack from open sources and build it."""
    with progress() as report_progress:
        notes = fetching.fetch(
            args.name,
            args.folder,
            country=args.country,
            place=args.place,
            pbf=args.pbf,
            grid=args.grid,
            persons=args.persons,
            grid_date=args.grid_date,
            choose=ask_for if sys.stdin.isatty() else None,
            report_progress=report_progress,
        )
    for note in notes:
        print(note)
    if args.pack_only:
        return 0
    return build(argparse.Namespace(pack=args.folder or Path(fetching.key_of(args.name))))


def ask_for(cities: list[Place]) -> Place:
    """Ask on the terminal which of several places is meant; without an answer the first, which is the largest."""
    print("Several places are called so:", file=sys.stderr)
    for number, city in enumerate(cities, 1):
        print(f"{number:>3}. {fetching.described(city)}", file=sys.stderr)
    while True:
        answer = input(f"Which one? 1 to {len(cities)} [1]: ").strip() or "1"
        if answer.isdigit() and 1 <= int(answer) <= len(cities):
            return cities[int(answer) - 1]


def back(args: argparse.Namespace) -> int:
    """Use the build before the one in use."""
    builds = local.builds(args.city)
    if len(builds) < 2:
        raise DataError(f"There is no build of '{args.city}' before the one in use.")
    version = args.version or builds[1]
    local.use_city(args.city, version)
    print(f"{args.city} shows the build {version} again.")
    return 0


def remove(args: argparse.Namespace) -> int:
    """Take a city out of the app."""
    local.remove_city(args.city)
    print(f"{args.city} is no longer in the app; its pack is untouched.")
    return 0


def parser() -> argparse.ArgumentParser:
    """What the command line understands."""
    top = argparse.ArgumentParser(
        prog="zone city",
        description=__doc__,
        epilog="Example: zone city new my-city; fill its tables; zone city check my-city; zone city build my-city",
    )
    commands = top.add_subparsers(required=True)

    def command(run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        added = commands.add_parser(run.__name__, help=run.__doc__)
        added.set_defaults(run=run)
        return added

    added = command(new)
    added.add_argument("folder", type=Path)
    added.add_argument("--name", default="My city")
    for run in (check, build):
        command(run).add_argument("pack", type=Path, help="a folder or a zip")
    added = command(export)
    added.add_argument("city")
    added.add_argument("folder", type=Path)
    added = command(fetch)
    added.add_argument("name")
    added.add_argument("--country", default="", help="ISO code such as FIN, where the name is not enough")
    added.add_argument(
        "--place", type=int, default=0, help="the boundary's number in OpenStreetMap, of several so called"
    )
    added.add_argument("--folder", type=Path, help="where the pack goes; the city's name if left out")
    grid = "a population grid; left out, Eurostat's is fetched, elsewhere Kontur's"
    extract = "an OpenStreetMap extract: services and streets come from it, not from Overpass"
    added.add_argument("--pbf", type=Path, help=extract)
    added.add_argument("--grid", type=Path, help=grid)
    added.add_argument("--persons", default="", help="the grid's column of residents, where it cannot be guessed")
    added.add_argument("--grid-date", default="", help="the day of the grid's figures, where the file does not say")
    added.add_argument("--pack-only", action="store_true", help="make the pack, do not build it")
    added = command(back)
    added.add_argument("city")
    added.add_argument("--version", default="")
    command(remove).add_argument("city")
    return top


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    args = parser().parse_args(arguments)
    rights.act_as(rights.OWNER)
    try:
        return int(args.run(args))
    except PackError as fault:
        show(fault.findings)
        print("Nothing was changed.", file=sys.stderr)
    except (DataError, OSError) as fault:
        print(f"Nothing was changed. {fault}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
