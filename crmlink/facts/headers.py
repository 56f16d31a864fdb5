"""Reads a header block: fields, encoded words, clean text, addresses, Message-IDs and the date.

In: bytes as they came over the wire, however broken. Out: clean values, or nothing; never an exception. The standard
library's header parsers are not used: they recurse, take quadratic time or raise on hostile input. No text that leaves
this module holds a control character, a bidirectional override or a zero-width character (RFC 5322, RFC 2047).
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from crmlink.facts.charsets import decode
from crmlink.model.ids import MessageId

MAX_FIELDS = 500
MAX_VALUE = 64 * 1024
SUBJECT_LENGTH = 250
NAME_LENGTH = 100
MAX_REFERENCES = 100

_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_NAME = re.compile(rb"[!-9;-~]+[ \t]*:")
_WORD = re.compile(r"=\?([^?\s]{1,75})\?([BbQq])\?([^?]{0,2000})\?=")
_BETWEEN_WORDS = re.compile(r"\?=\s{1,9}=\?")
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]+"
)
_WHITE = re.compile(r"\s+")
_MESSAGE_ID = re.compile(r"<([^<>\s\x00-\x20\x7f]{1,500})>")


@dataclass(frozen=True, slots=True)
class Headers:
    """The fields of one header block by lower-case name, each with its raw unfolded values in order."""

    fields: dict[str, list[str]] = field(default_factory=dict)

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of that field, raw."""
        return tuple(self.fields.get(name, ()))

    def first(self, name: str) -> str:
        """The first value of that field, raw, or an empty string."""
        return self.fields.get(name, ("",))[0]

    def text(self, name: str, limit: int = SUBJECT_LENGTH) -> str:
        """The first value, decoded and clean."""
        return clean(decode_words(self.first(name)), limit)

    def __contains__(self, name: object) -> bool:
        return name in self.fields


def read_headers(block: bytes) -> tuple[Headers, bool]:
    """Fields of a header block, and whether some were cut off for being too many or too long."""
    fields: dict[str, list[str]] = {}
    cut = False
    count = 0
    for line in _FOLD.sub(b"", block).split(b"\n"):
        if not _NAME.match(line):
            continue
        if count >= MAX_FIELDS:
            return Headers(fields), True
        count += 1
        name, _, value = line.partition(b":")
        cut = cut or len(value) > MAX_VALUE
        fields.setdefault(name.strip().decode("ascii").lower(), []).append(decode(value[:MAX_VALUE]).strip())
    return Headers(fields), cut


def clean(text: str, limit: int) -> str:
    """One line of plain text: unsafe characters out, white space folded, at most `limit` characters."""
    text = _WHITE.sub(" ", _UNSAFE.sub(_space_or_nothing, text[: limit * 8])).strip()
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _space_or_nothing(match: re.Match[str]) -> str:
    return " " if any(character in "\t\n\r\v\f\x85\u2028\u2029" for character in match.group()) else ""


def decode_words(value: str) -> str:
    """Encoded words (RFC 2047) as text; characters that were split over two words are joined again."""
    if "=?" not in value:
        return value
    value = _BETWEEN_WORDS.sub("?==?", value)
    return "".join(_decoded_runs(value))


def _decoded_runs(value: str) -> Iterator[str]:
    end, charset, data = 0, "", b""
    for match in _WORD.finditer(value):
        here = match[1].partition("*")[0].lower()
        if data and (match.start() != end or here != charset):
            yield decode(data, charset)
            data = b""
        yield value[end : match.start()]
        charset, data, end = here, data + _payload(match[2], match[3]), match.end()
    if data:
        yield decode(data, charset)
    yield value[end:]


def _payload(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "replace")
    if encoding in "Qq":
        return quopri.decodestring(raw, header=True)
    try:
        return base64.b64decode(raw + b"=" * (-len(raw) % 4))
    except (binascii.Error, ValueError):
        return raw


def message_ids(value: str) -> tuple[MessageId, ...]:
    """Every Message-ID in the value, in order, without repetition; the first and the last hundred of very many."""
    found = dict.fromkeys(MessageId(match.group()) for match in _MESSAGE_ID.finditer(value))
    ids = tuple(found)
    return ids if len(ids) <= MAX_REFERENCES else (ids[0], *ids[1 - MAX_REFERENCES :])


def moment(value: str) -> datetime | None:
    """The date (RFC 5322 section 3.3) as an aware datetime in its own offset, None when it cannot be read."""
    try:
        read = parsedate_to_datetime(value[:200])
        read = read if read.tzinfo else read.replace(tzinfo=UTC)
        read.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return read
