"""Guesses at what a file's columns mean, from what publishers usually call them."""

from __future__ import annotations

from collections.abc import Iterable

from data.city.pack import SECTIONS
from data.city.words import plain_word

SYNONYMS = {  # what publishers call our columns; compared without case, accents' marks and signs
    "id": "id area_id areaid code gid osm_id objectid plr_id kood tunnus nro number key geo",
    "area": "area ref_area area_id areaid id code district_id zone plr_id raumid tunnus geo area_code areacode ward "
    "quarter neighbourhood neighborhood barrio distrito quartier iris stadtteil ortsteil stadtgebiet gebiet quartal "
    "район квартал мікрорайон الحي حي المنطقة منطقة area_name name",
    "name": "name title bezeichnung nimi nom nombre label area_name plr_name",
    "district": "district district_id bezirk bez borough suurpiiri arrondissement parent parent_id",
    "district_name": "district_name bezirksname borough_name",
    "persons": "persons population residents inhabitants people total t tot_p pop count value einwohner "
    "asukkaat vaesto obs_value bevölkerung personen anzahl insgesamt habitants effectif "
    "poblacion población habitantes "
    "personas total_personas населення осіб кількість кількість_осіб "
    "السكان عدد_السكان العدد number",
    "period": "period date day year time stichtag datum time_period jahr année fecha año anno "
    "reference_date ref_date дата рік السنة التاريخ",
    "age": "age age_group agegroup ages alter altersgruppe age_band age_class âge tranche_d_âge tranche_age edad "
    "grupo_edad grupo_de_edad вік вікова_група العمر الفئة_العمرية ikä",
    "cell": "cell grd_id grid_id grid cellcode gitter_id_100m gitter_id_1km gitter_id_10km gitter_id",
    "lon": "lon longitude lng long x_wgs84",
    "lat": "lat latitude y_wgs84",
    "geometry": "geometry geom the_geom wkt wkt_geom geom_wkt ewkt wkb geojson geo_shape geo_point_2d geo_point shape "
    "geometria geometrie location",
    "kind": "kind type category amenity art typ service",
    "places": "places capacity seats platzzahl plaetze",
    "operator": "operator traeger provider",
    "background": "background group status",
    "origin": "origin country nationality citizenship herkunft iso3 land herkunftsland staatsangehörigkeit pays "
    "nationalité país nacionalidad країна громадянство البلد الجنسية",
    "indicator": "indicator measure variable indikator indicateur indicador показник المؤشر",
    "percent": "percent share value rate anteil prozent pourcentage porcentaje obs_value відсоток النسبة",
    "activity": "activity nace nace_code branch wz code",
    "firms": "firms companies businesses enterprises count",
    "employees": "employees jobs workers staff",
    "value": "value target goal",
    "year": "year until deadline",
    "level": "level",
    "group": "group",
}


def guess_columns(section: str, columns: Iterable[str]) -> dict[str, str]:
    """Which of a file's columns is likely which of ours; ours that nothing resembles are left out."""
    guesses: dict[str, str] = {}
    plain = {plain_word(column): column for column in columns}
    for ours in SECTIONS[section].column_names:
        fits = (plain[plain_word(word)] for word in SYNONYMS[ours].split() if plain_word(word) in plain)
        theirs = next((column for column in fits if column not in guesses.values()), None)
        if theirs is not None:
            guesses[ours] = theirs
    return guesses
