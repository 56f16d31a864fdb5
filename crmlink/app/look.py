"""The looking half of a pass: from sources to a picture with its agreements. Changes nothing anywhere.

`scan` goes on from here to lapses and drafts; `owed` shows the agreements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from crmlink.agreements.agree import agreements
from crmlink.agreements.picture import Picture
from crmlink.app.colleagues import told_by_colleagues
from crmlink.app.gathering.gather import GatheredAgenda, Progress, SourceReport, Window
from crmlink.app.gathering.gather_calendars import Means, Memory, gather_calendars
from crmlink.app.gathering.gather_mail import GatheredMail, gather_mail
from crmlink.app.gathering.read import MailReader
from crmlink.app.gathering.read_carefully import CarefulReader
from crmlink.app.gathering.reader_name import reader_name
from crmlink.app.house import House
from crmlink.cache.calendars import CalendarCache
from crmlink.cache.mail import MailCache, ReadMail
from crmlink.facts.authentication import learned_authserv_ids
from crmlink.facts.threads import merged, threads
from crmlink.language.reader import Reader
from crmlink.mailbox.window import begin_of
from crmlink.model.agreement import Agreement
from crmlink.model.draft import Position
from crmlink.model.errors import CrmlinkError, FolderError
from crmlink.model.ids import MessageId
from crmlink.model.mail import Message, Role
from crmlink.model.meeting import Agenda
from crmlink.model.memory import RememberedEvent
from crmlink.model.problem import Problem
from crmlink.model.reading import Reading


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen in one pass: the picture, the agreements in it, and how the reading went.

    `sent_before` is where Sent stood before anything was read: what came later, the pass has not seen. `questions` are
    those of the owner to others, filled in where nudges are wished.
    """

    picture: Picture
    agreements: tuple[Agreement, ...]
    mail: GatheredMail
    calendars: GatheredAgenda
    sent_before: Position
    questions: tuple[Agreement, ...] = ()

    @property
    def reports(self) -> tuple[SourceReport, ...]:
        """One for each source, the mailbox first."""
        return (self.mail.report, *self.calendars.reports)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that went wrong with single items and with calendars."""
        return (*self.mail.problems, *self.calendars.problems)

    @property
    def refused(self) -> CrmlinkError | None:
        """Set when a calendar said no for good: then nothing is written."""
        return self.calendars.refused


def look(house: House, window: Window, progress: Progress) -> Look:
    """Read all sources, and join what they say.

    Raises:
        SourceError, LoginError, UntrustedError: the mailbox cannot be read.
        LedgerError: the ledger cannot be read.
    """
    states = {(one.source, one.key): one for one in house.ledger.sources.all(house.account)}
    last = states.get((house.mail.name, ""))
    sent_before, no_sent = _sent(house)
    mail = _gather_mail(house, window, progress, last=last.last_success if last else None)
    remembered = _remembered(house, window.now)
    doubts = {key: one.doubtful_since for (_, key), one in states.items() if one.doubtful_since}
    means = Means(CalendarCache(house.cache, house.account), house.careful)
    calendars = gather_calendars(house.calendars, house.policy, window, Memory(remembered, doubts), means, progress)
    messages = merged(mail.messages)
    readings, broke = _readings(mail.mails, messages)
    given_up = {(event.calendar, event.uid) for event in calendars.missing}
    picture = Picture(
        owner=house.owner,
        policy=house.policy,
        workdays=house.policy.workdays,
        now=window.now,
        threads=threads(messages),
        readings=readings,
        agenda=_as_of(calendars.agenda, remembered, window.now),
        remembered=tuple(one for one in remembered if (one.event.calendar, one.event.uid) not in given_up),
        mail_complete=mail.complete and not no_sent,
        authserv_ids=learned_authserv_ids(mail.messages),
        colleagues=told_by_colleagues(house),
    )
    mail = replace(mail, problems=(*mail.problems, *no_sent, *broke))
    return Look(picture, agreements(picture), mail, calendars, sent_before)


def _gather_mail(house: House, window: Window, progress: Progress, *, last: datetime | None) -> GatheredMail:
    reader = Reader(house.owner, house.policy.workdays, house.policy.language)
    careful = CarefulReader(MailReader(reader), house.careful, house.mail.name)
    begin = begin_of(window.since.date())
    cache = MailCache(house.cache, house.account, reader_name(reader), begin, window.now)
    return gather_mail(house.mail, cache, careful, window, progress, last=last)


def _readings(
    mails: Iterable[ReadMail], messages: Iterable[Message]
) -> tuple[dict[MessageId, Reading], tuple[Problem, ...]]:
    """What stands in each message whose text may matter, and what went wrong. Of several copies the chosen one counts."""
    copies: dict[MessageId, list[ReadMail]] = defaultdict(list)
    for mail in mails:
        if mail.message:
            copies[mail.message.id].append(mail)
    chosen = [(message.id, _copy_of(message, copies[message.id])) for message in messages]
    problems = tuple(mail.broke for _, mail in chosen if mail.broke)
    return {name: mail.reading for name, mail in chosen if mail.reading}, problems


def _copy_of(message: Message, copies: list[ReadMail]) -> ReadMail:
    alike = (one for one in copies if one.message and replace(one.message, role=message.role) == message)
    return copies[0] if len(copies) == 1 else next(alike)


def _sent(house: House) -> tuple[Position, tuple[Problem, ...]]:
    """Where Sent stands before anything is read. Without sent mail nobody can say what was not answered."""
    try:
        return house.writer.position(Role.SENT), ()
    except FolderError as error:
        why = f"{error}; so nothing counts as unanswered"
        return Position(""), (Problem("mail.no-sent-folder", house.mail.name, why, error.hint),)


def _remembered(house: House, now: datetime) -> tuple[RememberedEvent, ...]:
    """What earlier passes saw; in a replay, only what had been seen by then."""
    return tuple(one for one in house.ledger.meetings.remembered(house.account) if one.first_seen_at <= now)


def _as_of(agenda: Agenda, remembered: tuple[RememberedEvent, ...], now: datetime) -> Agenda:
    """In a replay of the days before it vanished, an event still stands where it stood."""
    still_there = tuple(one.event for one in remembered if one.gone_since and one.gone_since > now)
    return replace(agenda, events=(*agenda.events, *still_there)) if still_there else agenda
