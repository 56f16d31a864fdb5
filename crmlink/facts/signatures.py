"""Finds where a mail ends and the signature begins.

In: the lines of newly written text. Out: the lines a reader is meant to read, and those below them. The closing line itself
("Kind regards,") stays with the text; the name, the company, its slogans and its small print do not. A postscript belongs to
the text wherever it stands.
"""

from __future__ import annotations

import re

from crmlink.facts.cues import pattern

_DELIMITER = re.compile(r"\s*(?:--|—|-- -|––|\*--\*)\s*")
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

_CLOSING = r"^\W{0,3}(?:{})(?:\s*[,.!:;)~–-]+\s*|\s+|$)(?P<rest>.{0,60})$"
_DEVICE = r"^[\s<(\[*_-]*(?:{})[\s>)\]*_.]*$"
_DISCLAIMER = r"^[\s*_>-]{0,4}(?:{})"


def split_signature(lines: list[str], *, writer: str = "", first: bool = True) -> tuple[list[str], list[str]]:
    """The lines of the text and the lines of the signature. `first` is False for answers below a quote."""
    end = _end(lines, writer)
    text, signature = list(lines[:end]), list(lines[end:])
    postscript = _postscript(signature)
    while text and _DECORATION.fullmatch(text[-1]):
        text.pop()
    if postscript and (text or first):
        text = [*text, "", *postscript]
    return text, signature


def _end(lines: list[str], writer: str) -> int:
    """The number of lines that belong to the text."""
    written = False
    for at, line in enumerate(lines):
        if not line.strip():
            continue
        if _cuts(lines, at, written=written) or (written and _signs(lines, at, writer)):
            return at
        if _closes(lines, at, writer, written=written):
            return at + 1
        written = True
    return len(lines)


def _cuts(lines: list[str], at: int, *, written: bool) -> bool:
    """Whether the signature begins with this line, whatever stood above it."""
    line = lines[at]
    if _DELIMITER.fullmatch(line):
        return True
    if _RULE.fullmatch(line):
        rest = [one for one in lines[at + 1 :] if one.strip()]
        return line.strip().startswith("_") and written and len(rest) <= _SHORT_TAIL
    if len(line) <= 2 * _LONGEST_CLOSING and pattern("signatures", "devices", _DEVICE).match(line):
        return True
    return written and bool(pattern("signatures", "disclaimers", _DISCLAIMER).match(" ".join(lines[at : at + 3])))


def _closes(lines: list[str], at: int, writer: str, *, written: bool) -> bool:
    """Whether this line takes leave: a closing with nothing but a name on it, and no new paragraph below."""
    line = lines[at]
    if len(line) > _LONGEST_CLOSING:
        return False
    following = [one for one in lines[at + 1 :] if one.strip()]
    if match := pattern("signatures", "closings", _CLOSING).match(line):
        return _name_like(match["rest"], writer) and (written or bool(following)) and not _goes_on(following, writer)
    match = pattern("signatures", "thanks", _CLOSING).match(line)
    if match is None or not written or not _name_like(match["rest"], writer):
        return False
    return bool(match["rest"].strip()) or (bool(following) and _is_name(following[0], writer))


def _goes_on(following: list[str], writer: str) -> bool:
    """Whether prose follows at once: then it was no farewell."""
    return bool(following) and _prose(following[0]) and not any(_is_name(line, writer) for line in following[:4])


def _prose(line: str) -> bool:
    return len(line.split()) >= _PROSE_WORDS and not _CONTACT.search(line) and line.count("|") == 0


def _name_like(rest: str, writer: str) -> bool:
    rest = rest.strip(" ,.!-–")
    return not rest or _is_name(rest, writer)


def _is_name(line: str, writer: str) -> bool:
    """A name stands alone on its line: a few words, each with a capital or a particle."""
    line = line.strip().strip("/*_-–~,. ")
    names = line.replace("/", " ").replace("&", " ").split()
    if not names or len(names) > _NAME_WORDS or re.search(r"[?!:;@]|\d{3}", line):
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


def _signs(lines: list[str], at: int, writer: str) -> bool:
    """Whether the writer's own name stands alone here, near the end."""
    line = lines[at].strip(" \t,.-–—/*_~")
    if not writer or not line or len(line) > _LONGEST_CLOSING:
        return False
    names = writer.split()
    if line.casefold() not in {writer.casefold(), names[0].casefold(), "".join(name[0] for name in names).casefold()}:
        return False
    following = [one for one in lines[at + 1 :] if one.strip()]
    return len(following) <= _SHORT_TAIL and not (following and _prose(following[0]) and _SENTENCE.search(following[0]))


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
