"""Lets a daemon work for long while everything around it breaks, and counts what came of it.

Run: `nice uv run python -m tests.benchmarks.soak --minutes 30`. One owner on Dovecot and Radicale, both behind proxies that
cut, delay, refuse and lie all the time. Mail arrives and meetings are cancelled; the daemon's clocks run twenty times as
fast, so that its minutes of patience pass in seconds. At the end the faults stop, and then every lapse must have
exactly one draft. Printed every minute: memory, descriptors, processor time, drafts. Aims: memory grows less than 5 %
after the first fifth, as many descriptors at the end as then, drafts as the oracle says. Exit code 1 when an aim is missed.
"""

from __future__ import annotations

import argparse
import os
import random  # noqa: TID251 -- accidents from a fixed seed
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from crmlink.app.clock import steady_clock, system_clock
from crmlink.app.config.accounts import accounts_of
from crmlink.app.log import configure
from crmlink.app.service.account_service import Machine
from crmlink.app.service.daemon import Daemon, wait_on
from tests.e2e.office import Office, environment_of
from tests.e2e.running import Running
from tests.e2e.watch import watched
from tests.faults import http_faults, imap_faults
from tests.faults.guard import judge
from tests.faults.http_faults import LISTING, On
from tests.faults.imap_faults import Bye, Cut, Refuse, Silence, Trickle
from tests.faults.wire import At, Part
from tests.servers import mailboxes
from tests.servers.dovecot_server import Dovecot
from tests.servers.radicale_server import Radicale

SPEED = 20
MOST_LAPSES = 95  # the program places no more than a hundred a day
QUESTION = "Hoi Marleen,\n\nKun je me laten weten of de levertijd nog klopt?\n\nGroet,\n"
SETTLES = (
    900  # seconds: a draft of unknown fate is looked for again after two minutes, some of them after several tries
)
VERBS = ("EXAMINE", "STATUS", "LIST", "NOOP", "UID FETCH", "APPEND", "IDLE", "AUTHENTICATE", "SELECT")
MAIL_FAULTS: tuple[imap_faults.Fault, ...] = (
    *(Cut(At(verb, part, nth=0)) for verb in VERBS for part in (Part.COMMAND, Part.TAGGED)),
    *(Cut(At(verb, Part.UNTAGGED, nth=0), reset=True) for verb in ("UID FETCH", "IDLE", "LIST")),
    *(Cut(At("APPEND", part, nth=0)) for part in (Part.LITERAL_BEGINS, Part.LITERAL_ENDS, Part.GO_AHEAD)),
    *(Bye(At(verb, Part.TAGGED, nth=0)) for verb in ("UID FETCH", "STATUS", "APPEND")),
    *(Bye(At("IDLE", part, nth=0)) for part in (Part.GO_AHEAD, Part.UNTAGGED)),
    *(Refuse(At(verb, nth=0), "NO [UNAVAILABLE] not now") for verb in ("AUTHENTICATE", "APPEND", "EXAMINE", "STATUS")),
    Refuse(At("APPEND", nth=0), "NO [OVERQUOTA] full", late=True),
    Trickle(At("EXAMINE", Part.TAGGED, nth=0), pause=0.002),
    Silence(At("IDLE", nth=0)),
    imap_faults.NO_APPENDUID,
    imap_faults.SWAPPED_APPENDUID,
    imap_faults.WRONG_APPENDUID,
    imap_faults.FINDS_NOTHING,
)
CALENDAR_FAULTS: tuple[http_faults.Fault, ...] = (
    *(http_faults.Answer(On(), status) for status in (429, 500, 502, 503)),
    http_faults.Answer(On("REPORT"), 507),
    http_faults.Shrink(LISTING, 0),
    http_faults.Shrink(LISTING, 60),
    http_faults.Truncate(On("REPORT")),
    http_faults.Truncate(On("PROPFIND"), honest=False),
)


def fast_daemon() -> None:
    """The daemon itself, in its own process, with minutes that pass in seconds."""
    configure(as_json=False)
    steady, begin = steady_clock(), system_clock()()
    zero = steady()
    machine = Machine(
        lambda: begin + timedelta(seconds=SPEED * (steady() - zero)),
        lambda: SPEED * steady(),
        random.SystemRandom().random,
        lambda seconds, descriptors: wait_on(seconds / SPEED, descriptors),
    )
    Daemon(lambda: accounts_of(os.environ, env_file=None), machine).run()


@contextmanager
def started(office: Office) -> Iterator[Running]:
    """The fast daemon of this office."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.soak", "--daemon"],
        stderr=subprocess.PIPE,
        text=True,
        env=environment_of(office.environment()),
    )
    try:
        yield Running(process)
    finally:
        process.kill()
        process.wait()


class Life:
    """What goes on around the daemon: mail, meetings, faults. `lapses` is the oracle: the addresses that are due a draft."""

    def __init__(self, office: Office, seconds: float) -> None:
        self._office = office
        self._pause = max(seconds / MOST_LAPSES, 4.0)
        self._chance = random.Random(11)  # noqa: S311 -- no secret
        self._over = threading.Event()
        self._threads = [threading.Thread(target=one, daemon=True) for one in (self._arrive, self._break)]
        self.lapses: list[str] = []
        self.faults = 0

    def begin(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """No more mail and no more faults."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _arrive(self) -> None:
        number = 0
        while len(self.lapses) < MOST_LAPSES and not self._over.wait(self._pause * self._chance.uniform(0.2, 1.8)):
            number += 1
            address = f"piet{number}@klant{number}.example"
            who = f"Piet{number} Bakker <{address}>"
            if number % 6 == 0:
                self._office.receive(f"thanks{number}", who, "Dank je wel!", days_ago=1, subject=f"Dank {number}")
                continue
            if number % 6 == 3:
                self._office.book(f"m{number}", f"Overleg {number}", who, in_days=3 + number % 20, status="CANCELLED")
            else:
                self._office.receive(
                    f"ask{number}", who, f"{QUESTION}Piet{number}", days_ago=8, subject=f"Offerte {number}"
                )
            self.lapses.append(address)

    def _break(self) -> None:
        watch = self._office.watch
        assert watch is not None
        assert watch.calendar is not None
        while not self._over.wait(self._chance.uniform(0.5, 3)):
            if self._chance.random() < 0.7:
                watch.mail.faults = (self._chance.choice(MAIL_FAULTS),)
            if self._chance.random() < 0.3:
                watch.calendar.faults = (self._chance.choice(CALENDAR_FAULTS),)
            self.faults += 1
            self._over.wait(self._chance.uniform(0.2, 4))
            watch.mail.faults, watch.calendar.faults = (), ()


def addressees(office: Office) -> Counter[str]:
    """How many drafts there are to each address."""
    raws = mailboxes.messages(office.mail, "Drafts")
    found = (re.search(rb"^To:.*?([\w.]+@[\w.]+)", raw, re.MULTILINE | re.DOTALL) for raw in raws)
    return Counter(one[1].decode() for one in found if one)


def soak(minutes: float, log: Path | None) -> bool:
    """Whether all aims were met. The daemon's log is written to `log`."""
    with Dovecot() as dovecot, Radicale() as radicale, tempfile.TemporaryDirectory() as place:
        mail, calendar = dovecot.account(), radicale.account()
        with watched(mail, calendar) as watch:
            office = Office(mail, calendar, Path(place), watch=watch)
            office.settings |= {"MAX_DRAFTS_PER_DAY": "100", "SCAN_EVERY_MINUTES": "1"}
            for number in range(60):  # a listing may shrink by a meeting or two without being doubted
                office.book(
                    f"old{number}", f"Overleg oud {number}", f"Kim <kim{number}@oud.example>", in_days=3 + number % 60
                )
            with started(office) as daemon:
                try:
                    return _soaked(office, daemon, minutes)
                finally:
                    if log:
                        log.write_text("".join(daemon.log))


def _soaked(office: Office, daemon: Running, minutes: float) -> bool:
    daemon.says("pass done")
    life = Life(office, 60 * minutes)
    life.begin()
    began = time.monotonic()
    first: tuple[float, int] | None = None
    while (passed := time.monotonic() - began) < 60 * minutes and daemon.process.poll() is None:
        time.sleep(min(60, 60 * minutes - passed + 0.1))
        if first is None and passed > 12 * minutes:
            first = daemon.memory, _at_rest(daemon)
        _show(daemon, office, life, passed / 60)
    life.end()
    first = first or (daemon.memory, _at_rest(daemon))
    missing, began = set(life.lapses), time.monotonic()
    while missing and time.monotonic() - began < SETTLES and daemon.process.poll() is None:
        time.sleep(5)
        missing = set(life.lapses) - set(addressees(office))
    time.sleep(10)
    _show(daemon, office, life, (time.monotonic() - began) / 60)
    return _judged(office, daemon, life, first)


def _at_rest(daemon: Running) -> int:
    """The descriptors that are open between two passes: the fewest that are seen for some seconds."""
    seen = []
    for _ in range(200):
        seen.append(daemon.descriptors)
        time.sleep(0.05)
    return min(seen)


def _show(daemon: Running, office: Office, life: Life, minute: float) -> None:
    said = Counter(next((word for word in EVENTS if word in line), "") for line in daemon.log)
    told = ", ".join(f"{said[word]} {word}" for word in EVENTS)
    print(
        f"{minute:5.1f} min: {daemon.memory:.1f} MB, {daemon.descriptors} descriptors, {daemon.cpu:.0f} s of processor, "
        f"{life.faults} faults, {len(life.lapses)} lapses, {addressees(office).total()} drafts; {told}",
        flush=True,
    )


BUGS = ("pass broke", "watch broke", "job broke", "observer broke", "account stopped")
EVENTS = ("pass done", "pass failed", "watch lost", "watch stands again", "on schedule only", "job failed", *BUGS)


def _judged(office: Office, daemon: Running, life: Life, first: tuple[float, int]) -> bool:
    drafts = addressees(office)
    memory, descriptors = daemon.memory, _at_rest(daemon)
    assert office.watch is not None
    wrong = [
        *(f"no draft to {address}" for address in set(life.lapses) - set(drafts)),
        *(f"{count} drafts to {address}" for address, count in drafts.items() if count > 1),
        *(f"a draft to {address}, who is due none" for address in set(drafts) - set(life.lapses)),
        *judge(office.watch.mail.said),
        *([f"memory grew from {first[0]:.1f} to {memory:.1f} MB"] if memory > 1.05 * first[0] else []),
        *([f"{descriptors} descriptors, {first[1]} before"] if descriptors > first[1] else []),
        *(line.strip() for line in daemon.log if any(bug in line for bug in BUGS)),
    ]
    if daemon.process.poll() is not None:
        wrong.append(f"the daemon ended with {daemon.process.returncode}: {''.join(daemon.log[-20:])}")
    else:
        wrong += [] if daemon.stop() == 0 else ["it did not stop well"]
    print(f"memory {first[0]:.1f} -> {memory:.1f} MB, descriptors {first[1]} -> {descriptors}")
    print(f"{len(life.lapses)} lapses, {drafts.total()} drafts, {len(wrong)} wrong", *wrong, sep="\n  ")
    return not wrong


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else None)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--log", type=Path, help="where to keep what the daemon logged")
    parser.add_argument("--daemon", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.daemon:
        fast_daemon()
    else:
        sys.exit(0 if soak(chosen.minutes, chosen.log) else 1)


if __name__ == "__main__":
    main()
