"""The chamber's register: the publisher's own sample, faults with their lines, a generated file of the same layout."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import data
from bench.firms import HEADER, generate
from data import firms
from data.connectors import chamber_register, http_cache
from data.connectors.chamber_register import firms_by_area
from data.errors import SourceError

SAMPLE = Path(__file__).parents[3] / "shared/sources/berlin/ihk_companies_sample_2023-03.csv"
MONTH = pd.Timestamp("2023-03-01")
AREAS = ["01100206", "04500939", "12200515"]
ROW = (
    "9,43032E+11;Berlin;12047;52,48;13,42;{branch};7311;73;{band};Promotion;Werbeagenturen;Werbung;11;"
    "Kleingewerbetreibender;Neukölln;{area};Donaustraße;Reuterstraße;Neukölln;Neukölln"
)


def write(path: Path, rows: list[str]) -> Path:
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8-sig")
    return path


def row(area: str = "4500939", branch: str = "731108", band: str = "1 - 3 Beschäftigte") -> str:
    return ROW.format(area=area, branch=branch, band=band)


def test_a_pointer_of_git_lfs_is_called_so_and_not_a_register_without_columns(tmp_path: Path) -> None:
    pointer = tmp_path / "register.csv"
    pointer.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:8bf8\nsize 123855039\n")
    with pytest.raises(SourceError) as fault:
        firms_by_area(pointer, MONTH, AREAS)
    assert str(fault.value) == (
        f"{pointer}: this is not the register but a pointer to it: the file of 123,855,039 bytes itself lies in Git "
        f"LFS. Fetch it with 'git lfs pull', or from {chamber_register.ADDRESS}."
    )
    assert chamber_register.ADDRESS.startswith("https://media.githubusercontent.com/media/IHKBerlin/")
    http_cache.check_host(chamber_register.ADDRESS)


@pytest.mark.skipif(not SAMPLE.exists(), reason="no shared folder beside this checkout")
def test_the_publishers_sample_is_counted_whole() -> None:
    shapes = data.table("areas_exact", "berlin")
    table, report = firms_by_area(SAMPLE, MONTH, shapes.loc[shapes["boundary_version"] == "2021", "area_id"])
    assert (table["firms"].sum(), len(report)) == (30, 0)
    assert set(table["area_id"].str.len()) == {8}
    jewellers = table[(table["area_id"] == "12200515") & (table["activity"] == "47770")]
    assert jewellers["firms"].item() == 1
    small = table[table["firms"] < 3]
    assert small["employees_low"].isna().all()  # one firm's size band is that firm's own


def test_bands_become_an_interval(tmp_path: Path) -> None:
    rows = [
        row(band="0"),
        row(),
        row(band="10 - 19 Beschäftigte"),
        row(band="1.000 und mehr Beschäftigte"),
        row(band=""),
    ]
    table, report = firms_by_area(write(tmp_path / "firms.csv", rows), MONTH, AREAS)
    cell = table.iloc[0]
    assert (cell["firms"], cell["employees_low"], cell["employees_high"]) == (5, 0 + 1 + 10 + 1000, 0 + 3 + 19 + 1000)
    assert cell["open_ended"] == 1
    assert report.empty


def test_every_bad_row_is_reported_with_its_line(tmp_path: Path) -> None:
    broken_text = row().replace("Promotion", '"Promotion\nund Propaganda"')  # one field over two lines
    rows = [
        row(),
        broken_text,
        row(area="99999999"),
        "too;few;fields",
        row(branch="ABC"),
        row(band="viele"),
        row(area=""),
    ]
    table, report = firms_by_area(write(tmp_path / "firms.csv", rows), MONTH, AREAS)
    assert table["firms"].sum() == 2
    faults = {line: (column, value) for line, column, value, _ in report.itertuples(index=False)}
    text = (tmp_path / "firms.csv").read_text(encoding="utf-8-sig").splitlines()
    assert sorted(faults) == [5, 6, 7, 8, 9]
    assert faults[5] == ("planungsraum_id", "99999999")
    assert "99999999" in text[5 - 1]
    assert text[6 - 1] == "too;few;fields"
    assert faults[7] == ("ihk_branch_id", "ABC")
    assert faults[8] == ("employees_range", "viele")
    assert faults[9][0] == "planungsraum_id"


def test_lines_are_right_far_into_a_large_file(tmp_path: Path) -> None:
    generate(tmp_path / "month.csv", 150_000)
    lines = (tmp_path / "month.csv").read_text(encoding="utf-8-sig").splitlines()
    bad = [(5, "few;fields"), (70_000, row(area="99999999")), (120_000, "one field"), (149_000, row(branch="??"))]
    for place, text in bad:
        lines[place] = text
    (tmp_path / "month.csv").write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    shapes = data.table("areas_exact", "berlin")
    table, report = firms_by_area(
        tmp_path / "month.csv", MONTH, shapes.loc[shapes["boundary_version"] == "2021", "area_id"]
    )
    assert report["line"].tolist() == [place + 1 for place, _ in bad]
    assert table["firms"].sum() + len(report) == 150_000  # none is dropped silently


def test_a_missing_column_or_file_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="missing"):
        firms_by_area(tmp_path / "none.csv", MONTH, AREAS)
    path = tmp_path / "firms.csv"
    path.write_text(HEADER.replace("planungsraum_id", "area") + "\n" + row() + "\n", encoding="utf-8-sig")
    with pytest.raises(SourceError, match=r"firms\.csv, column 'planungsraum_id': the column is missing"):
        firms_by_area(path, MONTH, AREAS)


def test_a_generated_month_is_stored_found_and_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path / "local"))
    assert not data.has("firms", "berlin")
    generate(tmp_path / "month.csv", 20_000)
    entry, report = firms.import_month(tmp_path / "month.csv", MONTH)
    assert report is None
    assert data.table("firms", "berlin")["firms"].sum() == 20_000
    assert "2023-03" in data.entry("firms", "berlin").source_line
    before = data.version()
    write(tmp_path / "next.csv", [row("1100206"), row("77777777")])
    entry, report = firms.import_month(tmp_path / "next.csv", pd.Timestamp("2023-04-01"))
    assert (entry.rows, data.table("firms", "berlin")["firms"].sum()) == (1, 1)
    assert report is not None
    assert "77777777" in report.read_text(encoding="utf-8")
    assert data.version() != before


def test_a_broken_file_changes_nothing_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path / "local"))
    firms.import_month(write(tmp_path / "good.csv", [row()]), MONTH)
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(SourceError):
        firms.import_month(tmp_path / "bad.csv", MONTH)
    assert data.table("firms", "berlin")["firms"].sum() == 1
