"""Pages of the documentation's site that are made from the code, so that nobody has to keep them (mkdocs.yml)."""

from __future__ import annotations

import ast
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
PACKAGES = {
    "analytics": "Methods: pure functions from tables to tables.",
    "data": "The one door to tables: catalogue, city packs, what people enter.",
    "services": "What a page or the API asks for, for an explicit context.",
    "web": "What is served beside the pages: the room on phones, short links, the API.",
    "zone": "The command, and what other programs use.",
}
LEFT_OUT = ("data.store.migrations", "data.definitions", "data.local.", "data.city.__main__")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add them to those that are written by hand."""
    pages = {"indicators.md": indicators(), "reference/command.md": command(), "reference/settings.md": settings()}
    pages |= {f"reference/{name}.md": reference(name, about) for name, about in PACKAGES.items()}
    for name, text in pages.items():
        files.append(File.generated(config, name, content=text))
    return files


def indicators() -> str:
    """Every indicator, one table a dimension, from the registry."""
    from analytics.indicators import CONTEXT, DIMENSIONS, REGISTRY

    about = "As `analytics/indicators.py` has them; the page *Indicators* of the app has a card each."
    lines = ["# Indicators", "", about, ""]
    for key, heading in (DIMENSIONS | CONTEXT).items():
        lines += [
            f"## {heading}",
            "",
            "| indicator | unit | good | definition | formula | period | caveats |",
            "|---|---|---|---|---|---|---|",
        ]
        for card in (card for card in REGISTRY if card.dimension == key):
            good, caveats = card.good or "neither", card.caveats or "none known"
            cells = (card.label, card.unit, good, card.definition, card.formula, card.period, caveats)
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        lines.append("")
    return "\n".join(lines)


def command() -> str:
    """What `zone --help` and the help of each command say."""
    import click

    from zone.cli import MODULES, main

    root = click.Context(main, info_name="zone", max_content_width=100)
    about = "In a checkout `.venv/bin/python -m zone.cli`, installed `zone`."
    lines = ["# The command", "", about, "", _block(main.get_help(root))]
    for name in main.list_commands(root):
        one = main.commands[name]
        is_ours = name not in MODULES
        words = (
            one.get_help(click.Context(one, info_name=name, parent=root)) if is_ours else _own_help(MODULES[name][0])
        )
        lines += [f"## zone {name}", "", _block(words)]
    return "\n".join(lines)


def _own_help(module: str) -> str:
    """The help of a module's command line, as the module itself prints it."""
    import contextlib
    import importlib
    import io

    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
        importlib.import_module(module).main(["--help"])
    return said.getvalue()


def _block(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```\n"


def settings() -> str:
    """Every environment variable with its default and the comment beside it."""
    from data.settings import Settings

    text = (ROOT / "data" / "settings.py").read_text(encoding="utf-8")
    lines = [
        "# Settings",
        "",
        "Environment variables; an empty one is as good as none.",
        "",
        "| variable | default | what |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        about = text.split(f"\n    {name}: ")[1].partition("#")[2].splitlines()[0].strip()
        lines.append(f"| `ZONE_{name.upper()}` | {_shown(field.default)} | {about} |")
    return "\n".join([*lines, ""])


def _shown(default: object) -> str:
    text = str(default.relative_to(ROOT)) if isinstance(default, Path) else str(default)
    return f"`{text}`" if text not in ("", "None") else ""


def reference(package: str, about: str) -> str:
    """Every public module of a package, for mkdocstrings."""
    lines = [f"# {package}", "", about, ""]
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        is_public = not name.startswith(LEFT_OUT) and not parts[-1].startswith("_")
        if (is_public or path.name == "__init__.py") and ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))):
            lines += [f"::: {name}", ""]
    return "\n".join(lines)
