"""A run of questions for a workshop, as a TOML file."""

from __future__ import annotations

import tomllib
from typing import Annotated, Any, Literal, NamedTuple

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data.errors import SourceError
from data.store.ballots import KINDS, MAX_GROUPS, MAX_OPTIONS, MAX_PROMPT, MAX_QUESTIONS
from data.translation import N_

Words = Annotated[str, Field(max_length=MAX_PROMPT)]
HINT = N_("Save a run from a room and change that")


class Step(BaseModel):
    """A question of a run. prompt: '' where its kind has a usual one. options: one for each answer.

    limit: of several choices. options_of: 'scenarios' for the city's saved ones. indicator, area: what is guessed, area
    '' for the city. hidden: whether results wait until they are revealed. again: the number of the step of which this
    is the second vote, from 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal[KINDS]  # type: ignore[valid-type]
    prompt: Words = ""
    options: Annotated[tuple[Annotated[str, Field(max_length=120)], ...], Field(max_length=MAX_OPTIONS)] = ()
    limit: int = Field(default=3, ge=1, le=MAX_OPTIONS)
    options_of: Literal["lines", "scenarios"] = "lines"
    indicator: Annotated[str, Field(max_length=60)] = ""
    area: Annotated[str, Field(max_length=60)] = ""
    hidden: bool = False
    again: int = Field(default=0, ge=0, le=MAX_QUESTIONS)


class Run(BaseModel):
    """A prepared workshop: its title, groups and questions in order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Annotated[str, Field(max_length=200)]
    groups: Annotated[tuple[Annotated[str, Field(max_length=60)], ...], Field(max_length=MAX_GROUPS)] = ()
    questions: Annotated[tuple[Step, ...], Field(min_length=1, max_length=MAX_QUESTIONS)]


class Opening(NamedTuple):
    """A new room as the form says it. run: of the library, or content a file; codes: how many one-time codes."""

    title: str
    groups: list[str]
    days: int
    practice: bool
    run: str
    file: Any
    codes: int


def dump(run: Run) -> str:
    """The run as a TOML file; what is as usual is left out."""
    values = run.model_dump(exclude_defaults=True)
    return "# A run of questions of Zone of Social Creativity\n" + tomli_w.dumps(values)


def load(text: str, name: str) -> Run:
    """A run from a TOML file. Raises SourceError that names file, question and mend."""
    try:
        return Run.model_validate(tomllib.loads(text))
    except ValidationError as fault:
        error = fault.errors(include_url=False)[0]
        fields = [str(part) for part in error["loc"] if isinstance(part, str)]
        row = next((part + 1 for part in error["loc"] if isinstance(part, int)), None)
        what = N_("question: {fault}", fault=error["msg"][:200]) if row else error["msg"][:200]
        raise SourceError(name, what, column=fields[-1] if fields else "", row=row, hint=HINT) from None
    except (ValueError, RecursionError):
        raise SourceError(name, N_("this is no TOML file"), hint=HINT) from None
