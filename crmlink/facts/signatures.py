"""Finds where a mail ends and the signature begins.

In: the lines of newly written text. Out: the lines a reader is meant to read, and those below them. The closing line itself
("Kind regards,") stays with the text; the name, the company, its slogans and its small print do not. A postscript belongs to
the text wherever it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from crmlink.facts.cues import pattern
from crmlink.model.contact import Address

_DELIMITER = re.compile(r"\s*(?:--|—|-- -|––|\*--\*)\s*")
_LINK = re.compile(r"<?\(?\bhttps?://[^\s<>()]{1,500}\)?>?|<mailto:[^<>\s]{1,200}>")
_RULE = re.compile(r"\s*(?:[_]{5,}|[-=*#~+]{3,})\s*")
_DECORATION = re.compile(r"[\s\-_=*#~+ᐧ.|–—>]*")
_POSTSCRIPT = re.compile(r"\s*\(?(?:P\.?\s?P?\.?S\.?|N\.?B\.?)(?:\s*[.:,;)–-]+|\s)\s*\S", re.IGNORECASE)
_SENTENCE = re.compile(r"[.?!…]\s*$")
_CONTACT = re.compile(
    r"@|https?://|www\.|\+\d|\b0\d[\d\s()-]{7,}|\b(?:tel|telefoon|phone|mob|mobiel|mobile|fax|kvk|btw|iban|t|m|e|w)\s*[.:|]",
    re.IGNORECASE,
)

_LONGEST_CLOSING = 90
_NAME_WORDS = 5
_PROSE_WORDS = 7
_SHORT_TAIL = 12
_LOOK_AHEAD = 4
_LONGEST_DEVICE = 180
_LONGEST_DISCLAIMER = 400
_SHORT_LABEL = 5
_AROUND_NAME = " \t,.-–—/*_~"

_CLOSING = r"^\W{0,3}(?:{})(?:\s*[,.!:;)~/|–-]+\s*|\s+|$)(?P<rest>.{0,60})$"
_DEVICE = r"^[\s<(\[*_-]*(?:{})[\s>)\]*_.]*$"
_DISCLAIMER = r"^[\s*_>-]{0,4}(?:{})"


def split_signature(
    lines: list[str], *, writer: Address | None = None, first: bool = True
) -> tuple[list[str], list[str]]:
    """The lines of the text and the lines of the signature. `first` is False for answers below a quote."""
    end = _end(lines, writer, first=first)
    text, signature = list(lines[:end]), list(lines[end:])
    postscript = _postscript(signature)
    while text and _DECORATION.fullmatch(text[-1]):
        text.pop()
    if postscript:
        text = [*text, "", *postscript]
    return text, signature


def _end(lines: list[str], writer: Address | None, *, first: bool) -> int:
    """The number of lines that belong to the text."""
    filled = [at for at, line in enumerate(lines) if line.strip()]
    for place, at in enumerate(filled):
        written = place > 0 or not first
        below = _Below([lines[i] for i in filled[place + 1 : place + 1 + _LOOK_AHEAD]], len(filled) - place - 1)
        if _cuts(lines[at], below, written=written):
            return at
        if written and writer and _signs(lines[at], below, writer, after_blank=at > 0 and not lines[at - 1].strip()):
            return at
        if _closes(lines[at], below, writer.name if writer else "", written=written):
            return at + 1
    return len(lines)


@dataclass(frozen=True, slots=True)
class _Below:
    """What stands below a line: the next few lines that are not empty, and how many there are in all."""

    lines: list[str]
    count: int


def _cuts(line: str, below: _Below, *, written: bool) -> bool:
    """Whether the signature begins with this line, whatever stood above it."""
    if _DELIMITER.fullmatch(line):
        return True
    if _RULE.fullmatch(line):
        return line.strip().startswith("_") and written and below.count <= _SHORT_TAIL
    if len(line) <= _LONGEST_DEVICE and pattern("signatures", "devices", _DEVICE).match(_LINK.sub("", line)):
        return True
    paragraph = " ".join((line, *below.lines[:2]))[:_LONGEST_DISCLAIMER]
    return written and bool(pattern("signatures", "disclaimers", _DISCLAIMER).match(paragraph))


def _closes(line: str, below: _Below, writer: str, *, written: bool) -> bool:
    """Whether this line takes leave: a closing with nothing but a name on it, and no new paragraph below."""
    if len(line) > _LONGEST_CLOSING:
        return False
    if match := pattern("signatures", "closings", _CLOSING).match(line):
        return _name_like(match["rest"], writer) and (written or below.count > 0) and not _goes_on(below.lines, writer)
    match = pattern("signatures", "thanks", _CLOSING).match(line)
    if match is None or not written or not _name_like(match["rest"], writer):
        return False
    if match["rest"][:1].islower() and not writer.casefold().startswith(match["rest"].casefold()):
        return False  # the last word of a sentence of thanks, not a name
    return bool(match["rest"].strip()) or (bool(below.lines) and _is_name(below.lines[0], writer))


def _goes_on(following: list[str], writer: str) -> bool:
    """Whether prose follows at once: then it was no farewell."""
    return bool(following) and _prose(following[0]) and not any(_is_name(line, writer) for line in following)


def _prose(line: str) -> bool:
    return len(line.split()) >= _PROSE_WORDS and not _CONTACT.search(line[:500]) and line.count("|") == 0


def _name_like(rest: str, writer: str) -> bool:
    rest = rest.strip(" ,.!-–/|")
    if second := pattern("signatures", "closings", _CLOSING).match(rest):
        rest = second["rest"].strip(" ,.!")
    return not rest or _is_name(rest, writer)


def _is_name(line: str, writer: str) -> bool:
    """A name stands alone on its line: a few words, each with a capital or a particle."""
    line = line.strip().strip("/*_-–~,. ")
    names = line.replace("/", " ").replace("&", " ").split()
    if (
        not names
        or len(names) > _NAME_WORDS
        or pattern("signatures", "closings", _CLOSING).match(line)
        or re.search(r"[?!:;@]|\d{3}", line)
    ):
        return False
    if writer and names[0].casefold() in {part.casefold() for part in writer.split()}:
        return True
    return all(name[0].isupper() or name.lower() in _PARTICLES for name in names) or (
        len(names) == 1 and names[0].isalpha() and len(names[0]) > 1
    )


_PARTICLES = frozenset(
    [
        "van",
        "der",
        "den",
        "de",
        "het",
        "ter",
        "ten",
        "te",
        "in",
        "'t",
        "op",
        "en",
        "and",
        "und",
        "et",
        "von",
        "zu",
        "la",
        "le",
        "du",
        "namens",
    ]
)


def _signs(line: str, below: _Below, writer: Address, *, after_blank: bool) -> bool:
    """Whether the writer's name or company stands here as a signature does, near the end."""
    line = line.strip(_AROUND_NAME)
    if not line or len(line) > _LONGEST_CLOSING or below.count > _SHORT_TAIL:
        return False
    if _names(line, writer.name):
        return not (below.lines and _prose(below.lines[0]) and _SENTENCE.search(below.lines[0]))
    return after_blank and _letterhead(line, writer)


def _names(line: str, name: str) -> bool:
    """Whether the line is the writer's first name, full name, initials, or initial with surname."""
    parts = name.casefold().split()
    words = line.casefold().replace(".", ". ").split()
    if not parts or not words:
        return False
    initials = "".join(part[0] for part in parts)
    if line.casefold() in (" ".join(parts), parts[0]) or line.casefold().replace(".", "") in (
        initials,
        initials[0] + initials[-1],
        initials[0],
    ):
        return True
    return len(parts) > 1 and len(words) <= len(parts) + 1 and words[-1] == parts[-1] and words[0][0] == parts[0][0]


def _letterhead(line: str, writer: Address) -> bool:
    """Whether a line opens with the writer's full name, or with the company their address is at."""
    start = re.split(r"\s*[|•·,–—]|\s-\s", line, maxsplit=1)[0].strip()
    if writer.name and " " in writer.name and start.casefold() == writer.name.casefold():
        return True
    label = writer.domain.rpartition(".")[0].rpartition(".")[2].replace("-", "")
    letters = re.sub(r"[^\w]", "", line.casefold())
    return len(label) > _SHORT_LABEL and letters.startswith(label) and not line.casefold().startswith(label + " ")


def _postscript(signature: list[str]) -> list[str]:
    """The lines of a postscript below the name: its paragraph, no more."""
    for at, line in enumerate(signature):
        if _POSTSCRIPT.match(line):
            end = next(
                (
                    i
                    for i in range(at + 1, len(signature))
                    if not signature[i].strip() or _DELIMITER.fullmatch(signature[i])
                ),
                len(signature),
            )
            found = signature[at:end]
            del signature[at:end]
            return found
    return []
