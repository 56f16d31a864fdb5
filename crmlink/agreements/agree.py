"""All agreements of a picture, of every kind, in one list."""

from __future__ import annotations

from crmlink.agreements.meetings import meetings
from crmlink.agreements.picture import Picture
from crmlink.agreements.promises import promises
from crmlink.agreements.requests import requests
from crmlink.agreements.talk import talked_meetings
from crmlink.model.agreement import Agreement


def agreements(picture: Picture) -> tuple[Agreement, ...]:
    """Requests to the owner, promises by the owner, and meetings; each exactly once."""
    in_calendar = meetings(picture)
    taken = {one.thread for one in in_calendar if one.thread}
    return (*requests(picture), *promises(picture), *in_calendar, *talked_meetings(picture, taken=taken))
