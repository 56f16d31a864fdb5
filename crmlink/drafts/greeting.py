"""Reads how the owner greeted somebody before, so that a draft greets in the same voice.

Decides nothing about register; reads the first line of a mail and takes the greeting word, the name the owner calls
the contact by, and "heer" or "mevrouw" when it stands there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_GREETING = re.compile(
    r"(?P<word>hoi|hallo|hey|hee|hé|hai|ha|dag|beste|lieve|geachte|goedemorgen|goedemiddag|goedenavond|goedendag"
    r"|hi|hello|dear|good morning|good afternoon"
    r"|sehr geehrte[r]?|liebe[r]?|guten tag|guten morgen|moin)"
    r"\s+(?P<who>(?:[a-z]{2,4}\.\s?)?[^,!.\n]{2,60}?)\s*(?:[,!.\n]|$)",
    re.IGNORECASE,
)
_TITLED = re.compile(
    r"(?P<title>(?:de )?heer|meneer|mevrouw|mevr\.?|dhr\.?|mw\.?|mrs\.?|mr\.?|ms\.?|dr\.?|prof\.?|professor|herr|frau)\s+\S.*",
    re.IGNORECASE,
)
_CALLED = re.compile(r"[^\W\d_a-zà-ÿ][\w'’-]*(?: [^\W\d_a-zà-ÿ][\w'’-]*)?")
_MANY = re.compile(
    r"(?i)(all|allen|allemaal|iedereen|both|beiden|team|there|folks|everyone|zusammen|dames|heren|collega'?s|sir|madam|lezer)"
)

_PAIR = re.compile(r"(?i)/|&|\b(en|and|und)\b")


@dataclass(frozen=True, slots=True)
class Greeting:
    """An earlier greeting of the owner: "Hoi" and "Gijs", or "Geachte" and the title "mevrouw"."""

    word: str
    called: str = ""
    title: str = ""


def read_greeting(text: str) -> Greeting | None:
    """The greeting at the head of this mail to one person, None when there is none or it speaks to several."""
    hit = _GREETING.match(text.lstrip())
    if hit is None:
        return None
    word, who = hit["word"].capitalize().replace("Guten t", "Guten T").replace("Guten m", "Guten M"), hit["who"]
    if _MANY.match(who) or _PAIR.search(who):
        return None
    if titled := _TITLED.fullmatch(who):
        return Greeting(word, title=re.sub(r"(?i)^de ", "", titled["title"]))
    return Greeting(word, called=who) if _CALLED.fullmatch(who) else Greeting(word)
