"""Work for processes of their own, in a module that loads at once."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path


def endless(place: Path) -> None:
    """Say which process this is, then stay in a library that looks at no signal."""
    place.write_text(str(os.getpid()))
    sqlite3.connect(":memory:").execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    ).fetchall()


def greedy() -> int:
    return sum(len(bytearray(500_000_000)) for _ in [bytearray(500_000_000) for _ in range(20)])


def dies() -> None:
    os.kill(os.getpid(), 9)
