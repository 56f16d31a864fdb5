"""Builds pictures for tests of the stages that decide: a few words make a mail, a reading or an event.

The owner is Marleen; "gijs" writes to her. Days are of March 2026, in Amsterdam: the 2nd is a Monday.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from crmlink.agreements.picture import Picture
from crmlink.facts.threads import merged, threads
from crmlink.model.contact import Address, Owner
from crmlink.model.ids import EventUid, MessageId
from crmlink.model.lapse import Fault
from crmlink.model.mail import Automatic, Message, Role
from crmlink.model.meeting import Agenda, Attendee, Event, EventStatus, Invitation, Method, Participation
from crmlink.model.memory import RememberedEvent
from crmlink.model.policy import Policy, WhenTheyCancel, WorkingHours
from crmlink.model.reading import DateMention, Grain, MeetingAct, MeetingTalk, Promise, Reading, Request
from crmlink.model.workdays import WorkingCalendar

ZONE = ZoneInfo("Europe/Amsterdam")
ME = Owner("Marleen van der Veen", ("marleen@example.nl", "info@example.nl"))
GIJS = Address("Gijs Bakker", "gijs@bakker.example")
OMAR = Address("Omar Idrissi", "omar@idrissi.example")
WORK = tuple((day, time(9), time(17, 30)) for day in range(5))
POLICY = Policy(
    zone=ZONE,
    language="nl",
    country="NL",
    working_hours=WorkingHours(WORK),
    lookback=timedelta(days=30),
    unanswered_after_working_days=3,
    promise_grace=timedelta(hours=24),
    options=3,
    max_drafts_per_day=5,
    when_they_cancel=WhenTheyCancel.NOTHING,
    ignore=frozenset(),
)


def march(day: int, hour: int = 10, minute: int = 0) -> datetime:
    """A moment in March 2026."""
    return datetime(2026, 3, day, hour, minute, tzinfo=ZONE)


def mail(
    name: str,
    at: datetime,
    *,
    sender: Address | None = GIJS,
    to: Iterable[Address] = (ME.mailbox,),
    cc: Iterable[Address] = (),
    subject: str = "Offerte",
    text: str = "Dag Marleen",
    answers: str | None = None,
    automatic: Automatic | None = None,
    role: Role | None = None,
    invitations: Iterable[Invitation] = (),
) -> Message:
    """A mail; mine when the sender is me. `answers` is the name of the mail it replies to."""
    from_me = sender is not None and ME.is_me(sender.address)
    reply = MessageId(f"<{answers}@test>") if answers else None
    return Message(
        id=MessageId(f"<{name}@test>"),
        sent_at=at,
        sender=sender,
        to=tuple(to),
        cc=tuple(cc),
        subject=subject,
        text=text,
        full_text=text,
        from_me=from_me,
        role=role or (Role.SENT if from_me else Role.INBOX),
        in_reply_to=reply,
        references=(reply,) if reply else (),
        automatic=automatic,
        invitations=tuple(invitations),
    )


def mine(
    name: str,
    at: datetime,
    *,
    to: Iterable[Address] = (GIJS,),
    text: str = "Dag Gijs",
    subject: str = "Re: Offerte",
    answers: str | None = None,
) -> Message:
    """A mail from the owner."""
    return mail(name, at, sender=ME.mailbox, to=to, text=text, subject=subject, answers=answers)


def asking(quote: str = "Kun je me de offerte sturen?", *, due: datetime | None = None, to_me: bool = True) -> Reading:
    """A reading with one request in it."""
    return Reading("nl", requests=(Request(quote, "nl.request.test", to_me, 0, due),))


def promising(quote: str = "Je hebt hem vrijdag.", *, due: datetime | None = None) -> Reading:
    """A reading with one promise in it."""
    return Reading("nl", promises=(Promise(quote, "nl.promise.test", 0, due),))


def talking(act: MeetingAct, *, fault: object = None, when: datetime | None = None) -> Reading:
    """A reading that does something to a meeting."""
    mention = DateMention("dan", when, None, Grain.MINUTE, 0, when) if when else None
    claimed = Fault(str(fault)) if fault else None
    return Reading(
        "nl", dates=(mention,) if mention else (), meeting=MeetingTalk(act, claimed, "woorden", f"nl.{act}", 0, mention)
    )


def event(
    uid: str = "koffie@test",
    start: datetime | None = None,
    *,
    title: str = "Koffie",
    organizer: Address | None = ME.mailbox,
    others: Iterable[Address] = (GIJS,),
    status: EventStatus = EventStatus.CONFIRMED,
    my_answer: Participation = Participation.ACCEPTED,
    their_answer: Participation = Participation.ACCEPTED,
    created: datetime | None = None,
    modified: datetime | None = None,
    sequence: int = 0,
    calendar: str = "Agenda",
) -> Event:
    """A meeting of an hour, organised by me unless said otherwise."""
    begin = start or march(12)
    people = [Attendee(one, their_answer) for one in others]
    if organizer and not ME.is_me(organizer.address):
        people = [Attendee(ME.mailbox, my_answer), *(one for one in people if one.address != organizer)]
    return Event(
        uid=EventUid(uid),
        start=begin,
        end=begin + timedelta(hours=1),
        title=title,
        calendar=calendar,
        status=status,
        organizer=organizer,
        attendees=tuple(people),
        created_at=created,
        modified_at=modified,
        sequence=sequence,
    )


def itip(method: Method, what: Event, *, in_forward: bool = False) -> Invitation:
    """An iTIP object."""
    return Invitation(method, what, in_forward)


def seen(what: Event, at: datetime, *, gone_since: datetime | None = None) -> RememberedEvent:
    """An event as an earlier pass saw it."""
    return RememberedEvent(what, at, at, gone_since)


def picture(
    mails: Iterable[Message] = (),
    *,
    now: datetime,
    readings: dict[str, Reading] | None = None,
    events: Iterable[Event] = (),
    remembered: Iterable[RememberedEvent] = (),
    doubtful: Iterable[str] = (),
    policy: Policy = POLICY,
    mail_complete: bool = True,
) -> Picture:
    """All of it as one picture; readings go by the name of their mail."""
    messages = merged(mails)
    standing = tuple(events)
    uids: dict[str, frozenset[EventUid]] = {"Agenda": frozenset()}
    for one in standing:
        uids[one.calendar] = uids.get(one.calendar, frozenset()) | {one.uid}
    given = {MessageId(f"<{name}@test>"): reading for name, reading in (readings or {}).items()}
    return Picture(
        owner=ME,
        policy=policy,
        workdays=WorkingCalendar(ZONE, "NL"),
        now=now,
        threads=threads(messages),
        readings={one.id: given.get(one.id, Reading("nl")) for one in messages},
        agenda=Agenda(standing, uids, tuple(doubtful)),
        remembered=tuple(remembered),
        mail_complete=mail_complete,
    )
