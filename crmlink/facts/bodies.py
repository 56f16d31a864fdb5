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
_NO_FILES = frozenset(
    {
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "message/delivery-status",
    }
)
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
METHOD_LENGTH = 20


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
    shown = list(islice(_shown(root), _MAX_TEXTS))
    leaves = list(_leaves(root, in_forward=False))
    rich = [one.html for one in shown if one.html]
    html = "\n".join(part.text() for part in rich)
    return Body(
        text="\n\n".join(text for one in shown if (text := one.text().strip("\n")).strip()),
        html=html,
        plain=any(one.plain is not None for one in shown),
        attachments=tuple(_attachment(part) for part, in_forward in leaves if not in_forward and _is_file(part, html)),
        calendars=tuple(_calendar(part, in_forward=in_forward) for part, in_forward in leaves if _is_calendar(part)),
        types=tuple(part.content_type for part, in_forward in leaves if not in_forward),
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """One text of the message: its plain part, its HTML part, or both when they are alternatives of each other."""

    plain: Part | None
    html: Part | None

    def text(self) -> str:
        """What it says. The HTML is only turned into text when there is no plain part."""
        if self.plain is not None:
            text = self.plain.text()
            if self.plain.parameters.get("format", "").lower() == "flowed":
                text = unflowed(text, delete_space=self.plain.parameters.get("delsp", "").lower() == "yes")
            return tidy(text)
        return tidy(html_to_text(self.html.text())) if self.html is not None else ""


def _shown(part: Part, depth: int = 0) -> Iterator[_Shown]:
    """The texts to show, in order; of alternatives the plain one, unless it says nothing."""
    if depth > MAX_DEPTH:
        return
    if part.content_type == "multipart/alternative":
        yield from _best([list(_shown(child, depth + 1)) for child in part.children])
    elif part.content_type.startswith("multipart/"):
        for child in (
            part.children[:1] if part.content_type in ("multipart/related", "multipart/report") else part.children
        ):
            yield from _shown(child, depth + 1)
    elif part.content_type == "text/html" and not _attached(part, depth):
        yield _Shown(None, part)
    elif part.content_type == "text/plain" and not _attached(part, depth):
        yield _Shown(part, None)


def _best(alternatives: list[list[_Shown]]) -> list[_Shown]:
    plain = next((texts for texts in alternatives if texts and all(one.html is None for one in texts)), None)
    rich = next((texts for texts in reversed(alternatives) if any(one.html for one in texts)), None)
    if plain is None or rich is None:
        return plain or rich or []
    if _says_nothing(plain, rich):
        return rich
    html = next(one.html for one in rich if one.html)
    return [_Shown(plain[0].plain, html), *plain[1:]]


def _says_nothing(plain: list[_Shown], rich: list[_Shown]) -> bool:
    """Whether the plain alternative is empty, or only tells the reader to use another program."""
    said = " ".join(one.text() for one in plain).strip()
    if len(said) < _ENOUGH:
        return True
    if len(said) >= _BOILERPLATE_LENGTH or not _NO_PLAIN.search(said):
        return False
    return sum(len(one.text()) for one in rich) > len(said)


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


def _attached(part: Part, depth: int) -> bool:
    """Whether a text is shown as a file. The one text of a message is shown as text even when it has a name."""
    if part.disposition == "attachment":
        return True
    return part.content_type == "text/plain" and depth > 0 and bool(part.file_name)


def _is_file(part: Part, html: str) -> bool:
    """Whether a reader finds the part among the attachments: pictures inside the text and signatures are not there."""
    if part.content_type.startswith("multipart/") or part.content_type in _NO_FILES:
        return False
    if part.content_type == "message/rfc822" or part.disposition == "attachment":
        return True
    content_id = part.headers.first("content-id").strip("<> ")
    if content_id and (part.disposition == "inline" or f"cid:{content_id}" in html):
        return False
    return bool(part.file_name)


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
    method = clean(part.parameters.get("method", ""), METHOD_LENGTH).upper()
    return CalendarPart(part.content(MAX_CALENDAR), method, attached, in_forward)
