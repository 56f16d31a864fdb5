"""A mailbox and a calendar full of hostile input, as one whole pass meets them: the rest is read, and memory stays flat."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from tests import bombs
from tests.e2e.office import GIJS, NOW
from tests.memory import MOST, peak_of

ME = "Marleen van der Veen <marleen@example.nl>"
QUESTION = "Hoi Marleen,\n\nKun je me laten weten of de levertijd nog klopt?\n\nGroet,\nGijs\n"
PROGRAM = """
import sys
from crmlink.cli.main import main
main.main(sys.argv[1:], prog_name="crmlink", standalone_mode=False)
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A Maildir with one question, and a calendar with one meeting."""
    for folder in ("", ".Sent", ".Drafts", ".Trash"):
        for part in ("cur", "new", "tmp"):
            (tmp_path / "Maildir" / folder / part).mkdir(parents=True, exist_ok=True)
    (tmp_path / "agenda").mkdir()
    put_mail(tmp_path, "question", question())
    day = NOW() + timedelta(days=3)
    lines = f"DTSTART:{day:%Y%m%d}T090000Z\r\nDURATION:PT1H\r\nSUMMARY:Gewoon"
    put_event(
        tmp_path,
        "gewoon",
        f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:gewoon\r\n{lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n".encode(),
    )
    return tmp_path


def question() -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = GIJS, ME, "Offerte"
    message["Date"], message["Message-ID"] = format_datetime(NOW() - timedelta(days=8)), "<ask@test.example>"
    message.set_content(QUESTION)
    return message.as_bytes()


def head(name: str, message_id: bytes = b"") -> bytes:
    """The ordinary headers of a mail that came a week ago."""
    named = message_id or b"<%s@bom.example>" % name.replace(" ", "-").encode()
    at = format_datetime(NOW() - timedelta(days=7)).encode()
    return b"From: Eve <eve@bom.example>\r\nTo: %s\r\nSubject: Bom\r\nDate: %s\r\nMessage-ID: %s\r\n" % (
        ME.encode(),
        at,
        named,
    )


def put_mail(place: Path, name: str, raw: bytes) -> Path:
    path = place / "Maildir" / "cur" / f"{name.replace(' ', '-')}:2,S"
    path.write_bytes(raw)
    return path


def put_event(place: Path, name: str, raw: bytes) -> None:
    (place / "agenda" / f"{name.replace(' ', '-')}.ics").write_bytes(raw)


def scan(place: Path) -> dict[str, Any]:
    """A whole pass in a process of its own."""
    settings = {
        "ME": ME,
        "MAIL": f"maildir://{place}/Maildir",
        "CALENDAR": f"vdir://{place}/agenda",
        "DATABASE": str(place / "ledger.db"),
    }
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CRMLINK_")}
    environment = clean | {f"CRMLINK_{name}": value for name, value in settings.items()}
    said, memory = peak_of(PROGRAM, "scan", "--json", environment=environment, directory=place)
    assert memory < MOST
    document: dict[str, Any] = json.loads(said)
    return document


def found_the_question(document: dict[str, Any]) -> bool:
    """Whether the ordinary mail was read and got its draft; a hostile mail may hold a question, too."""
    decided = {one["contact"]["address"]: one["decision"] for one in document["lapses"]}
    return decided.get("gijs@bakker.example") == "draft" and set(decided) <= {"gijs@bakker.example", "eve@bom.example"}


def test_every_hostile_mail_at_once_leaves_the_others_readable(place: Path) -> None:
    for name, bomb in bombs.MAIL.items():
        put_mail(place, name, head(name) + bomb())
    for number, value in enumerate(bombs.MESSAGE_IDS):
        put_mail(place, f"id{number}", head("", value) + b"\r\nhoi")
    document = scan(place)
    assert found_the_question(document)
    assert document["sources"][0]["state"] == "ok"
    assert document["sources"][0]["set_aside"] == 0
    told = {one["subject"] for one in document["problems"] if one["code"] == "mail.too-large"}
    assert "<a-hundred-thousand-headers@bom.example>" in told


def test_every_hostile_event_at_once_leaves_the_others_readable_and_is_named(place: Path) -> None:
    for name in bombs.CALENDAR:
        put_event(place, name, bombs.calendar_bomb(name))
    document = scan(place)
    assert found_the_question(document)
    calendar = document["sources"][1]
    assert calendar["seen"] == len(bombs.CALENDAR) + 1
    # Nobody knows what stands in a text that is too large or never closed: no free time is read from that calendar.
    assert calendar["state"] == "doubtful"
    assert document["lapses"][0]["draft"]["options"] == []
    told = {one["code"] for one in document["problems"]}
    assert told == {code for _, code in bombs.CALENDAR.values() if code}


def test_of_a_mail_of_300_megabytes_only_the_beginning_is_read(place: Path) -> None:
    path = put_mail(place, "large", question().replace(b"<ask@", b"<large@").replace(b"gijs@", b"groot@") + b"\r\n")
    with path.open("r+b") as file:
        file.truncate(300_000_000)
    document = scan(place)
    assert {one["contact"]["address"] for one in document["lapses"]} == {"gijs@bakker.example", "groot@bakker.example"}
    assert document["sources"][0]["seen"] == 2


@pytest.mark.parametrize(
    "raw", [b"", b"\r\n", b"\x00" * 5_000, b"\xff" * 5_000, b"geen mail", b"From: a\nFrom: b\n\nhoi"], ids=repr
)
def test_a_file_that_is_no_mail_or_no_calendar_is_a_problem_at_most(place: Path, raw: bytes) -> None:
    put_mail(place, "odd", raw)
    put_event(place, "odd", raw)
    document = scan(place)
    assert found_the_question(document)
    assert {one["code"].partition(".")[0] for one in document["problems"]} <= {"mail", "calendar"}
