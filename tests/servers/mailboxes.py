"""Seeds mailboxes and looks into them, for tests only.

Looking changes nothing: folders are opened read-only and bodies peeked at, so that a test can prove that crmlink
changed nothing either.
"""

from __future__ import annotations

from collections.abc import Sequence

from crmlink.demo.servers.mailboxes import connected, deliver, fetched, messages
from tests.servers.accounts import ImapAccount

__all__ = ["connected", "deliver", "fetched", "flags_of", "folders_of", "messages", "remove", "set_flags"]


def flags_of(account: ImapAccount, folder: str = "INBOX") -> dict[int, frozenset[str]]:
    r"""UID -> flags of every message of a folder, without \Recent, which belongs to the session that looks."""
    return {
        uid: frozenset(flag.decode() for flag in data[b"FLAGS"]) - {"\\Recent"}
        for uid, data in fetched(account, folder, "FLAGS").items()
    }


def folders_of(account: ImapAccount) -> dict[str, frozenset[str]]:
    """Folder name -> its attributes, in lower case (Cyrus and Dovecot differ)."""
    with connected(account) as client:
        return {
            name: frozenset(attribute.decode().lower() for attribute in attributes)
            for attributes, _, name in client.list_folders()
        }


def remove(account: ImapAccount, uid: int, folder: str = "INBOX") -> None:
    """Delete one message for good, as the owner would in a mail client."""
    with connected(account) as client:
        client.select_folder(folder)
        client.delete_messages([uid])
        client.uid_expunge([uid]) if client.has_capability("UIDPLUS") else client.expunge()


def set_flags(account: ImapAccount, uid: int, flags: Sequence[str], folder: str = "INBOX") -> None:
    """Add flags to one message, as the owner's mail client does when it is read or answered."""
    with connected(account) as client:
        client.select_folder(folder)
        client.add_flags([uid], flags)
