"""Fills mailboxes of our own servers and looks into them.

Looking changes nothing: folders are opened read-only and bodies peeked at.
"""

from __future__ import annotations

import datetime as dt
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from imapclient import IMAPClient

from crmlink.demo.servers.accounts import ImapAccount


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
    with connected(account) as client:
        return store(client, raw, folder, flags, received_at)


def store(
    client: IMAPClient, raw: bytes, folder: str, flags: Sequence[str] = (), received_at: dt.datetime | None = None
) -> int:
    """The same over a connection that is there already."""
    assert received_at is None or received_at.tzinfo is not None, "received_at must be aware"
    answer = client.append(folder, re.sub(rb"\r?\n", b"\r\n", raw), flags, received_at)
    found = re.search(rb"APPENDUID \d+ (\d+)", answer)
    assert found, f"the server gave no UID: {answer!r}"
    return int(found.group(1))


def messages(account: ImapAccount, folder: str = "INBOX") -> list[bytes]:
    """Every message of a folder as the server holds it, in order of UID."""
    return [data[b"BODY[]"] for _, data in sorted(fetched(account, folder, "BODY.PEEK[]").items())]


def fetched(account: ImapAccount, folder: str, item: str) -> dict[int, dict[bytes, Any]]:
    """One FETCH item of every message of a folder."""
    with connected(account) as client:
        client.select_folder(folder, readonly=True)
        uids = client.search(["ALL"])
        answers: dict[int, dict[bytes, Any]] = dict(client.fetch(uids, [item])) if uids else {}
        return answers
