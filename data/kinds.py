"""The kinds of facility the house knows: what they are called, whom they serve, how many places they state."""

from __future__ import annotations

import pandas as pd

from data.translation import N_

# kind, label, label of many, group, ages served from, to (exclusive; empty: everyone)
_KINDS = [
    ("daycare", N_("Day care"), N_("day-care centres"), "learning", 0, 6),
    ("school_primary", N_("Primary school"), N_("primary schools"), "learning", 6, 12),
    ("school_secondary", N_("Secondary school"), N_("secondary schools"), "learning", 12, 18),
    ("school_vocational", N_("Vocational school"), N_("vocational schools"), "learning", 15, 27),
    ("school_special", N_("Special-needs school"), N_("special-needs schools"), "learning", 6, 18),
    ("university", N_("University site"), N_("university sites"), "learning", 18, 27),
    ("library", N_("Library"), N_("libraries"), "learning", None, None),
    ("youth_centre", N_("Youth centre"), N_("youth centres"), "community", 6, 27),
    ("community_centre", N_("Community centre"), N_("community centres"), "community", None, None),
    ("playground", N_("Playground"), N_("playgrounds"), "community", 0, 15),
    ("sports_centre", N_("Sports centre"), N_("sports centres"), "community", None, None),
    ("doctor", N_("Doctor"), N_("doctors"), "health", None, None),
    ("clinic", N_("Clinic"), N_("clinics"), "health", None, None),
    ("pharmacy", N_("Pharmacy"), N_("pharmacies"), "health", None, None),
    ("care_home", N_("Care home"), N_("care homes"), "health", 65, 120),
    ("museum", N_("Museum"), N_("museums"), "culture", None, None),
    ("theatre", N_("Theatre"), N_("theatres"), "culture", None, None),
    ("cinema", N_("Cinema"), N_("cinemas"), "culture", None, None),
    ("nightclub", N_("Nightclub"), N_("nightclubs"), "culture", None, None),
    ("coworking", N_("Coworking space"), N_("coworking spaces"), "culture", None, None),
    ("public_art", N_("Public work of art"), N_("public works of art"), "culture", None, None),
    ("tram_stop", N_("Tram stop"), N_("tram stops"), "transit", None, None),
    ("metro_station", N_("Metro station"), N_("metro stations"), "transit", None, None),
    ("rail_station", N_("Urban rail station"), N_("urban rail stations"), "transit", None, None),
    ("bus_stop", N_("Bus stop"), N_("bus stops"), "transit", None, None),
    ("ferry_landing", N_("Ferry landing"), N_("ferry landings"), "transit", None, None),
    ("cableway_station", N_("Cableway station"), N_("cableway stations"), "transit", None, None),
]

# Percentages by area that the indicators know (analytics/indicators.py).
SOCIAL = (
    "unemployment",
    "transfer_receipt",
    "child_poverty",
    "youth_unemployment",
    "single_parent_households",
    "old_age_poverty",
    "residence_over_five_years",
)


def facility_kinds() -> pd.DataFrame:
    """One row a kind: kind, label, plural, grouping, age_from, age_to (exclusive; empty where everyone is served)."""
    columns = ["kind", "label", "plural", "grouping", "age_from", "age_to"]
    return pd.DataFrame(_KINDS, columns=columns).astype({"age_from": "Int64", "age_to": "Int64"})
