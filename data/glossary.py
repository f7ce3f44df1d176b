"""What the words of the field mean, in one sentence each: shown where they stand, and as a list."""

from __future__ import annotations

import re
from functools import lru_cache

from data.translation import N_, Language

# Methods: explained by hovering over the title or the control that says them.
METHODS = {
    N_("location quotient"): N_(
        "How common something is here compared with a larger whole: 1 is as common, 2 twice as common."
    ),
    N_("E2SFCA"): N_(
        "Enhanced two-step floating catchment area: places are shared out among the people who can reach them, near "
        "ones counting more; the sum says how many places each person can expect."
    ),
    N_("isochrone"): N_("The area from which a place is reached within so many minutes."),
    N_("Gini"): N_("How unevenly something is spread: 0 if all have the same, 1 if one has everything."),
    N_("Lorenz curve"): N_(
        "People in order from least to most served, against the share of places they have; the straight line is an "
        "even spread."
    ),
    N_("hot spot"): N_(
        "Areas that, with their neighbours, have so high values that chance hardly explains it (Getis-Ord Gi*)."
    ),
    N_("Moran's I"): N_(
        "Whether neighbours are alike: 0 if values lie as by chance, towards 1 if like stands beside like."
    ),
    N_("dissimilarity"): N_(
        "The share of a group that would have to move for it to be spread over all areas as everyone else is."
    ),
    N_("Theil's H"): N_("How far groups live apart: 0 if every area is mixed as the city is, 1 if no area is mixed."),
    N_("shift-share"): N_(
        "Splits a change in three: what the whole economy did, what its branches did, and what the place itself did."
    ),
    N_("Sobol"): N_("How much of the differences between results comes from one choice, with all others varied too."),
    N_("winsorised"): N_("Extreme values are set to the nearest value that is not extreme, so that they do not rule."),
    N_("min-max"): N_("Values are stretched so that the lowest is 0 and the highest is 100."),
    N_("geometric"): N_("Values are multiplied and not added, so a weak one is hardly made up for by a strong one."),
    N_("benefit of the doubt"): N_("Each area is scored with the weights that suit it best."),
    N_("p-median"): N_("Sites are placed so that people walk as little as possible in all."),
    N_("p-centre"): N_("Sites are placed so that the longest walk is as short as possible."),
    N_("cohort survival"): N_(
        "A forecast of age groups: each grows older by a year and changes as it did in the years before."
    ),
    N_("rank correlation"): N_(
        "Whether two orders go together: +1 if they are the same, 0 if they have nothing in common, -1 if reversed."
    ),
    N_("betweenness"): N_("How often someone stands on the shortest way between two others of the network."),
}
# Words of tables and notes: explained with the source of a figure that says them.
TERMS = {
    N_("estimate"): N_("Computed from other figures and not counted, so it can be a little off."),
    N_("interval"): N_("The range in which the true figure lies with the stated likelihood."),
    N_("median"): N_("The middle value: half are lower, half are higher."),
    N_("percentile"): N_("The value below which so many per cent of all values lie."),
    N_("suppressed"): N_("Not shown, because so few people stand behind it that someone could be recognised."),
    N_("migration background"): N_(
        "Someone who, or a parent of whom, was born without the country's citizenship, by the definition of its "
        "statistics."
    ),
    N_("internally displaced"): N_("People who fled from home but stayed in their own country."),
    N_("asylum-seekers"): N_("People who have asked for protection and wait for the decision."),
    N_("planning area"): N_("The smallest areas for which the city plans and counts."),
    N_("break in series"): N_(
        "From this date on something is counted in another way; before and after do not compare."
    ),
    N_("NUTS"): N_("The European Union's regions for statistics; level 2 is mostly a state or a large region."),
    N_("social monitoring"): N_("The city's own regular report on work, benefits and poverty in its areas."),
}


def explained(text: str, language: Language, methods_only: bool = False) -> dict[str, str]:
    """The terms that a text in the reader's language says: what each means, in the order of the glossary."""
    if not text:
        return {}
    return {
        language(term): language(meaning)
        for term, meaning in (METHODS if methods_only else METHODS | TERMS).items()
        if _pattern(language(term)).search(text)
    }


def everything(language: Language) -> dict[str, str]:
    """Every term and what it means, by the alphabet of its language."""
    words = {language(term): language(meaning) for term, meaning in (METHODS | TERMS).items()}
    return dict(sorted(words.items(), key=lambda item: item[0].casefold()))


@lru_cache(maxsize=512)
def _pattern(term: str) -> re.Pattern[str]:
    """A term with the endings that its words may have; short ones and abbreviations as they are."""
    stems = [word if len(word) < 6 else word[:-1] for word in re.split(r"[\s-]+", term)]
    ending = r"\w{0,4}"
    return re.compile(
        r"(?<!\w)(?:ال)?" + rf"{ending}[\s-]+(?:ال)?".join(map(re.escape, stems)) + rf"{ending}(?!\w)", re.I
    )
