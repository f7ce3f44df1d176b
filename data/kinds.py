"""The kinds of facility the house knows: what they are called, whom they serve, how many places they state."""

from __future__ import annotations

import pandas as pd

# kind, label, label of many, group, ages served from, to (exclusive; empty: everyone)
_KINDS = [
    ("daycare", "Day care", "day-care centres", "learning", 0, 6),
    ("school_primary", "Primary school", "primary schools", "learning", 6, 12),
    ("school_secondary", "Secondary school", "secondary schools", "learning", 12, 18),
    ("school_vocational", "Vocational school", "vocational schools", "learning", 15, 27),
    ("school_special", "Special-needs school", "special-needs schools", "learning", 6, 18),
    ("university", "University site", "university sites", "learning", 18, 27),
    ("library", "Library", "libraries", "learning", None, None),
    ("youth_centre", "Youth centre", "youth centres", "community", 6, 27),
    ("community_centre", "Community centre", "community centres", "community", None, None),
    ("playground", "Playground", "playgrounds", "community", 0, 15),
    ("sports_centre", "Sports centre", "sports centres", "community", None, None),
    ("doctor", "Doctor", "doctors", "health", None, None),
    ("clinic", "Clinic", "clinics", "health", None, None),
    ("pharmacy", "Pharmacy", "pharmacies", "health", None, None),
    ("care_home", "Care home", "care homes", "health", 65, 120),
    ("museum", "Museum", "museums", "culture", None, None),
    ("theatre", "Theatre", "theatres", "culture", None, None),
    ("cinema", "Cinema", "cinemas", "culture", None, None),
    ("nightclub", "Nightclub", "nightclubs", "culture", None, None),
    ("coworking", "Coworking space", "coworking spaces", "culture", None, None),
    ("public_art", "Public work of art", "public works of art", "culture", None, None),
    ("tram_stop", "Tram stop", "tram stops", "transit", None, None),
    ("metro_station", "Metro station", "metro stations", "transit", None, None),
    ("rail_station", "Urban rail station", "urban rail stations", "transit", None, None),
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
