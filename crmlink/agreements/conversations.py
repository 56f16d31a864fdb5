"""Which words are about which meeting: joins what people wrote to occurrences that stand in a calendar or an invitation.

A conversation belongs to a meeting by the invitation in it (UID), by its title between the same people, else by people
and time: the day it names, the next meeting for words that call it off, the last one for words that somebody was not there.
What finds no meeting is left to `talk`. What a machine wrote is not talk. It never judges what the words come to.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crmlink.agreements.attendance import everyone_of, moment
from crmlink.agreements.meeting_mail import MeetingMail
from crmlink.agreements.picture import NO_EVIDENCE, Picture
from crmlink.agreements.trust import is_mine
from crmlink.facts.subjects import bare_subject
from crmlink.model.ids import EventUid, ThreadId
from crmlink.model.mail import Message, Thread
from crmlink.model.meeting import Event, EventStatus
from crmlink.model.reading import MeetingAct, MeetingTalk

Key = tuple[EventUid, str | None]
# Without an invitation, a title or a day that binds them, words are only about a meeting that is near.
NEAR_AHEAD = timedelta(days=14)
NEAR_BEHIND = timedelta(days=5)
IN_CONVERSATION_BEHIND = timedelta(days=30)
# Two times this near are one appointment: "around ten" and a block from 9:45.
SAME_TIME = timedelta(hours=1)
LONGEST = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Said:
    """One message that speaks of a meeting. `when` is the moment it names (aware, midnight for a mere day)."""

    thread: Thread
    message: Message
    talk: MeetingTalk

    @property
    def by_me(self) -> bool:
        """Whether the owner said it."""
        return self.message.from_me

    @property
    def when(self) -> datetime | None:
        """The time it names: of the meeting, or the new one it asks for."""
        return self.talk.when.start if self.talk.when else None


class _Line:
    """Meetings in order of their start; looks up what comes next and what was last."""

    def __init__(self) -> None:
        self._events: list[tuple[datetime, str, str, Event]] = []

    def add(self, event: Event, start: datetime) -> None:
        self._events.append((start, event.uid, event.recurrence_id or "", event))

    def settle(self) -> None:
        self._events.sort(key=lambda one: one[:3])

    def next(self, at: datetime, within: timedelta, end_of: dict[Key, datetime]) -> Event | None:
        """The first that has not ended at that moment and begins within this time."""
        first = bisect_right(self._events, at - LONGEST, key=lambda one: one[0])
        for start, _, _, event in self._events[first:]:
            if start > at + within:
                return None
            if end_of[key_of(event)] > at:
                return event
        return None

    def last(self, at: datetime, within: timedelta) -> Event | None:
        """The last that had begun, no longer ago than this, called-off ones aside."""
        end = bisect_right(self._events, at, key=lambda one: one[0])
        for start, _, _, event in reversed(self._events[:end]):
            if start < at - within:
                return None
            if event.status is not EventStatus.CANCELLED:
                return event
        return None

    def on(self, when: datetime, *, day_only: bool) -> Event | None:
        """The one on that day, at about that time when one is named."""
        first = bisect_right(self._events, when - timedelta(days=1), key=lambda one: one[0])
        for start, _, _, event in self._events[first:]:
            if start > when + timedelta(days=1):
                return None
            if start.date() == when.date() and (day_only or abs(start - when) <= SAME_TIME):
                return event
        return None


def key_of(event: Event) -> Key:
    """What names an occurrence."""
    return event.uid, event.recurrence_id


class Conversations:
    """All that was said about these meetings in the picture's mail, and which conversations that takes up."""

    def __init__(self, picture: Picture, mail: MeetingMail, events: Iterable[Event]) -> None:
        self._picture = picture
        self._mail = mail
        self._by_person: dict[str, _Line] = {}
        self._by_uid: dict[EventUid, _Line] = {}
        self._by_title: dict[tuple[str, str], _Line] = {}
        self._end_of: dict[Key, datetime] = {}
        self._said: dict[Key, list[Said]] = {}
        self.taken: set[ThreadId] = set()
        for event in events:
            self._index(event)
        for line in (*self._by_person.values(), *self._by_uid.values(), *self._by_title.values()):
            line.settle()
        for thread in picture.threads:
            self._read(thread)

    def about(self, event: Event) -> list[Said]:
        """What was said about this occurrence, in order of time."""
        return sorted(self._said.get(key_of(event), []), key=lambda one: (one.message.sent_at, one.message.id))

    def _index(self, event: Event) -> None:
        zone = self._picture.policy.zone
        start = moment(event.start, zone)
        title = bare_subject(event.title).casefold()
        self._end_of[key_of(event)] = moment(event.end, zone)
        self._by_uid.setdefault(event.uid, _Line()).add(event, start)
        for one in everyone_of(event, self._picture.owner):
            self._by_person.setdefault(one.address, _Line()).add(event, start)
            if title:
                self._by_title.setdefault((one.address, title), _Line()).add(event, start)

    def _read(self, thread: Thread) -> None:
        uids = self._mail.uids_in(thread.id)
        if uids & self._by_uid.keys():
            self.taken.add(thread.id)
        for message in thread.messages:
            said = self._spoken(thread, message)
            event = self._meant(said, uids) if said else None
            if said and event:
                self._said.setdefault(key_of(event), []).append(said)
                self.taken.add(thread.id)

    def _spoken(self, thread: Thread, message: Message) -> Said | None:
        reading = self._picture.readings.get(message.id)
        if reading is None or reading.meeting.act is MeetingAct.NONE or message.sender is None:
            return None
        if message.automatic or message.role in NO_EVIDENCE or message.sent_at > self._picture.now:
            return None
        if message.from_me and not is_mine(message, authserv_ids=self._picture.authserv_ids):
            return None
        return Said(thread, message, reading.meeting)

    def _meant(self, said: Said, uids: frozenset[EventUid]) -> Event | None:
        people = _people(said.message, self._picture)
        title = bare_subject(said.message.subject).casefold()
        bound = [line for uid in uids if (line := self._by_uid.get(uid))]
        bound = bound or [line for one in people if (line := self._by_title.get((one, title)))]
        loose = [line for one in people if (line := self._by_person.get(one))]
        return self._of(said, bound, bound=True) or self._of(said, loose, bound=False)

    def _of(self, said: Said, lines: list[_Line], *, bound: bool) -> Event | None:
        """The meeting among these that the words are about, if any."""
        at = said.message.sent_at.astimezone(UTC).astimezone(self._picture.policy.zone)
        named = self._named(said, lines)
        match said.talk.act:
            case MeetingAct.NO_SHOW:
                if not bound and said.when and said.when.astimezone(at.tzinfo).date() < at.date():
                    return named
                behind = IN_CONVERSATION_BEHIND if bound else NEAR_BEHIND
                return named or _nearest(line.last(at, behind) for line in lines)
            case MeetingAct.RESCHEDULE:
                found = [line.next(at, timedelta(days=365) if bound else NEAR_AHEAD, self._end_of) for line in lines]
                return _nearest(one for one in found if one is not named) or named
            case MeetingAct.CANCEL:
                ahead = [line.next(at, timedelta(days=365) if bound else NEAR_AHEAD, self._end_of) for line in lines]
                return named or (_nearest(ahead) if bound or said.when is None else None)
            case _:
                ahead = [line.next(at, timedelta(days=365), self._end_of) for line in lines] if bound else []
                return named or _nearest(ahead)

    def _named(self, said: Said, lines: list[_Line]) -> Event | None:
        when = said.when
        if when is None:
            return None
        local = when.astimezone(self._picture.policy.zone)
        day_only = (local.hour, local.minute) == (0, 0)
        return _nearest(line.on(local, day_only=day_only) for line in lines)


def _nearest(found: Iterable[Event | None]) -> Event | None:
    """One of several meetings, the same whatever their order."""
    return min(
        (one for one in found if one), key=lambda one: (str(one.start), one.uid, one.recurrence_id or ""), default=None
    )


def _people(message: Message, picture: Picture) -> list[str]:
    people = message.recipients if message.from_me else (message.sender,) if message.sender else ()
    return sorted({one.address for one in people if not picture.owner.is_me(one.address)})
