"""Uploads are read in processes of their own, never in the server's, and what they hold too much of is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from analytics import scenario
from analytics.scenario import Scenario
from data.city import checks, pack, reading
from data.context import CityContext
from data.errors import DataError
from data.store import exchange, register
from data.store import stories as stored_stories
from data.translation import Language
from services import initiatives, packs, scenarios, stories
from tests.data.test_hostile_packs import zipped
from tests.data.test_register import ROW
from tests.services.test_what_if import context


def not_here(*_args: Any, **_more: Any) -> Any:
    raise AssertionError("read in the server's process")


@pytest.fixture
def ctx(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CityContext:
    """A city; whatever reads an upload fails in this process."""
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")
    city = context()
    nothing = SimpleNamespace(loads=not_here, TOMLDecodeError=ValueError)
    monkeypatch.setattr(exchange, "read", not_here)
    monkeypatch.setattr(stored_stories, "json", nothing)
    monkeypatch.setattr(scenario, "tomllib", nothing)
    monkeypatch.setattr(pack, "tomllib", nothing)
    monkeypatch.setattr(reading, "read", not_here)
    monkeypatch.setattr(checks, "check", not_here)
    return city


def test_initiatives_are_read_apart_and_stored_here(ctx: CityContext) -> None:
    content = json.dumps([ROW, {**ROW, "name": ""}]).encode()
    words, report = initiatives.import_file(ctx, content, "a.json", "ann")
    assert words.startswith("1 initiative stored. 1 row not: it is listed")
    assert report is not None
    assert list(register.everything()["name"]) == [ROW["name"]]


def test_a_story_and_a_scenario_are_read_apart(ctx: CityContext) -> None:
    steps = [{"page": "reach", "query": {}, "title": "t", "note": "", "words": "", "text": ""}]
    content = b'{"title": "Mine", "steps": [{"page": "reach"}]}'
    assert stories.read_file(Language(), content, "a.json", {"reach"}) == ("Mine", [{**steps[0], "title": ""}])
    saved = Scenario(name="n", city=ctx.key, period="1900-01-01")
    with pytest.raises(ValueError, match="period: '1900-01-01' is not known here"):
        scenarios.load(ctx, scenario.dump(saved).encode(), "a.toml")


@pytest.mark.parametrize(
    ("read", "name"),
    [
        (lambda ctx, text: initiatives.import_file(ctx, text, "a.json", "ann"), "JSON"),
        (lambda ctx, text: stories.read_file(ctx.language, text, "a.json", {"reach"}), "JSON"),
        (lambda ctx, text: scenarios.load(ctx, b"a = " + text, "a.toml"), "TOML"),
    ],
)
def test_deep_nesting_is_one_sentence(
    ctx: CityContext, read: Callable[[CityContext, bytes], object], name: str
) -> None:
    with pytest.raises((DataError, ValueError)) as fault:
        read(ctx, b"[" * 100_000)
    assert "\n" not in str(fault.value)
    assert "result" not in str(fault.value), name  # it was read, and refused, not broken off


def test_a_pack_is_unpacked_mapped_and_checked_apart_and_leaves_after_an_hour(ctx: CityContext) -> None:
    upload = packs.receive({"mine.zip": packs.template()})
    upload.take(upload.read(ctx).wait(60))
    assert upload.contents is not None
    is_pack, files = upload.contents
    assert is_pack
    parts = {section: file.parts[section] for file in files for section in file.sections}
    assert parts["areas"]["columns"]["id"] == "id"
    upload.take(upload.check_pack(ctx, parts).wait(60))
    assert {finding.level for finding in upload.findings or []} == {"note"}
    shutil.rmtree(upload.folder.name)  # services.background.remove_leftovers does
    with pytest.raises(DataError, match="Upload the pack again"):
        upload.build(ctx)
    nested = packs.receive({"nested.zip": zipped({"city.toml": b"a = " + b"[" * 5000})})
    nested.take(nested.read(ctx).wait(60))
    assert [finding.what for finding in nested.findings or []] == ["it is nested too deeply"]
