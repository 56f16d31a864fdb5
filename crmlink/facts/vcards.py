"""What a card of an address book says of a person (vCard 3 and 4: RFC 2426, RFC 6350).

In: the bytes of one or more cards. Out: a `Card` for each that names an address. The library reads only the few lines
that matter, so pictures and bombs never reach it; a card or line that cannot be read is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from crmlink.facts.calendar_values import line_of
from crmlink.model.contact import Card

MAX_LINES, MAX_LINE = 60, 2_000
"""Of one card: so many of the lines that matter, of so many characters each."""

MAX_NAME = 100
_WANTED = re.compile(r"(?:[\w-]+\.)?(BEGIN|END|VERSION|FN|N|EMAIL|ORG|TITLE|NICKNAME)[;:]", re.IGNORECASE)
_FOLD = re.compile(r"\r?\n[ \t]")
_PARTS = re.compile(r"((?:[^\":]|\"[^\"]*\")*:)(.*)")
_ESCAPED = r"\\,"
_BARE_COMMA = re.compile(r"(?<!\\),")
_ADDRESS = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+")
# The lowest of the scale of PREF (RFC 6350 section 5.3), for addresses without one.
_NO_PREFERENCE = 100


def cards_in(raw: bytes) -> tuple[Card, ...]:
    """The cards in these bytes, in their order."""
    text = raw.decode("utf-8-sig", "replace")
    return tuple(card for lines in _cards(text) if (card := _card(lines)))


def _cards(text: str) -> Iterator[list[str]]:
    """The lines that matter of each card, from BEGIN to END."""
    lines: list[str] = []
    for line in _FOLD.sub("", text).splitlines():
        if len(line) > MAX_LINE or not (found := _WANTED.match(line)):
            continue
        match found[1].upper():
            case "BEGIN":
                lines = [line]
            case "END" if lines:
                yield [*lines, line]
                lines = []
            case _ if lines and len(lines) < MAX_LINES:
                lines.append(_one_value(line) if found[1].upper() not in {"N", "NICKNAME"} else line)


def _one_value(line: str) -> str:
    """The line with its commas escaped: many programs leave that out, and the library cuts the value there."""
    parts = _PARTS.fullmatch(line)
    return f"{parts[1]}{_BARE_COMMA.sub(_ESCAPED, parts[2])}" if parts else line


def _card(lines: list[str]) -> Card | None:
    import vobject  # noqa: PLC0415 -- slow to load, and wanted only where there is an address book

    try:
        (read,) = vobject.readComponents("\r\n".join(lines), ignoreUnreadable=True)
        addresses = _addresses(read)
        if not addresses:
            return None
        organisation = _first(read, "org")
        return Card(
            name=_text(_first(read, "fn")) or _text(_first(read, "n")),
            addresses=addresses,
            organisation=_text(organisation[0] if isinstance(organisation, list) and organisation else organisation),
            title=_text(_first(read, "title")),
            nickname=_text(_first(read, "nickname")),
        )
    # The library lets through whatever its parts raise on odd input.
    except (vobject.base.VObjectError, ValueError, LookupError, AttributeError, TypeError):
        return None


def _addresses(read: Any) -> tuple[str, ...]:
    """The addresses, the preferred one first: PREF=1 of vCard 4, TYPE=PREF of vCard 3."""
    found = [
        (_preference(line.params), number, text.lower())
        for number, line in enumerate(read.contents.get("email", ()))
        if _ADDRESS.fullmatch(text := str(line.value).strip().removeprefix("mailto:"))
    ]
    return tuple(dict.fromkeys(address for _, _, address in sorted(found)))


def _preference(params: dict[str, list[str]]) -> int:
    if any("pref" in kind.lower().split(",") for kind in params.get("TYPE", ())):
        return 0
    given = params.get("PREF", [""])[0]
    return int(given) if given.isascii() and given.isdecimal() and len(given) < len("1000") else _NO_PREFERENCE


def _first(read: Any, name: str) -> Any:
    lines = read.contents.get(name, ())
    return lines[0].value if lines else ""


def _text(value: Any) -> str:
    return line_of(str(value), MAX_NAME)
