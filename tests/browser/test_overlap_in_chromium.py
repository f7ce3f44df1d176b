"""No two words of a chart lie over each other and none is cut, on a desk and on a phone.

In English with each page's own test (test_pages_in_chromium.py), which has it open already.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import Visit

# Pages with charts; test_pages_in_chromium.py looks whether another one has some.
CHARTS = [
    *(
        "displacement",
        "displacement_flows",
        "displacement_city",
        "outlook",
        "coverage",
        "reach",
        "fit",
        "access_equity",
    ),
    *(
        "creative",
        "creative_region",
        "creative_city",
        "creative_inclusion",
        "profile?beside=02",
        "inclusion",
        "diversity",
    ),
    *("economic_health", "goals", "indicator_cards", "what_if_arrivals", "what_if_sites", "what_if_shock"),
    *("what_if_compare", "partnerships", "readiness", "impact", "cities", "creative_firms"),
]
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


def overlaps(seen: Visit) -> list[str]:
    """Words of the page's charts that lie over each other or are cut, once all charts are drawn."""
    charts = "[...document.querySelectorAll('[data-testid=stPlotlyChart]')].filter(n => n.offsetWidth)"
    svg = "n.querySelector('svg.main-svg')"
    fits = f"{svg} && {svg}.getBoundingClientRect().width <= n.getBoundingClientRect().width + 1"  # after a resize, too
    seen.page.wait_for_function(f"() => {charts}.every(n => {fits})", timeout=60_000)
    seen.page.wait_for_timeout(500)
    words: list[str] = seen.page.evaluate(OVERLAPS)
    return words


@pytest.mark.parametrize("page", CHARTS)
def test_words_of_charts_do_not_collide(visit: Callable[..., Visit], page: str) -> None:
    address = f"{page}{'&' if '?' in page else '?'}lang="
    seen = visit(f"{address}de", width=1440, draws_maps=False)
    for language in ("de", "ar"):
        if language != "de":
            seen.page.set_viewport_size({"width": 1440, "height": 900})
            seen.open(f"{address}{language}")
        assert overlaps(seen) == [], f"{language}, desk"
        seen.page.set_viewport_size({"width": 390, "height": 900})
        seen.page.wait_for_timeout(500)
        assert overlaps(seen) == [], f"{language}, phone"
