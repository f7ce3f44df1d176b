"""The register of initiatives.

Searched or matched to a need, looked at closely, changed with a history, taken in and out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pandas as pd

from analytics import matching
from data.context import CityContext, ViewState
from data.figures import Column, Figure
from data.store import exchange, register, seeds
from data.store.models import KINDS, SECTORS, STAGES, THEMES, TOPICS
from data.translation import N_
from services import background, examples
from services.columns import SHARED, by_name
from services.figures import Caption, figure
from services.names import REGISTER, topic_name

FILE_KINDS = exchange.KINDS
LISTED = ["name", "city", "country", "topic", "stage", "theme", "target_group", "budget_eur", "start", "end", "why"]
RECORDS = {"partners": N_("Partners"), "outcomes": N_("Results"), "evidence": N_("Evidence")}
ACTIONS = {"added": N_("added"), "changed": N_("changed"), "removed": N_("removed"), "undone": N_("undone")}
COLUMNS = by_name(
    Column("city", N_("City"), kind="text"),
    Column("example", examples.MARK, kind="text"),
    Column("country", N_("Country (code)"), kind="text"),
    Column("kind", N_("Kind"), kind="text"),
    Column("topic", N_("Need"), kind="text"),
    Column("stage", N_("Stage"), kind="text"),
    Column("theme", N_("Theme"), kind="text"),
    Column("about", N_("Description"), kind="text"),
    Column("target_group", N_("For whom"), kind="text"),
    Column("languages", N_("Languages"), kind="text"),
    Column("funding", N_("Funding"), kind="text"),
    Column("contact_role", N_("Contact: a role, not a person"), kind="text"),
    Column("budget_eur", N_("Budget, EUR")),
    Column("reached", N_("People reached")),
    Column("per_person", N_("Budget for each person reached"), "EUR"),
    Column("start", N_("Start"), kind="day"),
    Column("end", N_("End"), kind="day"),
    Column("why", N_("Why it fits"), kind="text"),
    Column("initiative", N_("Initiative"), kind="name"),
    Column("sector", N_("Sector"), kind="text"),
    Column("role", N_("Role"), kind="text"),
    Column("value", N_("Value"), kind="text"),
    Column("date", N_("Day"), kind="text"),
    Column("address", N_("Address"), kind="text"),
    Column("checked", N_("Checked on"), kind="text"),
    Column("fact", N_("Fact"), kind="text"),
    Column("at", N_("Time"), kind="text"),
    Column("who", N_("Who"), kind="text"),
    Column("action", N_("What"), kind="text"),
    Column("fields", N_("Changed fields"), kind="text"),
    Column("row", N_("Row"), kind="id"),
    Column("column", N_("Column"), kind="text"),
    Column("fault", N_("How to correct it"), kind="text"),
)


class Query(ViewState):
    """What a reader looks for: need, stage, city, words, or likeness of words; and the initiative looked at closely."""

    topic: str = ""
    stage: str = ""
    where: str = ""
    words: str = ""
    by_words: bool = False
    initiative: int = 0


def register_caption(
    ctx: CityContext, finding: str, unit: str = "", note: str = "", rows: pd.DataFrame | None = None
) -> Caption:
    """The caption of a figure from the register as it is today. rows: initiatives that it rests on."""
    return Caption(finding, unit, ctx.language.day(date.today()), credit(ctx, rows), note)


def credit(ctx: CityContext, rows: pd.DataFrame | None) -> str:
    """The register as a source, with how many of the initiatives are examples."""
    _, ours = ctx.language, 0 if rows is None else int(rows["example"].sum())
    if not ours or rows is None:
        return _(REGISTER)
    return _(
        "{register}; examples that came with the app: {n} of {total}", register=_(REGISTER), n=ours, total=len(rows)
    )


def all_initiatives() -> pd.DataFrame:
    """Every initiative on record, by name; example: whether it came with the app."""
    rows = register.everything()
    return rows.assign(example=rows["id"].isin(examples.marked("initiative")))


def options(ctx: CityContext, rows: pd.DataFrame) -> dict[str, list[Any] | Callable[[dict[str, Any]], list[Any]]]:
    """What each choice may be; '' is any."""
    return {
        "topic": ["", *TOPICS],
        "stage": ["", *STAGES],
        "where": ["", *sorted(rows["city"].unique())],
        "initiative": lambda values: matches(ctx, rows, Query(**values))["id"].tolist(),
    }


def code_names(ctx: CityContext) -> dict[str, dict[str, str]]:
    """What the codes of a field are called."""
    _ = ctx.language
    codes = {"kind": KINDS, "stage": STAGES, "theme": THEMES}
    topics = {topic: topic_name(_, topic) for topic in TOPICS}
    return {field: {code: _(code) for code in values} for field, values in codes.items()} | {"topic": topics}


def matches(ctx: CityContext, rows: pd.DataFrame, query: Query) -> pd.DataFrame:
    """Initiatives that fit with the reasons why, best first; without a need those with most partners first."""
    by_words = bool(query.words) and query.by_words
    if query.stage:
        rows = rows[rows["stage"] == query.stage]
    if query.where:
        rows = rows[rows["city"] == query.where]
    if query.words and not by_words:
        texts = rows["name"] + " " + rows["about"] + " " + rows["target_group"]
        rows = rows[texts.str.contains(query.words, case=False, regex=False)]
    if query.topic or by_words:
        return matching.match(rows, query.topic, ctx.name, query.words, by_words)
    order = rows["partners"].map(len)
    return rows.assign(why="", order=order).sort_values(["order", "name"], ascending=[False, True])


def list_figure(ctx: CityContext, rows: pd.DataFrame, total: int) -> Figure:
    """The initiatives that fit. rows: of `matches`; total: how many are on record."""
    _, names = ctx.language, code_names(ctx)
    table = rows[LISTED].assign(**{field: rows[field].map(names[field]) for field in ("topic", "stage", "theme")})
    for day in ("start", "end"):
        table[day] = pd.to_datetime(table[day])
    table["why"] = [", ".join(_(reason) for reason in why.split(", ")) for why in rows["why"]]
    table = table if table["why"].any() else table.drop(columns="why")
    if rows["example"].any():
        table.insert(1, "example", rows["example"].map({True: _(examples.MARK), False: ""}))
    finding = _.plural("{number:,} of {n:,} initiative", "{number:,} of {n:,} initiatives", total, number=len(rows))
    note = _(
        "Empty cells are not known. Each fact of the starting set carries the page it was read on and the "
        "day. Choose a row to see one."
    )
    caption = register_caption(ctx, finding, note=note, rows=rows)
    return figure(ctx, "initiatives", caption, table.where(table != "", None), None, COLUMNS)


def title(ctx: CityContext, initiative: pd.Series) -> str:
    """What an initiative is called, an example marked."""
    name: str = initiative["name"]
    return ctx.language("Example: {finding}", finding=name) if initiative["example"] else name


def record_figures(ctx: CityContext, initiative: pd.Series) -> dict[str, Figure | None]:
    """An initiative's partners, results and evidence by heading; None where none is on record."""
    _, result = ctx.language, dict[str, Figure | None]()
    for field, label in RECORDS.items():
        heading, table = _(label), pd.DataFrame(initiative[field])
        if "sector" in table:
            table["sector"] = table["sector"].map(_)
        for day in {"date", "checked"} & {*table}:
            table[day] = [written_day(ctx, written) for written in table[day]]
        caption = register_caption(ctx, _("{heading} of {name}", heading=heading, name=title(ctx, initiative)))
        table = table.where(table != "", None)
        result[heading] = None if table.empty else figure(ctx, f"initiative-{field}", caption, table, None, COLUMNS)
    return result


def written_day(ctx: CityContext, written: str) -> str:
    """A day as the reader's language writes it; other words as they are."""
    try:
        return ctx.language.day(date.fromisoformat(written))
    except ValueError:
        return written


def description(ctx: CityContext, initiative: pd.Series) -> dict[str, str]:
    """An initiative's fields in words, unknown ones said to be so."""
    _, names = ctx.language, code_names(ctx)
    missing = {
        "about": _("No description is on record."),
        "start": _("start not known"),
        "end": _("end not known"),
        "funding": _("source not known"),
    }
    texts = {field: value or missing.get(field, _("not known")) for field, value in form_texts(initiative).items()}
    codes = {field: names[field][initiative[field]] for field in names}
    money = _.number(initiative["budget_eur"]) + ("" if pd.isna(initiative["budget_eur"]) else " EUR")
    return texts | codes | {"budget_eur": money, "reached": _.number(initiative["reached"])}


def history_figure(ctx: CityContext, number: int) -> Figure:
    """Every change of an initiative, newest first."""
    _, rows = ctx.language, register.history(number)
    table = rows.assign(
        at=[f"{at:%Y-%m-%d %H:%M} UTC" for at in rows["at"]],
        action=rows["action"].map(ACTIONS).map(_),
        fields=[", ".join(_label(ctx, field) for field in fields.split(", ") if field) for fields in rows["fields"]],
    )
    return figure(ctx, "history", register_caption(ctx, _("History, newest first")), table, None, COLUMNS)


def _label(ctx: CityContext, field: str) -> str:
    """What a field of an initiative is called."""
    return ctx.language(RECORDS[field] if field in RECORDS else (SHARED | COLUMNS)[field].label)


def form_labels(ctx: CityContext) -> dict[str, str]:
    """What each field of the form is called, with how lists are written."""
    _ = ctx.language
    how = {
        "partners": _("name|sector|role; sectors: {sectors}", sectors=", ".join(SECTORS)),
        "outcomes": "indicator|value|unit|date",
        "evidence": "address|checked|fact",
    }
    labels = {field: _label(ctx, field) for field in register.FIELDS}
    return labels | {
        field: _("{field}: {how}; parted by semicolons", field=labels[field], how=how[field]) for field in how
    }


def form_texts(initiative: Mapping[str, Any] | pd.Series) -> dict[str, str]:
    """An initiative's fields as they are typed; empty means unknown."""
    values = {field: exchange.cell(field, initiative[field]) for field in register.FIELDS}
    return {field: "" if pd.isna(value) else str(value) for field, value in values.items()}


def save(number: int | None, version: int, values: dict[str, Any], who: str) -> None:
    """Store a new initiative (number None) or a change of one read at a version. Raises DataError (ConflictError)."""
    if number is None:
        register.add(values, who)
    else:
        register.change(number, version, values, who)


def undo(number: int, who: str) -> None:
    """Take the last change of an initiative back. Raises DataError."""
    register.undo(number, who)


def remove(number: int, version: int, who: str) -> None:
    """Take an initiative out. Raises DataError (ConflictError)."""
    register.remove(number, version, who)


def start_set() -> None:
    """Fill an empty register with European city projects from public pages."""
    seeds.fill_register()


def export(rows: pd.DataFrame, kind: str) -> bytes:
    """Initiatives as a file of one of FILE_KINDS."""
    return exchange.export(rows, kind)


def import_file(ctx: CityContext, content: bytes, name: str, who: str) -> tuple[str, Figure | None]:
    """Store every good row of a file, read in a process of its own; what was done, and the rows that were not stored.

    Raises DataError.
    """
    _ = ctx.language
    good, report = background.run(ctx.language, exchange.check, content, name)
    if good:
        register.add_many(good, who)
    words = _.plural("{n:,} initiative stored.", "{n:,} initiatives stored.", len(good))
    if rows := report["row"].nunique():
        words += " " + _.plural(
            "{n:,} row not: it is listed with what to mend.", "{n:,} rows not: each is listed with what to mend.", rows
        )
    report = report.assign(fault=[_(fault) for fault in report["fault"]])
    caption = register_caption(ctx, _("Rows that were not stored"))
    return words, figure(ctx, "import", caption, report, None, COLUMNS) if len(report) else None
