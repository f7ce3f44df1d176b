"""The city's look on what people take home."""

from __future__ import annotations

from typing import NamedTuple


class Brand(NamedTuple):
    """A city's own look on what leaves the app.

    Name, colour of headings and bars (#rrggbb), colour of lines, logo's bytes and kind ('png', 'svg', 'jpg'; '' without
    one).
    """

    name: str = "Zone of Social Creativity"
    primary: str = "#00607a"
    accent: str = "#e69f00"
    logo: bytes = b""
    logo_kind: str = ""
