"""Finds where the body of a mail ends: at its closing ("Met vriendelijke groet"), or at its writer's name.

In: the newly written text. Out: how many characters of it are body, and where the closing itself ends. Slogans and
addresses below ("Heeft u onze folder al gezien?") must not be read as if they were said to the reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_CLOSING = re.compile(
    r"^[ \t]{0,20}(?:met\s(?:de |een |heel )?(?:vriendelijke|vriendelijk|hartelijke|vr\.|beste|warme|sportieve|smakelijke|collegiale)"
    r"|(?:vriendelijke|hartelijke|warme|beste|fijne|lieve|vele) groet|m\.? ?v\.? ?g\b|hoogachtend|groet(?:en|jes)?\b|grtn?z?\b|gr\.|liefs\b"
    r"|(?:with )?(?:kind|best|warm|kindest|warmest) regards|regards\b|(?:with )?(?:best|warm|all good) wishes|yours? (?:sincerely|faithfully|truly)"
    r"|sincerely|cheers,|best,|mit (?:freundlichen|besten|lieben|herzlichen)|(?:viele|liebe|herzliche|beste|freundliche|schöne) gr(?:ü|u)"
    r"|mfg\b|lg\b|vg\b|gruß\b|hochachtungsvoll|cordialement|bien à vous)[^\n]{0,60}$",
    re.IGNORECASE | re.MULTILINE,
)
_NAME = re.compile(
    r"^(?:(?:[^\W\d_]\.? |[A-ZÀ-Þ][\w'.-]{0,30} |(?:van|de|den|der|von|vom|la|le) ){0,4}[A-ZÀ-Þ][\w'-]{0,30}[ \t]{0,5}"
    r"|[^|\n]{1,80} \| [^\n]{1,200}|-- ?)$",
    re.MULTILINE,
)
_LONGEST_SIGNATURE = 600
_LINE = 80


@dataclass(frozen=True, slots=True)
class Body:
    """`end` is where the body ends, `closed` where the line of its closing (or the name) ends."""

    end: int
    closed: int


def find_body(text: str) -> Body:
    """The body of a text; a text without closing and name is all body. The first line is never a closing."""
    begin = len(text) - len(text.lstrip())
    first = text.find("\n", begin) + 1
    ending = first and (_CLOSING.search(text, first) or _name(text, first))
    return Body(ending.start(), ending.end()) if ending else Body(len(text), len(text))


def _name(text: str, first: int) -> re.Match[str] | None:
    """The first line that is the writer's name: near the end, and not announced ("this event was cancelled:")."""
    lines = _NAME.finditer(text, max(first, len(text) - _LONGEST_SIGNATURE))
    return next(
        (line for line in lines if not text[max(0, line.start() - _LINE) : line.start()].rstrip().endswith(":")), None
    )
