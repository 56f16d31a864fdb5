"""Whether both sides are bound to a meeting: by the calendar, by an answer in mail, or by their words.

Many calendars never learn of an answer that came by mail; then PARTSTAT stays NEEDS-ACTION for ever.
"""

from __future__ import annotations

from collections.abc import Iterable

from crmlink.agreements.attendance import accepted_by_me, accepted_by_them
from crmlink.agreements.calling_off import names_this_time
from crmlink.agreements.conversations import Said
from crmlink.agreements.picture import Picture
from crmlink.agreements.scheduling import Scheduling
from crmlink.model.meeting import Event
from crmlink.model.reading import MeetingAct


def both_agreed(picture: Picture, letters: Scheduling, event: Event, words: Iterable[Said]) -> bool:
    """Whether the owner and at least one other said yes, or organised it."""
    yes = {
        said.by_me
        for said in words
        if said.talk.act is MeetingAct.ACCEPT and (said.when is None or names_this_time(picture, event, said))
    }
    mine = accepted_by_me(event, picture.owner) or True in yes or letters.accepted_by_me(event)
    return mine and (accepted_by_them(event, picture.owner) or False in yes or letters.said_yes(event))
