"""Splits a message into its MIME parts (RFC 2045, RFC 2046) without recursion bombs, and decodes what is asked for.

In: raw bytes. Out: a tree of parts that point into the bytes; nothing is copied or decoded until it is read. Depth, number
of parts and header sizes are capped, so that hostile input costs no more than large input.
"""

from __future__ import annotations

import binascii
import quopri
import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from crmlink.facts.charsets import decode
from crmlink.facts.headers import NAME_LENGTH, Headers, clean, decode_words, read_headers

MAX_DEPTH = 50
MAX_PARTS = 200
MAX_TEXT = 256 * 1024
MAX_CALENDAR = 1024 * 1024
_MAX_STRUCTURED = 8 * 1024

_TYPE = re.compile(r"\s*([!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}/[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100})")
_PARAMETER = re.compile(
    r";\s{0,50}([!#$%&'*+.^_`|~0-9A-Za-z-]{1,60})\s{0,5}=\s{0,5}(?:\"((?:[^\"\\]|\\.){0,2000})\"?|([^;\s]{0,2000}))"
)
_FIRST_LINE = re.compile(rb"(?:>?From [^\n]*\n)?(?:[!-9;-~]+[ \t]*:|\r?\n)")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


@dataclass(frozen=True, slots=True)
class Part:
    """One MIME entity: its headers and the span of its body inside `raw`. `children` of a multipart or inner message."""

    raw: bytes
    start: int
    end: int
    headers: Headers
    content_type: str
    parameters: dict[str, str]
    children: tuple[Part, ...] = ()

    @property
    def disposition(self) -> str:
        """`inline`, `attachment` or an empty string."""
        return self.headers.first("content-disposition").partition(";")[0].strip().lower()

    @property
    def file_name(self) -> str:
        """The name it would be saved under, clean, or an empty string."""
        named = _parameters(self.headers.first("content-disposition"))
        return clean(named.get("filename") or self.parameters.get("name", ""), NAME_LENGTH)

    @property
    def encoding(self) -> str:
        """The content transfer encoding in lower case."""
        return self.headers.first("content-transfer-encoding").strip().lower()

    @property
    def size(self) -> int:
        """Size in bytes after decoding; for base64 reckoned from the encoded size."""
        length = self.end - self.start
        if self.encoding != "base64":
            return length
        breaks = self.raw.count(b"\n", self.start, self.end) + self.raw.count(b"\r", self.start, self.end)
        padding = self.raw.count(b"=", max(self.start, self.end - 8), self.end)
        return max(0, (length - breaks) * 3 // 4 - padding)

    def content(self, limit: int) -> bytes:
        """At most about `limit` bytes of the decoded body."""
        data = self.raw[self.start : min(self.end, self.start + 2 * limit + 1024)]
        if self.encoding == "base64":
            data = _base64(data)
        elif self.encoding == "quoted-printable":
            data = quopri.decodestring(data)
        return data[:limit]

    def text(self) -> str:
        """The decoded body as text with plain line ends."""
        return (
            decode(self.content(MAX_TEXT), self.parameters.get("charset", "")).replace("\r\n", "\n").replace("\r", "\n")
        )


@dataclass(slots=True)
class Budget:
    """What a message may still cost. `spent` says that something was left out."""

    parts: int = MAX_PARTS
    spent: bool = False


def read_parts(raw: bytes, budget: Budget) -> Part:
    """The message as a tree of parts, with what the caps left out simply missing."""
    return _entity(raw, 0, len(raw), budget, depth=0)


def _entity(raw: bytes, start: int, end: int, budget: Budget, *, depth: int) -> Part:
    budget.parts -= 1
    body = _body_start(raw, start, end)
    headers, cut = read_headers(raw[start : min(body, start + 2 * 1024 * 1024)])
    budget.spent = budget.spent or cut
    content_type, parameters = content_type_of(headers)
    part = Part(raw, body, end, headers, content_type, parameters)
    if not content_type.startswith("multipart/") and content_type != "message/rfc822":
        return part
    if depth >= MAX_DEPTH or budget.parts <= 0:
        budget.spent = True
        return part
    children = (
        _inner_message(part, budget, depth) if content_type == "message/rfc822" else _children(part, budget, depth)
    )
    return Part(raw, body, end, headers, content_type, parameters, children)


def _body_start(raw: bytes, start: int, end: int) -> int:
    """Where the body begins: after the first empty line; at once when there is no header."""
    if not _FIRST_LINE.match(raw, start, end):
        return start
    if raw.startswith((b"\n", b"\r\n"), start):
        return start + (1 if raw[start] == ord("\n") else 2)
    ends = [at + len(gap) for gap in (b"\n\n", b"\n\r\n") if (at := raw.find(gap, start, end)) >= 0]
    return min(ends, default=end)


def content_type_of(headers: Headers) -> tuple[str, dict[str, str]]:
    """Type in lower case and its parameters; what is missing or broken counts as text/plain (RFC 2045 section 5.2)."""
    value = headers.first("content-type")
    match = _TYPE.match(value)
    return (match[1].lower() if match else "text/plain"), _parameters(value)


def _parameters(value: str) -> dict[str, str]:
    """Parameters by lower-case name, pieces and percent-encoding (RFC 2231) put together."""
    found: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, str]]] = {}
    for match in _PARAMETER.finditer(value[:_MAX_STRUCTURED]):
        name, text = match[1].lower(), match[3] if match[2] is None else re.sub(r"\\(.)", r"\1", match[2])
        base, star, number = name.rstrip("*").partition("*")
        if star and number.isdecimal() and len(number) <= len("999"):
            pieces.setdefault(base, []).append((int(number), _percent(text) if name.endswith("*") else text))
        elif name.endswith("*"):
            found[base] = _percent(text)
        else:
            found.setdefault(name, decode_words(text))
    for base, parts in pieces.items():
        found[base] = "".join(text for _, text in sorted(parts))
    return found


def _percent(text: str) -> str:
    charset, quote, rest = text.partition("'")
    _, second, coded = rest.partition("'")
    if not (quote and second):
        charset, coded = "utf-8", text
    return decode(unquote_to_bytes(coded), charset)


def _inner_message(part: Part, budget: Budget, depth: int) -> tuple[Part, ...]:
    if part.encoding in ("base64", "quoted-printable"):
        inner = part.content(MAX_CALENDAR * 2)
        return (_entity(inner, 0, len(inner), budget, depth=depth + 1),)
    return (_entity(part.raw, part.start, part.end, budget, depth=depth + 1),)


def _children(part: Part, budget: Budget, depth: int) -> tuple[Part, ...]:
    boundary = part.parameters.get("boundary", "")
    if not boundary:
        return ()
    found: list[Part] = []
    for start, end in _sections(part, b"--" + boundary.encode("utf-8", "replace")):
        if budget.parts <= 0:
            budget.spent = True
            break
        found.append(_entity(part.raw, start, end, budget, depth=depth + 1))
    return tuple(found)


def _sections(part: Part, delimiter: bytes) -> list[tuple[int, int]]:
    """The spans between the boundary lines (RFC 2046 section 5.1.1); a missing last boundary ends with the parent."""
    spans: list[tuple[int, int]] = []
    opened: int | None = None
    at = part.raw.find(delimiter, part.start, part.end)
    while at >= 0 and len(spans) <= MAX_PARTS:
        line_end = part.raw.find(b"\n", at, part.end)
        line_end = part.end if line_end < 0 else line_end
        tail = part.raw[at + len(delimiter) : min(line_end, at + len(delimiter) + 100)].strip()
        if tail in (b"", b"--") and (at == part.start or part.raw[at - 1] == ord("\n")):
            if opened is not None:
                spans.append((opened, _before_line_break(part.raw, opened, at)))
            opened = None if tail else min(line_end + 1, part.end)
            if tail:
                return spans
        at = part.raw.find(delimiter, max(line_end, at + 1), part.end)
    if opened is not None:
        spans.append((opened, part.end))
    return spans


def _before_line_break(raw: bytes, start: int, at: int) -> int:
    if at - 2 >= start and raw[at - 2 : at] == b"\r\n":
        return at - 2
    return max(start, at - 1)


def _base64(data: bytes) -> bytes:
    """What can be decoded, rubbish between the lines skipped, an incomplete end dropped."""
    letters = _NOT_BASE64.sub(b"", data)
    try:
        return binascii.a2b_base64(letters[: len(letters) // 4 * 4] + _rest(letters))
    except binascii.Error:
        return b""


def _rest(letters: bytes) -> bytes:
    rest = letters[len(letters) // 4 * 4 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""
