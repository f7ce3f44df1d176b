"""Digests arrive at a real mail server: the feeds' own sentences, six languages, once, and no address in a log."""

from __future__ import annotations

import json
import logging
import re
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

import data
from data import store
from data.context import CityContext
from data.errors import SourceError
from data.translation import LANGUAGES, Language
from services import digest as words
from services import feeds
from zone import digest

CITY = next(iter(data.cities()))


class Box:
    """A mail server that keeps what it takes; one address is unknown to it."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address.startswith("gone@"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    kept = Box()
    with socket.create_server(("127.0.0.1", 0)) as free:  # the controller cannot be told to choose one
        port = free.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setenv("ZONE_SMTP", f"smtp://127.0.0.1:{port}")
    monkeypatch.setenv("ZONE_SENDER", "zone@city.example")
    monkeypatch.setenv("ZONE_ADDRESS", "https://zone.city.example")
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path))
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")
    yield kept
    controller.stop()


def listed(folder: Path, *people: str) -> None:
    (folder / "digest.toml").write_text("".join(f"[[to]]\n{person}\n" for person in people), encoding="utf-8")


def text(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_a_digest_says_what_the_feeds_say_and_only_once(box: Box, tmp_path: Path) -> None:
    store.add_target(CITY, "district", "08", "apart", 0.0, 2027)  # far from it
    listed(tmp_path, f'address = "head@city.example"\ncities = ["{CITY}"]')
    assert digest.main([]) == 0
    (mail,) = box.mails
    assert (mail["To"], mail["From"], mail["Auto-Submitted"]) == (
        "head@city.example",
        "zone@city.example",
        "auto-generated",
    )
    ctx = CityContext(data.cities()[CITY], data.version())
    plain, html = text(mail, "plain"), text(mail, "html")
    joined = " ".join(plain.split())
    news = [*feeds.versions(Language())[: words.MOST], *feeds.signals(ctx)[: words.MOST], *feeds.behind(ctx)]
    assert len(news) > 20
    for item in news:
        assert " ".join(item.title.split()) in joined
        assert " ".join(item.summary.split()) in joined
        assert f"https://zone.city.example/{item.page}" in plain
    assert 'lang="en" dir="ltr"' in html
    assert html.count("<li>") == plain.count("\n* ")
    assert digest.main([]) == 0
    assert len(box.mails) == 1  # nothing is new the second time
    store.add_target(CITY, "district", "01", "apart", 0.0, 2027)
    assert digest.main([]) == 0
    assert len(re.findall(r"\n\* ", text(box.mails[-1], "plain"))) == 1


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_person_reads_their_own_language(box: Box, tmp_path: Path, code: str) -> None:
    listed(tmp_path, f'address = "a@city.example"\nlanguage = "{code}"\nsubjects = ["versions"]')
    assert digest.main([]) == 0
    (mail,) = box.mails
    _ = Language(code)
    assert mail["Content-Language"] == code
    assert text(mail, "plain").startswith(_(feeds.TITLES["versions"]))
    assert feeds.versions(_)[0].title in text(mail, "plain")
    assert f'dir="{"rtl" if code == "ar" else "ltr"}"' in text(mail, "html")


def test_one_address_that_is_refused_does_not_stop_the_others_and_is_written_nowhere(
    box: Box, tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="zone")
    only = 'subjects = ["versions"]'
    listed(tmp_path, f'address = "gone@city.example"\n{only}', f'address = "here@city.example"\n{only}')
    assert digest.main([]) == 1
    assert [mail["To"] for mail in box.mails] == ["here@city.example"]
    said = capsys.readouterr()
    assert "entry 1: the mail was not taken (SMTPRecipientsRefused 550)" in said.err
    assert "1 mails sent, 1 refused, 0 had nothing new." in said.out
    kept = "".join(file.read_text("utf-8") for file in tmp_path.glob("*.json"))
    assert "@" not in said.out + said.err + caplog.text + kept
    listed(tmp_path, f'address = "new@city.example"\n{only}')
    assert digest.main([]) == 0
    assert len(json.loads((tmp_path / "digest.json").read_bytes())["told"]) == 1  # who left is forgotten


def test_mails_are_written_instead_of_sent(box: Box, tmp_path: Path) -> None:
    listed(tmp_path, 'address = "a@city.example"\nsubjects = ["versions"]')
    assert digest.main(["--write", str(tmp_path / "out")]) == 0
    (file,) = (tmp_path / "out").iterdir()
    assert message_from_bytes(file.read_bytes(), policy=policy.default)["To"] == "a@city.example"
    assert box.mails == []


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        ('address = "no address"', "entry 1, column 'address': write an address"),
        ('address = "a@b.example\\nBcc: c@d.example"', "entry 1, column 'address': write an address"),
        ('address = "a@b.example"\nlanguage = "xx"', "column 'language': known languages"),
        ('address = "a@b.example"\ncities = ["atlantis"]', "there is no city 'atlantis'"),
        ('address = "a@b.example"\nsubjects = ["weather"]', "known subjects: versions, signals, goals"),
        ('adress = "a@b.example"', "entry 1, column 'address': Field required"),
    ],
)
def test_a_wrong_entry_is_named_by_its_number_and_its_mend(tmp_path: Path, entry: str, what: str) -> None:
    listed(tmp_path, entry)
    with pytest.raises(SourceError) as fault:
        digest.people(tmp_path / "digest.toml")
    assert what in str(fault.value)
    assert "@b" not in str(fault.value)


def test_no_password_goes_out_unencrypted(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    listed(tmp_path, 'address = "a@city.example"\nsubjects = ["versions"]')
    (tmp_path / "password").write_text("secret", encoding="utf-8")
    monkeypatch.setenv("ZONE_SMTP_PASSWORD", str(tmp_path / "password"))
    monkeypatch.setenv("ZONE_SMTP", "smtp://user@mail.city.example:25")
    assert digest.main([]) == 1
    assert "would send the password unencrypted: write starttls:// or smtps://" in capsys.readouterr().err
    assert box.mails == []


def test_a_server_that_is_not_there_or_not_named_is_one_sentence(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    listed(tmp_path, 'address = "a@city.example"\nsubjects = ["versions"]')
    monkeypatch.setenv("ZONE_SMTP", "smtp://127.0.0.1:9")
    assert digest.main([]) == 1
    monkeypatch.setenv("ZONE_SMTP", "")
    assert digest.main([]) == 1
    said = capsys.readouterr().err
    assert "cannot be reached (ConnectionRefusedError)" in said
    assert "Set ZONE_SMTP" in said
    assert box.mails == []
