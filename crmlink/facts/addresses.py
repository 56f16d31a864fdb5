"""Reads address lists (RFC 5322 section 3.4) and the one sender of a message.

In: the raw value of From, To, Cc and the like. Out: addresses in lower case with clean display names. Iterative, so that
no number of brackets hurts. Never trusts a From that names more than one address: whoever writes
`boss@bank.example <eve@elsewhere.example>` wants to be read as somebody else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from crmlink.facts.headers import NAME_LENGTH, Headers, clean, decode_words
from crmlink.model.contact import Address

MAX_ADDRESSES = 500

_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.){0,200}"|=\?[^?\s]{1,75}\?[bBqQ]\?[^?]{0,2000}\?=|<[^<>]{0,1000}>|[(),;:]|[^"(),;:<=]+|.',
    re.DOTALL,
)
_ADDR_SPEC = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[^\s@<>()\[\],;:\\\"]{1,255}")
_IN_NAME = re.compile(r"[^\s@<>()\[\],;:\\\"']+@([^\s@<>()\[\],;:\\\"']+\.[^\s@<>()\[\],;:\\\"']+)")
_ESCAPED = re.compile(r"\\(.)")


@dataclass(slots=True)
class _Mailbox:
    """The mailbox that is being read."""

    phrase: list[str] = field(default_factory=list)
    comment: list[str] = field(default_factory=list)
    angle: str | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing was read yet."""
        return self.angle is None and not "".join(self.phrase).strip()

    def finish(self, surname: str) -> tuple[Address | None, str]:
        """The address read, or None with the words that may be the surname of the next ("Vries, Jan de <...>")."""
        words = " ".join("".join(self.phrase).split())
        if self.angle is None:
            spec, name = words, "".join(self.comment)
        else:
            spec, name = self.angle, words or "".join(self.comment)
        address = _spec(spec)
        if address is None:
            return None, words if self.angle is None and "@" not in words else ""
        name = f"{surname}, {name}" if surname and self.angle is not None and name else name
        return Address(clean(decode_words(name), NAME_LENGTH), address), ""


def addresses(value: str) -> tuple[Address, ...]:
    """All mailboxes in the list, groups opened up, doubles dropped; what is no address is left out."""
    found: dict[str, Address] = {}
    for address in _mailboxes(value):
        if address is not None and (address.address not in found or not found[address.address].name):
            found[address.address] = address
    return tuple(found.values())


def sender(headers: Headers) -> Address | None:
    """The one author of the message, None when From is missing, repeated, holds several, or misleads."""
    values = headers.all("from")
    if len(values) != 1:
        return None
    found = _mailboxes(values[0])
    if len(found) != 1 or found[0] is None:
        return None
    author = found[0]
    claimed = _IN_NAME.findall(author.name.lower())
    return author if all(domain == author.domain for domain in claimed) else None


def _mailboxes(value: str) -> list[Address | None]:
    """Every element of the list in order, None for an element that is no address."""
    found: list[Address | None] = []
    box, depth, surname = _Mailbox(), 0, ""
    for match in _TOKEN.finditer(value + ","):
        piece = match.group()
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth = max(0, depth - 1)
        elif depth and match.end() <= len(value):
            box.comment.append(_unquoted(piece))
        elif piece in (",", ";"):
            address, rest = box.finish(surname)
            if address is not None or not (rest or box.empty):
                found.append(address)
            box, surname = _Mailbox(), rest
            if len(found) >= MAX_ADDRESSES:
                break
        elif piece == ":":
            box = _Mailbox()
        elif piece[0] == "<" and len(piece) > 1:
            # A second pair of brackets in one element is an attempt to be read in two ways.
            box.angle = piece[1:-1] if box.angle is None else ""
        else:
            box.phrase.append(_unquoted(piece))
    return found


def _unquoted(piece: str) -> str:
    return _ESCAPED.sub(r"\1", piece[1:-1]) if len(piece) > 1 and piece[0] == piece[-1] == '"' else piece


def _spec(text: str) -> str | None:
    text = text.strip().strip("'").removeprefix("mailto:").rpartition(":")[2].strip()
    return text.lower() if _ADDR_SPEC.fullmatch(text) and not text.endswith(".") else None
