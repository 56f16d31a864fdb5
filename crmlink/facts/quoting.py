"""Cuts a mail down to what its writer newly wrote.

In: the readable text of a mail, quoted lines marked with ">" where the client did so. Out: the visible reply, what was quoted
or forwarded, and the signature. Decides by the shapes that mail clients give to quotes; never by what the words mean. Answers
written between quoted lines are kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from crmlink.facts.cues import pattern, words
from crmlink.facts.signatures import split_signature
from crmlink.model.contact import Address

_MARKED = re.compile(r"\s{0,4}(?:>|[A-Za-z]{1,12}>(?:\s|$)|\|(?:\s|$))")
_RULE = re.compile(r"[\s*]*[-_=—–]{3,}[\s*]*")
MAX_LINES = 3000
_INTRODUCTION_LINES = 4
_LONGEST_INTRODUCTION = 400
_LONGEST_LINE = 1000
_LONGEST_SEPARATOR = 150
_DECORATION = " \t-_=*>:"
_DATED = re.compile(r"(?:On|Op|Am|Le)\b.*\d", re.IGNORECASE)
_HEADER_LINES = 12
_ENOUGH_FIELDS = 2
_HAS_YEAR = re.compile(r"^(?:On|Op|Am|Le|El|Em|Il|Den)\b.*\b(?:19|20)\d\d\b.*\d:\d\d", re.IGNORECASE)
# People write "Op 3 maart schreef ik:" themselves; programs give a year, a time or an address.
_BY_MACHINE = re.compile(r"\d[:.h]\d\d|@|\b(?:19|20)\d\d\b")
_BY_HAND = re.compile(
    r"\b(?:schreef|schrieb(?:en)?)\s+(?:ik|je|jij|u|hij|zij|ze|we|wij|jullie|ich|du|sie|er|wir|ihr)\b|\b(?:I|we|he|she|they)\s+wrote\b|\b(?:heb|hebt|heeft|hebben|habe|hast|hat|haben)\s+(?:ik|je|jij|u|hij|zij|ze|we|wij|jullie|ich|du|sie|er|wir|ihr)\b",
    re.IGNORECASE,
)
_HAS_TIME = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class VisibleReply:
    """A mail in three parts: the newly written text, what was quoted or forwarded, and the signature."""

    reply: str
    quoted: str
    signature: str


def visible_reply(text: str, *, writer: Address | None = None) -> VisibleReply:
    """The three parts of `text`. Knowing its writer helps to find a signature that nothing marks."""
    lines = [line.rstrip() for line in text.split("\n", MAX_LINES)[:MAX_LINES]]
    quoted = _quoted_lines(lines)
    replies: list[str] = []
    signatures: list[str] = []
    for segment in _segments(lines, quoted):
        reply, signature = split_signature(segment, writer=writer, first=not replies)
        replies.append("\n".join(reply))
        signatures.extend(signature)
    return VisibleReply(
        _joined(replies),
        "\n".join(line for line, marked in zip(lines, quoted, strict=True) if marked).strip("\n"),
        "\n".join(signatures).strip("\n"),
    )


def _joined(replies: list[str]) -> str:
    return "\n\n".join(filter(None, (reply.strip("\n") for reply in replies)))


def _segments(lines: list[str], quoted: list[bool]) -> list[list[str]]:
    """Runs of lines that are not quoted."""
    found: list[list[str]] = []
    before = True
    for line, marked in zip(lines, quoted, strict=True):
        if marked:
            before = True
            continue
        if before:
            found.append([])
        found[-1].append(line)
        before = False
    return [segment for segment in found if any(segment)]


def _quoted_lines(lines: list[str]) -> list[bool]:
    """For each line whether it is somebody else's."""
    quoted = [bool(_MARKED.match(line)) for line in lines]
    _keep_lone_bars(lines, quoted)
    at = 0
    while at < len(lines):
        if not lines[at] or quoted[at]:
            at += 1
        elif _ends_here(lines, at):
            quoted[at:] = [True] * (len(lines) - at)
        elif length := _introduction(lines, at):
            at = _mark_introduced(lines, quoted, at, length)
        else:
            at += 1
    return quoted


def _keep_lone_bars(lines: list[str], quoted: list[bool]) -> None:
    """A single "| a | b |" or "Note> x" line is a table or a prompt, not a quote."""
    for at, line in enumerate(lines):
        if quoted[at] and not line.lstrip().startswith(">"):
            near = [other for other in (at - 1, at + 1) if 0 <= other < len(lines) and _MARKED.match(lines[other])]
            same = [other for other in near if lines[other].lstrip()[:2] == line.lstrip()[:2]]
            quoted[at] = bool(same) and not (
                line.lstrip().startswith("|") and line.endswith("|") and line.count("|") > 1
            )


def _mark_introduced(lines: list[str], quoted: list[bool], at: int, length: int) -> int:
    """Marks what an introduction announces and gives the line to go on with."""
    after = next((i for i in range(at + length, len(lines)) if lines[i]), len(lines))
    marked = after < len(lines) and quoted[after]
    if not marked and not _BY_MACHINE.search(" ".join(lines[at : at + length])):
        return at + length
    nothing_before = not any(lines[i] and not quoted[i] for i in range(at))
    quoted[at : at + length] = [True] * length
    if marked or (nothing_before and after < len(lines)):
        return after
    quoted[at:] = [True] * (len(lines) - at)
    return len(lines)


def _ends_here(lines: list[str], at: int) -> bool:
    """Whether a forwarded or original message begins at this line and runs to the end."""
    line = lines[at][:_LONGEST_LINE]
    if _separates(line):
        return True
    if _RULE.fullmatch(line):
        following = next((i for i in range(at + 1, min(at + 4, len(lines))) if lines[i]), None)
        return following is not None and _header_block(lines, following)
    return _header_block(lines, at)


def _separates(line: str) -> bool:
    """Whether the line says "original message" or the like, with or without dashes around it."""
    said = line.strip(_DECORATION)
    if not said or len(said) > _LONGEST_SEPARATOR:
        return False
    if pattern("quotes", "separators").fullmatch(said):
        return True
    return line.startswith("--") and line.endswith("--") and bool(_DATED.match(said))


@cache
def _field(kind: str) -> re.Pattern[str]:
    names = "|".join(sorted((re.escape(name) for name in words("quotes", kind)), key=len, reverse=True))
    return re.compile(rf"[\s*>]*(?:{names})\s?\*?\s?[:：]\*?(?:\s+(?=\S)|\s*$|(?=\S))", re.IGNORECASE)


def _header_block(lines: list[str], at: int) -> bool:
    """Whether a block "From: ... Sent: ... To: ... Subject: ..." begins here, in any language and order after From."""
    if not _field("from").match(lines[at][:_LONGEST_LINE]):
        return False
    fields = telling = blanks = 0
    for line in lines[at + 1 : at + _HEADER_LINES]:
        if not line:
            blanks += 1
            if blanks > 1 and not fields:
                break
        elif _field("others").match(line[:_LONGEST_LINE]):
            fields += 1
            telling += 1
        elif _field("dates").match(line[:_LONGEST_LINE]):
            fields += 1
        elif fields >= _ENOUGH_FIELDS:
            break
    return fields >= _ENOUGH_FIELDS and telling > 0


def _introduction(lines: list[str], at: int) -> int:
    """How many lines "On ... X wrote:" takes from here; 0 when there is none."""
    joined = ""
    for length in range(1, _INTRODUCTION_LINES + 4):
        if at + length > len(lines):
            return 0
        line = lines[at + length - 1].strip()
        if _blank_ends(line, joined):
            return 0
        joined = f"{joined} {line}".strip()
        if len(joined) > _LONGEST_INTRODUCTION:
            return 0
        if _introduces(joined):
            return length
        if length == 1 and not _may_introduce(joined):
            return 0
    return 0


def _blank_ends(line: str, joined: str) -> bool:
    return not line and not (joined.endswith(("<", ">", ",")) or _HAS_YEAR.search(joined))


def _may_introduce(line: str) -> bool:
    return bool(_HAS_TIME.search(line) or "@" in line)


def _introduces(joined: str) -> bool:
    if not _may_introduce(joined) and not joined.endswith((":", "：")):
        return False
    if pattern("quotes", "dated_introductions", r"(?:{})\s?:?").fullmatch(joined):
        return True
    if not joined.rstrip("- ").endswith((":", "：")):
        return False
    if _BY_HAND.search(joined):
        return False
    named = pattern("quotes", "named_introductions", r"(?:{})\s?[:：]").fullmatch(joined)
    dated = _HAS_TIME.search(joined) and pattern("quotes", "introductions", r"(?:{})\s?[:：]").fullmatch(joined)
    return bool(named or dated)
