r"""Writes drafts into a mailbox in memory, as the IMAP writer does on a server; see `crmlink.mailbox.memory`."""

from __future__ import annotations

from crmlink.mailbox.folders import no_folder
from crmlink.mailbox.memory import AppendFault, MemoryFolder, MemoryMailbox
from crmlink.model.draft import Position, StoredHeader
from crmlink.model.errors import WriteRefusedError, WriteUnknownError
from crmlink.model.mail import Role
from crmlink.writer.headers import is_untouched, stored_header


class MemoryDraftWriter:
    """A `DraftWriter` over a `MemoryMailbox`."""

    def __init__(self, mailbox: MemoryMailbox) -> None:
        self._mailbox = mailbox

    def position(self, role: Role = Role.DRAFTS) -> Position:
        """Where the folder of that role stands now."""
        folder = self._folder(role)
        return Position(folder.name, folder.uid_validity, folder.uid_next)

    def append(self, raw: bytes) -> None:
        r"""Store one message in Drafts with \Draft and \Seen, unless the mailbox has a fault in store."""
        drafts = self._folder(Role.DRAFTS)
        faults = self._mailbox.append_faults
        fault = faults.popleft() if faults else None
        if fault is AppendFault.REFUSED:
            raise WriteRefusedError("the mailbox refused the draft: over quota", hint="make room and scan again")
        if fault is not AppendFault.LOST:
            drafts.store(raw, ("\\draft", "\\seen"), None)
        if fault is not None:
            raise WriteUnknownError("the connection broke while a draft was handed over")

    def headers(self, role: Role, *, since: Position | None = None) -> tuple[StoredHeader, ...]:
        """Identifying headers of the folder of that role."""
        folder = self._mailbox.with_role(role)
        if folder is None:
            return ()
        known = since is not None and (since.folder, since.uid_validity) == (folder.name, folder.uid_validity)
        first = since.uid_next if since is not None and known else 0
        mails = (mail for mail in folder.mails.values() if mail.uid >= first)
        return tuple(
            stored_header(_name(folder, mail.uid), mail.raw, size=len(mail.raw), stored_at=mail.received_at)
            for mail in mails
        )

    def read(self, header: StoredHeader) -> bytes | None:
        """The bytes of a message in Drafts, None when it is gone."""
        drafts = self._folder(Role.DRAFTS)
        return next((mail.raw for mail in drafts.mails.values() if _name(drafts, mail.uid) == header.uid), None)

    def discard(self, header: StoredHeader, raw: bytes) -> bool:
        """Move our own untouched draft to Trash."""
        drafts, trash = self._folder(Role.DRAFTS), self._mailbox.with_role(Role.TRASH)
        mail = next((mail for mail in drafts.mails.values() if _name(drafts, mail.uid) == header.uid), None)
        if mail is None or trash is None or not is_untouched(mail.raw, mail.flags, raw):
            return False
        self._mailbox.move(drafts.name, mail.uid, trash.name)
        return True

    def close(self) -> None:
        """Nothing to let go of."""

    def _folder(self, role: Role) -> MemoryFolder:
        folder = self._mailbox.with_role(role)
        if folder is None:
            raise no_folder("the mailbox in memory", role)
        return folder


def _name(folder: MemoryFolder, uid: int) -> str:
    return f"{folder.uid_validity}:{uid}"
