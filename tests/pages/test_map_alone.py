"""The map alone, for the frame of another site: what the link says, without controls or other figures."""

from __future__ import annotations

from tests.driver import figures, open_page


def test_the_map_alone_shows_what_its_link_says_and_nothing_else() -> None:
    whole = open_page("map", city="berlin", colour="library_walk", level="district")
    alone = open_page("map", city="berlin", colour="library_walk", level="district", frame="map")
    assert not alone.exception
    own = [box.key for box in alone.selectbox if str(box.key).startswith("map.")]
    assert own == []
    assert not alone.title
    assert [figure.key for figure in figures(alone)] == ["city-map"]
    assert figures(alone)[0].finding == figures(whole)[0].finding
    assert figures(alone)[0].rows.equals(figures(whole)[0].rows)
    assert any("Source: " in caption.value for caption in alone.caption)


def test_a_place_put_to_the_test_says_from_where_it_is_reached() -> None:
    app = open_page("map", city="berlin", site_lon="13.4247", site_lat="52.4869", way="bicycle", way_limit="10")
    assert not app.exception
    shown = {figure.key: figure for figure in figures(app)}
    assert "reach this place within 10 minutes (By bicycle)" in shown["isochrone"].finding
    app.selectbox(key="map.way").set_value("ride").run()
    assert not app.exception
    assert "timetable of 2021-09-14" in {figure.key: figure for figure in figures(app)}["isochrone"].period
