"""Chooses the writer for a place. It connects to nothing yet: a writer does when it is first asked."""

from __future__ import annotations

from pathlib import Path
from typing import assert_never

from crmlink.mailbox.folders import BY_SERVER, FolderNames
from crmlink.mailbox.imap import ImapAccess
from crmlink.mailbox.location import ImapLocation, MaildirLocation
from crmlink.mailbox.proof import TokenSource
from crmlink.writer.imap import ImapDraftWriter
from crmlink.writer.maildir import MaildirDraftWriter
from crmlink.writer.port import DraftWriter


def open_writer(
    location: ImapLocation | MaildirLocation,
    password: str = "",
    *,
    names: FolderNames = BY_SERVER,
    ca_file: Path | None = None,
    token: TokenSource | None = None,
) -> DraftWriter:
    """The writer for this place. All but `names` is for IMAP: `ca_file` is PEM, a `token` stands for the password.

    Raises SettingsError for a password that cannot be said over IMAP.
    """
    match location:
        case ImapLocation():
            return ImapDraftWriter(ImapAccess(location, password, names, ca_file, token=token))
        case MaildirLocation(path):
            return MaildirDraftWriter(path, names)
        case _:
            assert_never(location)
