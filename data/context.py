"""For whom and of what a service is asked.

The city with its data version, the reader's language and role, the territory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from data import City
from data.translation import Language


@dataclass(frozen=True)
class CityContext:
    """What every service is given first; a result depends on nothing else than this and its other arguments.

    data_version: of the tables of the city and of the world (data.version); what depends on other places' tables too is
    not cached by it. role: of who asks (data.rights.ROLES).
    """

    city: City
    data_version: str
    language: Language = Language()
    role: str = "viewer"

    @property
    def key(self) -> str:
        """The city's key, which is the place of its tables."""
        return self.city.key

    @property
    def name(self) -> str:
        """The city's name."""
        return self.city.name

    @property
    def boundary_version(self) -> str:
        """Of the areas in force today."""
        return self.city.boundary_version

    @property
    def levels(self) -> tuple[str, ...]:
        """Levels of areas below the city, largest areas first.

        'district' and 'planning_area' (the smallest) are known by name.
        """
        return tuple(level for level in self.city.level_names if level != "city")

    @property
    def has_districts(self) -> bool:
        """Whether the city has areas above its smallest ones that a reader can choose."""
        return "district" in self.city.level_names

    @property
    def largest_level(self) -> str:
        """The areas that the city is compared by: districts, or its only areas where it has none."""
        return self.levels[0]

    @property
    def middle_level(self) -> str:
        """Areas of a size that reads well in a list: the level above the smallest, unless that is the district."""
        below = [level for level in self.levels if level != "district"]
        return below[-2] if len(below) > 1 else below[-1]

    @property
    def identity(self) -> tuple[str, ...]:
        """What a cached result is kept by."""
        return repr(self.city), self.data_version, self.language.code, self.role


class ViewState(BaseModel):
    """A page's choices, each typed, with its range and default: what address bar, pin, story, link and report carry.

    A field of type str without a range takes its options from the page's service, as they depend on the city.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def changed(self, **values: Any) -> Any:
        """The same with some choices replaced, checked against their ranges."""
        return type(self).model_validate({**self.model_dump(), **values})


class Territory(ViewState):
    """What travels from page to page: country of asylum (ISO 3), district and area by id ('': all of them), years."""

    country: str = ""
    district: str = ""
    area: str = ""
    first_year: int = Field(0, validation_alias="from")
    last_year: int = Field(0, validation_alias="to")
