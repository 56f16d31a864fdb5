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
from dataclasses import dataclass
from datetime import date
from typing import Final

from crmlink.mailbox.fetch import Fetched
from crmlink.mailbox.folders import NOT_EVIDENCE, Folder
from crmlink.mailbox.imap import ImapAccess, ImapDoor, ImapRefusedError, ImapSession
from crmlink.mailbox.window import CAP
from crmlink.model.errors import SourceError
from crmlink.model.mail import Role
from crmlink.model.problem import Problem
from crmlink.sources.imap_window import window
from crmlink.sources.port import MailChanges, RawMessage

_BATCH_BYTES: Final = 2 * CAP  # within the time for one command on a slow line
_ORDER: Final = {Role.INBOX: 0, Role.SENT: 1, Role.ALL: 3}
_GMAIL: Final = "X-GM-EXT-1"
_ELSEWHERE: Final = (b"\\inbox", b"\\sent", b"\\draft")


@dataclass(slots=True)
class _Place:
    """How far a folder was read: its last UID, under which UIDVALIDITY (0: not begun)."""

    uid_validity: int = 0
    uid: int = 0


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
        found = [folder for folder in self._door.session().folders() if folder.role not in NOT_EVIDENCE]
        changes = MailChanges(messages=iter(()), complete=True)
        ordered = sorted(found, key=lambda folder: _ORDER.get(folder.role, 2))
        changes.messages = _Reading(self._door, since, changes).messages(ordered)
        return changes

    def close(self) -> None:
        """Close the connection. May be called twice."""
        self._door.close()


class _Reading:
    """One pass over the folders; it fills `changes` as it goes."""

    def __init__(self, door: ImapDoor, since: date, changes: MailChanges) -> None:
        self._door = door
        self._since = since
        self._changes = changes
        self._stand: dict[str, dict[str, int]] = {}

    def messages(self, found: list[Folder]) -> Iterator[RawMessage]:
        """Every message of the window, folder by folder."""
        for folder in found:
            try:
                yield from self._whole(folder)
            except ImapRefusedError as error:
                hint = "it is tried again at the next scan; if it was removed, nothing needs to be done"
                self._report(
                    "mail.folder-unreadable", folder.name, f"the folder could not be read: {error.reason}", hint
                )
        self._changes.state = json.dumps({"version": 1, "folders": self._stand}, sort_keys=True)

    def _whole(self, folder: Folder) -> Iterator[RawMessage]:
        """A folder's messages. Servers drop connections while earlier mail is worked on: then it goes on, once."""
        place = _Place()
        try:
            yield from self._rest(folder, place)
        except ImapRefusedError:
            raise
        except SourceError:
            yield from self._rest(folder, place)

    def _rest(self, folder: Folder, place: _Place) -> Iterator[RawMessage]:
        session = self._door.current()
        opened = session.examine(folder.name)
        if place.uid_validity not in (0, opened.uid_validity):
            raise SourceError(
                f"{session.server} renumbered {folder.name} while it was read", hint="it is read anew at the next scan"
            )
        place.uid_validity = opened.uid_validity
        self._stand[folder.name] = {
            "uidvalidity": opened.uid_validity,
            "uidnext": opened.uid_next,
            "modseq": opened.modseq,
        }
        everything = folder.role is Role.ALL
        for chunk in window(session, opened, self._since, labels=everything and session.has(_GMAIL)):
            wanted = [each for each in chunk if each.uid > place.uid and (not everything or _only_here(each))]
            for batch in _batches(wanted):
                bodies = _bodies(session, batch)
                for message in batch:
                    yield from self._message(session, folder, place, message, bodies.get(message.uid))

    def _message(
        self, session: ImapSession, folder: Folder, place: _Place, fetched: Fetched, raw: bytes | None
    ) -> Iterator[RawMessage]:
        place.uid = fetched.uid
        key = f"{folder.name};{place.uid_validity};{fetched.uid}"
        if raw is not None:
            yield RawMessage(key, folder.name, folder.role, fetched.flags, fetched.received_at, fetched.size, raw)
        elif session.fetch(str(fetched.uid), "UID"):  # else it was removed meanwhile
            hint = "open it in your mail program; it is tried again at the next scan"
            self._report("mail.unreadable", key, "the server did not give the text of this message", hint)

    def _report(self, code: str, subject: str, message: str, hint: str) -> None:
        self._changes.truncated = True
        self._changes.problems.append(Problem(code, subject, message, hint))


def _only_here(message: Fetched) -> bool:
    """Whether a message in the folder of all mail is worth reading there."""
    return "\\draft" not in message.flags and not any(label in message.labels for label in _ELSEWHERE)


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
