"""Which moments a letter offers, and by which day it promises what is still owed.

Decides length, number and place of the options for one lapse; `options` finds them. In: a lapse, the desk of this pass
and how owner and contact write to each other. Out: options in order of time, or none when nothing is known of free time.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from crmlink.drafts.circumstances import ABOUT_WORDS, meeting_length, moment_of
from crmlink.drafts.correspondence import Correspondence
from crmlink.drafts.desk import Desk
from crmlink.drafts.options import CALL_LENGTH, MEETING_LENGTH, find_options, working_day_after
from crmlink.model.draft import Option
from crmlink.model.lapse import Lapse, LapseKind
from crmlink.model.meeting import Interval

_DAYS_TO_ANSWER = 2
_DAYS_TO_DELIVER = 3
_DAYS_TO_TALK = 4


def moments_for(lapse: Lapse, desk: Desk, correspondence: Correspondence) -> tuple[Option, ...]:
    """The moments to offer: as long as the broken meeting, shorter for a call; never on the day that did not work."""
    if not desk.calendar_known:
        return ()
    moment = moment_of(lapse)
    about_words = lapse.kind in ABOUT_WORDS
    length = CALL_LENGTH if about_words or correspondence.again else meeting_length(lapse.agreement, MEETING_LENGTH)
    same_day = () if about_words or moment is None else (_whole_day(_local_day(moment, desk), desk),)
    return find_options(
        busy=(*desk.busy, *same_day),
        after=desk.now,
        duration=length,
        policy=desk.policy,
        count=desk.policy.options,
        near=moment if isinstance(moment, datetime) and not about_words else None,
        taken=desk.taken,
        until=working_day_after(desk.now, desk.policy, _DAYS_TO_TALK) if about_words else None,
    )


def new_day(lapse: Lapse, desk: Desk, options: tuple[Option, ...]) -> date:
    """The day by which the owner answers or delivers after all: near, but not to be missed again.

    A talk that is offered to settle it sooner must not come later than that day.
    """
    count = _DAYS_TO_ANSWER if lapse.kind is LapseKind.UNANSWERED else _DAYS_TO_DELIVER
    return max([working_day_after(desk.now, desk.policy, count), *(option.start.date() for option in options)])


def _local_day(moment: datetime | date, desk: Desk) -> date:
    return moment.astimezone(desk.policy.zone).date() if isinstance(moment, datetime) else moment


def _whole_day(day: date, desk: Desk) -> Interval:
    start = datetime.combine(day, time(), tzinfo=desk.policy.zone)
    return Interval(start, datetime.combine(day + timedelta(days=1), time(), tzinfo=desk.policy.zone))
