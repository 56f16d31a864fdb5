"""Where a meeting is: at a place people go to, or on a screen or the telephone.

Decides from the words of a LOCATION alone; knows no map. In: a location as it stands in a calendar. Out: whether it is
online, and the name of the place in a form that can be compared.
"""

from __future__ import annotations

import re
from typing import Final

_ONLINE: Final = re.compile(
    r"(?i)https?:|www\.|\b(?:teams|webex|skype|facetime|whatsapp|signal|jitsi|meet|google)\b|(?<!op )\bzoom\b"
    r"|\b(?:online|remote|digitaal|webinar)\b|\bvirtu(?:al|eel|ele|ell)\w*|\bvideo(?:ca|bel|conf|verb|ges)?\w*|\bbeeld(?:bel|verb)\w*"
    r"|\btele(?:foon|fon|phon)\w*|\bphone\b|\b(?:conf)?calls?\b|\b(?:op|terug)?bellen\b|\banruf\b"
)
_NUMBER: Final = re.compile(r"\+?[\d ()./-]{9,}")


def is_online(location: str) -> bool:
    """Whether nobody has to go there: a link, a video call, the telephone."""
    return _ONLINE.search(location) is not None or _NUMBER.fullmatch(location.strip()) is not None


def place_of(location: str) -> str:
    """The place in a form that compares, whatever its capitals and spaces; empty when it is online or not given."""
    return "" if is_online(location) else " ".join(location.casefold().split())
