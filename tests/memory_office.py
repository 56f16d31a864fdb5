"""An owner with a mailbox and a calendar in memory: bytes of mail in, one real pass, bytes of drafts out.

The owner is Marleen; the pass is made on Friday 20 March 2026 at nine in Amsterdam. Days are of that March.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from crmlink.app.clock import frozen_clock
from crmlink.app.config.load_settings import load
from crmlink.app.house import CACHE_LAYOUT, House
from crmlink.app.own_templates import all_templates
from crmlink.app.scan import ScanResult, ScanTask, scan
from crmlink.cache.file import open_cache
from crmlink.ledger.open import open_ledger
from crmlink.mailbox.memory import MemoryMailbox
from crmlink.sources.memory import MemoryMailSource
from crmlink.sources.memory_calendar import MemoryCalendars, MemoryCalendarSource
from crmlink.writer.memory import MemoryDraftWriter
from tests.reading_carefully import reading_carefully

ZONE = ZoneInfo("Europe/Amsterdam")
ME = "Marleen van der Veen <marleen@veen.example>"
GIJS = "Gijs Bakker <gijs@bakker.example>"
ELS = "Els Smit <els@smit.example>"
QUESTION = "Hoi Marleen,\n\nKun je me laten weten of de levertijd van zes weken nog klopt?\n\nGroet,\nGijs\n"


def march(day: int, hour: int = 10) -> datetime:
    """A moment of that month."""
    return datetime(2026, 3, day, hour, tzinfo=ZONE)


NOW = march(20, 9)


@dataclass(slots=True)
class MemoryOffice:
    """The owner's mailbox and calendar; `settings` by name without the prefix."""

    settings: dict[str, str] = field(default_factory=dict)
    mailbox: MemoryMailbox = field(default_factory=MemoryMailbox)
    events: dict[str, bytes] = field(default_factory=dict)

    def receive(self, raw: bytes, day: int = 9, hour: int = 10) -> None:
        """A mail arrives."""
        self.mailbox.deliver(raw, received_at=march(day, hour))

    def send(self, raw: bytes, day: int = 9, hour: int = 10) -> None:
        """A mail of the owner lies in Sent."""
        self.mailbox.deliver(raw, received_at=march(day, hour), folder="Sent")

    def book(self, name: str, day: int, *people: str, title: str = "Koffie", more: tuple[str, ...] = ()) -> None:
        """A meeting at ten in the owner's calendar; the first of `people` organises it. `more` are further lines."""
        organizer, *guests = people or (ME, GIJS)
        lines = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//test//test//EN",
            "BEGIN:VEVENT",
            f"UID:{name}@test",
            "DTSTAMP:20260301T090000Z",
            "CREATED:20260225T090000Z",
            f"DTSTART:{march(day).astimezone(UTC):%Y%m%dT%H%M%SZ}",
            "DURATION:PT1H",
            f"SUMMARY:{title}",
            f"ORGANIZER;CN={_name(organizer)}:mailto:{_address(organizer)}",
            *(f"ATTENDEE;PARTSTAT=ACCEPTED;CN={_name(one)}:mailto:{_address(one)}" for one in (organizer, *guests)),
            *more,
            "END:VEVENT",
            "END:VCALENDAR",
        ]
        self.events[f"{name}.ics"] = "\r\n".join([*lines, ""]).encode()

    def away(self, first: int, last: int, title: str = "Vakantie") -> None:
        """Whole days away, the last one included."""
        lines = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//test//test//EN",
            "BEGIN:VEVENT",
            f"UID:weg{first}@test",
            "DTSTAMP:20260301T090000Z",
            "CREATED:20260228T090000Z",
            f"DTSTART;VALUE=DATE:202603{first:02}",
            f"DTEND;VALUE=DATE:202603{last + 1:02}",
            f"SUMMARY:{title}",
            "END:VEVENT",
            "END:VCALENDAR",
        ]
        self.events[f"weg{first}.ics"] = "\r\n".join([*lines, ""]).encode()

    def scan(self, now: datetime = NOW) -> ScanResult:
        """One pass."""
        given = {"ME": f"{ME}, marleen@club.example", "MAIL": "maildir:///nowhere", **self.settings}
        settings = load({f"CRMLINK_{name}": value for name, value in given.items()})
        calendars = MemoryCalendars({"Agenda": self.events})
        with (
            open_ledger("sqlite://", read_only=False) as ledger,
            open_cache(None, layout=CACHE_LAYOUT, read_only=False) as cache,
        ):
            house = House(
                owner=settings.me,
                policy=settings.policy,
                clock=frozen_clock(now),
                mail=MemoryMailSource(self.mailbox),
                calendars=(MemoryCalendarSource(calendars),),
                writer=MemoryDraftWriter(self.mailbox),
                ledger=ledger,
                cache=cache,
                templates=all_templates(settings.templates),
                careful=reading_carefully(settings.me.address, now, ledger),
            )
            return scan(house, ScanTask(now, now - timedelta(days=30)), lambda _name, _count: None)

    def raw_drafts(self) -> list[bytes]:
        """The drafts that were placed, as they lie there."""
        return [mail.raw for mail in self.mailbox.mails("Drafts")]

    def draft(self) -> EmailMessage:
        """The one draft."""
        (raw,) = self.raw_drafts()
        return parsed(raw)


def letter(
    sender: str,
    to: str,
    text: str,
    *,
    day: int = 9,
    hour: int = 10,
    name: str = "ask",
    subject: str = "Offerte",
    answers: str = "",
    headers: tuple[str, ...] = (),
) -> bytes:
    """A mail as it comes over the wire; `headers` are further header lines, taken as they stand."""
    lines = [
        f"From: {sender}",
        f"To: {to}",
        f"Subject: {subject}",
        f"Date: {format_datetime(march(day, hour))}",
        f"Message-ID: <{name}@test.example>",
        *([f"In-Reply-To: <{answers}@test.example>", f"References: <{answers}@test.example>"] if answers else []),
        *headers,
        "MIME-Version: 1.0",
        'Content-Type: text/plain; charset="utf-8"',
        "Content-Transfer-Encoding: 8bit",
        "",
        text,
    ]
    return "\r\n".join(lines).encode()


def parsed(raw: bytes) -> EmailMessage:
    """A message as a mail program reads it."""
    message = message_from_bytes(raw, EmailMessage, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _name(mailbox: str) -> str:
    return '"' + mailbox.partition(" <")[0] + '"'


def _address(mailbox: str) -> str:
    return mailbox.rpartition("<")[2].rstrip(">")
