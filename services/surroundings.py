"""What the page shell asks (views.shell.Surroundings): stories, short links, the city's look, missing tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import data
from data import brand
from data.catalogue import local_catalogue_error
from data.context import CityContext
from data.errors import NothingToShow, UnknownTableError
from data.translation import Language
from services.background import set_reader_provider as set_reader_provider  # as it stands
from services.tables import missing_table

if TYPE_CHECKING:
    from data.store.stories import StoryView
    from services.finder import Hit


def explain(language: Language, fault: UnknownTableError) -> NothingToShow | None:
    """What to say where a city has no such table; None where it is no city's table, but a fault."""
    return missing_table(language, fault.place, fault.name) if fault.place in data.cities() else None


def look() -> dict[str, Any]:
    """Fields of the city's look. Raises SourceError where its file is wrong."""
    return brand.load()


def catalogue_fault() -> str:
    """Why the catalogue of this server's own tables cannot be read; '' if it can."""
    return local_catalogue_error()


def story(code: str, language: Language) -> StoryView | None:
    """A stored story by its code, None where there is none."""
    from services import stories  # the database's libraries load with the first story, not with the first page

    return stories.story(code, language) if code else None


def find(ctx: CityContext, text: str, pages: Mapping[str, str]) -> Sequence[Hit]:
    """Everything whose name is like a text (services.finder)."""
    from services import finder

    return finder.find(ctx, text, pages)


def turn_to(code: str, step: int) -> None:
    """Say at which step a presentation is."""
    from data.store import stories

    stories.show_step(code, step)


def shorten(target: str, title: str) -> str:
    """The code of a short link to a view."""
    from data.store import stories

    return stories.shorten(target, title)
