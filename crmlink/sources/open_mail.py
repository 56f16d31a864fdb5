"""Chooses the mail source for a place. It connects to nothing yet: a source does when it is first asked."""

from __future__ import annotations

from pathlib import Path
from typing import assert_never

from crmlink.mailbox.folders import BY_SERVER, FolderNames
from crmlink.mailbox.imap import ImapAccess
from crmlink.mailbox.location import ImapLocation, MaildirLocation
from crmlink.mailbox.proof import TokenSource
from crmlink.sources.imap import ImapMailSource
from crmlink.sources.maildir import MaildirMailSource
from crmlink.sources.port import MailSource


def open_mail(
    location: ImapLocation | MaildirLocation,
    password: str = "",
    *,
    names: FolderNames = BY_SERVER,
    ca_file: Path | None = None,
    token: TokenSource | None = None,
) -> MailSource:
    """The source for this place. All but `names` is for IMAP: `ca_file` is PEM, a `token` stands for the password.

    Raises SettingsError for a password that cannot be said over IMAP.
    """
    match location:
        case ImapLocation():
            return ImapMailSource(ImapAccess(location, password, names, ca_file, token=token))
        case MaildirLocation(path):
            return MaildirMailSource(path, names)
        case _:
            assert_never(location)
