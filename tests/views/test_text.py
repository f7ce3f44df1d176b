"""People's words on a page stay words."""

from __future__ import annotations

import pytest

from views.text import escaped


@pytest.mark.parametrize("sign", "\\`*_{}[]()#+.!|<>~$:&-")
def test_every_sign_of_markdown_and_html_loses_its_meaning(sign: str) -> None:
    assert escaped(f"a{sign}b{sign}") == f"a\\{sign}b\\{sign}"


def test_other_words_stay_as_they_are_on_one_line() -> None:
    assert escaped("Grüße, 12 % für \u0423\u043a\u0440\u0430\u0457\u043d\u0430?\nJa") == (
        "Grüße, 12 % für \u0423\u043a\u0440\u0430\u0457\u043d\u0430? Ja"
    )
