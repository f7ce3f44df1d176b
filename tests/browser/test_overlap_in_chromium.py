"""No two words of a chart lie over each other and none is cut, in three languages, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import Visit

PAGES = ("displacement", "creative", "creative_inclusion", "diversity", "profile?beside=02", "coverage", "outlook")
# Words that a reader sees: their boxes may touch by two pixels, as lines of text do.
OVERLAPS = """() => {
  const found = [];
  for (const chart of document.querySelectorAll("[data-testid=stPlotlyChart]")) {
    const host = chart.getBoundingClientRect();
    const words = [...chart.querySelectorAll("svg.main-svg text")].filter(word => word.textContent.trim()
      && !word.closest(".hoverlayer, .modebar") && getComputedStyle(word).visibility !== "hidden"
      && getComputedStyle(word).opacity > 0.05);
    const boxes = words.map(word => [word.textContent, word.getBoundingClientRect()]).filter(([, box]) => box.width);
    boxes.forEach(([text, box], number) => {
      if (box.left < host.left - 1 || box.right > host.right + 1) found.push(`cut: ${text}`);
      for (const [other, place] of boxes.slice(0, number)) {
        const across = Math.min(box.right, place.right) - Math.max(box.left, place.left);
        const down = Math.min(box.bottom, place.bottom) - Math.max(box.top, place.top);
        if (across > 2 && down > 3) found.push(`${other} | ${text}`);
      }
    });
  }
  return found;
}"""


@pytest.mark.parametrize("language", ["en", "de", "ar"])
@pytest.mark.parametrize("page", PAGES)
def test_words_of_charts_do_not_collide(visit: Callable[..., Visit], page: str, language: str) -> None:
    address = f"{page}{'&' if '?' in page else '?'}lang={language}"
    for width in (1440, 390):
        seen = visit(address, width=width)
        drawn = (
            "[...document.querySelectorAll('[data-testid=stPlotlyChart]')].every(n => n.querySelector('svg.main-svg'))"
        )
        seen.page.wait_for_function(f"() => {drawn}", timeout=60_000)
        seen.page.wait_for_timeout(500)
        assert seen.page.evaluate(OVERLAPS) == [], (language, width)
