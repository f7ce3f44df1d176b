"""docs/api.md: every address in it is answered, and its Python runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import pytest
from starlette.testclient import TestClient

import data
from bench.driver import ROOT
from tests.unlimited import unlimited
from zone import client as zone_client

CITY = next(iter(data.cities()))
TEXT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8").replace("my-city", CITY)
ADDRESSES = sorted(
    {address.rstrip(".,;") for address in re.findall(r"(?:(?<=city\.example)|(?<=[\s`]))/api/[^\s`\"')]*", TEXT)}
)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with unlimited() as asks:
        yield asks


def test_addresses_are_found_in_the_text() -> None:
    assert len(ADDRESSES) > 15
    assert f"/api/tables/{CITY}/areas?format=gpkg" in ADDRESSES


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_address_is_answered(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text[:200]
    assert len(answer.content) > 100


def test_the_python_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On this repository's folder in place of a server."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(zone_client, "connect", lambda _place, real=zone_client.connect: real(ROOT))
    with mpl.rc_context({"backend": "Agg"}):
        (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.S)
        exec(compile(code, "docs/api.md", "exec"), {})
    assert (tmp_path / "copy" / "world" / "displaced.parquet").exists()


def test_every_collection_and_tool_is_named_as_it_is() -> None:
    from zone import mcp

    for name in vars(mcp.Tools):
        assert name.startswith("_") or f"`{name}`" in TEXT
