"""Recognises the events that say the owner is away: holidays, leave, travel, illness.

People write such blocks as FREE all the time, so TRANSP says nothing here; the title does, or the client's own "out of
office". Only whole days and blocks of a working day count. What is to be done about a holiday, or is somebody else's
holiday, is no absence of the owner. In: events. Out: yes or no. The words are in `data/away.toml`.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from crmlink.facts.cues import pattern, words
from crmlink.model.contact import Owner
from crmlink.model.meeting import Agenda, Event, EventStatus, Participation

SHORTEST: Final = timedelta(hours=8)

_ALONE: Final = r"(?<![\w-])(?:{})(?![\w-])"
_EDGE: Final = r"^\W*(?:{})(?![\w-])(?=\W*$|\s*[-–—:;,.!/(])|(?<![\w-])(?:{})\W*$"
_NAME: Final = re.compile(r"[^\W\d_]+")


def away_blocks(agenda: Agenda, *, owner: Owner | None = None) -> tuple[Event, ...]:
    """The events of the agenda during which the owner is away, in the agenda's order."""
    return tuple(event for event in agenda.events if is_away(event, owner=owner))


def is_away(event: Event, *, owner: Owner | None = None) -> bool:
    """Whether the event says that the owner is away while it lasts.

    With `owner`, what others organised for everybody to see, and what the owner declined, does not count.
    """
    if event.status is EventStatus.CANCELLED or not _fills_a_day(event):
        return False
    if owner is not None and (_is_of_others(event, owner) or declined(event, owner)):
        return False
    if event.away:
        return True
    own_names = frozenset(_NAME.findall(owner.name.casefold())) if owner else frozenset()
    return any(_says_away(text, own_names) for text in (event.title, *event.categories))


def declined(event: Event, owner: Owner) -> bool:
    """Whether the owner said no to the invitation."""
    return any(
        attendee.participation is Participation.DECLINED and owner.is_me(attendee.address.address)
        for attendee in event.attendees
    )


def _fills_a_day(event: Event) -> bool:
    if isinstance(event.start, datetime) and isinstance(event.end, datetime):
        return event.end - event.start >= SHORTEST
    return True


def _is_of_others(event: Event, owner: Owner) -> bool:
    return event.organizer is not None and not owner.is_me(event.organizer.address)


def _says_away(text: str, own_names: frozenset[str]) -> bool:
    found = _alone("anywhere").search(text) or _edge().search(text)
    if found is None or _alone("not_away").search(text):
        return False
    return not _is_somebodys(text, found, own_names)


def _is_somebodys(text: str, found: re.Match[str], own_names: frozenset[str]) -> bool:
    """Whether a name stands where only a person's can: "Jan vrij", "Els op vakantie", "Ziek: Anna"."""
    before, after = text[: found.start()], text[found.end() :]
    if _is_name(before, own_names):
        return True
    return bool(_alone("personal").fullmatch(found.group().strip(" -–—:;,.!/()"))) and _is_name(after, own_names)


def _is_name(text: str, own_names: frozenset[str]) -> bool:
    """Whether a stretch of title is one to four words that begin with a capital name, and not the owner's."""
    named = [word for word in _NAME.findall(text) if word.casefold() not in words("away", "before")]
    if not named or len(named) > 4 or not named[0][0].isupper() or named[0].isupper():  # noqa: PLR2004 - "Jan van der Berg"
        return False
    return own_names.isdisjoint(word.casefold() for word in named)


@cache
def _alone(name: str) -> re.Pattern[str]:
    return pattern("away", name, _ALONE)


@cache
def _edge() -> re.Pattern[str]:
    return pattern("away", "at_the_edge", _EDGE)
