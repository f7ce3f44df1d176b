"""Services of kinds that a manifest leaves out cannot stand twice."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from data.city import checks, pack


def test_a_place_listed_under_two_kinds_that_are_left_out_is_no_double(tmp_path: Path) -> None:
    for name, text in pack.template("Twice").items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    rows = pd.read_csv(tmp_path / "services.csv", dtype=str)
    both = pd.concat([rows, rows.iloc[[0, 0]].assign(id="9", kind=["bars", "pubs"])])
    both.to_csv(tmp_path / "services.csv", index=False)
    manifest = (tmp_path / pack.MANIFEST).read_text(encoding="utf-8")
    left_out = '\n[services.kinds]\nbars = ""\npubs = ""\n'
    (tmp_path / pack.MANIFEST).write_text(manifest + left_out, encoding="utf-8")
    result = checks.check(tmp_path)
    assert not result.errors
    assert len(result.tables["services"]) == len(rows)
    (tmp_path / pack.MANIFEST).write_text(manifest + left_out.replace('""', '"library"'), encoding="utf-8")
    assert "the row stands twice (9)" in [error.what for error in checks.check(tmp_path).errors]
