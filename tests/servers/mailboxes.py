"""Seeds mailboxes and looks into them, for tests only.

Looking changes nothing: folders are opened read-only and bodies peeked at, so that a test can prove that crmlink
changed nothing either.
"""

from __future__ import annotations

import datetime as dt
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from imapclient import IMAPClient

from tests.servers.accounts import ImapAccount


@contextmanager
def connected(account: ImapAccount) -> Iterator[IMAPClient]:
    """A logged-in client on the plain port."""
    with IMAPClient(account.host, port=account.port, ssl=False, timeout=15) as client:
        # Without it every small command waits 40 ms for the peer's delayed acknowledgement.
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.login(account.user, account.password)
        yield client


def deliver(
    account: ImapAccount,
    raw: bytes,
    folder: str = "INBOX",
    flags: Sequence[str] = (),
    received_at: dt.datetime | None = None,
) -> int:
    """Put a message into a folder, as a delivery or another client would; gives its UID.

    Line ends become CRLF, because Cyrus refuses others. `received_at` is aware; without it the server takes its clock.
    """
    assert received_at is None or received_at.tzinfo is not None, "received_at must be aware"
    with connected(account) as client:
        answer = client.append(folder, re.sub(rb"\r?\n", b"\r\n", raw), flags, received_at)
    found = re.search(rb"APPENDUID \d+ (\d+)", answer)
    assert found, f"the server gave no UID: {answer!r}"
    return int(found.group(1))


def flags_of(account: ImapAccount, folder: str = "INBOX") -> dict[int, frozenset[str]]:
    r"""UID -> flags of every message of a folder, without \Recent, which belongs to the session that looks."""
    return {
        uid: frozenset(flag.decode() for flag in data[b"FLAGS"]) - {"\\Recent"}
        for uid, data in fetched(account, folder, "FLAGS").items()
    }


def messages(account: ImapAccount, folder: str = "INBOX") -> list[bytes]:
    """Every message of a folder as the server holds it, in order of UID."""
    return [data[b"BODY[]"] for _, data in sorted(fetched(account, folder, "BODY.PEEK[]").items())]


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


def fetched(account: ImapAccount, folder: str, item: str) -> dict[int, dict[bytes, Any]]:
    """One FETCH item of every message of a folder."""
    with connected(account) as client:
        client.select_folder(folder, readonly=True)
        uids = client.search(["ALL"])
        answers: dict[int, dict[bytes, Any]] = dict(client.fetch(uids, [item])) if uids else {}
        return answers
