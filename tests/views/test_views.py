"""How things look, where it can be wrong: words for numbers, labels that do not collide, printed pages."""

from __future__ import annotations

import io
from itertools import pairwise

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.cache import ByteCache
from data.figures import Chart, Column, Figure
from data.translation import Language
from views import charts, comparisons, drawing, exports, label_places, prints
from views.palette import Style


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=30), st.floats(0.01, 5))
def test_labels_keep_their_order_and_their_distance(values: list[float], step: float) -> None:
    placed = comparisons._apart(pd.Series(values), step)
    ordered = [place for _, place in sorted(zip(values, placed, strict=True))]
    assert all(later - earlier >= step - 1e-6 for earlier, later in pairwise(ordered))


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100), st.text("abc", max_size=30)), min_size=1, max_size=25))
def test_labels_of_points_never_lie_over_each_other(points: list[tuple[float, float, str]]) -> None:
    x, y, labels = (list(column) for column in zip(*points, strict=True))
    texts, places = label_places.free_places(pd.Series(x), pd.Series(y), labels)
    across, down = (
        label_places.NARROW * label_places._spread(pd.Series(x)),
        label_places.LOW * (1 - label_places._spread(pd.Series(y))),
    )
    boxes = []
    for number, text in enumerate(texts):
        assert text in ("", labels[number])
        if text:
            left, top = label_places.PLACES[places[number]]
            wide = 6.4 * len(text)
            away = 0 if places[number].startswith("middle") else 8 * (2 * top + 1)  # from the middle of the mark
            boxes.append((across[number] + left * wide, down[number] + top * 14 + away, wide))
    for number, (west, north, wide) in enumerate(boxes):
        for other_west, other_north, other_wide in boxes[:number]:
            is_beside = west + wide <= other_west + 8 or other_west + other_wide <= west + 8
            assert is_beside or abs(north - other_north) >= 8


def test_a_label_at_the_edge_stands_inside_and_the_first_one_keeps_its_place() -> None:
    x, y = pd.Series([0.0, 100.0, 50.0, 50.0]), pd.Series([0.0, 0.0, 50.0, 50.1])
    texts, places = label_places.free_places(
        x, y, ["a long name here", "another long name", "under", "chosen"], "chosen"
    )
    assert places[:2] == ["middle right", "middle left"]
    assert texts[3] == "chosen"
    assert places[3] == "top center"


def test_a_lone_label_stays_where_its_value_is() -> None:
    assert comparisons._apart(pd.Series([4.2]), 1) == [4.2]
    assert comparisons._apart(pd.Series([0.0, 10.0]), 1) == [0, 10]


def test_a_waterfall_says_its_sum() -> None:
    parts = pd.DataFrame({"part": ["Europe", "own"], "change": [3.0, -1.0]})
    figure = comparisons.waterfall(Style(), parts, "part", "change", unit="", total="change")
    assert list(figure.data[0].text) == ["+3.0", "-1.0", "+2.0"]


def test_a_line_without_any_value_is_not_drawn() -> None:
    rows = pd.DataFrame({"year": [1, 2, 1, 2], "n": [3, 4, None, None], "group": ["a", "a", "hidden", "hidden"]})
    figure = charts.lines(Style(), rows, "year", "n", "group", unit="")
    assert [line.name for line in figure.data] == ["a"]


def test_two_areas_of_one_name_keep_a_row_each() -> None:
    rows = pd.DataFrame(
        {"name": ["Schloßstraße", "Schloßstraße"], "v": [1.0, 2.0], "low": [0.5, 1.5], "high": [1.5, 2.5]}
    )
    figure = comparisons.intervals(Style(), rows, "name", "v", "low", "high", unit="")
    assert list(figure.data[0].y) == [0, 1]


def a_figure(rows: pd.DataFrame, **columns: Column) -> Figure:
    described = tuple(columns.get(name, Column(name, name.title(), kind="name")) for name in rows)
    return Figure("f", "A finding", "persons", "2024", "Publisher", rows, described)


def test_a_cell_cannot_run_as_a_formula() -> None:
    rows = pd.DataFrame({"name": ["=1+1", "plain"], "value": [-1.5, 2.0]})
    figure = a_figure(rows, value=Column("value", "=cmd()", digits=1))
    table = pd.read_csv(io.BytesIO(exports.csv_bytes(figure)), encoding="utf-8-sig")
    assert table["Name"].tolist() == ["'=1+1", "plain"]
    assert table["'=cmd()"].tolist() == [-1.5, 2.0]
    sheet = openpyxl.load_workbook(io.BytesIO(exports.xlsx_bytes(figure)))["data"]
    assert [cell.data_type for cell in sheet[2]] == ["s", "n"]


def test_an_id_stays_text_and_a_gap_is_no_zero() -> None:
    rows = pd.DataFrame({"name": ["a", "b"], "area_id": ["0101", "0102"], "places": [0.0, float("nan")]})
    columns = {
        "area_id": Column("area_id", "Id", kind="id"),
        "places": Column("places", "Places", missing="not stated"),
    }
    figure = a_figure(rows, **columns)
    sheet = openpyxl.load_workbook(io.BytesIO(exports.xlsx_bytes(figure)))["data"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        ["a", "0101", 0],
        ["b", "0102", "not stated"],
    ]
    assert exports.csv_bytes(figure).decode("utf-8-sig").splitlines() == [
        "Name,Id,Places",
        "a,0101,0",
        "b,0102,not stated",
    ]


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("Neukölln: 9 %", "neukölln-9"),
        ("Школи та їхні місця", "школи-та-їхні-місця"),
        ("المدارس في المدينة", "المدارس-في-المدينة"),
        ("../../etc/passwd", "etc-passwd"),
        ("???", "figure"),
    ],
)
def test_a_file_name_stays_readable_in_every_script(title: str, stem: str) -> None:
    assert exports.file_stem(title) == stem


def test_a_cached_result_is_found_again_by_equal_arguments_and_not_by_others() -> None:
    cache, calls = ByteCache(1000, len), []

    def compute() -> bytes:
        calls.append(1)
        return b"result"

    word = "".join(["dis", "trict"])  # equal to the literal, another object
    assert cache.get(("a", {"level": "district"}), compute) == cache.get(("a", {"level": word}), compute) == b"result"
    assert len(calls) == 1
    cache.get(("a", {"level": "city"}), compute)
    cache.get((("a", "b"), "c"), compute)
    cache.get(("a", ("b", "c")), compute)
    assert len(calls) == 4


def test_print_holds_any_text() -> None:
    odd = 'Straße #let x = "1" $ * _ @ <tag> \\'
    paper = prints.pdf(odd, odd, {"Gaps": [odd]}, {"Table": (["", "A"], [[odd, "1"]])}, odd, Language())
    assert paper.startswith(b"%PDF")


def test_names_below_stand_below_or_nowhere_and_a_short_bar_below_zero_has_its_number_across() -> None:
    x, y = pd.Series([50.0, 0.0, 100.0]), pd.Series([0.0, 100.0, 100.0])
    _texts, places = label_places.free_places(x, y, ["group", "actor", "other"], below=1)
    assert places[0] == "bottom center"
    table = pd.DataFrame({"name": ["up", "little down", "far down"], "change": [100.0, -20.0, -150.0]})
    figure = charts.bars(Style(), table, "name", "change", unit="persons")
    numbers = [number for trace in figure.data if trace.type == "scatter" for number in trace.customdata]
    assert numbers == [-20.0], "a bar that is long has its number inside"
    assert list(figure.data[0].x) == [-150.0, -20.0, 100.0]


def test_a_chart_for_the_last_row_is_a_copy_with_every_word_large() -> None:
    table = pd.DataFrame({"label": ["Schools", "Parks"], "votes": [7, 3], "share": [0.7, 0.3]})
    drawn = drawing.draw(Chart("votes", table, {"unit": "people"}), Style(Language("en"), "light"))
    before = drawn.to_json()
    far = drawing.enlarged(drawn)
    words = [far.layout.xaxis.tickfont, far.layout.yaxis.tickfont, far.layout.annotations[0].font, far.data[0].textfont]
    assert {font.size for font in words} == {drawing.FAR}
    assert drawn.to_json() == before  # others are shown the same picture
