"""Which meetings there are to judge: those that stand in a calendar, those that stood there, those only mail knows.

It decides what absence may mean at all: an entry that moved to another calendar, a series that was rewritten and a listing
that was read before the entry was are no disappearance. How a meeting broke is for `breach`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from crmlink.agreements.attendance import moment, others_of
from crmlink.agreements.breach import is_agreed
from crmlink.agreements.conversations import Key, key_of
from crmlink.agreements.meeting_mail import Letter, MeetingMail
from crmlink.agreements.picture import Picture
from crmlink.agreements.scheduling import Scheduling
from crmlink.agreements.trust import Standing, is_mine, standing_of
from crmlink.model.ids import EventUid
from crmlink.model.meeting import Event, Method
from crmlink.model.memory import RememberedEvent

# A new occurrence this near an old one that is gone was put in its place.
REPLACED_WITHIN = timedelta(days=7)
TELLS = frozenset({Method.REQUEST, Method.PUBLISH, Method.REPLY, Method.COUNTER})


def standing_events(picture: Picture) -> dict[Key, Event]:
    """Every occurrence in the calendars, one of several copies; in a replay, what was made later is not known yet."""
    found: dict[Key, Event] = {}
    for event in picture.agenda.events:
        if event.created_at and event.created_at > picture.now:
            continue
        copy = found.get(key_of(event))
        found[key_of(event)] = event if copy is None else max(copy, event, key=lambda one: _fullness(picture, one))
    return found


def _fullness(picture: Picture, event: Event) -> tuple[bool, int, str, str]:
    """The copy with the people in it, then the newest version."""
    changed = event.modified_at.astimezone(UTC).isoformat() if event.modified_at else ""
    return bool(others_of(event, picture.owner)), event.sequence, changed, event.calendar


def vanished_events(picture: Picture, standing: Mapping[Key, Event]) -> Iterator[tuple[RememberedEvent, bool]]:
    """Remembered occurrences that are gone, and whether the rest of their series still stands.

    Of a series that is gone as a whole, the first that had not ended. While the UID is in some calendar, an entry was
    moved there or is outside the window; a missing occurrence then counts only when a later one still stands.
    """
    present = {uid for uids in picture.agenda.uids.values() for uid in uids}
    seen: set[EventUid] = set()
    series = _Series(picture, standing)
    for one in sorted(
        picture.remembered, key=lambda one: (moment(one.event.start, picture.policy.zone), one.event.uid)
    ):
        ended = moment(one.event.end, picture.policy.zone) <= one.last_seen_at
        if key_of(one.event) in standing or ended or one.event.uid in seen or one.last_seen_at > picture.now:
            continue
        if one.event.uid not in present:
            seen.add(one.event.uid)
            yield one, False
        elif series.lost(one):
            yield one, True


class _Series:
    """The standing occurrences of each series, to tell one that was taken out from a series that was rewritten."""

    def __init__(self, picture: Picture, standing: Mapping[Key, Event]) -> None:
        self._picture = picture
        self._known = {key_of(one.event) for one in picture.remembered}
        self._standing: dict[EventUid, list[Event]] = {}
        for event in standing.values():
            if event.recurrence_id is not None:
                self._standing.setdefault(event.uid, []).append(event)
        self._lost: dict[EventUid, int] = {}
        for one in picture.remembered:
            if key_of(one.event) not in standing and self._start(one.event) > picture.now:
                self._lost[one.event.uid] = self._lost.get(one.event.uid, 0) + 1

    def lost(self, one: RememberedEvent) -> bool:
        """Whether this occurrence alone was taken out, and not put elsewhere."""
        event, start = one.event, self._start(one.event)
        left = self._standing.get(event.uid, [])
        if event.recurrence_id is None or event.calendar in self._picture.agenda.doubtful or start <= self._picture.now:
            return False
        replaced = any(
            key_of(other) not in self._known and abs(self._start(other) - start) <= REPLACED_WITHIN for other in left
        )
        goes_on = any(self._start(other) > start for other in left)
        return goes_on and not replaced and self._lost.get(event.uid, 0) < len(left)

    def _start(self, event: Event) -> datetime:
        return moment(event.start, self._picture.policy.zone)


def only_in_mail(
    picture: Picture, mail: MeetingMail, letters: Scheduling, elsewhere: Iterable[EventUid]
) -> Iterator[Event]:
    """Agreed events that no calendar knows (any more), each as the newest entitled letter about it describes it.

    A CANCEL for an event that nobody ever agreed on is no news.
    """
    known = set(elsewhere)
    for uid in sorted(set(mail.uids()) - known):
        for event in _described(picture, mail.letters(uid)):
            start = moment(event.start, picture.policy.zone)
            if start >= picture.now - picture.policy.lookback and is_agreed(picture, letters, event):
                yield event


def _described(picture: Picture, told: Iterable[Letter]) -> Iterator[Event]:
    in_order = sorted(told, key=lambda one: one.version)
    first = next((one.invitation.event for one in in_order if one.invitation.method in TELLS), None)
    newest: dict[str | None, Event] = {}
    for letter in in_order:
        event = letter.invitation.event
        mine = is_mine(letter.message, authserv_ids=picture.authserv_ids)
        if letter.invitation.method in TELLS:
            if mine or (first and _entitled(picture, letter, first)):
                newest[event.recurrence_id] = _with_times(event, first)
        elif letter.invitation.method is Method.CANCEL and event.recurrence_id not in newest:
            base = newest.get(None)
            if base is not None and event.recurrence_id is not None:
                newest[event.recurrence_id] = _occurrence(base, event)
            elif mine and event.start_given:
                newest[event.recurrence_id] = event
    yield from (event for event in newest.values() if event.start_given)


def _entitled(picture: Picture, letter: Letter, first: Event) -> bool:
    """The organizer's own letter, or an answer from somebody who was invited."""
    if letter.invitation.method in (Method.REPLY, Method.COUNTER):
        return False  # an answer tells of its writer only, not of the meeting
    told = letter.invitation.event
    standing = standing_of(letter.message, told, first, authserv_ids=picture.authserv_ids)
    return standing is not Standing.STRANGER


def _with_times(event: Event, first: Event | None) -> Event:
    if event.start_given or first is None or not first.start_given:
        return event
    return replace(event, start=first.start, end=first.end, start_given=True)


def _occurrence(base: Event, told: Event) -> Event:
    """One occurrence of a series of which only the invitation is known."""
    if told.start_given:
        return replace(base, recurrence_id=told.recurrence_id, start=told.start, end=told.end)
    when = told.recurrence_id or ""
    if "T" not in when or not isinstance(base.start, datetime) or not isinstance(base.end, datetime):
        return replace(base, recurrence_id=told.recurrence_id)
    start = datetime.fromisoformat(when).astimezone(base.start.tzinfo)
    return replace(base, recurrence_id=told.recurrence_id, start=start, end=start + (base.end - base.start))
