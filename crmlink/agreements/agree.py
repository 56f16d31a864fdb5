"""All agreements of a picture, of every kind, in one list."""

from __future__ import annotations

from collections.abc import Collection

from crmlink.agreements.meetings import joined_meetings
from crmlink.agreements.picture import Picture
from crmlink.agreements.promises import promises
from crmlink.agreements.requests import requests
from crmlink.agreements.talk import talked_meetings
from crmlink.model.agreement import Agreement, State
from crmlink.model.ids import MessageId


def agreements(picture: Picture) -> tuple[Agreement, ...]:
    """Requests to the owner, promises by the owner, and meetings; each exactly once.

    Conversations that belong to a meeting in a calendar or an invitation make no second one, and who asks "where are
    you?" asks for nothing but an answer about the meeting that was missed.
    """
    joined = joined_meetings(picture)
    meetings = (*joined.agreements, *talked_meetings(picture, taken=joined.threads))
    complaints = {one.anchor.id for one in meetings if one.anchor and one.state is State.MISSED}
    asked = (one for one in requests(picture) if not (one.state is State.OPEN and _asked_in(one, complaints)))
    return (*asked, *promises(picture), *meetings)


def _asked_in(request: Agreement, complaints: Collection[MessageId]) -> bool:
    return request.anchor is not None and request.anchor.id in complaints
