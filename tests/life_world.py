"""A whole life in memory: one owner's mailbox, calendar and ledger, and real passes of the whole program over them.

The people, each with one agreement that can break: some asked something, with some a meeting stands, to one something
was promised. What they and the owner do are methods here; a pass can be killed at any step, as in `outbox_world`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final, Self
from zoneinfo import ZoneInfo

from crmlink.app.config.load_settings import load
from crmlink.app.house import CACHE_LAYOUT, House
from crmlink.app.own_templates import all_templates
from crmlink.app.scan import ScanResult, ScanTask, scan
from crmlink.cache.file import open_cache
from crmlink.crm.port import Connector
from crmlink.ledger.open import open_ledger
from crmlink.ledger.store import Ledger
from crmlink.mailbox.memory import MemoryMailbox, StoredMail
from crmlink.model.draft import StoredHeader
from crmlink.sources.memory import MemoryMailSource
from crmlink.sources.memory_calendar import MemoryCalendars, MemoryCalendarSource
from crmlink.writer.headers import stored_header
from crmlink.writer.memory import MemoryDraftWriter
from tests.outbox_world import BreakableDatabase, BreakableWriter, Hidden, KilledError, Lag, Steps
from tests.reading_carefully import reading_carefully

ZONE: Final = ZoneInfo("Europe/Amsterdam")
BEGIN: Final = datetime(2026, 3, 10, 9, 0, tzinfo=ZONE)  # a Tuesday
ME: Final = "Marleen van der Veen <marleen@veen.example>"
DRAFTS, SENT, TRASH, INBOX, ARCHIVE = "Drafts", "Sent", "Trash", "INBOX", "Archive"
UNTOUCHED: Final = frozenset({"\\draft", "\\seen"})
WEDNESDAY: Final = 2
ASKERS: Final = ("gijs@bakker.example", "omar@elidrissi.example")
GUESTS: Final = ("jane@hartley.example",)
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
    cache: sqlite3.Connection = field(init=False)
    placed: list[bytes] = field(default_factory=list)
    crm: Callable[[], Connector] | None = None
    _open: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.lose_cache()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        self.ledger.close()

    # The program.

    def lose_cache(self) -> None:
        """What was read before is gone; the ledger stays."""
        self._open.close()
        self.cache = self._open.enter_context(open_cache(None, layout=CACHE_LAYOUT, read_only=False))

    def one_pass(self, steps: Steps | None = None) -> ScanResult | None:
        """A pass of a new process; None when it was killed."""
        taking = steps or Steps()
        known = self.ledger.drafts.database
        settings = load({"CRMLINK_ME": ME, "CRMLINK_MAIL": "maildir:///nowhere", "CRMLINK_MAX_DRAFTS_PER_DAY": "10"})
        writer = BreakableWriter(NotingWriter(self.mailbox, self.placed), taking, Hidden(Lag(), lambda: self.now))
        ledger = Ledger(BreakableDatabase(known.engine, known.name, steps=taking))
        house = House(
            owner=settings.me,
            policy=settings.policy,
            clock=lambda: self.now,
            mail=MemoryMailSource(self.mailbox),
            calendars=(MemoryCalendarSource(self.calendars),),
            writer=writer,
            ledger=ledger,
            cache=self.cache,
            templates=all_templates(None),
            careful=reading_carefully(settings.me.address, self.now, ledger),
            crm=self.crm,
        )
        try:
            return scan(house, ScanTask(self.now, self.now - settings.policy.lookback), lambda _name, _count: None)
        except KilledError:
            return None

    def until_settled(self) -> None:
        """As many passes as it takes when nothing breaks any more: now, soon, and after the wait."""
        for pause in (0, 121, 121):
            self.now += timedelta(seconds=pause)
            assert self.one_pass() is not None

    def rows_written(self) -> int:
        """How many rows of the ledger were ever written."""
        with self._raw() as connection:
            return connection.total_changes

    def tell_ledger(self, order: str) -> None:
        """Say something to SQLite: that its disk is full, for one."""
        with self._raw() as connection:
            connection.execute(order)

    def dump(self) -> list[str]:
        """All that the ledger holds, as SQL."""
        with self._raw() as connection:
            return list(connection.iterdump())

    def backup(self) -> bytes:
        """The ledger as a file."""
        with self._raw() as connection:
            return connection.serialize()

    def restore(self, backup: bytes | None) -> None:
        """Put another ledger in its place; without a backup an empty one."""
        self.ledger.close()
        self.ledger = open_ledger("sqlite://", read_only=False)
        if backup is not None:
            with self._raw() as connection:
                connection.deserialize(backup)

    @contextmanager
    def _raw(self) -> Iterator[sqlite3.Connection]:
        """The driver's own connection."""
        borrowed = self.ledger.drafts.database.engine.raw_connection()
        try:
            own = borrowed.driver_connection
            assert isinstance(own, sqlite3.Connection)
            yield own
        finally:
            borrowed.close()

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
        """The owner promises something for the coming Wednesday; never on a Wednesday, which would mean the next."""
        then = self.now - timedelta(days=days_ago)
        ago = timedelta(days=days_ago + (then.weekday() == WEDNESDAY))
        self._mail(SENT, ME, who, PROMISE, f"<belofte-{who}>", "Offerte", ago=ago)

    def delivers(self, who: str) -> None:
        """The owner delivers what was promised."""
        self._mail(
            SENT, ME, who, DELIVERY, f"<levering-{who}>", "Re: Offerte", answers=f"<belofte-{who}>", attached=True
        )

    def books(self, who: str, *, status: str = "CONFIRMED", in_days: int = 2) -> None:
        """A meeting of the owner's stands in the calendar, or stands there as cancelled."""
        changed = (self.now - timedelta(hours=1)).astimezone(ZoneInfo("UTC"))
        start = BEGIN + timedelta(days=(self.now - BEGIN).days + in_days)
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

    def placed_for(self, who: str) -> list[StoredHeader]:
        """What crmlink ever stored for somebody."""
        headers = (stored_header("", raw, size=0) for raw in self.placed)
        return [header for header in headers if who in header.to]

    def draft_for(self, who: str) -> StoredMail | None:
        """The draft to somebody with the words that crmlink wrote, whatever its flags."""
        mails = self.mailbox.mails(DRAFTS)
        return next((mail for mail in mails if mail.raw in self.placed and self.is_to(mail, who)), None)

    def is_to(self, mail: StoredMail, who: str) -> bool:
        """Whether a mail is addressed to somebody."""
        return who in stored_header("", mail.raw, size=0).to

    def is_recognised(self, who: str) -> bool:
        """Whether the mailbox alone shows that somebody has had a draft: by its name, or by its thread in Drafts."""
        names = {header.message_id for header in self.placed_for(who)}
        threads = {header.in_reply_to for header in self.placed_for(who)} - {None}
        for folder in (DRAFTS, SENT, TRASH):
            for mail in self.mailbox.mails(folder):
                header = stored_header("", mail.raw, size=0)
                if header.message_id in names or (folder == DRAFTS and header.in_reply_to in threads):
                    return True
        return not names

    def untouched(self, who: str) -> bool:
        """Whether a draft to somebody lies in Drafts as crmlink stored it."""
        draft = self.draft_for(who)
        return draft is not None and draft.flags == UNTOUCHED

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
