"""Profile of one area against its district, the city and the areas most like it; or two areas side by side."""

from functools import partial

import streamlit as st

from services import areas, brief, inclusion, names, profile, two_areas
from services.tables import source
from views import controls, exports, figures, prints, share_panel, shell, state
from views.language import _


def side_by_side() -> None:
    """Two areas: their brief, where each stands, how far shares of people are apart."""
    for place in (area, other):
        st.markdown(f"**{every[place]}**: {profile.about(ctx, period, level, place)}")
    build = partial(brief.comparison, ctx, period, level, area, other)
    share_panel.brief(_("Brief of both areas"), title, build, shell.brand(), ctx.language)
    figures.show(two_areas.pair_figure(ctx, period, level, area, other))
    if differences := two_areas.differences_figure(ctx, period, level, area, other):
        figures.show(differences)
    for place in (area, other):
        address = state.link("profile", level=level, profile_area=place)
        st.markdown(f"[{_('Profile of {name}', name=every[place])}]({address})")


def alone() -> None:
    """One area: its brief, what stands out, every measure."""
    st.markdown(profile.about(ctx, period, level, area))
    build = partial(brief.brief, ctx, territory, period, level, area)
    share_panel.brief(_("Brief of this area"), name, build, shell.brand(), ctx.language)
    standouts = {kind: profile.standouts(ctx, period, level, area, kind) for kind in ("strength", "gap")}
    cards = names.cards(ctx.language)
    district = areas.district_by_area(ctx, level)[area]
    for column, (kind, heading, nothing) in zip(
        st.columns(2),
        (
            (
                "strength",
                _("Strengths"),
                _("Nothing stands out as a strength: better than four fifths of five areas or more."),
            ),
            ("gap", _("Gaps"), _("Nothing stands out as a gap: worse than four fifths of five areas or more.")),
        ),
        strict=True,
    ):
        column.subheader(heading, anchor=False)
        lines = []
        for key, sentence in standouts[kind].items():
            line = f"- {sentence} [{_('Figure')}]({state.link(cards[key].shown_on, level=level, district=district)})"
            if kind == "gap":
                line += f" · [{_('Initiatives')}]({state.link('initiatives', topic=cards[key].dimension)})"
            lines.append(line)
        column.markdown("\n".join(lines) or nothing)
    table = profile.table_figure(ctx, period, level, area)
    figures.show(profile.strip_figure(ctx, period, level, area))
    figures.show(table)
    draw = partial(
        prints.pdf,
        _("{names}: profile", names=name),
        _(
            "{level_names}, {name}, {period}. Minutes are estimates.",
            level_names=names.level_names(ctx)[level],
            name=ctx.name,
            period=ctx.language.day(period),
        ),
        {_("Strengths"): list(standouts["strength"].values()), _("Gaps"): list(standouts["gap"].values())},
        profile.print_tables(ctx, table),
        source(ctx, *inclusion.TABLES),
        ctx.language,
    )
    label, file = _("Two pages for print (PDF)"), f"{exports.file_stem(name)}.pdf"
    st.download_button(label, draw, file, "application/pdf", key="profile-pdf", on_click="ignore")


ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
query = state.read(
    profile.Query,
    {
        "level": list(ctx.levels),
        "profile_area": lambda values: list(profile.areas_within(ctx, territory, values["level"])),
        "beside": lambda values: ["", *areas.area_names(ctx, values["level"])],
    },
    {"level": ctx.levels[-1] if territory.area else ctx.largest_level},
)
level, area = query.level, query.profile_area
possible = profile.areas_within(ctx, territory, level)
every = areas.area_names(ctx, level)
name, other = possible[area], query.beside if query.beside != area else ""
title = _("{name} beside {other}", name=name, other=every[other]) if other else name
shell.title(title, ctx, territory, follows="area" if level == ctx.levels[-1] else "district")
left, middle, right = st.columns(3)
controls.choice(left.selectbox, _("Areas"), "level", names.level_names(ctx))
controls.choice(middle.selectbox, _("Area"), "profile_area", lambda code: f"{possible[code]} ({code})")
controls.choice(
    right.selectbox, _("Beside"), "beside", lambda code: f"{every[code]} ({code})" if code else _("nothing")
)
period = areas.require_period(ctx, territory)
if other:
    side_by_side()
else:
    alone()
