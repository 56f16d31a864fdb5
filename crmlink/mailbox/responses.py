"""Reads raw FETCH responses (RFC 9051 section 7.5.2) straight from the connection, nearly as fast as they come.

imapclient looks at every byte in turn and takes ten times as long as the wire. Here a response is one line with its
literals set apart. The items may stand in any order, a literal, a quoted string or NIL in any place, and news of other
kinds in between; as a server answers one command in one shape, most lines take a single regular expression. What cannot be understood is passed over: whoever asked sees that it is
missing. Memory is bounded: of overlong lines and literals only the beginning is kept, the rest is read and dropped.

In: the stream of an imaplib connection and the tag of a command just sent. Out: the items of each response, undecoded,
until the command is done. Time is bounded by whoever holds the connection (`mailbox.wire`).
"""

from __future__ import annotations

import imaplib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from crmlink.mailbox.bounded import Stream

LONGEST_LINE: Final = 4 * 1024 * 1024
"""Bytes kept of one response without its literals."""

LARGEST_LITERAL: Final = 16 * 1024 * 1024
"""Bytes kept of one literal."""

_LONGEST_NUMBER: Final = len(str(2**64))
_PIECE: Final = 64 * 1024
_LITERAL: Final = re.compile(rb"~?\{(\d{1,19})\+?\}\r?\n\Z")
_LONGEST_PLACE: Final = 30
_LITERAL_ENDS: Final = (b"}\r\n", b"}\n")
_WORDS: Final = (b"* OK ", b"* NO ", b"* BAD", b"* BYE")
_FETCH: Final = re.compile(rb"\* \d+ FETCH \(", re.IGNORECASE)
# An item: its name with section and offset, then a number or word, a literal's place, a quoted string, or a plain list.
_ITEM: Final = re.compile(
    rb" *([A-Z][A-Z0-9.-]*(?:\[[^]]*\](?:<\d+>)?)?) "
    rb'(?:(?P<literal>~?\{\d+\+?\})|"(?P<quoted>(?:[^"\\]|\\.)*)"|\((?P<list>[^()"{]*)\)|(?P<atom>[^ ()"{]+)|(?P<nested>\())',
    re.IGNORECASE,
)
_PLAIN_KINDS: Final = {
    "literal": rb"(~?\{\d+\+?\})",
    "quoted": rb'"([^"\\]*)"',
    "list": rb'\(([^()"{]*)\)',
    "atom": rb"(\d+)",
}
_Kinds = tuple[tuple[bytes, str], ...]
_TOKEN: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|~?\{\d+\+?\}|[()]|[^()"{]+|.')
_ESCAPED: Final = re.compile(rb"\\(.)")


class Response(NamedTuple):
    """The items of one FETCH response by their upper-case names; NIL is not there.

    A body section has the name of what was asked in it ("BODY[HEADER.FIELDS (SUBJECT)]"), without the offset. A list is
    given without its outer parentheses, the literals in it put in.
    """

    items: Mapping[bytes, bytes]

    def number(self, name: bytes) -> int:
        """A number, 0 when it is not there."""
        value = self.items.get(name, b"")
        return int(value) if value.isdigit() and len(value) <= _LONGEST_NUMBER else 0

    def section(self) -> bytes | None:
        """The first body section, None when there is none."""
        for name, value in self.items.items():
            if name.startswith(b"BODY["):
                return value
        return None


def fetch_responses(stream: Stream, tag: bytes) -> Iterator[Response]:
    """Every FETCH response up to the end of the command with this tag.

    Raises:
        imaplib.IMAP4.error: the server said NO or BAD; the connection is good.
        imaplib.IMAP4.abort: it ended, or spoke of something else; nothing more can be read.
        OSError: it broke.
    """
    end, shape = tag + b" ", _NO_SHAPE
    while True:
        text, literals = _answer(stream)
        if found := shape.pattern.fullmatch(text):
            yield Response(shape.items(found, literals))
        elif found := _FETCH.match(text):
            items, kinds = _items(text, found.end(), literals)
            shape = _shape(kinds)
            yield Response(items)
        elif text.startswith(end):
            _check_end(text[len(end) :].strip())
            return
        elif not text.startswith((b"* ", b"+")):
            raise imaplib.IMAP4.abort("the server spoke of something that was not asked")


def _check_end(status: bytes) -> None:
    kind, _, reason = status.partition(b" ")
    words = reason.decode("utf-8", "replace")
    if kind.upper() in (b"NO", b"BAD"):
        raise imaplib.IMAP4.error(words)
    if kind.upper() != b"OK":
        raise imaplib.IMAP4.abort(f"the server ended a command with {kind[:20].decode('ascii', 'replace')}")


def _items(text: bytes, at: int, set_apart: list[bytes]) -> tuple[dict[bytes, bytes], _Kinds]:
    """The items from that place of the text on, up to the first that cannot be understood, and the kind of each."""
    items: dict[bytes, bytes] = {}
    kinds: list[tuple[bytes, str]] = []
    literals = iter(set_apart)
    while found := _ITEM.match(text, at):
        at = found.end()
        name, kind = found[1], found.lastgroup or ""
        value = found[kind]
        plain = _plain_name(name, literals)
        kinds.append((name, kind))
        match kind:
            case "atom" if value.upper() == b"NIL":
                continue
            case "literal":
                value = next(literals, b"")
            case "nested":
                value, at = _nested(text, at, literals)
            case "quoted":
                value = _ESCAPED.sub(rb"\1", value)
        items[plain] = value
    return items, tuple(kinds)


@dataclass(frozen=True, slots=True)
class _Shape:
    """The order and kinds of the items in one response, to read the next one like it at one stroke."""

    pattern: re.Pattern[bytes]
    names: tuple[bytes, ...] = ()
    literals: tuple[bytes, ...] = ()

    def items(self, found: re.Match[bytes], set_apart: list[bytes]) -> dict[bytes, bytes]:
        """The items of a response of this shape."""
        items = dict(zip(self.names, found.groups(), strict=True))
        items.update(zip(self.literals, set_apart, strict=False))
        return items


_NO_SHAPE: Final = _Shape(re.compile(rb"(?!)"))


@lru_cache(maxsize=64)
def _shape(kinds: _Kinds) -> _Shape:
    """Only plain shapes are worth it: what holds lists in lists or names as literals is read item by item."""
    if not all(kind in _PLAIN_KINDS and b"{" not in name for name, kind in kinds):
        return _NO_SHAPE
    pattern = b" ".join(re.escape(name) + b" " + _PLAIN_KINDS[kind] for name, kind in kinds)
    names = tuple(_plain_name(name, iter(())) for name, _ in kinds)
    literals = tuple(name for name, (_, kind) in zip(names, kinds, strict=True) if kind == "literal")
    return _Shape(re.compile(_FETCH.pattern + pattern + rb"\)\r?\n", re.IGNORECASE), names, literals)


def _plain_name(name: bytes, literals: Iterator[bytes]) -> bytes:
    """In upper case, without the offset that was asked for. The names of header fields in it may be literals as well."""
    for _ in range(name.count(b"{")):
        next(literals, b"")
    return (name[: name.rindex(b"<")] if name.endswith(b">") else name).upper()


def _nested(text: bytes, start: int, literals: Iterator[bytes]) -> tuple[bytes, int]:
    """What a list holds whose parenthesis was just read, and where the text goes on after it."""
    depth, pieces, end = 1, [], len(text)
    for token in _TOKEN.finditer(text, start):
        word = token[0]
        depth += (word == b"(") - (word == b")")
        if not depth:
            end = token.end()
            break
        pieces.append(next(literals, b"") if word.startswith((b"{", b"~{")) and word.endswith(b"}") else word)
    return b"".join(pieces), end


def _answer(stream: Stream) -> tuple[bytes, list[bytes]]:
    """A line with its literals set apart, in the order of their places in it."""
    text = stream.readline(_PIECE)
    if not text.endswith(b"\n"):
        text = _long(stream, text)
    literals: list[bytes] = []
    # Words to people may end like a literal.
    if not text.endswith(_LITERAL_ENDS) or text[:5].upper() in _WORDS:
        return text, literals
    rest = text
    while place := _LITERAL.search(rest[-_LONGEST_PLACE:]):
        literals.append(_content(stream, int(place[1])))
        rest = stream.readline(_PIECE)
        if not rest.endswith(b"\n"):
            rest = _long(stream, rest)
        text = text.rstrip(b"\r\n") + rest
        if len(text) > LONGEST_LINE:
            text = text[:LONGEST_LINE]
    return text, literals


def _long(stream: Stream, line: bytes) -> bytes:
    """A line whose first piece this is."""
    pieces, size = [line], len(line)
    while not pieces[-1].endswith(b"\n"):
        piece = stream.readline(_PIECE)
        if not piece:
            raise imaplib.IMAP4.abort("the connection ended")
        size += len(piece)
        if size > LONGEST_LINE:
            pieces = [pieces[0]]
        pieces.append(piece)
    return b"".join(pieces)


def _content(stream: Stream, size: int) -> bytes:
    """A literal of that size."""
    kept = stream.read(min(size, LARGEST_LITERAL))
    left = size - len(kept)
    if left and len(kept) < min(size, LARGEST_LITERAL):
        raise imaplib.IMAP4.abort("the connection ended")
    while left:
        piece = stream.read(min(left, _PIECE))
        if not piece:
            raise imaplib.IMAP4.abort("the connection ended")
        left -= len(piece)
    return kept
