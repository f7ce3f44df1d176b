"""The city on a map: indicators, circles, facilities, a list of areas; a place put to the test, a drawn area."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from services import areas, city_map, isochrones, my_points, names, site_test, transit, web_layers
from views import controls, figures, shell, state, uploads
from views.language import _

ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
query = state.read(city_map.Query, city_map.options(ctx), {"level": ctx.levels[-1], "colour": "displaced"})
remote = state.read(web_layers.Query)
labels = city_map.labels(ctx)


def act(*names: str) -> Callable[[Any], None]:
    """Keep what the reader did on the map as choices."""
    return lambda values: state.choose(dict(zip(names, values, strict=True)), "map")


def outline(ring: Any) -> None:
    """Look at a drawn area."""
    state.choose({"outline": [value for corner in ring[:-1] for value in corner]}, "map")


def overlay() -> web_layers.WebLayer | None:
    """Another server's pictures on the map, as far as they answer."""
    with shell.section():
        return web_layers.pictures(ctx, remote) if remote.asks_for("wms") else None
    return None


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
                city_map.city_map(ctx, territory, query, overlay()),
                query.opacity / 100,
                {"view": act("lon", "lat", "zoom"), "site": act("site_lon", "site_lat"), "outline": outline},
                f"maps/search/{ctx.key}?lang={ctx.language.code}",
            )
    left, right = st.columns(2)
    controls.toggle(_("Over time"), "over_time", left, help=_("The same indicator on every day that it was counted"))
    controls.choice(right.select_slider, _("Strength of the colours"), "opacity", lambda share: f"{share} %")
    if query.has_site or query.outline:
        left_out = ("site_lon", "site_lat", "outline")
        st.button(_("Clear the tested place and the drawn area"), on_click=state.forget, args=left_out)
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
    """Points of the reader's own file or of another server, in this session alone."""
    st.header(_("My points"), anchor=False, divider="gray")
    file = st.file_uploader(
        _("Points as CSV, Excel, GeoJSON, GeoPackage or Parquet"), my_points.SUFFIXES, key="own_points"
    )
    with shell.section():
        if file is not None:
            points = uploads.read_once(file, "own_points_read", partial(my_points.receive, ctx.language))
        elif remote.asks_for("wfs"):
            points = web_layers.points(ctx, remote)
        else:
            return
        sizes: dict[str, str] = {"": _("all alike")} | my_points.numbers(points)
        size = st.selectbox(_("Size by"), list(sizes), format_func=lambda name: sizes[name], key="own_points_size")
        figures.show(my_points.map_figure(ctx, territory, points, size, query.colour))


title = _("Map of {place}", place=areas.place_name(ctx, territory))
if shell.is_map_alone():
    with shell.section():
        figures.map_alone(city_map.city_map(ctx, territory, query, overlay()), query.opacity / 100)
else:
    shell.title(title, ctx, territory)
    explore()
    with st.expander(_("A layer of another map server"), expanded=bool(remote.layer_address)):
        row = st.columns([1, 2, 1])
        controls.choice(row[0].radio, _("As"), "layer_kind", lambda kind: _(web_layers.KINDS[kind]))
        controls.text(_("Address of the server"), "layer_address", row[1], placeholder="https://")
        controls.text(_("Name of the layer"), "layer_name", row[2])
        st.caption(_("This server asks only hosts that its owner has put on the list (ZONE_HOSTS)."))
    own_points()
