r"""Reads a mailbox on an IMAP server, without leaving a trace: EXAMINE and BODY.PEEK only.

Every folder is read but Trash, Junk and Drafts; the folder of all mail (`\All`) last, without drafts and without what
Gmail says also lies in the inbox or in sent mail. It cannot be left out: archived mail of Gmail lies nowhere else. A
message seen twice keeps its Message-ID, by which later stages know it.

A folder that stands where it stood is not even opened. A folder or message that cannot be read becomes a problem, and
the changes are then marked as truncated; a broken connection raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from crmlink.mailbox.fetch import Fetched
from crmlink.mailbox.folders import NOT_EVIDENCE, Folder
from crmlink.mailbox.imap import ImapAccess, ImapDoor, ImapRefusedError, ImapSession, door_to
from crmlink.model.errors import SourceError
from crmlink.model.mail import Role
from crmlink.model.problem import Problem
from crmlink.sources.imap_changes import Asked, FolderLook, read_stand, stand_of
from crmlink.sources.imap_texts import texts
from crmlink.sources.port import WHOLE, FolderRead, KnownMail, MailChanges, RawMessage, Sparing

_ORDER: Final = {Role.INBOX: 0, Role.SENT: 1, Role.ALL: 3}
_GMAIL: Final = "X-GM-EXT-1"


@dataclass(slots=True)
class _Progress:
    """How far a folder was read: what was given of it, under which UIDVALIDITY (0: not begun)."""

    uid_validity: int = 0
    given: set[int] = field(default_factory=set)
    whole: bool = True


class ImapMailSource:
    """A `MailSource` over IMAP. One connection, opened at the first call and kept; read one `changes` at a time.

    Given a door it shares that connection.
    """

    def __init__(self, place: ImapAccess | ImapDoor) -> None:
        self._door = door_to(place)

    @property
    def name(self) -> str:
        """What it is called in reports."""
        return "mail"

    def changes(self, known: KnownMail, *, since: date, sparing: Sparing = WHOLE) -> MailChanges:
        """What changed in the window. Connects now and reads lazily; both raise SourceError and its siblings."""
        session = self._door.session()
        session.release()
        found = [folder for folder in session.folders() if folder.role not in NOT_EVIDENCE]
        changes = MailChanges(items=iter(()))
        ordered = sorted(found, key=lambda folder: _ORDER.get(folder.role, 2))
        changes.items = _Reading(self._door, known, since, sparing, changes).items(ordered)
        return changes

    def close(self) -> None:
        """Close the connection. May be called twice."""
        self._door.close()


class _Reading:
    """One pass over the folders; it fills `changes` as it goes."""

    def __init__(self, door: ImapDoor, known: KnownMail, since: date, sparing: Sparing, changes: MailChanges) -> None:
        self._door = door
        self._known = known
        self._since = since
        self._sparing = sparing
        self._changes = changes

    def items(self, found: list[Folder]) -> Iterator[RawMessage | FolderRead]:
        """The new messages of the window, folder by folder."""
        for folder in found:
            try:
                yield from self._whole(folder)
            except ImapRefusedError as error:
                hint = "it is tried again at the next scan; if it was removed, nothing needs to be done"
                self._report(
                    "mail.folder-unreadable", folder.name, f"the folder could not be read: {error.reason}", hint
                )

    def _whole(self, folder: Folder) -> Iterator[RawMessage | FolderRead]:
        """A folder's messages. Servers drop connections while earlier mail is worked on: then it goes on, once."""
        progress = _Progress()
        try:
            yield from self._rest(folder, progress)
        except ImapRefusedError:
            raise
        except SourceError:
            yield from self._rest(folder, progress)

    def _rest(self, folder: Folder, progress: _Progress) -> Iterator[RawMessage | FolderRead]:
        session = self._door.current()
        asked = self._asked(session, folder)
        word = self._known.stand(folder.name)
        if word and word == stand_of(session.status(folder.name), everything=asked.everything):
            yield FolderRead(folder.name, folder.role, word)
            return
        opened = session.examine(folder.name)
        if progress.uid_validity not in (0, opened.uid_validity):
            raise SourceError(
                f"{session.server} renumbered {folder.name} while it was read", hint="it is read anew at the next scan"
            )
        progress.uid_validity = opened.uid_validity
        keys = {key: _uid(key, folder, opened.uid_validity) for key in self._known.keys(folder.name)}
        known = frozenset(uid for uid in keys.values() if uid)
        look = FolderLook(session, opened, known | progress.given, asked)
        for chunk in look.unknown(read_stand(word)):
            for message, raw in texts(session, chunk, self._sparing):
                yield from self._message(session, folder, progress, message, raw)
        gone = frozenset(key for key, uid in keys.items() if not uid or uid in look.gone)
        stand = stand_of(opened, everything=asked.everything) if progress.whole else ""
        yield FolderRead(folder.name, folder.role, stand, gone)

    def _asked(self, session: ImapSession, folder: Folder) -> Asked:
        everything = folder.role is Role.ALL
        return Asked(self._since, everything, labels=everything and session.has(_GMAIL))

    def _message(
        self, session: ImapSession, folder: Folder, progress: _Progress, fetched: Fetched, raw: bytes | None
    ) -> Iterator[RawMessage]:
        key = f"{folder.name};{progress.uid_validity};{fetched.uid}"
        progress.given.add(fetched.uid)
        if raw is not None:
            yield RawMessage(key, folder.name, folder.role, fetched.flags, fetched.received_at, fetched.size, raw)
        elif session.fetch(str(fetched.uid), "UID"):  # else it was removed meanwhile
            progress.whole = False
            hint = "open it in your mail program; it is tried again at the next scan"
            self._report("mail.unreadable", key, "the server did not give the text of this message", hint)

    def _report(self, code: str, subject: str, message: str, hint: str) -> None:
        self._changes.truncated = True
        self._changes.problems.append(Problem(code, subject, message, hint))


def _uid(key: str, folder: Folder, uid_validity: int) -> int:
    """The UID in a message's key, 0 when it belongs to another numbering."""
    numbering, _, uid = key.rpartition(";")
    return int(uid) if numbering == f"{folder.name};{uid_validity}" and uid.isdecimal() else 0
