"""Judges what a mail server heard of crmlink: only looking, one draft at a time, and only its own draft moved away.

In: the commands a proxy wrote down. Out: what was wrong, one sentence each; nothing wrong is an empty list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from tests.faults.wire import Said

LOOKS: Final = frozenset(
    {
        *("CAPABILITY", "ID", "ENABLE", "STARTTLS", "LOGIN", "AUTHENTICATE", "NAMESPACE", "LIST", "STATUS", "EXAMINE"),
        *("UID FETCH", "UID SEARCH", "IDLE", "NOOP", "UNSELECT", "LOGOUT"),
    }
)
# Everything that sets \Seen (RFC 9051 section 6.4.5, RFC 3501 section 6.4.5): a body that is not peeked at.
MARKS_READ: Final = re.compile(rb"(?<![.\w])(BODY|BINARY)\[|(?<![.\w])RFC822(\.TEXT)?(?![.\w])", re.IGNORECASE)
READS_WHOLE: Final = re.compile(rb"UID FETCH (\d+) \(.*BODY\.PEEK\[\]", re.IGNORECASE)
HOLDS_CHANGES: Final = frozenset({"APPEND", "SELECT", "UID MOVE"})


@dataclass(slots=True)
class _View:
    """What one connection has open, and which of its messages were read there as ours, byte for byte."""

    folder: str = ""
    writable: bool = False
    ours: set[bytes] = field(default_factory=set)


def judge(said: Iterable[Said], *, drafts: str = "Drafts", trash: str = "Trash") -> list[str]:
    """What crmlink may never do to a mailbox and did. `drafts` and `trash` are the folders' names there."""
    views: dict[int, _View] = {}
    stored: set[bytes] = set()
    wrong: list[str] = []
    for one in said:
        view = views.setdefault(one.connection, _View())
        fault = _fault(one, view, stored, drafts, trash)
        if fault:
            wrong.append(f"{fault}: {one.line.decode('utf-8', 'replace').strip()}")
        _follow(one, view, stored)
    return wrong


def changes(said: Iterable[Said]) -> list[str]:
    """The commands that change something, in order."""
    return [one.verb for one in said if one.verb in HOLDS_CHANGES]


def _fault(one: Said, view: _View, stored: set[bytes], drafts: str, trash: str) -> str:
    if one.verb == "APPEND":
        return _append_fault(one, drafts)
    if one.verb == "SELECT":
        return "" if one.folder == drafts else "a folder other than Drafts was opened for writing"
    if one.verb == "UID MOVE":
        return _move_fault(one, view, stored, drafts, trash)
    if one.verb not in LOOKS:
        return "a command that is not allowed"
    return "mail was read in a way that marks it" if MARKS_READ.search(one.line) else ""


def _append_fault(one: Said, drafts: str) -> str:
    if one.folder != drafts:
        return "something was stored outside Drafts"
    if b"\\Draft" not in one.arguments:
        return "a draft was stored without its flag"
    return "" if len(one.literals) <= 1 and one.rest in {b"", b"\r\n"} else "more than one message at once"


def _move_fault(one: Said, view: _View, stored: set[bytes], drafts: str, trash: str) -> str:
    uid, _, target = one.arguments.partition(b" ")
    if (view.folder, target.strip(b'"').decode()) != (drafts, trash) or not view.writable:
        return "something was moved that is no draft, or not to Trash"
    return "" if uid in view.ours and stored else "a draft was moved that had not been compared byte for byte"


def _follow(one: Said, view: _View, stored: set[bytes]) -> None:
    if one.verb in {"SELECT", "EXAMINE"}:
        view.folder, view.writable, view.ours = one.folder, one.verb == "SELECT", set()
    elif one.verb == "APPEND":
        stored.update(one.literals)
    elif read := READS_WHOLE.search(one.line):
        texts = {literal for chunks in one.answers for literal in chunks[1::2]}
        if texts & stored:
            view.ours.add(read[1])
