"""Which moments a letter offers, and by which day it promises what is still owed.

Decides length, number and place of the options for one lapse; `options` finds them. In: a lapse, the desk of this pass
and how owner and contact write to each other. Out: options in order of time, or none when nothing is known of free time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from crmlink.drafts.circumstances import ABOUT_WORDS, came_for_nothing, meeting_length, moment_of
from crmlink.drafts.correspondence import Correspondence
from crmlink.drafts.desk import Desk
from crmlink.drafts.options import CALL_LENGTH, MEETING_LENGTH, Wanted, find_options
from crmlink.facts.places import place_of
from crmlink.model.draft import Option
from crmlink.model.lapse import Lapse, LapseKind

_DAYS_TO_ANSWER = 2
_DAYS_TO_DELIVER = 3
_DAYS_TO_TALK = 4
# What was to be in a month is not moved to this week.
_AHEAD_OF_A_COMING_MEETING = timedelta(days=7)
_LONG_ABSENCE = timedelta(days=7)


def moments_for(lapse: Lapse, desk: Desk, correspondence: Correspondence) -> tuple[Option, ...]:
    """The moments to offer: as long as the broken meeting, shorter for a call; never on the day that did not work."""
    if not offers_moments(lapse) or not desk.calendar_known or not hours_known(lapse):
        return ()
    about_words = lapse.kind in ABOUT_WORDS
    moment = None if about_words else moment_of(lapse)
    call = about_words or correspondence.again
    wanted = Wanted(
        after=_asked_at(lapse, desk, correspondence),
        duration=CALL_LENGTH if call else meeting_length(lapse.agreement, MEETING_LENGTH),
        count=desk.policy.options,
        near=moment if isinstance(moment, datetime) else None,
        place="" if call else _place(lapse, desk, correspondence),
        until=desk.diary.working_day_after(desk.now, _DAYS_TO_TALK) if about_words else None,
        not_on=None if moment is None else _days_of(lapse, moment, desk),
        clock=correspondence.clock,
    )
    return find_options(desk.diary, wanted)


def back_on(lapse: Lapse, desk: Desk, correspondence: Correspondence, first: date | None) -> date | None:
    """The day the owner is back, when an absence makes the other wait for it a week or longer.

    `first` is the first day that is offered or promised, None when there is none.
    """
    asked = _asked_at(lapse, desk, correspondence)
    usual = replace(desk, absent=()).diary.working_day_after(asked, _DAYS_TO_ANSWER)
    back = desk.diary.at_work_from(usual)
    return back if first is not None and back <= first and back - usual >= _LONG_ABSENCE else None


def offers_moments(lapse: Lapse) -> bool:
    """Whether a letter about this lapse offers moments at all; who is asked again, or only greeted, is left free."""
    return lapse.kind not in {LapseKind.WAITING, LapseKind.SILENT}


def hours_known(lapse: Lapse) -> bool:
    """Whether the hours of the broken meeting are certain. In a zone that nobody knows no moments are offered for it."""
    return lapse.agreement.event is None or lapse.agreement.event.zone_known


def new_day(lapse: Lapse, desk: Desk, options: tuple[Option, ...]) -> date:
    """The day by which the owner answers or delivers after all: near, but not to be missed again.

    It is a working day of the owner's on which no absence lies. A talk that is offered to settle it sooner must not come
    later than that day.
    """
    count = _DAYS_TO_ANSWER if lapse.kind is LapseKind.UNANSWERED else _DAYS_TO_DELIVER
    return max([desk.diary.working_day_after(desk.now, count), *(option.start.date() for option in options)])


def _asked_at(lapse: Lapse, desk: Desk, correspondence: Correspondence) -> datetime:
    """From when on moments are looked for: now, but not while they are out of office, and around a coming meeting."""
    moments = [desk.now, *([correspondence.back] if correspondence.back else [])]
    coming = None if lapse.kind in ABOUT_WORDS else moment_of(lapse)
    if coming is not None:
        moments.append(_midnight(_local_day(coming, desk), desk) - _AHEAD_OF_A_COMING_MEETING)
    return max(moments)


def _place(lapse: Lapse, desk: Desk, correspondence: Correspondence) -> str:
    """Where the new meeting would be: where the old one was, or at theirs when the letter offers to come."""
    if came_for_nothing(lapse, desk.owner, correspondence.signature):
        return lapse.agreement.contact.address
    return place_of(lapse.agreement.event.location) if lapse.agreement.event else ""


def _days_of(lapse: Lapse, moment: datetime | date, desk: Desk) -> tuple[date, date]:
    """The first and the last day of the broken meeting."""
    first = _local_day(moment, desk)
    event = lapse.agreement.event
    if event is None:
        return first, first
    last = event.end if isinstance(event.end, datetime) else event.end - timedelta(days=1)
    return first, max(first, _local_day(last, desk))


def _local_day(moment: datetime | date, desk: Desk) -> date:
    return moment.astimezone(desk.policy.zone).date() if isinstance(moment, datetime) else moment


def _midnight(day: date, desk: Desk) -> datetime:
    return datetime.combine(day, time(), tzinfo=desk.policy.zone)
