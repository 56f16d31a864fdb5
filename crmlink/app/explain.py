"""Reads single messages from files, to show what crmlink sees in them. Needs no settings and no mailbox."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from crmlink.app.gathering.read import read_text
from crmlink.facts.mime import MAX_MESSAGE, read_message
from crmlink.language.reader import Reader
from crmlink.model.contact import Owner
from crmlink.model.errors import UsageError
from crmlink.model.mail import Message
from crmlink.model.problem import Problem
from crmlink.model.reading import Reading
from crmlink.model.workdays import WorkingCalendar

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class Explained:
    """One message with its reading; `message` and `reading` are None when the file holds no readable mail."""

    source: str
    message: Message | None
    reading: Reading | None
    problems: tuple[Problem, ...] = ()


def explain(
    files: Iterable[tuple[str, bytes]], owner: Owner | None, calendar: WorkingCalendar, language: str
) -> Iterator[Explained]:
    """What stands in each message, in the given order. Without an owner, each message is read as its first recipient.

    `language` is the one to assume where a text is too short to tell.
    """
    for source, raw in files:
        me = owner or _first_recipient(raw, calendar)
        facts = read_message(raw, owner=me, zone=calendar.zone)
        if facts.message is None:
            yield Explained(source, None, None, facts.problems)
            continue
        reading, broke = read_text(Reader(me, calendar, language), facts.message)
        yield Explained(source, facts.message, reading, (*facts.problems, *([broke] if broke else ())))


def _first_recipient(raw: bytes, calendar: WorkingCalendar) -> Owner:
    nobody = Owner("", ("",))
    message = read_message(raw, owner=nobody, zone=calendar.zone).message
    return Owner(message.to[0].name, (message.to[0].address,)) if message and message.to else nobody


def mail_files(place: str) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of one file, of every `*.eml` below a directory in name order, or of standard input for "-".

    Raises:
        UsageError: there is no such file or directory, or it cannot be read.
    """
    if place == STANDARD_INPUT:
        yield STANDARD_INPUT, sys.stdin.buffer.read(MAX_MESSAGE + 1)
        return
    path = Path(place)
    if path.is_dir():
        for file in sorted(path.rglob("*.eml")):
            yield str(file), _bytes(file)
    else:
        yield str(path), _bytes(path)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_MESSAGE + 1)  # enough to see that it is too large
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {os.strerror(error.errno or 0)}", hint="name a mail file, a directory or -"
        ) from error
