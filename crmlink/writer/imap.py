r"""Writes drafts into the Drafts folder of an IMAP server, and looks for them there.

The only write verbs are APPEND (one message, with \Draft and \Seen, to the one Drafts folder) and, for a draft of
crmlink's own that nobody touched, SELECT and UID MOVE to Trash. Never STORE, COPY, EXPUNGE, CLOSE, CREATE or SEARCH.
Every look opens the folder anew, because an old view may not show what another connection stored.

A message's `uid` here is "UIDVALIDITY:UID", so that a UID from before a renumbering is never taken for a new one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Final

from crmlink.mailbox.fetch import Fetched, Opened, opened, uid_windows
from crmlink.mailbox.folders import Folder, main_folder, no_folder
from crmlink.mailbox.imap import ImapAccess, ImapDoor, ImapRefusedError, ImapSession, door_to
from crmlink.model.draft import Position, StoredHeader
from crmlink.model.errors import SourceError, WriteRefusedError, WriteUnknownError
from crmlink.model.mail import Role
from crmlink.writer.headers import FIELDS, is_untouched, stored_header

_FLAGS: Final = (rb"\Draft", rb"\Seen")
_HEADERS: Final = f"UID RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER.FIELDS ({' '.join(FIELDS)})]"
_WIDTH: Final = 1000


class ImapDraftWriter:
    """A `DraftWriter` over IMAP. One connection, opened when needed and again after it broke. With a door it shares that connection."""

    def __init__(self, place: ImapAccess | ImapDoor) -> None:
        self._door = door_to(place)

    def position(self, role: Role = Role.DRAFTS) -> Position:
        """Where the folder of that role stands now, by STATUS. Raises FolderError, or SourceError and its siblings."""
        session = self._door.session()
        session.release()  # whoever shares the connection may have left the folder open
        folder = _main(session, role)
        with session.command(f"asking where {folder.name} stands") as client:
            status = client.folder_status(folder.name, ("UIDVALIDITY", "UIDNEXT"))
        return Position(folder.name, int(status.get(b"UIDVALIDITY", 0)), int(status.get(b"UIDNEXT", 0)))

    def append(self, raw: bytes) -> None:
        r"""Store one message in Drafts with \Draft and \Seen, dated by the server (RFC 9051 section 6.3.12)."""
        session = self._door.session()
        drafts = _main(session, Role.DRAFTS)
        try:
            with session.command("storing a draft") as client:
                client.append(drafts.name, raw, _FLAGS)
        except ImapRefusedError as error:
            raise WriteRefusedError(
                f"{session.server} refused the draft for {drafts.name}: {error.reason}",
                hint="nothing was stored; it is tried again later",
            ) from error
        except SourceError as error:
            self.close()
            raise WriteUnknownError(
                str(error), hint="crmlink looks whether the draft is there before it tries again"
            ) from error

    def headers(self, role: Role, *, since: Position | None = None) -> tuple[StoredHeader, ...]:
        """Identifying headers of what lies in the folders of that role, read fresh; in Drafts only the main folder."""
        session = self._door.session()
        found = [folder for folder in session.folders() if folder.role is role]
        if role is Role.DRAFTS:
            main = main_folder(found, role)
            found = [main] if main else []
        stored: list[StoredHeader] = []
        for folder in found:
            now = session.examine(folder.name)
            known = since is not None and (since.folder, since.uid_validity) == (folder.name, now.uid_validity)
            first = since.uid_next if since is not None and known else 1
            stored += [_header(now, message) for message in _fetched(session, now, max(first, 1))]
        _release(session)
        return tuple(stored)

    def read(self, header: StoredHeader) -> bytes | None:
        """The bytes of a message in Drafts as stored, None when it is gone."""
        session = self._door.session()
        now = session.examine(_main(session, Role.DRAFTS).name)
        message = _message(session, now, header)
        _release(session)
        return message.content if message else None

    def discard(self, header: StoredHeader, raw: bytes) -> bool:
        """Move our own untouched draft to Trash. False: changed, flagged, gone, or the server has no MOVE or Trash."""
        session = self._door.session()
        found = session.folders()
        drafts, trash = main_folder(found, Role.DRAFTS), main_folder(found, Role.TRASH)
        if drafts is None or trash is None or not session.has("MOVE"):
            return False
        try:
            with session.command(f"opening {drafts.name}") as client:
                now = opened(client.select_folder(drafts.name))
            message = _message(session, now, header)
            if message is None or not is_untouched(message.content or b"", message.flags, raw):
                return False
            with session.command("moving an overtaken draft to Trash") as client:
                client.move([message.uid], trash.name)
        except ImapRefusedError:
            return False
        else:
            return True
        finally:
            _release(session, selected=drafts.name)

    def close(self) -> None:
        """Close the connection. May be called twice."""
        self._door.close()


def _main(session: ImapSession, role: Role) -> Folder:
    found = main_folder(session.folders(), role)
    if found is None:
        raise no_folder(f"the mailbox on {session.server}", role)
    return found


def _fetched(session: ImapSession, now: Opened, first: int) -> Iterator[Fetched]:
    """Every message from UID `first` on, once; the last set is open, for whatever arrived since the folder was opened."""
    last = f"{max(first, now.uid_next)}:*"
    for uids in (*uid_windows(first, now.uid_next, width=_WIDTH), last) if now.uid_next else (last,):
        # "n:*" gives the last message even when its UID is below n (RFC 9051 section 6.4.9).
        low = int(uids.partition(":")[0])
        yield from (
            message for message in session.fetch(uids, _HEADERS) if message.uid >= low and message.content is not None
        )


def _header(now: Opened, message: Fetched) -> StoredHeader:
    name = f"{now.uid_validity}:{message.uid}"
    return stored_header(name, message.content or b"", size=message.size, stored_at=message.received_at)


def _message(session: ImapSession, now: Opened, header: StoredHeader) -> Fetched | None:
    """The whole message in the folder just opened, with its flags; None when it is not there any more."""
    validity, _, uid = header.uid.partition(":")
    if validity != str(now.uid_validity) or not uid.isdigit():
        return None
    fetched = session.fetch(uid, "UID FLAGS BODY.PEEK[]")
    return next((message for message in fetched if message.uid == int(uid) and message.content is not None), None)


def _release(session: ImapSession, *, selected: str | None = None) -> None:
    """Let go of the opened folder; where UNSELECT is unknown, a folder that was SELECTed is at least made read-only."""
    with contextlib.suppress(SourceError):
        if session.has("UNSELECT"):
            with session.command("closing the folder") as client:
                client.unselect_folder()
        elif selected is not None:
            session.examine(selected)
