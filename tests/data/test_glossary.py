"""The glossary: terms are seen in sentences of every language, in their endings too, and nowhere else."""

from __future__ import annotations

import pytest

from data import glossary
from data.translation import LANGUAGES, Language


@pytest.mark.parametrize(
    ("language", "sentence", "term"),
    [
        ("en", "Location quotients of cultural work", "location quotient"),
        ("en", "Places in reach (E2SFCA)", "E2SFCA"),
        ("de", "Kulturarbeit, Standortquotienten", "Standortquotient"),
        ("uk", "коефіцієнта локалізації", "коефіцієнт локалізації"),
        ("fr", "Quotients de localisation", "quotient de localisation"),
        ("ar", "العمل الثقافي، معامل التوطن", "معامل التوطن"),
    ],
)
def test_a_term_is_seen_in_its_endings(language: str, sentence: str, term: str) -> None:
    assert term in glossary.explained(sentence, Language(language))


def test_a_part_of_another_word_is_no_term() -> None:
    assert glossary.explained("The geometry of Virginia, CHESTNUTS, underestimated", Language()) == {}
    assert glossary.explained("", Language()) == {}


def test_hovering_explains_methods_and_not_everyday_words() -> None:
    text = "Gini of places (estimate)"
    assert list(glossary.explained(text, Language(), methods_only=True)) == ["Gini"]
    assert list(glossary.explained(text, Language())) == ["Gini", "estimate"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_is_explained_in_every_language(language: str) -> None:
    words = glossary.everything(Language(language))
    assert len(words) == len(glossary.METHODS) + len(glossary.TERMS)
    english = set(glossary.everything(Language()).values())
    assert language == "en" or not english & set(words.values())
    assert all(meaning.endswith((".", ". ")) and len(meaning) < 260 for meaning in words.values())
