r"""Reads a mailbox on an IMAP server, without leaving a trace: EXAMINE and BODY.PEEK only.

Every folder is read but Trash, Junk and Drafts; the folder of all mail (`\All`) last, without drafts and without what
Gmail says also lies in the inbox or in sent mail. It cannot be left out: archived mail of Gmail lies nowhere else. A
message seen twice keeps its Message-ID, by which later stages know it.

Bodies come in small batches, each cut at one mebibyte, so that memory stays flat. A folder or message that cannot be
read becomes a problem, and the changes are then marked as truncated; a broken connection raises.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Final

from crmlink.mailbox.fetch import Fetched, Opened
from crmlink.mailbox.folders import NOT_EVIDENCE, Folder
from crmlink.mailbox.imap import ImapAccess, ImapDoor, ImapRefusedError, ImapSession
from crmlink.mailbox.window import CAP
from crmlink.model.mail import Role
from crmlink.model.problem import Problem
from crmlink.sources.imap_window import window
from crmlink.sources.port import MailChanges, RawMessage

_BATCH_BYTES: Final = 2 * CAP  # within the time for one command on a slow line
_ORDER: Final = {Role.INBOX: 0, Role.SENT: 1, Role.ALL: 3}
_GMAIL: Final = "X-GM-EXT-1"
_ELSEWHERE: Final = (b"\\inbox", b"\\sent", b"\\draft")


class ImapMailSource:
    """A `MailSource` over IMAP. One connection, opened at the first call and kept; read one `changes` at a time."""

    def __init__(self, access: ImapAccess) -> None:
        self._door = ImapDoor(access)

    @property
    def name(self) -> str:
        """What it is called in reports."""
        return "mail"

    def changes(self, state: str | None, *, since: date) -> MailChanges:  # noqa: ARG002 - the whole window, whatever the state
        """Every message of the window. Connects now and reads lazily; both raise SourceError and its siblings."""
        session = self._door.session()
        found = [folder for folder in session.folders() if folder.role not in NOT_EVIDENCE]
        changes = MailChanges(messages=iter(()), complete=True)
        ordered = sorted(found, key=lambda folder: _ORDER.get(folder.role, 2))
        changes.messages = _read(session, ordered, since, changes)
        return changes

    def close(self) -> None:
        """Close the connection. May be called twice."""
        self._door.close()


def _read(session: ImapSession, found: list[Folder], since: date, changes: MailChanges) -> Iterator[RawMessage]:
    stand: dict[str, dict[str, int]] = {}
    labels = session.has(_GMAIL)
    for folder in found:
        try:
            opened = session.examine(folder.name)
            stand[folder.name] = {
                "uidvalidity": opened.uid_validity,
                "uidnext": opened.uid_next,
                "modseq": opened.modseq,
            }
            for chunk in window(session, opened, since, labels=labels and folder.role is Role.ALL):
                wanted = [each for each in chunk if folder.role is not Role.ALL or _only_here(each)]
                yield from _messages(session, folder, opened, wanted, changes)
        except ImapRefusedError as error:
            changes.truncated = True
            changes.problems.append(
                Problem(
                    "mail.folder-unreadable",
                    folder.name,
                    f"the folder could not be read: {error.reason}",
                    "it is tried again at the next scan; if it was removed, nothing needs to be done",
                )
            )
    changes.state = json.dumps({"version": 1, "folders": stand}, sort_keys=True)


def _only_here(message: Fetched) -> bool:
    """Whether a message in the folder of all mail is worth reading there."""
    return "\\draft" not in message.flags and not any(label in message.labels for label in _ELSEWHERE)


def _messages(
    session: ImapSession, folder: Folder, opened: Opened, wanted: list[Fetched], changes: MailChanges
) -> Iterator[RawMessage]:
    for batch in _batches(wanted):
        bodies = _bodies(session, batch)
        for message in batch:
            raw = bodies.get(message.uid)
            key = f"{folder.name};{opened.uid_validity};{message.uid}"
            if raw is not None:
                yield RawMessage(key, folder.name, folder.role, message.flags, message.received_at, message.size, raw)
            elif session.fetch(str(message.uid), "UID"):  # else it was removed meanwhile
                changes.truncated = True
                hint = "open it in your mail program; it is tried again at the next scan"
                problem = Problem("mail.unreadable", key, "the server did not give the text of this message", hint)
                changes.problems.append(problem)


def _bodies(session: ImapSession, batch: list[Fetched]) -> dict[int, bytes]:
    items = f"UID BODY.PEEK[]<0.{CAP}>"
    try:
        fetched = session.fetch(",".join(str(message.uid) for message in batch), items)
    except ImapRefusedError:
        if len(batch) == 1:
            return {}
        # One message the server cannot read spoils the whole answer: halve until it stands alone.
        middle = len(batch) // 2
        return _bodies(session, batch[:middle]) | _bodies(session, batch[middle:])
    return {message.uid: message.content for message in fetched if message.content is not None}


def _batches(messages: list[Fetched]) -> Iterator[list[Fetched]]:
    batch: list[Fetched] = []
    total = 0
    for message in messages:
        size = min(message.size, CAP)
        if batch and total + size > _BATCH_BYTES:
            yield batch
            batch, total = [], 0
        batch.append(message)
        total += size
    if batch:
        yield batch
