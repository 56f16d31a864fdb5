"""How long a whole `crmlink scan` takes beside mbsync, the fastest program that pulls a mailbox, on the same Dovecot.

Run: `uv run python -m tests.benchmarks.bench_scan [first|unchanged] [--messages N]`. Every figure is a whole process, and the
ratios are measured side by side in one run. Aims: a first scan over everything, 2 000 events included, takes half of
what mbsync takes and 250 MB; a scan when nothing changed takes three times an mbsync that finds nothing, and no longer
for a larger mailbox with as much mail in its window (`--large N`, kept in mbox files).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.benchmarks.post import OWNER, Post
from tests.benchmarks.served import MAILDIR, MBOX, Mbsync, Measured, best_of, measured, served
from tests.servers.accounts import ImapAccount

NOW = datetime.now(UTC)  # noqa: TID251 -- a benchmark
EVENTS = 2_000
RECENT = 2_000


@dataclass(frozen=True, slots=True)
class Scanned:
    """An account, a calendar and a place for the ledger."""

    account: ImapAccount
    directory: Path

    def run(self, *arguments: str) -> Measured:
        """One whole `crmlink scan`."""
        environment = {
            "CRMLINK_ME": OWNER,
            "CRMLINK_MAIL": self.account.url,
            "CRMLINK_MAIL_PASSWORD": self.account.password,
            "CRMLINK_CALENDAR": f"vdir://{self.directory}/agenda",
            "CRMLINK_DATABASE": str(self.directory / "ledger.db"),
        }
        return measured([sys.executable, "-m", "crmlink", "scan", "--json", *arguments], environment, codes=(0, 1))


@contextmanager
def office(post: Post, *, location: str = MAILDIR) -> Iterator[tuple[Scanned, Mbsync]]:
    """A mailbox with this post, a calendar, and both programs ready to run for the first time."""
    with served(post, location=location) as account, tempfile.TemporaryDirectory() as place:
        directory = Path(place)
        _fill_calendar(directory / "agenda")
        yield Scanned(account, directory), Mbsync(account, directory / "mbsync")


def _fill_calendar(directory: Path) -> None:
    directory.mkdir(parents=True)
    for number in range(EVENTS):
        start = NOW + timedelta(hours=number - EVENTS // 2)
        lines = [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bench//EN", "BEGIN:VEVENT", f"UID:{number}@agenda.example",
            f"DTSTAMP:{start:%Y%m%dT%H%M%SZ}", f"DTSTART:{start:%Y%m%dT%H%M%SZ}", "DURATION:PT30M", f"SUMMARY:Werk {number}",
            "END:VEVENT", "END:VCALENDAR", "",
        ]  # fmt: skip
        (directory / f"{number}.ics").write_bytes("\r\n".join(lines).encode())


def first(count: int) -> None:
    """A first scan over everything."""
    span = timedelta(days=1000)
    with office(Post(count, NOW, span)) as (scanned, mbsync):
        since = (NOW - span - timedelta(days=2)).date().isoformat()
        pulled = mbsync.run()
        _show(f"mbsync, {count} messages", pulled, pulled)
        _show("crmlink scan, the first", scanned.run("--since", since), pulled)
        _show("crmlink scan, again", scanned.run("--since", since), pulled)


def unchanged(count: int, large: int) -> None:
    """A scan when nothing changed, with the default look-back and always as much mail in it."""
    with office(Post(count, NOW, timedelta(days=1000), RECENT)) as (scanned, mbsync):
        mbsync.run()
        nothing = best_of(5, mbsync.run)
        _show(f"mbsync, {count} messages, nothing new", nothing, nothing)
        _show("crmlink scan, nothing new", _again(scanned), nothing)
    small, big = _in_mbox(10_000), _in_mbox(large)
    print(f"from 10000 to {large} messages: {big.wall / small.wall:.2f} x")


def _in_mbox(count: int) -> Measured:
    with office(Post(count, NOW, timedelta(days=1000), RECENT), location=MBOX) as (scanned, _):
        return _again(scanned)


def _again(scanned: Scanned) -> Measured:
    scanned.run()
    scanned.run()
    return best_of(5, scanned.run)


def _show(name: str, one: Measured, reference: Measured) -> None:
    ratio = one.wall / reference.wall
    print(f"{name:<44}{one.wall:8.2f} s {ratio:6.2f} x {one.cpu:8.2f} s processor {one.memory:6.0f} MB", flush=True)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", nargs="?", choices=("first", "unchanged"))
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    given = parser.parse_args()
    if given.what != "unchanged":
        first(given.messages)
    if given.what != "first":
        unchanged(given.messages, given.large)


if __name__ == "__main__":
    main()
