"""Reads one message: its language, register, dates, requests, promises and what it does to a meeting.

In: a message whose quotes and signature are cut already, and whose mailbox it is. Out: a `Reading`, every finding
with its exact words. What a machine wrote is read too (a calendar robot may report a real cancellation); whether it
may count as a request or a promise is decided by who joins the readings.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from crmlink.language.dates import find_dates
from crmlink.language.identify import identify
from crmlink.language.meetings import read_meeting
from crmlink.language.promises import find_promises
from crmlink.language.register import read_register
from crmlink.language.requests import Addressing, find_requests
from crmlink.model.contact import Address, Owner
from crmlink.model.mail import Automatic, Message
from crmlink.model.reading import MeetingAct, MeetingTalk, Reading
from crmlink.model.workdays import WorkingCalendar

# More than this is no letter; what is beyond it is not read for requests and promises.
MAX_TEXT = 100_000
# What a machine may truly report of a meeting: a calendar that it is off or moved, an answered invitation its answer.
# It never proposes one: that is advertising.
REPORTED = frozenset({MeetingAct.CANCEL, MeetingAct.RESCHEDULE})
ANSWERED = REPORTED | {MeetingAct.ACCEPT, MeetingAct.DECLINE}


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads messages for one owner. `fallback_language` is used when a text is too short to tell."""

    owner: Owner
    calendar: WorkingCalendar
    fallback_language: str = "nl"

    def read(self, message: Message) -> Reading:
        """What stands in the visible text of the message; dates are in the owner's zone."""
        text = message.text[:MAX_TEXT]
        language = identify(f"{text}\n{message.subject}" if len(text) < 20 else text, fallback=self.fallback_language)  # noqa: PLR2004 -- too short to tell
        said_at = message.sent_at.astimezone(self.calendar.zone)
        dates = find_dates(text, language=language, said_at=said_at, calendar=self.calendar)
        requests, missed_requests = find_requests(
            text, language=language, addressing=self._addressing(message), dates=dates
        )
        promises, missed_promises = find_promises(text, language=language, dates=dates)
        meeting, missed_meetings = read_meeting(text, language=language, from_me=message.from_me, dates=dates)
        if message.automatic and meeting.act not in (
            ANSWERED if message.automatic is Automatic.INVITATION else REPORTED
        ):
            meeting = MeetingTalk()
        return Reading(
            language=language,
            register=read_register(f"{text}\n{message.signature}", language=language),
            requests=requests,
            promises=promises,
            dates=dates,
            meeting=meeting,
            near_misses=(*missed_requests, *missed_promises, *missed_meetings),
        )

    def _addressing(self, message: Message) -> Addressing:
        mine = [one for one in message.recipients if self.owner.is_me(one.address)]
        others = [one for one in message.recipients if not self.owner.is_me(one.address)]
        return Addressing(
            owner_names=_names([self.owner.mailbox, *mine]),
            to_owner=any(self.owner.is_me(one.address) for one in message.to),
            from_owner=message.from_me,
            other_names=_names(others),
        )


def _names(people: Iterable[Address]) -> tuple[str, ...]:
    """Full names and first names, each once."""
    full = [one.name for one in people if one.name]
    return tuple(dict.fromkeys(name for one in full for name in (one, one.split()[0])))
