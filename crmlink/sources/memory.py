"""Reads a mailbox in memory, as the IMAP source reads a server; see `crmlink.mailbox.memory`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from crmlink.mailbox.folders import NOT_EVIDENCE
from crmlink.mailbox.memory import MemoryFolder, MemoryMailbox
from crmlink.mailbox.window import CAP, in_window
from crmlink.sources.port import WHOLE, FolderRead, KnownMail, MailChanges, RawMessage, Sparing


class MemoryMailSource:
    """A `MailSource` over a `MemoryMailbox`."""

    def __init__(self, mailbox: MemoryMailbox) -> None:
        self._mailbox = mailbox

    @property
    def name(self) -> str:
        """What it is called in reports."""
        return "mail"

    def changes(self, known: KnownMail, *, since: date, sparing: Sparing = WHOLE) -> MailChanges:  # noqa: ARG002 - it has all at hand
        """What changed in the window outside Trash, Junk and Drafts."""
        return MailChanges(items=self._read(known, since))

    def close(self) -> None:
        """Nothing to let go of."""

    def _read(self, known: KnownMail, since: date) -> Iterator[RawMessage | FolderRead]:
        for folder in list(self._mailbox.folders.values()):
            if folder.role in NOT_EVIDENCE:
                continue
            stand = f"1 {folder.uid_validity} {folder.uid_next} {len(folder.mails)}"
            if known.stand(folder.name) == stand:
                yield FolderRead(folder.name, folder.role, stand)
                continue
            keys = known.keys(folder.name)
            present: set[str] = set()
            for message in _window(folder, since):
                present.add(message.key)
                if message.key not in keys:
                    yield message
            yield FolderRead(folder.name, folder.role, stand, keys - present)


def _window(folder: MemoryFolder, since: date) -> Iterator[RawMessage]:
    for mail in list(folder.mails.values()):
        if in_window(mail.received_at, since):
            yield RawMessage(
                key=f"{folder.name};{folder.uid_validity};{mail.uid}",
                folder=folder.name,
                role=folder.role,
                flags=mail.flags,
                received_at=mail.received_at,
                size=len(mail.raw),
                raw=mail.raw[:CAP],
            )
