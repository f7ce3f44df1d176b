"""Profile of one area: needs, services and strengths against its district, the city and the areas most like it."""

from functools import partial

import streamlit as st

from services import areas, brief, inclusion, names, profile
from services.tables import source
from views import controls, exports, figures, prints, share_panel, shell, state
from views.language import _

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
name = possible[area]
shell.title(name, ctx, territory, follows="area" if level == ctx.levels[-1] else "district")
left, middle, right = st.columns(3)
controls.choice(left.selectbox, _("Areas"), "level", names.level_names(ctx))
controls.choice(middle.selectbox, _("Area"), "profile_area", lambda code: f"{possible[code]} ({code})")
every = areas.area_names(ctx, level)
controls.choice(
    right.selectbox, _("Beside"), "beside", lambda code: f"{every[code]} ({code})" if code else _("nothing")
)
period = areas.require_period(ctx, territory)
st.markdown(profile.about(ctx, period, level, area))
share_panel.brief(name, partial(brief.brief, ctx, territory, period, level, area), shell.brand(), ctx.language)
if query.beside not in ("", area):
    figures.show(profile.pair_figure(ctx, period, level, area, query.beside))
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
