"""How fast the headers of a large mailbox come in: our reader, imapclient, and a raw socket that discards the same bytes.

Run: `uv run python -m tests.benchmarks.bench_headers [--messages N]`. It prints seconds, ratios to the raw socket measured
side by side in one run, and memory. Aim: 1.5 times the raw socket, 100 MB.
"""

from __future__ import annotations

import argparse
import socket
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

from imapclient import IMAPClient

from crmlink.mailbox.fetch import uid_windows
from crmlink.mailbox.imap import ImapAccess, open_session
from crmlink.mailbox.location import ImapLocation, Security
from tests.benchmarks.post import Post
from tests.benchmarks.served import measured, served
from tests.servers.accounts import ImapAccount

FIELDS = "FROM TO CC BCC REPLY-TO SENDER SUBJECT DATE MESSAGE-ID IN-REPLY-TO REFERENCES LIST-ID LIST-UNSUBSCRIBE AUTO-SUBMITTED PRECEDENCE RETURN-PATH"  # fmt: skip
ITEMS = f"UID INTERNALDATE RFC822.SIZE FLAGS BODY.PEEK[HEADER.FIELDS ({FIELDS})]"
WIDTH = 2000


def raw(account: ImapAccount) -> int:
    """Ask for everything at once and throw it away; gives the number of bytes."""
    with socket.create_connection((account.host, account.port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.recv(65536)
        total = 0
        for tag, command in enumerate(
            (f'LOGIN "{account.user}" "{account.password}"', "EXAMINE INBOX", f"UID FETCH 1:* ({ITEMS})")
        ):
            connection.sendall(f"T{tag} {command}\r\n".encode())
            total = _discard(connection, f"\r\nT{tag} OK".encode())
        return total


def _discard(connection: socket.socket, end: bytes) -> int:
    buffer, total, tail = bytearray(1 << 16), 0, b"\r\n"
    while size := connection.recv_into(buffer):
        total += size
        read = tail + buffer[:size]
        if end in read:
            break
        tail = bytes(read[-len(end) :])
    return total


def ours(account: ImapAccount) -> int:
    """As crmlink reads: in windows of UIDs."""
    location = ImapLocation(Security.NONE, account.host, account.port, account.user)
    with closing(open_session(ImapAccess(location, account.password))) as session:
        opened = session.examine("INBOX")
        return sum(len(session.fetch(uids, ITEMS)) for uids in uid_windows(1, opened.uid_next, width=WIDTH))


def imapclient(account: ImapAccount) -> int:
    """The library alone, in batches of as many UIDs."""
    with IMAPClient(account.host, account.port, ssl=False) as client:
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.login(account.user, account.password)
        client.select_folder("INBOX", readonly=True)
        uids = client.search()
        return sum(len(client.fetch(uids[at : at + WIDTH], [ITEMS])) for at in range(0, len(uids), WIDTH))


WAYS = {"raw": raw, "ours": ours, "imapclient": imapclient}


def main() -> None:
    """Print the figures; with a way and an account, go that way once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--way", nargs=4, metavar=("WAY", "PORT", "USER", "PASSWORD"))
    given = parser.parse_args()
    if given.way:
        way, port, user, password = given.way
        account, start = ImapAccount("127.0.0.1", int(port), user, password, None, None), time.perf_counter()
        print(WAYS[way](account), time.perf_counter() - start)
        return
    now = datetime.now(UTC)  # noqa: TID251 -- a benchmark
    with served(Post(given.messages, now, timedelta(days=1000))) as account:
        _compare(account)


def _compare(account: ImapAccount) -> None:
    _run(account, "raw")  # so that the server has everything at hand
    size, base, _ = _best(account, "raw", 3)
    print(f"{'a raw socket':<16}{base:8.2f} s            {size / 1e6:8.1f} MB read")
    for way, times in (("ours", 3), ("imapclient", 1)):
        count, seconds, memory = _best(account, way, times)
        print(f"{way:<16}{seconds:8.2f} s   {seconds / base:6.2f} x {memory:8.0f} MB memory  {count} messages")


def _best(account: ImapAccount, way: str, times: int) -> tuple[int, float, float]:
    return min((_run(account, way) for _ in range(times)), key=lambda one: one[1])


def _run(account: ImapAccount, way: str) -> tuple[int, float, float]:
    """What was read (bytes or messages), seconds, megabytes."""
    told = (way, str(account.port), account.user, account.password)
    done = measured([sys.executable, "-m", "tests.benchmarks.bench_headers", "--way", *told])
    count, seconds = done.out.split()
    return int(count), float(seconds), done.memory


if __name__ == "__main__":
    main()
