"""The invented week in memory adapters, for one real pass on any day, without servers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from crmlink.app.clock import frozen_clock
from crmlink.app.config.load_settings import load
from crmlink.app.gathering.gather import Window
from crmlink.app.house import CACHE_LAYOUT, House
from crmlink.app.look import Look, look
from crmlink.app.own_templates import all_templates
from crmlink.app.scan import ScanResult, ScanTask, scan
from crmlink.cache.file import open_cache
from crmlink.demo.days import Days
from crmlink.demo.events import calendar_text
from crmlink.demo.letters import Post
from crmlink.demo.script import Script, read_script
from crmlink.demo.stage import COUNTRY, ZONE
from crmlink.ledger.open import open_ledger
from crmlink.mailbox.memory import MemoryMailbox
from crmlink.model.workdays import WorkingCalendar
from crmlink.sources.memory import MemoryMailSource
from crmlink.sources.memory_calendar import MemoryCalendars, MemoryCalendarSource
from crmlink.writer.memory import MemoryDraftWriter
from tests.reading_carefully import reading_carefully

SCRIPT = read_script()
WORKDAYS = WorkingCalendar(ZONE, COUNTRY)


def post_on(now: datetime, script: Script = SCRIPT) -> Post:
    """The mail of the week around `now`."""
    return Post(script, Days(now, WORKDAYS))


def scan_on(now: datetime) -> ScanResult:
    """One pass at this moment."""
    return Week(now).scan(now)


def look_on(now: datetime) -> Look:
    """The looking half of it."""
    with Week(now).house(now) as house:
        return look(house, Window(now, now - house.policy.lookback), _quietly)


class Week:
    """The mailbox and the calendars of the week around `now`, with the ledger of the passes over them."""

    def __init__(self, now: datetime) -> None:
        post = post_on(now)
        self.mailbox, self.calendars = MemoryMailbox(), MemoryCalendars({"Agenda": {}})
        self.ledger = open_ledger("sqlite://", read_only=False)
        for letter in post.script.letters:
            folder = "Sent" if letter.sender == post.script.owner else "INBOX"
            self.mailbox.deliver(post.raw(letter), received_at=post.days.moment(letter.at), folder=folder)
        for booking in post.script.bookings:
            text = calendar_text(booking, post.days, post.script.owner)
            self.calendars.calendars["Agenda"][f"{booking.name}.ics"] = text.encode()

    def scan(self, now: datetime) -> ScanResult:
        """One pass at this moment."""
        with self.house(now) as house:
            return scan(house, ScanTask(now, now - house.policy.lookback), _quietly)

    def lose_ledger(self) -> None:
        """Go on without anything remembered."""
        self.ledger.close()
        self.ledger = open_ledger("sqlite://", read_only=False)

    @contextmanager
    def house(self, now: datetime) -> Iterator[House]:
        """Everything a pass at this moment needs."""
        owner = SCRIPT.owner
        settings = load(
            {
                "CRMLINK_ME": f"{owner.name} <{owner.address}>",
                "CRMLINK_MAIL": "maildir:///nowhere",
                "CRMLINK_MAX_DRAFTS_PER_DAY": "10",
            }
        )
        with open_cache(None, layout=CACHE_LAYOUT, read_only=False) as cache:
            yield House(
                owner=settings.me,
                policy=settings.policy,
                clock=frozen_clock(now),
                mail=MemoryMailSource(self.mailbox),
                calendars=(MemoryCalendarSource(self.calendars),),
                writer=MemoryDraftWriter(self.mailbox),
                ledger=self.ledger,
                cache=cache,
                templates=all_templates(None),
                careful=reading_carefully(owner.address, now, self.ledger),
            )


def _quietly(_name: str, _count: int) -> None:
    """Progress that nobody looks at."""
