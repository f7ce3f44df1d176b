"""News by mail: `zone digest` sends each person on a list what is new to them since their last digest.

No address is printed, logged or kept beside the list: what was told to whom stands under a keyed hash of the address.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import re
import secrets
import smtplib
import ssl
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

import data
from data.errors import DataError, SourceError
from data.files import write
from data.settings import settings
from data.translation import LANGUAGES, Language
from services import digest

SCHEMES = {"smtp": 25, "starttls": 587, "smtps": 465}
TIMEOUT_S = 60.0
EXAMPLE = """\
[[to]]
address = "head@city.example"
language = "de"                             # en, de, fr, es, uk, ar
cities = ["berlin"]
subjects = ["versions", "signals", "goals"]
"""


class Person(BaseModel):
    """Who gets a digest, in which language, of what."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str
    language: str = "en"
    cities: tuple[str, ...] = ()
    subjects: tuple[str, ...] = digest.SUBJECTS

    @field_validator("address")
    @classmethod
    def _address(cls, value: str) -> str:
        if not re.fullmatch(r"[^@\s<>\"(),:;]+@[\w.-]+", value):
            raise ValueError("write an address as name@host.example")
        return value

    @field_validator("language")
    @classmethod
    def _language(cls, value: str) -> str:
        if value not in LANGUAGES:
            raise ValueError(f"known languages: {', '.join(LANGUAGES)}")
        return value

    @field_validator("cities")
    @classmethod
    def _cities(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [key for key in value if key not in data.cities()]:
            raise ValueError(f"there is no city '{unknown[0]}'; known: {', '.join(data.cities())}")
        return value

    @field_validator("subjects")
    @classmethod
    def _subjects(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or {*value} - {*digest.SUBJECTS}:
            raise ValueError(f"known subjects: {', '.join(digest.SUBJECTS)}")
        return value


def people(file: Path) -> list[Person]:
    """Who is on the list. Raises SourceError, which names an entry by its number and never by its address."""
    try:
        listed = tomllib.loads(file.read_text(encoding="utf-8-sig")).get("to", [])
    except FileNotFoundError:
        raise SourceError(file.name, "the file is missing", hint=f"Write it so:\n{EXAMPLE}") from None
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise SourceError(file.name, f"this is no TOML file in UTF-8 ({fault})", hint="Mend the place") from fault
    if not isinstance(listed, list) or not listed:
        raise SourceError(file.name, "nobody is on the list", hint=f"Write it so:\n{EXAMPLE}")
    result = []
    for number, entry in enumerate(listed, 1):
        try:
            result.append(Person.model_validate(entry))
        except ValidationError as fault:
            problem = fault.errors(include_input=False)[0]
            column = ".".join(map(str, problem["loc"])) or "to"
            what = problem["msg"].removeprefix("Value error, ")
            raise SourceError(f"{file.name}, entry {number}", what, column=column, hint="Mend the entry") from None
    return result


class Told:
    """What was told to whom, in a file of this server: keys of news under a keyed hash of the address."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            self.kept: dict[str, Any] = json.loads(file.read_bytes())
        except FileNotFoundError:
            self.kept = {"salt": secrets.token_hex(32), "told": {}}
        except (OSError, ValueError) as fault:
            hint = "Remove it: then everyone is told everything once more"
            raise SourceError(file.name, f"it cannot be read ({fault})", hint=hint) from fault

    def _of(self, person: Person) -> str:
        return hmac.new(bytes.fromhex(self.kept["salt"]), person.address.lower().encode(), hashlib.sha256).hexdigest()

    def to(self, person: Person) -> list[str]:
        """Keys of the news that a person has had."""
        keys: list[str] = self.kept["told"].get(self._of(person), [])
        return keys

    def note(self, person: Person, sections: list[digest.Section]) -> None:
        """Keep that a person has had all that there is now; what the feeds no longer say is forgotten."""
        self.kept["told"][self._of(person)] = sorted({item.key for section in sections for item in section.items})
        write(self.file, json.dumps(self.kept).encode())

    def forget_others(self, listed: list[Person]) -> None:
        """Keep nothing of who has left the list."""
        known = {self._of(person) for person in listed}
        self.kept["told"] = {key: news for key, news in self.kept["told"].items() if key in known}
        write(self.file, json.dumps(self.kept).encode())


@contextmanager
def connected() -> Iterator[smtplib.SMTP]:
    """The server that ZONE_SMTP names. Raises DataError."""
    chosen = settings()
    parts = urlsplit(chosen.smtp)
    if parts.scheme not in SCHEMES or not parts.hostname or not chosen.sender:
        raise DataError(
            "Set ZONE_SMTP (smtp://host:25, starttls://user@host:587 or smtps://user@host:465) and ZONE_SENDER "
            "(zone@city.example), or write the mails into a folder with --write."
        )
    if parts.scheme == "smtp" and chosen.smtp_password is not None and parts.hostname not in ("localhost", "127.0.0.1"):
        raise DataError(
            "ZONE_SMTP would send the password unencrypted: write starttls:// or smtps:// instead of smtp://."
        )
    port = parts.port or SCHEMES[parts.scheme]
    context = ssl.create_default_context()
    try:
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(parts.hostname, port, timeout=TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(parts.hostname, port, timeout=TIMEOUT_S)
    except (OSError, smtplib.SMTPException) as fault:
        raise DataError(f"The mail server {parts.hostname} cannot be reached ({type(fault).__name__}).") from None
    with server:
        try:
            if parts.scheme == "starttls":
                server.starttls(context=context)
            if parts.username and chosen.smtp_password is not None:
                server.login(unquote(parts.username), chosen.smtp_password.read_text(encoding="utf-8").strip())
        except (OSError, smtplib.SMTPException) as fault:
            what = f"The mail server {parts.hostname} refuses this sender ({type(fault).__name__})."
            raise DataError(what) from None
        yield server


def _refusal(fault: Exception) -> str:
    """Why a mail was refused, without the address that the library's own words hold."""
    codes = [getattr(fault, "smtp_code", None)]
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _words in fault.recipients.values()]
    return f"{type(fault).__name__} {codes[0]}" if codes and codes[0] else type(fault).__name__


def _mails(listed: list[Person], told: Told) -> Iterator[tuple[int, Person, list[digest.Section], EmailMessage | None]]:
    """For each person all sections, and the mail; None where nothing is new. The feeds are read once a kind of list."""
    site = f"{settings().address.rstrip('/')}/" if settings().address else ""
    read: dict[tuple[Any, ...], list[digest.Section]] = {}
    for number, person in enumerate(listed, 1):
        language = Language(person.language)
        key = person.language, person.cities, person.subjects
        if key not in read:
            read[key] = digest.sections(language, person.cities, person.subjects)
        fresh = digest.news(read[key], told.to(person))
        addresses = {"sender": settings().sender or "zone@localhost", "to": person.address}
        mail = digest.message(language, fresh, addresses, site, datetime.now(UTC)) if fresh else None
        yield number, person, read[key], mail


def main(words: list[str] | None = None) -> int:
    """Command line; returns the exit code: 1 where a mail could not be sent."""
    parser = argparse.ArgumentParser(
        prog="zone digest",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"""Examples:

  zone digest --write /tmp/mails    # what would be sent, as files
  zone digest                       # each morning, by a timer

The list is digest.toml in ZONE_LOCAL, or the file that ZONE_DIGEST names:

{EXAMPLE}""",
    )
    parser.add_argument("--write", metavar="FOLDER", type=Path, help="write the mails into a folder and send none")
    arguments = parser.parse_args(words)
    try:
        listed = people(settings().digest or settings().local / "digest.toml")
        told = Told(settings().local / "digest.json")
        if arguments.write:
            return _write(arguments.write, listed, told)
        return _send(listed, told)
    except DataError as fault:
        print(fault, file=sys.stderr)
        return 1


def _write(folder: Path, listed: list[Person], told: Told) -> int:
    """Mails as files that a mail program opens; what is told to whom stays as it is."""
    count = 0
    for number, _person, _sections, mail in _mails(listed, told):
        if mail is not None:
            write(folder / f"{number:03d}.eml", mail.as_bytes())
            count += 1
    print(f"{count} of {len(listed)} mails written; the others have nothing new.")
    return 0


def _send(listed: list[Person], told: Told) -> int:
    sent, failed = 0, 0
    with connected() as server:
        for number, person, sections, mail in _mails(listed, told):
            if mail is None:
                continue
            try:
                server.send_message(mail)
            except (smtplib.SMTPException, OSError) as fault:
                print(f"entry {number}: the mail was not taken ({_refusal(fault)})", file=sys.stderr)
                failed += 1
                continue
            told.note(person, sections)
            sent += 1
    told.forget_others(listed)
    print(f"{sent} mails sent, {failed} refused, {len(listed) - sent - failed} had nothing new.")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
