"""Reads a mailbox in memory, as the IMAP source reads a server; see `crmlink.mailbox.memory`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

from crmlink.mailbox.folders import NOT_EVIDENCE
from crmlink.mailbox.memory import MemoryMailbox
from crmlink.mailbox.window import CAP, in_window
from crmlink.sources.port import MailChanges, RawMessage


class MemoryMailSource:
    """A `MailSource` over a `MemoryMailbox`. Always reads the whole window."""

    def __init__(self, mailbox: MemoryMailbox) -> None:
        self._mailbox = mailbox

    @property
    def name(self) -> str:
        """What it is called in reports."""
        return "mail"

    def changes(self, state: str | None, *, since: date) -> MailChanges:  # noqa: ARG002 - the whole window, whatever the state
        """Every message of the window outside Trash, Junk and Drafts."""
        folders = [folder for folder in self._mailbox.folders.values() if folder.role not in NOT_EVIDENCE]
        stand = {folder.name: [folder.uid_validity, folder.uid_next] for folder in folders}
        return MailChanges(messages=self._read(since), complete=True, state=json.dumps(stand, sort_keys=True))

    def close(self) -> None:
        """Nothing to let go of."""

    def _read(self, since: date) -> Iterator[RawMessage]:
        for folder in list(self._mailbox.folders.values()):
            if folder.role in NOT_EVIDENCE:
                continue
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
