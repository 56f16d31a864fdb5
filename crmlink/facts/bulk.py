"""Recognises newsletters, sales mail and list traffic that carry no header saying so.

In: a letter. Out: the reason, or an empty string for personal mail. One sign is never enough: ordinary people mention
newsletters, work for companies with small print, and sell things to people they know.
"""

from __future__ import annotations

import re

from crmlink.facts.cues import cues
from crmlink.facts.headers import clean
from crmlink.facts.letter import Letter

_NEEDED = 4
_COLD_NEEDED = 3
_SUSPECT = 2
_PICTURES = 3
_LINK = re.compile(r"https?://|<a\s", re.IGNORECASE)
_IMAGE = re.compile(r"<img\s", re.IGNORECASE)
_LIST_ADDRESS = re.compile(
    r"@(?:[\w.-]*\.)?(?:lists?|listserv|googlegroups|yahoogroups|groups|mailman|lijst|lijsten|liste)\.|-(?:talk|users?|list|l|dev|devel|discuss|announce|hackers|general)@|^(?:all|alle|iedereen|everyone|allemedewerkers)[-@.]"
)
_NEWS_SENDER = re.compile(
    r"news|nieuws|mailing|dispatch|digest|promo|marketing|\boffers?\b|\bdeals?\b|subscri|campaign|\bacties?\b|\bupdates?\b|\balerts?\b|bounce|\blists?\b",
    re.IGNORECASE,
)
# Mail systems mark what comes from outside, and desks number their tickets: such tags are not those of a list.
_TAG = re.compile(
    r"^\s*(?:(?:re|aw|antw|fwd?)\s*:\s*)*\[(?!(?:ext|extern|external|spam|verdacht|suspect|urgent|vertrouwelijk|confidential|encrypted|versleuteld|beveiligd|secure|veilig|ticket|case|zaak|melding)\b|\W*\d)[^\]]{2,40}\]",
    re.IGNORECASE,
)
_OPENING = 400
_TO_ADDRESS = re.compile(
    r"^\W{0,4}(?:beste|geachte|dear|hallo|hello|hi|liebe[r]?)\s+[^\s@,]{1,60}@[^\s@,]{1,60}", re.MULTILINE
)
_FEED = re.compile(r"^url:\s*https?://\S+\s*\n(?:date|datum):", re.MULTILINE)
_TO_ALL = re.compile(
    r"^\W{0,4}(?:beste|geachte|dear|hallo|hello|hi|liebe|sehr geehrte|chers?)\s+(?:\w+\s+){0,2}?(?:lezers?|abonnees?|leden|relaties?|klant(?:en)?|ondernemers?|deelnemers?|collega.s|vrienden|allemaal|readers?|subscribers?|customers?|members?|friends?|colleagues|all|user|leser|kunden?|mitglieder|kolleg|abonn|clients?|leaders?)",
    re.IGNORECASE | re.MULTILINE,
)
_MACHINE_LOCAL = re.compile(r"\d.*\d.*\d.*\d|[#=]|^[0-9a-f]{12,}$")


def bulk_reason(letter: Letter) -> str:
    """Why this is no personal mail, or an empty string."""
    if reason := _list_shape(letter):
        return reason
    signs = _shape_signs(letter)
    telling = _telling_words(letter)
    if telling or sum(weight for weight, _ in signs) >= _SUSPECT:
        signs = [
            *telling,
            *signs,
            (min(2, _many(letter, "newsletter") // 2), "newsletter words"),
            (min(3, _many(letter, "marketing")), "sales words"),
        ]
        if sum(weight for weight, _ in signs) >= _NEEDED:
            return "; ".join(sign for weight, sign in signs if weight > 0 and sign)[:200]
    return _cold(letter)


def _list_shape(letter: Letter) -> str:
    """Addressed to a list: a list's address, or a subject tag on mail that does not name the owner."""
    if letter.to_owner:
        return ""
    for person in letter.recipients:
        if _LIST_ADDRESS.search(person.address):
            return f"To: {person.address}"
    if _TAG.match(letter.subject):
        return f"Subject: {clean(letter.subject, 60)}"
    return ""


def _telling_words(letter: Letter) -> list[tuple[int, str]]:
    return [(2, found) for name in ("unsubscribe", "browser") if (found := _words(letter, name))]


def _shape_signs(letter: Letter) -> list[tuple[int, str]]:
    """What points at bulk mail without reading it, each with its weight; negative for what points at a person."""
    body = letter.html or letter.text
    links = len(_LINK.findall(body))
    pictures = bool(letter.html) and not letter.plain and len(_IMAGE.findall(body)) >= _PICTURES
    return [
        (min(2, links // 8), f"{links} links"),
        (int(pictures), "pictures"),
        (int(letter.from_office), "sent by an office"),
        (_sender_weight(letter), "the sender's address"),
        (int(not letter.to_owner), "not addressed to the owner"),
        (int(bool(_TO_ALL.search(letter.said[:_OPENING]))), "a greeting to all"),
        (2 * bool(_TO_ADDRESS.search(letter.said[:_OPENING])), "a greeting to an address"),
        (2 * letter.suppresses_answers, "X-Auto-Response-Suppress"),
        (_NEEDED * bool(_FEED.search(letter.said[:_OPENING])), "an item of a news feed"),
        (-3 if "in-reply-to" in letter.headers else 0, ""),
    ]


def _sender_weight(letter: Letter) -> int:
    if letter.sender is None:
        return 0
    named = bool(_NEWS_SENDER.search(letter.sender.local_part) or _NEWS_SENDER.search(letter.sender.name))
    return 2 * named + bool(_MACHINE_LOCAL.search(letter.sender.local_part))


def _words(letter: Letter, name: str) -> str:
    found = cues("bulk", name).first(letter.text)
    return f'the words "{clean(found, 60)}"' if found else ""


def _many(letter: Letter, name: str) -> int:
    """How many different ones of these the writer used."""
    return len(set(cues("bulk", name).all(letter.said)))


def _cold(letter: Letter) -> str:
    """Sales mail to a stranger, written as if it were personal."""
    if letter.answers:
        return ""
    found = cues("bulk", "cold").all(letter.said)
    return f'the words "{clean(found[0], 60)}"' if len(set(found)) >= _COLD_NEEDED else ""
