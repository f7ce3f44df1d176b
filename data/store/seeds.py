"""Initiatives to start with (seeds.toml): `python -m data.store.seeds` puts these European projects into the register.

Each fact was read on the day CHECKED in a stored copy of the public page beside it; an unknown is left empty. Where a
page states a month only, the start is its first day and the end its last; universities count as public. Projects known
only from a list of selected ones are at the stage "detected", with the list's topic (urban poverty: work and income).
The sector of a partner is the house's reading of what the page calls it.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Any

from data import rights
from data.store import register

CHECKED = "2026-11-24"
DEFAULTS = {"kind": "practice", "stage": "applied", "funding": "ERDF, Urban Innovative Actions"}


def seeds() -> list[dict[str, Any]]:
    """The initiatives, ready for register.check."""
    entries = tomllib.loads(Path(__file__).with_name("seeds.toml").read_text(encoding="utf-8"))["initiatives"]
    return [
        DEFAULTS | entry | {"evidence": [page | {"checked": CHECKED} for page in entry["evidence"]]}
        for entry in entries
    ]


def fill_register(who: str = "starting set") -> int:
    """Put the initiatives into an empty register; returns how many. A register that holds any is left alone."""
    if len(register.everything(removed=True)):
        return 0
    return len(register.add_many([register.check(seed) for seed in seeds()], who))


if __name__ == "__main__":
    rights.act_as(rights.OWNER)
    print(f"{fill_register()} initiatives stored")
    sys.exit(0)
