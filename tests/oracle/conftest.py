"""Figures of pages recomputed from the raw sources by code that imports nothing of analytics."""

from __future__ import annotations

from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[3] / "shared" / "sources"


@pytest.fixture(scope="session")
def sources() -> Path:
    """The folder of raw sources; skipped where it is not beside the checkout."""
    if not SOURCES.exists():
        pytest.skip("no raw sources beside this checkout")
    return SOURCES
