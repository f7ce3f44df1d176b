"""What one reader's visit worked out nobody works out again: counted, not timed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services import cache
from tests.driver import open_page

PAGES = ("profile", "inclusion")


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    names: list[str] = []
    monkeypatch.setattr(cache, "watchers", [lambda name, _seconds: names.append(name)])
    cache.clear()
    yield names
    cache.clear()


@pytest.mark.parametrize("page", PAGES)
def test_a_second_visit_computes_nothing_and_one_in_another_language_no_numbers(page: str, computed: list[str]) -> None:
    assert not open_page(page, city="berlin", lang="en").exception
    first = list(computed)
    assert first, "the first visit computes"
    computed.clear()
    assert not open_page(page, city="berlin", lang="en").exception
    assert computed == []
    assert not open_page(page, city="berlin", lang="de").exception
    numbers = {f"{service.__module__}.{service.__qualname__}" for service in cache._of_numbers}
    assert not numbers.intersection(computed), "numbers are the same in every language"
