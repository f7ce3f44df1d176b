"""The city on a map: indicators, circles, facilities, a list of areas; a place put to the test, a drawn area."""

from typing import Any

import streamlit as st

from services import areas, city_map, isochrones, my_points, names, site_test, transit
from views import controls, figures, shell, state
from views.language import _

ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
query = state.read(city_map.Query, city_map.options(ctx), {"level": ctx.levels[-1], "colour": "displaced"})
labels = city_map.labels(ctx)


def look(view: Any) -> None:
    """Keep where the reader looks, for the link."""
    state.choose(dict(zip(("lon", "lat", "zoom"), view, strict=True)), "map")


def place(site: Any) -> None:
    """Put a place to the test."""
    state.choose({"site_lon": site[0], "site_lat": site[1]}, "map")


def outline(ring: Any) -> None:
    """Look at a drawn area."""
    state.choose({"outline": [value for corner in ring[:-1] for value in corner]}, "map")


def clear() -> None:
    """Leave the tested place and the drawn area."""
    state.forget("site_lon", "site_lat", "outline")


def explore() -> None:
    """The whole page: what is shown, the map, and what is asked of a place on it."""
    with controls.turned_on_phones("map_first"):
        with st.container():
            row = st.columns(5)
            controls.choice(row[0].selectbox, _("Colour: indicator"), "colour", labels["colour"])
            controls.choice(row[1].selectbox, _("Circles: indicator"), "circles", labels["circles"])
            controls.choice(row[2].selectbox, _("Dots: facilities"), "dots", labels["dots"])
            controls.choice(row[3].selectbox, _("Areas"), "level", names.level_names(ctx))
            controls.choice(row[4].selectbox, _("Swipe to"), "beside", labels["beside"])
        with st.container(), shell.section():
            figures.workplace(
                city_map.city_map(ctx, territory, query),
                query.opacity / 100,
                {"view": look, "site": place, "outline": outline},
                f"maps/search/{ctx.key}?lang={ctx.language.code}",
            )
    left, right = st.columns(2)
    controls.toggle(_("Over time"), "over_time", left, help=_("The same indicator on every day that it was counted"))
    controls.choice(right.select_slider, _("Strength of the colours"), "opacity", lambda share: f"{share} %")
    if query.has_site or query.outline:
        st.button(_("Leave the tested place and the drawn area"), on_click=clear, icon=":material/close:")
    if query.has_site:
        st.header(_("The tested place"), anchor=False, divider="gray")
        where = query.site_lon, query.site_lat
        with shell.section():
            figures.show(site_test.people_figure(ctx, territory, *where))
        st.subheader(_("From where is it reached?"), anchor=False)
        ways = state.read(isochrones.Query, isochrones.options(ctx))
        columns = st.columns(3)
        controls.choice(columns[0].selectbox, _("On the way"), "way", isochrones.ways(ctx))
        controls.choice(columns[1].selectbox, _("Limit"), "way_limit", lambda minutes: _("{m} minutes", m=minutes))
        if ways.way == isochrones.RIDE:
            controls.choice(columns[2].selectbox, _("Setting out"), "window", transit.window_labels(ctx))
        with shell.section():
            figures.show(isochrones.map_figure(ctx, territory, *where, ways))
        controls.choice(st.selectbox, _("A new facility here"), "site_kind", labels["site_kind"])
        with shell.section():
            figures.show(site_test.change_figure(ctx, territory, *where, query.site_kind))
        st.markdown(f"[{_('Where could new sites go?')}]({state.link('what_if_sites', service=query.site_kind)})")
        with shell.section():
            figures.show(site_test.near_figure(ctx, territory, *where))
    if query.outline:
        st.header(_("The drawn area"), anchor=False, divider="gray")
        with shell.section():
            figures.show(site_test.outline_figure(ctx, territory, query.outline))


def own_points() -> None:
    """Points of the reader's own file, in this session alone."""
    st.header(_("My points"), anchor=False, divider="gray")
    file = st.file_uploader(
        _("Points as CSV, Excel, GeoJSON, GeoPackage or Parquet"), my_points.SUFFIXES, key="own_points"
    )
    if file is None:
        return
    with shell.section():
        kept = st.session_state.get("own_points_read")
        if kept is None or kept[0] != file.file_id:
            kept = file.file_id, my_points.receive(ctx.language, file.name, file.getvalue())
            st.session_state["own_points_read"] = kept
        sizes: dict[str, str] = {"": _("all alike")} | my_points.numbers(kept[1])
        size = st.selectbox(_("Size by"), list(sizes), format_func=lambda name: sizes[name], key="own_points_size")
        figures.show(my_points.map_figure(ctx, territory, kept[1], size, query.colour))


title = _("Map of {place}", place=areas.place_name(ctx, territory))
if shell.is_map_alone():
    with shell.section():
        figures.map_alone(city_map.city_map(ctx, territory, query), query.opacity / 100)
else:
    shell.title(title, ctx, territory)
    explore()
    own_points()
