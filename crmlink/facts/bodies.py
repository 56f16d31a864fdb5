"""Chooses what a reader sees of a message and turns it into plain text.

In: the tree of parts. Out: text, the HTML it came with, attachments, and the calendar parts. Forwarded messages that are
attached (message/rfc822) are attachments: their text is not mixed in, but invitations inside them are found and marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from crmlink.facts.headers import NAME_LENGTH, clean
from crmlink.facts.html import html_to_text
from crmlink.facts.parts import MAX_CALENDAR, MAX_DEPTH, Part
from crmlink.model.mail import Attachment

_CALENDAR_TYPES = frozenset({"text/calendar", "application/ics", "text/x-vcalendar"})
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_BREAKS = re.compile("[\u2028\u2029\u0085]")
_NO_PLAIN = re.compile(
    r"\b(?:html|browser|e-?mail ?client|mail ?program\w*|mailreader)\b.{0,200}\b(?:support|display|view|weergegeven|weergeven|ondersteun|bekijken|bekijk|anzeigen|unterstützt|lesen|read|see|enabled|compatible)",
    re.IGNORECASE | re.DOTALL,
)
_BOILERPLATE_LENGTH = 400
_ENOUGH = 3
_MAX_TEXTS = 8


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """A calendar object found in the mail. `attached` for a file, `in_forward` inside an attached message."""

    data: bytes
    method: str
    attached: bool
    in_forward: bool


@dataclass(frozen=True, slots=True)
class Body:
    """The readable text, and what came with it."""

    text: str
    html: str
    plain: bool
    attachments: tuple[Attachment, ...]
    calendars: tuple[CalendarPart, ...]
    types: tuple[str, ...]


def read_body(root: Part) -> Body:
    """What the message says and carries."""
    texts = [text for text in islice(_texts(root), _MAX_TEXTS) if text.text.strip()]
    leaves = list(_leaves(root, in_forward=False))
    return Body(
        text="\n\n".join(text.text.strip("\n") for text in texts),
        html="\n".join(text.html for text in texts if text.html),
        plain=any(text.plain for text in texts),
        attachments=tuple(_attachment(part) for part, in_forward in leaves if not in_forward and _attached(part)),
        calendars=tuple(_calendar(part, in_forward=in_forward) for part, in_forward in leaves if _is_calendar(part)),
        types=tuple(part.content_type for part, in_forward in leaves if not in_forward),
    )


@dataclass(frozen=True, slots=True)
class _Text:
    text: str
    html: str
    plain: bool


def _texts(part: Part, depth: int = 0) -> Iterator[_Text]:
    """The texts to show, in order; of alternatives the plain one, unless it says nothing."""
    if depth > MAX_DEPTH:
        return
    if part.content_type == "multipart/alternative":
        yield from _best([list(_texts(child, depth + 1)) for child in part.children])
    elif part.content_type.startswith("multipart/"):
        for child in (
            part.children[:1] if part.content_type in ("multipart/related", "multipart/report") else part.children
        ):
            yield from _texts(child, depth + 1)
    elif not _attached(part):
        yield _text(part)


def _best(alternatives: list[list[_Text]]) -> list[_Text]:
    plain = next((texts for texts in alternatives if texts and all(text.plain for text in texts)), None)
    rich = next((texts for texts in reversed(alternatives) if any(text.html for text in texts)), None)
    if plain is None or rich is None:
        return plain or rich or []
    if _says_nothing(plain, rich):
        return rich
    return [
        _Text(text.text, "\n".join(one.html for one in rich) if number == 0 else "", plain=True)
        for number, text in enumerate(plain)
    ]


def _says_nothing(plain: list[_Text], rich: list[_Text]) -> bool:
    """Whether the plain alternative is empty, or only tells the reader to use another program."""
    said = " ".join(text.text for text in plain).strip()
    shown = " ".join(text.text for text in rich).strip()
    if len(said) < _ENOUGH:
        return True
    return len(said) < _BOILERPLATE_LENGTH and len(shown) > len(said) and bool(_NO_PLAIN.search(said))


def _text(part: Part) -> _Text:
    if part.content_type == "text/html":
        html = part.text()
        return _Text(tidy(html_to_text(html)), html, plain=False)
    text = part.text()
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflowed(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    return _Text(tidy(text), "", plain=True)


def tidy(text: str) -> str:
    """Text without characters that cannot be seen; every kind of space and line break made an ordinary one."""
    if text.isascii() and text.isprintable():
        return text
    return _BREAKS.sub("\n", _SPACES.sub(" ", _UNSEEN.sub("", text)))


def unflowed(text: str, *, delete_space: bool) -> str:
    """Joins the soft line ends of format=flowed (RFC 3676 section 4.1), never across quoting depths or a signature line."""
    lines: list[str] = []
    open_depth: int | None = None
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")
        if open_depth == depth and content != "-- ":
            lines[-1] += content
        else:
            lines.append(f"{'>' * depth} {content}" if depth else content)
        soft = content.endswith(" ") and content != "-- "
        open_depth = depth if soft else None
        if soft and delete_space:
            lines[-1] = lines[-1][:-1]
    return "\n".join(line if line == "-- " else line.rstrip() for line in lines)


def _leaves(part: Part, *, in_forward: bool) -> Iterator[tuple[Part, bool]]:
    yield part, in_forward
    for child in part.children:
        yield from _leaves(child, in_forward=in_forward or part.content_type == "message/rfc822")


def _attached(part: Part) -> bool:
    """Whether a part is shown as a file, not as text."""
    if part.content_type.startswith("multipart/"):
        return False
    if part.content_type not in ("text/plain", "text/html"):
        return True
    return part.disposition == "attachment" or (
        bool(part.file_name) and part.disposition != "inline" and part.content_type != "text/html"
    )


def _attachment(part: Part) -> Attachment:
    name = part.file_name
    if not name and part.content_type == "message/rfc822" and part.children:
        name = part.children[0].headers.text("subject", NAME_LENGTH)
    return Attachment(clean(name, NAME_LENGTH), part.content_type, part.size)


def _is_calendar(part: Part) -> bool:
    return part.content_type in _CALENDAR_TYPES or (
        not part.children and part.file_name.lower().endswith((".ics", ".vcs"))
    )


def _calendar(part: Part, *, in_forward: bool) -> CalendarPart:
    attached = part.disposition == "attachment" or part.content_type not in _CALENDAR_TYPES
    return CalendarPart(
        part.content(MAX_CALENDAR), part.parameters.get("method", "").upper()[:20], attached, in_forward
    )
