"""A whole life in memory: one owner's mailbox, calendar and ledger, and real passes of the whole program over them.

The people, each with one agreement that can break: some asked something, with some a meeting stands, to one something
was promised. What they and the owner do are methods here; a pass can be killed at any step, as in `outbox_world`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import PoolProxiedConnection

from crmlink.app.house import House
from crmlink.app.own_templates import all_templates
from crmlink.app.scan import ScanResult, ScanTask, scan
from crmlink.app.settings import load
from crmlink.ledger.open import open_ledger
from crmlink.ledger.store import Ledger
from crmlink.mailbox.memory import MemoryMailbox, StoredMail
from crmlink.model.draft import StoredHeader
from crmlink.sources.memory import MemoryMailSource
from crmlink.sources.memory_calendar import MemoryCalendars, MemoryCalendarSource
from crmlink.writer.headers import stored_header
from crmlink.writer.memory import MemoryDraftWriter
from tests.outbox_world import BreakableDatabase, BreakableWriter, Hidden, KilledError, Lag, Steps

ZONE: Final = ZoneInfo("Europe/Amsterdam")
BEGIN: Final = datetime(2026, 3, 10, 9, 0, tzinfo=ZONE)  # a Tuesday
ME: Final = "Marleen van der Veen <marleen@veen.example>"
DRAFTS, SENT, TRASH, INBOX, ARCHIVE = "Drafts", "Sent", "Trash", "INBOX", "Archive"
UNTOUCHED: Final = frozenset({"\\draft", "\\seen"})
ASKERS: Final = ("gijs@bakker.example", "omar@elidrissi.example", "els@smit.example")
GUESTS: Final = ("jane@hartley.example", "piet@jansen.example")
WAITING: Final = "noor@visser.example"
PEOPLE: Final = (*ASKERS, *GUESTS, WAITING)

QUESTION: Final = "Hoi Marleen,\n\nKun je me laten weten of de levertijd nog klopt?\n\nGroet"
NEVER_MIND: Final = "Hoi Marleen,\n\nLaat maar, het is al opgelost. Dank!\n\nGroet"
PROMISE: Final = "Hoi Noor,\n\nIk stuur je woensdag de offerte.\n\nGroet,\nMarleen"
ANSWER: Final = "Hoi,\n\nJa hoor, de levertijd klopt nog: twee weken.\n\nGroet,\nMarleen"
DELIVERY: Final = "Hoi Noor,\n\nHierbij de offerte.\n\nGroet,\nMarleen"


class NotingWriter(MemoryDraftWriter):
    """A writer that remembers what it stored, whoever dies meanwhile."""

    def __init__(self, mailbox: MemoryMailbox, placed: list[bytes]) -> None:
        super().__init__(mailbox)
        self._placed = placed

    def append(self, raw: bytes) -> None:
        self._placed.append(raw)
        super().append(raw)


@dataclass(slots=True)
class LifeWorld:
    """Everything that outlives a pass. `placed` holds every draft that crmlink ever stored, in order."""

    now: datetime = BEGIN
    mailbox: MemoryMailbox = field(default_factory=MemoryMailbox)
    calendars: MemoryCalendars = field(default_factory=lambda: MemoryCalendars({"Agenda": {}}))
    ledger: Ledger = field(default_factory=lambda: open_ledger("sqlite://", read_only=False))
    placed: list[bytes] = field(default_factory=list)

    # The program.

    def one_pass(self, steps: Steps | None = None) -> ScanResult | None:
        """A pass of a new process; None when it was killed."""
        taking = steps or Steps()
        known = self.ledger.drafts.database
        settings = load(
            {"CRMLINK_ME": ME, "CRMLINK_MAIL": "maildir:///nowhere", "CRMLINK_MAX_DRAFTS_PER_DAY": "10"}
        )
        writer = BreakableWriter(NotingWriter(self.mailbox, self.placed), taking, Hidden(Lag(), lambda: self.now))
        house = House(
            owner=settings.me,
            policy=settings.policy,
            clock=lambda: self.now,
            mail=MemoryMailSource(self.mailbox),
            calendars=(MemoryCalendarSource(self.calendars),),
            writer=writer,
            ledger=Ledger(BreakableDatabase(known.engine, known.name, steps=taking)),
            templates=all_templates(None),
        )
        try:
            return scan(house, ScanTask(self.now, self.now - settings.policy.lookback), lambda _name, _count: None)
        except KilledError:
            return None

    def until_settled(self) -> None:
        """As many passes as it takes when nothing breaks any more: now, soon, and after the wait."""
        for pause in (0, 30, 121, 121):
            self.now += timedelta(seconds=pause)
            assert self.one_pass() is not None

    def rows_written(self) -> int:
        """How many rows of the ledger were ever written."""
        with self._raw() as connection:
            return int(connection.total_changes)  # type: ignore[attr-defined] # sqlite3's own

    def backup(self) -> bytes:
        """The ledger as a file."""
        with self._raw() as connection:
            return bytes(connection.serialize())  # type: ignore[attr-defined]

    def restore(self, backup: bytes | None) -> None:
        """Put another ledger in its place; without a backup an empty one."""
        self.ledger.close()
        self.ledger = open_ledger("sqlite://", read_only=False)
        if backup is not None:
            with self._raw() as connection:
                connection.deserialize(backup)  # type: ignore[attr-defined]

    def _raw(self) -> _Raw:
        return _Raw(self.ledger.drafts.database.engine.raw_connection())

    # The others.

    def asks(self, who: str, *, days_ago: int = 8) -> None:
        """Somebody's question arrives, sent so many days ago."""
        self._mail(INBOX, who, ME, QUESTION, f"<vraag-{who}>", "Levertijd", ago=timedelta(days=days_ago))

    def never_minds(self, who: str) -> None:
        """Somebody needs no answer any more."""
        self._mail(INBOX, who, ME, NEVER_MIND, f"<laatmaar-{who}>", "Re: Levertijd", answers=f"<vraag-{who}>")

    # The owner.

    def answers(self, who: str, number: int = 0) -> None:
        """The owner answers somebody without crmlink."""
        self._mail(SENT, ME, who, ANSWER, f"<antwoord{number}-{who}>", "Re: Levertijd", answers=f"<vraag-{who}>")

    def promises(self, who: str, *, days_ago: int = 8) -> None:
        """The owner promises something for the coming Wednesday."""
        self._mail(SENT, ME, who, PROMISE, f"<belofte-{who}>", "Offerte", ago=timedelta(days=days_ago))

    def delivers(self, who: str) -> None:
        """The owner delivers what was promised."""
        self._mail(
            SENT, ME, who, DELIVERY, f"<levering-{who}>", "Re: Offerte", answers=f"<belofte-{who}>", attached=True
        )

    def books(self, who: str, *, status: str = "CONFIRMED", in_days: int = 2) -> None:
        """A meeting of the owner's stands in the calendar, or stands there as cancelled."""
        changed = (self.now - timedelta(hours=1)).astimezone(ZoneInfo("UTC"))
        start = BEGIN + timedelta(days=in_days)
        lines = [
            *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//test//EN", "BEGIN:VEVENT", f"UID:{who}"),
            *(f"{name}:{changed:%Y%m%dT%H%M%SZ}" for name in ("DTSTAMP", "CREATED", "LAST-MODIFIED")),
            f"DTSTART;TZID=Europe/Amsterdam:{start:%Y%m%dT%H%M%S}",
            *("DURATION:PT1H", "SUMMARY:Kennismaking", f"STATUS:{status}", "ORGANIZER:mailto:marleen@veen.example"),
            "ATTENDEE;CN=Marleen;PARTSTAT=ACCEPTED:mailto:marleen@veen.example",
            f"ATTENDEE;CN={who.partition('@')[0].title()} Bakker;PARTSTAT=ACCEPTED:mailto:{who}",
            *("END:VEVENT", "END:VCALENDAR"),
        ]
        self.calendars.calendars["Agenda"][f"{who}.ics"] = "".join(f"{line}\r\n" for line in lines).encode()

    def writes_own_draft(self, who: str) -> bytes:
        """The owner begins a draft in the conversation; gives its bytes."""
        return self._mail(DRAFTS, ME, who, "Hoi,", f"<eigen-{who}>", "Re: Levertijd", answers=f"<vraag-{who}>")

    # What lies where.

    def draft_for(self, who: str, folder: str = DRAFTS) -> StoredMail | None:
        """The first mail to somebody in a folder that came from crmlink, edited or not."""
        return next((mail for mail in self.mailbox.mails(folder) if self.is_from_us(mail.raw, who)), None)

    def is_from_us(self, raw: bytes, who: str) -> bool:
        """Whether a mail is a draft of crmlink's to somebody: by its name, or by our first words."""
        header = stored_header("", raw, size=0)
        names = {each.message_id for each in self.headers_placed(who)}
        return who in header.to and (header.message_id in names or b"X-Was: crmlink" in raw)

    def headers_placed(self, who: str) -> list[StoredHeader]:
        """What crmlink ever stored for somebody."""
        headers = (stored_header("", raw, size=0) for raw in self.placed)
        return [header for header in headers if who in header.to]

    def untouched(self, who: str) -> list[StoredMail]:
        """Drafts to somebody that are as crmlink stored them."""
        mails = self.mailbox.mails(DRAFTS)
        ours = {raw for raw in self.placed if who in stored_header("", raw, size=0).to}
        return [mail for mail in mails if mail.raw in ours and mail.flags == UNTOUCHED]

    def sources(self) -> dict[str, object]:
        """All that crmlink only reads."""
        kept = {name: list(self.mailbox.mails(name)) for name in self.mailbox.folders if name not in {DRAFTS, TRASH}}
        return {**kept, "calendars": {name: dict(events) for name, events in self.calendars.calendars.items()}}

    def _mail(
        self,
        folder: str,
        sender: str,
        to: str,
        text: str,
        name: str,
        subject: str,
        *,
        answers: str = "",
        ago: timedelta = timedelta(0),
        attached: bool = False,
    ) -> bytes:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"], message["Message-ID"] = sender, to, subject, name
        message["Date"] = format_datetime(self.now - ago)
        if answers:
            message["In-Reply-To"] = message["References"] = answers
        message.set_content(text)
        if attached:
            message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="offerte.pdf")
        raw = message.as_bytes(policy=SMTP)
        flags = ("\\draft", "\\seen") if folder == DRAFTS else ("\\seen",)
        self.mailbox.deliver(raw, received_at=self.now - ago, folder=folder, flags=flags)
        return raw


class _Raw:
    """The driver's own connection, given back at the end."""

    def __init__(self, fairy: PoolProxiedConnection) -> None:
        self._fairy = fairy

    def __enter__(self) -> object:
        assert self._fairy.driver_connection is not None
        return self._fairy.driver_connection

    def __exit__(self, *_: object) -> None:
        self._fairy.close()
