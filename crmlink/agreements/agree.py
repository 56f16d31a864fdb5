"""All agreements of a picture, of every kind, in one list."""

from __future__ import annotations

from crmlink.agreements.meetings import joined_meetings
from crmlink.agreements.picture import Picture
from crmlink.agreements.promises import promises
from crmlink.agreements.requests import requests
from crmlink.agreements.talk import talked_meetings
from crmlink.model.agreement import Agreement


def agreements(picture: Picture) -> tuple[Agreement, ...]:
    """Requests to the owner, promises by the owner, and meetings; each exactly once.

    Conversations that belong to a meeting in a calendar or an invitation make no second one.
    """
    meetings = joined_meetings(picture)
    talked = talked_meetings(picture, taken=meetings.threads)
    return (*requests(picture), *promises(picture), *meetings.agreements, *talked)
