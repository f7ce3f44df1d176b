"""The city's look on what people take home: name, two colours and a logo, from a small theme file."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from data import limits
from data.catalogue import local_folder
from data.errors import SourceError
from data.settings import settings
from data.translation import N_

PICTURES = {b"\x89PNG": "png", b"<svg": "svg", b"<?xm": "svg", b"\xff\xd8\xff": "jpg"}


def load() -> dict[str, Any]:
    """What the theme file states: name, primary and accent (#rrggbb), logo, logo_kind; empty where there is no file.

    The file is that of ZONE_BRAND, or brand.toml in the folder of local tables. Raises SourceError that names the field
    and a hint where it is wrong.
    """
    path = settings().brand or local_folder() / "brand.toml"
    if not path.exists():
        return {}
    try:
        limits.check_size(content := path.read_bytes(), path.name, 100_000)
        theme = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(
            path.name, N_("is not TOML: {error}", error=str(error)), hint=N_("Start from docs/brand.toml")
        ) from error
    for name in ("primary", "accent"):
        if name in theme and not re.fullmatch(r"#[0-9a-fA-F]{6}", str(theme[name])):
            raise SourceError(
                path.name,
                N_("{name} is '{value}', not a colour", name=name, value=theme[name]),
                hint=N_("Write it as #rrggbb"),
            )
    stated = {name: str(theme[name])[:80] for name in ("name", "primary", "accent") if name in theme}
    return stated | (_logo(path, str(theme["logo"])) if theme.get("logo") else {})


def _logo(path: Path, name: str) -> dict[str, Any]:
    try:
        picture = (path.parent / Path(name).name).read_bytes()
        limits.check_size(picture, name, 5_000_000)
    except (OSError, ValueError) as error:  # not there, a folder, or no name that a file could have
        raise SourceError(
            path.name, N_("logo '{name}' is not beside it", name=name), hint=N_("Put the picture into the same folder")
        ) from error
    kind = next((kind for start, kind in PICTURES.items() if picture.startswith(start)), "")
    if not kind:
        raise SourceError(
            path.name, N_("logo '{name}' is no PNG, SVG or JPEG", name=name), hint=N_("Save it as one of these")
        )
    return {"logo": picture, "logo_kind": kind}
