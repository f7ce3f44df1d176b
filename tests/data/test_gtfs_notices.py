"""A feed's faults under the canonical validator's codes, each with severity, file and row."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest

from data.connectors import gtfs_notices
from data.errors import SourceError
from data.standards import reading
from data.standards.tables import Notice
from tests.languages import in_english_only

TODAY = date(2026, 9, 1)
FILES = {
    "agency.txt": "agency_name,agency_url,agency_timezone\nVerkehr,https://v.example,Europe/Berlin\n",
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\nA,Alt,52.50,13.40\nB,Bahnhof,52.51,13.40\n",
    "routes.txt": "route_id,route_short_name,route_type\nR,12,3\n",
    "trips.txt": "route_id,service_id,trip_id\nR,D,T\n",
    "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "T,08:00:00,08:00:00,A,1\nT,08:05:00,08:05:00,B,2\n",
    "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    "D,1,1,1,1,1,1,1,20260101,20261231\n",
    "feed_info.txt": "feed_publisher_name,feed_publisher_url,feed_lang,feed_end_date\n"
    "V,https://v.example,de,20261231\n",
}


def zipped(**changed: str | None) -> bytes:
    out = io.BytesIO()
    texts = FILES | {f"{name}.txt": text for name, text in changed.items()}
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in texts.items():
            if text is not None:
                archive.writestr(name, text)
    return out.getvalue()


def found(**changed: str | None) -> list[Notice]:
    return gtfs_notices.notices(zipped(**changed), "feed.zip", TODAY)


def test_a_sound_feed_has_no_notice() -> None:
    assert found() == []


HEAD = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
FIRST, LAST = "T,08:00:00,08:00:00,A,1\n", "T,08:05:00,08:05:00,B,2\n"


@pytest.mark.parametrize(
    ("changed", "code", "severity", "file", "rows"),
    [
        ({"agency": None}, "missing_required_file", "error", "agency.txt", ()),
        ({"feed_info": None}, "missing_recommended_file", "warning", "feed_info.txt", ()),
        ({"calendar": None}, "missing_calendar_and_calendar_date_files", "error", "calendar.txt", ()),
        ({"notes": "a\nb\n"}, "unknown_file", "note", "notes.txt", ()),
        ({"agency": ""}, "empty_file", "error", "agency.txt", ()),
        ({"routes": "route_id,route_short_name\nR,12\n"}, "missing_required_column", "error", "routes.txt", ()),
        ({"trips": FILES["trips.txt"] + "R,D,\n"}, "missing_required_field", "error", "trips.txt", (3,)),
        ({"stops": FILES["stops.txt"] + "B,Bhf,52.51,13.40\n"}, "duplicate_key", "error", "stops.txt", (4,)),
        ({"stop_times": HEAD + FIRST + LAST + LAST}, "duplicate_key", "error", "stop_times.txt", (4,)),
        ({"trips": "route_id,service_id,trip_id\nX,D,T\n"}, "foreign_key_violation", "error", "trips.txt", (2,)),
        (
            {"stop_times": HEAD + FIRST + LAST + "T,08:09:00,08:09:00,Z,3\n"},
            "foreign_key_violation",
            "error",
            "stop_times.txt",
            (4,),
        ),
        ({"stop_times": HEAD + LAST + FIRST}, "unsorted_stop_times", "note", "stop_times.txt", (3,)),
        ({"stops": FILES["stops.txt"] + "C,C,52.5,13.4,1,2\n"}, "invalid_row_length", "error", "stops.txt", (4,)),
        (
            {"stop_times": HEAD + FIRST + "T,07:55:00,07:55:00,B,2\n"},
            "stop_time_with_arrival_before_previous_departure_time",
            "error",
            "stop_times.txt",
            (3,),
        ),
        ({"stop_times": HEAD + FIRST + "T,8.05,8.05,B,2\n"}, "invalid_time", "error", "stop_times.txt", (3,)),
        ({"stop_times": HEAD + FIRST}, "unusable_trip", "warning", "stop_times.txt", (2,)),
        ({"trips": FILES["trips.txt"] + "R,D,T2\n"}, "unused_trip", "warning", "trips.txt", (3,)),
        ({"stops": FILES["stops.txt"] + "C,Dorf,52.6,13.4\n"}, "stop_without_stop_time", "warning", "stops.txt", (4,)),
        ({"stops": FILES["stops.txt"].replace("52.51", "")}, "stop_without_location", "error", "stops.txt", (3,)),
        ({"stops": FILES["stops.txt"].replace("52.51", "152.51")}, "number_out_of_range", "error", "stops.txt", (3,)),
        (
            {"stops": "stop_id,stop_name,stop_lat,stop_lon\nA,Alt,0,0\nB,Bahnhof,0,0\n"},
            "point_near_origin",
            "error",
            "stops.txt",
            (2, 3),
        ),
        (
            {"routes": "route_id,route_type\nR,3\n"},
            "route_both_short_and_long_name_missing",
            "error",
            "routes.txt",
            (2,),
        ),
        (
            {"calendar": FILES["calendar.txt"].replace("20260101", "20270101")},
            "start_and_end_range_out_of_order",
            "error",
            "calendar.txt",
            (2,),
        ),
        ({"calendar": FILES["calendar.txt"].replace("0101", "1301")}, "invalid_date", "error", "calendar.txt", (2,)),
        (
            {"calendar": FILES["calendar.txt"].replace("20261231", "20260831")},
            "expired_calendar",
            "warning",
            "calendar.txt",
            (),
        ),
        (
            {"feed_info": FILES["feed_info.txt"].replace("20261231", "20260905")},
            "feed_expiration_date7_days",
            "warning",
            "feed_info.txt",
            (),
        ),
    ],
)
def test_each_fault_has_its_code_severity_file_and_row(
    changed: dict[str, str | None], code: str, severity: str, file: str, rows: tuple[int, ...]
) -> None:
    notices = [one for one in found(**changed) if one.code == code and one.file == file]
    assert {(one.severity, one.rows) for one in notices} == {(severity, rows)}
    assert notices[0].hint
    assert not in_english_only([notices[0].what, notices[0].hint])


def test_rows_behind_one_that_is_too_long_keep_their_numbers() -> None:
    stops = "stop_id,stop_name,stop_lat,stop_lon\nX,too,long,1,2,3\nA,Alt,52.50,13.40\nB,Bahnhof,52.51,13.40\n"
    notices = found(stops=stops + "B,Bhf,52.51,13.40\n")
    rows = {notice.code: notice.rows for notice in notices}
    assert rows["invalid_row_length"] == (2,)
    assert rows["duplicate_key"] == (5,)


def test_a_bus_from_a_to_b_may_take_a_minute_and_a_half_and_no_less() -> None:
    """A and B are 1.112 km apart (0.01 degrees of 6,371 km): 44 km/h in 90 s; 11.1 km in five minutes are 133 km/h."""
    assert "fast" not in str(found(stop_times=HEAD + FIRST + "T,08:01:30,08:01:30,B,2\n"))
    near = FILES["stops.txt"].replace("52.51", "52.60")
    assert "fast" not in str(found(stops=near))
    (notice,) = found(stops=FILES["stops.txt"].replace("52.51", "52.70"))  # 22.2 km in five minutes
    assert (notice.code, notice.rows) == ("fast_travel_between_consecutive_stops", (3,))
    assert "267 km/h" in notice.what  # 22.239 km * 12
    rail = FILES["routes.txt"].replace(",3\n", ",2\n")
    assert found(stops=FILES["stops.txt"].replace("52.51", "52.70"), routes=rail) == []  # a train may


def test_many_rows_of_one_fault_are_one_notice_that_counts_them() -> None:
    trips = FILES["trips.txt"] + "".join(f"R,D,t{n}\n" for n in range(100))
    (notice,) = found(trips=trips)
    assert (notice.code, notice.count, notice.rows) == ("unused_trip", 100, (3, 4, 5, 6, 7))


def test_a_feed_is_told_from_other_zips_and_lies_in_a_folder_too() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in FILES.items():
            archive.writestr(f"vbb/{name}", text)
    received = reading.read(out.getvalue(), "feed.zip")
    assert received.kind == "feed"
    assert not [one for one in received.notices if one.severity == "error"]
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("a.txt", "b")
    with pytest.raises(SourceError, match="neither a data package nor a GTFS feed"):
        reading.read(other.getvalue(), "other.zip")
