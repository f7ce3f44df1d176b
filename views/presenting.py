"""Full-screen presentation: large type, keys and clicker, no navigation; nothing moves by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping

import streamlit as st

from views.language import _, current
from views.text import escaped

# What streamlit shows beside a page.
CHROME = ("stSidebar", "stSidebarCollapsedControl", "stExpandSidebarButton", "stToolbar")
# Larger type for a room; nothing glides for those whose system asks for reduced motion.
_LOOK = """<style>
html{font-size:125%}
[data-testid=stMainBlockContainer]{padding:1rem 2.5rem;max-width:100%}
.st-key-story_bar{position:sticky;top:0;z-index:99;background:inherit}
@media (prefers-reduced-motion: reduce){*{animation:none!important;transition:none!important}}
</style>"""
# Choices and key figures of a page stay folded, so that its chart or map comes first.
_WIDGETS = ",".join(
    f"[data-testid={name}]"
    for name in (
        "stSelectbox",
        "stMultiSelect",
        "stNumberInput",
        "stTextInput",
        "stRadio",
        "stSlider",
        "stCheckbox",
        "stButtonGroup",
        "stFileUploader",
        "stForm",
    )
)
_FOLDED = f"""<style>
[data-testid=stMainBlockContainer] :is([data-testid=stElementContainer]):has({_WIDGETS}):not(
  [class*=st-key-figure-] *, .st-key-story_bar *),
[data-testid=stMainBlockContainer] [data-testid=stHorizontalBlock]:has({_WIDGETS}):not(
  :has([class*=st-key-figure-]), [class*=st-key-figure-] *, .st-key-story_bar, .st-key-story_bar *),
[data-testid=stMainBlockContainer] [data-testid=stHorizontalBlock]:has([data-testid=stMetric]):not(
  :has([class*=st-key-figure-])),
.st-key-about-figures
{{display:none}}
</style>"""
# Arrows follow the direction of reading; a clicker sends Page Up and Page Down.
_KEYS = """<script>
window.zoneForward = %s;
if (!window.zoneKeys) {
  window.zoneKeys = true;
  const press = key => document.querySelector(`.st-key-story_${key} button`)?.click();
  document.addEventListener("keydown", event => {
    if (event.target.closest("input,textarea,select,[role=combobox],[role=slider],[role=tab]")) return;
    const back = window.zoneForward === "ArrowRight" ? "ArrowLeft" : "ArrowRight";
    if ([window.zoneForward, "PageDown"].includes(event.key)) press("next");
    else if ([back, "PageUp"].includes(event.key)) press("back");
    else if (event.key.toLowerCase() === "f")
      document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
    else return;
    event.preventDefault();
  });
}
</script>"""
# Keys that press a button each, where nobody types.
_PRESS = """<script>
window.zonePresses = %s;
window.zonePressed ||= document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input,textarea,select,[contenteditable],[role=combobox],[role=listbox]")) return;
  const button = document.querySelector(`.st-key-${window.zonePresses[event.key.toLowerCase()]} button`);
  if (button) { button.click(); event.preventDefault(); }
}) || true;
</script>"""
# The window with the notes may turn the page too. A fragment that asks would still answer for the page before, so the
# browser asks, twice while nothing runs, and then presses what a reader could press.
_FOLLOW = """<script>
window.zoneStory = {code: "%s", step: %d, asked: -1};
window.zoneFollows ||= setInterval(async () => {
  const story = window.zoneStory, button = document.querySelector(".st-key-story_turn button");
  if (!button || document.querySelector("[data-test-script-state=running]")) return;
  const {step} = await (await fetch(`s/${story.code}/step`)).json().catch(() => story);
  if (story !== window.zoneStory) return;
  if (step !== story.step && step === story.asked) button.click();
  story.asked = step;
}, 500);
</script>"""


def bare() -> None:
    """The figures alone, for a page inside another: its address holds the choices that the sidebar would show."""
    _hide(*CHROME, "stHeader")


def _hide(*parts: str) -> None:
    st.html(f"<style>{','.join(f'[data-testid={part}]' for part in parts)}{{display:none}}</style>")


def dress() -> None:
    """Large type, no navigation, keys."""
    _hide(*CHROME, "stHeader")
    st.html(_LOOK)
    st.html(_KEYS % ('"ArrowLeft"' if current().is_right_to_left else '"ArrowRight"'), unsafe_allow_javascript=True)


def keys(buttons: Mapping[str, str]) -> None:
    """Let a key press a button, by the key of its widget."""
    st.html(_PRESS % json.dumps(dict(buttons)), unsafe_allow_javascript=True)


def follow(code: str, step: int) -> bool:
    """Watch at which step the story is; whether the window with the notes has turned it."""
    st.html("<style>.st-key-story_turn{display:none}</style>")
    is_turned = st.button(_("Next"), key="story_turn")
    st.html(_FOLLOW % (code, step), unsafe_allow_javascript=True)
    return is_turned


def bar(title: str, step: int, steps: int) -> str:
    """The line on top, with what opens choices and key figures; returns 'back', 'next', 'end' or '' as pressed."""
    with st.container(horizontal=True, vertical_alignment="center", key="story_bar"):
        back = st.button(_("Back"), key="story_back", disabled=step == 0, icon=":material/navigate_before:")
        forward = st.button(_("Next"), key="story_next", disabled=step >= steps - 1, icon=":material/navigate_next:")
        st.markdown(
            _("**{title}** · {step} of {steps} · F: full screen", title=escaped(title), step=step + 1, steps=steps)
        )
        shows_choices = st.toggle(_("Choices and key figures"), key="story_choices")
        end = st.button(_("End"), key="story_end")
    if not shows_choices:
        st.html(_FOLDED)
    return "back" if back else "next" if forward else "end" if end else ""
