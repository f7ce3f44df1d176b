"""Zone of Social Creativity: page set-up and navigation."""

import streamlit as st

from services import surroundings
from views import language, shell
from views.language import _
from views.menu import Entry, Menu

st.set_page_config(page_title="Zone of Social Creativity", page_icon="static/icon.png", layout="wide")
language.control()
# Menus on top leave the sidebar to territory and period. On phones streamlit moves them into the sidebar, where it puts
# headings among the list items (axe: list); on wide screens nothing is amiss.
MENU = {
    "": [Entry(_("Overview"), "dashboard", {"pages/overview.py": ""}, default=True)],
    _("Where do we stand?"): [
        Entry(_("Map"), "map", {"pages/map.py": ""}),
        Entry(_("Profile of an area"), "badge", {"pages/profile.py": ""}),
        Entry(
            _("Inclusion in the city"),
            "diversity_1",
            {
                "pages/inclusion.py": _("Inclusion index"),
                "pages/diversity.py": _("Diverse and divided"),
                "pages/economic_health.py": _("Inclusion and economic health"),
            },
        ),
        Entry(_("Cities side by side"), "compare_arrows", {"pages/cities.py": ""}),
    ],
    _("Who needs what?"): [
        Entry(
            _("Displacement worldwide"),
            "travel_explore",
            {
                "pages/displacement.py": _("Displacement trends"),
                "pages/displacement_flows.py": _("Displacement flows"),
                "pages/outlook.py": _("Outlook and signals"),
            },
        ),
        Entry(_("Displacement in the city"), "location_city", {"pages/displacement_city.py": ""}),
        Entry(
            _("Services near people"),
            "location_on",
            {
                "pages/coverage.py": _("Service coverage"),
                "pages/reach.py": _("Who is served"),
                "pages/access_equity.py": _("Equity of access"),
            },
        ),
        Entry(_("Does it fit?"), "fit_screen", {"pages/fit.py": ""}),
    ],
    _("Who creates?"): [
        Entry(
            _("Creative economy in Europe"),
            "palette",
            {"pages/creative.py": _("Countries of Europe"), "pages/creative_region.py": _("Regions of Europe")},
        ),
        Entry(
            _("Creative economy in the city"),
            "theater_comedy",
            {
                "pages/creative_city.py": _("Places of culture"),
                "pages/creative_firms.py": _("Creative firms"),
                "pages/creative_inclusion.py": _("Culture beside inclusion"),
            },
        ),
    ],
    _("What if?"): [
        Entry(_("People arrive"), "group_add", {"pages/what_if_arrivals.py": ""}),
        Entry(_("We build"), "add_location", {"pages/what_if_sites.py": ""}),
        Entry(_("Something breaks"), "warning", {"pages/what_if_shock.py": ""}),
        Entry(_("Scenarios"), "compare", {"pages/what_if_compare.py": ""}),
    ],
    _("What do we do?"): [
        Entry(_("Goals"), "flag", {"pages/goals.py": ""}),
        Entry(
            _("Initiatives and partners"),
            "lightbulb",
            {
                "pages/initiatives.py": _("Initiatives"),
                "pages/partnerships.py": _("Partnerships"),
                "pages/impact.py": _("Impact"),
            },
        ),
        Entry(_("Policy framework"), "policy", {"pages/readiness.py": ""}),
        Entry(
            _("Room"),
            "forum",
            {"pages/workshop.py": ""},
            {"pages/workshop_screen.py": _("Projector"), "pages/workshop_minutes.py": _("Minutes")},
        ),
        Entry(_("Story"), "auto_stories", {"pages/story.py": ""}),
    ],
    _("Which data?"): [
        Entry(
            _("Data"),
            "database",
            {"pages/data_tables.py": _("Tables"), "pages/data_elsewhere.py": _("Data from elsewhere")},
        ),
        Entry(_("Indicators"), "menu_book", {"pages/indicator_cards.py": ""}),
        Entry(_("Your city"), "add_home_work", {"pages/data_city.py": ""}),
    ],
}
menu = Menu(MENU)
story = shell.presented_story(surroundings)
st.session_state["_pages"] = menu.names()
page = st.navigation(menu.sections, position="hidden" if story or shell.is_framed() else "top")
shell.run(page, story, surroundings, menu)
