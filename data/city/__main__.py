"""`python -m data.city new|check|build|export|fetch|back|remove`: a city's own data in the app."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from data import local
from data.city import building, checks, exporting, fetching, pack
from data.city.section_reader import Finding
from data.errors import DataError


@contextmanager
def progress() -> Iterator[building.ReportProgress]:
    """A bar on the terminal; what it is told are a step and a share from 0 to 1."""
    with tqdm(total=100, bar_format="{desc:<28} {bar} {n:.0f} %", file=sys.stderr, leave=False) as bar:

        def report_progress(what: str, share: float) -> None:
            bar.set_description_str(what)
            bar.update(max(0.0, 100 * share - bar.n))

        yield report_progress


def show(findings: list[Finding]) -> None:
    """Print findings, errors first."""
    for finding in sorted(findings, key=lambda one: one.level):
        print(f"{finding.level}: {finding}")


def new(asked: argparse.Namespace) -> int:
    """Write the template."""
    asked.folder.mkdir(parents=True)
    for name, text in pack.template(asked.name).items():
        (asked.folder / name).write_text(text, encoding="utf-8")
    print(
        f"A pack to start from is in {asked.folder}: mend {pack.MANIFEST}, then 'python -m data.city check {asked.folder}'."
    )
    return 0


def check(asked: argparse.Namespace) -> int:
    """Print every finding; 1 if one is an error."""
    with pack.open_pack(asked.pack) as folder, progress() as report_progress:
        found = checks.check(folder, report_progress)
    show(found.findings)
    print(f"{len(found.errors)} errors, {len(found.findings) - len(found.errors)} warnings.")
    return 1 if found.errors else 0


def build(asked: argparse.Namespace) -> int:
    """Build and use a pack."""
    with progress() as report_progress:
        key, warnings = building.build(asked.pack, report_progress)
    show(warnings)
    print(f"The city '{key}' is in use: open the app with ?city={key}.")
    return 0


def export(asked: argparse.Namespace) -> int:
    """Write a city as a pack."""
    for left in exporting.export(asked.city, asked.folder):
        print(f"left out: {left}")
    print(f"The pack is in {asked.folder}.")
    return 0


def fetch(asked: argparse.Namespace) -> int:
    """Make a pack from open sources and build it."""
    with progress() as report_progress:
        notes = fetching.fetch(
            asked.name,
            asked.folder,
            country=asked.country,
            pbf=asked.pbf,
            grid=asked.grid,
            persons=asked.persons,
            report_progress=report_progress,
        )
    for note in notes:
        print(note)
    if asked.pack_only:
        return 0
    return build(argparse.Namespace(pack=asked.folder or Path(pack.key_of(asked.name))))


def back(asked: argparse.Namespace) -> int:
    """Use the build before the one in use."""
    kept = local.builds(asked.city)
    if len(kept) < 2:
        raise DataError(f"There is no build of '{asked.city}' before the one in use.")
    local.use_city(asked.city, asked.version or kept[1])
    print(f"{asked.city} shows the build {asked.version or kept[1]} again.")
    return 0


def remove(asked: argparse.Namespace) -> int:
    """Take a city out of the app."""
    local.remove_city(asked.city)
    print(f"{asked.city} is no longer in the app; its pack is untouched.")
    return 0


def parser() -> argparse.ArgumentParser:
    """What the command line understands."""
    top = argparse.ArgumentParser(prog="python -m data.city", description=__doc__)
    commands = top.add_subparsers(required=True)

    def command(run: object, *words: tuple[str, dict[str, object]]) -> None:
        one = commands.add_parser(run.__name__, help=run.__doc__)  # type: ignore[attr-defined]
        one.set_defaults(run=run)
        for word, more in words:
            one.add_argument(word, **more)  # type: ignore[arg-type]

    path = {"type": Path, "help": "a folder or a zip"}
    command(new, ("folder", {"type": Path}), ("--name", {"default": "My city"}))
    command(check, ("pack", path))
    command(build, ("pack", path))
    command(export, ("city", {}), ("folder", {"type": Path}))
    command(
        fetch,
        ("name", {}),
        ("--country", {"default": "", "help": "ISO code such as FIN, where the name is not enough"}),
        ("--folder", {"type": Path, "default": None, "help": "where the pack goes; the city's name if left out"}),
        (
            "--pbf",
            {
                "type": Path,
                "default": None,
                "help": "an OpenStreetMap extract: services and streets come from it, not from Overpass",
            },
        ),
        (
            "--grid",
            {"type": Path, "default": None, "help": "a population grid; left out, Eurostat's census grid is fetched"},
        ),
        ("--persons", {"default": "", "help": "the grid's column of residents, where it cannot be guessed"}),
        ("--pack-only", {"action": "store_true", "help": "make the pack, do not build it"}),
    )
    command(back, ("city", {}), ("--version", {"default": ""}))
    command(remove, ("city", {}))
    return top


def main(words: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    asked = parser().parse_args(words)
    try:
        return int(asked.run(asked))
    except building.BadPackError as fault:
        show(fault.findings)
        print("Nothing was changed.", file=sys.stderr)
    except (DataError, pack.PackError, OSError) as fault:
        print(f"Nothing was changed. {fault}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
