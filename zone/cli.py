"""The command `zone`; in a checkout also `python -m zone.cli`.

The app lies beside this package in a checkout and below it, in `app/`, where it is installed: its folders (data, views,
and so on) are importable within the command, and no other program of the same Python meets them.
"""

from __future__ import annotations

import importlib
import os
import runpy
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import click

HERE = Path(__file__).resolve().parent
IS_INSTALLED = (HERE / "app").is_dir()
APP = HERE / "app" if IS_INSTALLED else HERE.parent
VERSION = "a checkout, not installed"
PATHS = ("ZONE_LOCAL", "ZONE_ROLES", "ZONE_BRAND", "ZONE_SECRET", "ZONE_SMTP_PASSWORD", "ZONE_DIGEST")
with suppress(PackageNotFoundError):
    VERSION = version("zone-of-social-creativity")
# Options are read, and explained, by what a command leads to.
PASSED_ON: dict[str, Any] = {"ignore_unknown_options": True, "help_option_names": []}


@click.group(context_settings={"max_content_width": 110})
@click.version_option(VERSION, prog_name="Zone of Social Creativity")
def main() -> None:
    r"""See and plan inclusion and the creative economy of a city.

    \b
    To begin:
      zone warm                     prepare maps and pages, once after each installation
      zone serve                    open http://localhost:8501
      ZONE_ROLE=admin zone serve    the same, where you may change things

    Each command explains itself: zone city --help, zone city fetch --help. What is made on this machine is in
    the folder ZONE_LOCAL (~/.local/share/zone where the app is installed, data/local in a checkout).
    """
    sys.path.insert(0, str(APP))
    if IS_INSTALLED and not os.environ.get("ZONE_LOCAL"):  # never among files that an upgrade replaces
        share = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
        os.environ["ZONE_LOCAL"] = str(share / "zone")
    for name in PATHS:  # the caller's, whatever folder a command goes to
        if os.environ.get(name):
            os.environ[name] = str(Path(os.environ[name]).absolute())


def run_main(module: str, words: tuple[str, ...]) -> None:
    """Call a module's own command line and end with its exit code."""
    sys.exit(importlib.import_module(module).main(list(words)))


# Commands that are a module's own command line.
MODULES = {
    "build": ("data.build", "Make the shipped tables again from raw sources."),
    "city": ("data.city.__main__", "Check, build, export and fetch a city's own data."),
    "digest": ("zone.digest", "Send people on a list what is new, by mail."),
    "endpoints": ("data.connectors.endpoints", "Try once every server that the app asks."),
    "firms": ("data.firms", "Import a month of a chamber's register of firms."),
    "lake": ("data.lake", "Write the tables as partitioned Parquet, to a folder or object storage."),
    "refresh": ("data.refresh", "Ask publishers for new versions of tables."),
}


def _add(name: str, module: str, summary: str) -> None:
    @main.command(name, help=summary, context_settings=PASSED_ON)
    @click.argument("words", nargs=-1, type=click.UNPROCESSED)
    def _run(words: tuple[str, ...]) -> None:
        run_main(module, words)


for _name, _module_and_summary in MODULES.items():
    _add(_name, *_module_and_summary)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def serve(options: tuple[str, ...]) -> None:
    r"""Serve the app until it is stopped by Ctrl+C.

    OPTIONS are those of `streamlit run`; paths in them must be absolute. Settings such as ZONE_ROLE and ZONE_ADDRESS
    are environment variables (data/settings.py).

    \b
    Examples:
      zone serve
      zone serve --server.port 8600
      ZONE_ROLE=editor zone serve --server.address 0.0.0.0    for a workshop's phones
    """
    os.chdir(APP)  # streamlit looks for its configuration here
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, str(APP / "serve.py"), *options])


@main.command()
@click.argument("pages", nargs=-1)
def warm(pages: tuple[str, ...]) -> None:
    r"""Prepare maps and PAGES (all if none is named), so that the first reader does not wait.

    Fetches the library that draws maps from the npm registry (without it maps are drawn more plainly), then opens each
    page once. What is prepared already is not prepared again.

    \b
    Examples:
      zone warm
      zone warm overview map
    """
    runpy.run_path(str(APP / "deploy" / "fetch_scripts.py"))["main"]()
    os.chdir(APP)
    sys.argv = ["warm.py", *pages]
    sys.exit(runpy.run_path(str(APP / "deploy" / "warm.py"))["main"]())


@main.command()
@click.argument("action", type=click.Choice(["save", "restore"]))
@click.argument("file", type=click.Path(path_type=Path))
def backup(action: str, file: Path) -> None:
    r"""Save what people entered to FILE, or restore it into an empty database.

    Goals, scenarios, initiatives, rooms, stories. Tables and cities made on this machine are the folder ZONE_LOCAL:
    copy that as well, with the file disclosure.key in it.

    \b
    Examples:
      zone backup save zone-2026-11-25.jsonl
      ZONE_DATABASE=postgresql+psycopg://localhost/zone zone backup restore zone-2026-11-25.jsonl
    """
    run_main("data.store.backup", (action, str(file)))


@main.command()
def check() -> None:
    r"""Say whether this installation is well: settings, tables, database, disk, maps, browser.

    What a running server says of itself at /healthz, and what it lacks that it can do without. The exit code is 1 where
    something is wrong, 0 where something is only absent.

    \b
    Example:
      zone check && zone serve
    """
    from data.errors import DataError

    try:
        words = importlib.import_module("web.health").checks()
    except DataError as error:  # a setting that does not fit
        raise click.ClickException(str(error)) from None
    for name, state in words.items():
        click.echo(f"{name:<9} {state}")
    for name, state in extras().items():
        click.echo(f"{name:<9} {state}")
    sys.exit(any(state != "ok" for state in words.values()))


def extras() -> dict[str, str]:
    """What the app does without where it is absent, and what then."""
    from shutil import which

    scripts = any((APP / "web" / "map_scripts" / "libraries").glob("*/*.gz"))
    browser = which("chromium") or which("google-chrome") or which("chromium-browser")
    return {
        "maps": "ok"
        if scripts
        else "drawn plainly; `zone warm` fetches their library where the npm registry is reached",
        "pictures": "ok" if browser else "no PNG and SVG of figures; install Chromium",
        "python": f"{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}",
    }


@main.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("dist"))
def bundle(folder: Path) -> None:
    r"""Write one archive into FOLDER from which a laptop without internet installs the app, its data and its maps.

    In a checkout only, on a machine that reaches the package registries, with the Python and the kind of machine that
    the laptop has.

    \b
    Example:
      zone bundle /media/stick
      then on the laptop: tar xf zone-*.tar && sh zone-*/install.sh && ~/zone/bin/zone serve
    """
    if IS_INSTALLED:
        raise click.ClickException("A bundle is made in a checkout, by python -m zone.cli bundle.")
    runpy.run_path(str(APP / "deploy" / "fetch_scripts.py"))["main"]()
    target = importlib.import_module("zone.bundle").make(APP, folder, APP / "requirements.txt")
    click.echo(f"{target}: {target.stat().st_size / 1e6:,.0f} MB")


@main.command()
@click.argument("address", default="")
def mcp(address: str) -> None:
    r"""Answer an assistant's questions on the tables, read only (Model Context Protocol on standard input and output).

    ADDRESS is that of a server; if it is left out, the tables of this installation are read.

    \b
    Examples, for an assistant's configuration:
      zone mcp
      zone mcp https://zone.city.example
    """
    try:
        serving = importlib.import_module("zone.mcp").main
    except ModuleNotFoundError as error:
        raise click.ClickException(f"The MCP server is not installed here: {error.name} is missing.") from None
    serving(address)


if __name__ == "__main__":
    main()
