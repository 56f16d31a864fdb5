"""How soon a daemon answers new mail with a draft, and what it costs while it waits; on Dovecot and Radicale.

Run: `uv run python -m tests.benchmarks.bench_daemon [soon|idle|memory]`. Aims: from the delivery of a mail to the draft
in the Drafts folder 2 s (median of 20); of an idle daemon less than 0.5 % of a processor over 60 s; less than 120 MB of
memory after 300 passes.
"""

from __future__ import annotations

import argparse
import random  # noqa: TID251 -- moments of delivery from a fixed seed
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.office import Office
from tests.e2e.running import Running, running
from tests.servers import mailboxes
from tests.servers.dovecot_server import Dovecot
from tests.servers.radicale_server import Radicale

QUESTION = "Hoi Marleen,\n\nKun je me laten weten of de levertijd nog klopt?\n\nGroet,\n"
MAILS, SECONDS, PASSES = 20, 60, 300


@contextmanager
def at_work() -> Iterator[tuple[Office, Running]]:
    """An office with some mail and meetings, and a daemon after its first passes that found the ledger made."""
    with Dovecot() as dovecot, Radicale() as radicale, tempfile.TemporaryDirectory() as place:
        office = Office(dovecot.account(), radicale.account(), Path(place))
        office.settings["MAX_DRAFTS_PER_DAY"] = "100"
        for number in range(200):
            office.receive(f"old{number}", _sender(1000 + number), "Dank je wel!", days_ago=10)
            if number % 10 == 0:
                office.book(f"m{number}", "Overleg", _sender(2000 + number), in_days=2 + number // 10)
        with running(office.environment(), office.directory) as maker:
            maker.says("pass done")
            print(f"a daemon that had to make its ledger: {maker.memory:.0f} MB")
            maker.stop()
        with running(office.environment(), office.directory) as daemon:
            daemon.says("pass done")
            daemon.says("pass done")  # the one that looks again once new mail is waited for
            yield office, daemon
            daemon.stop()


def soon() -> None:
    """From delivery to draft."""
    chance, took = random.Random(1), []  # noqa: S311 -- no secret
    with at_work() as (office, daemon):
        for number in range(MAILS):
            time.sleep(6 + chance.random())
            with mailboxes.connected(office.mail) as client:
                office.receive(f"ask{number}", _sender(number), f"{QUESTION}{number}", days_ago=8)
                delivered = time.perf_counter()
                while client.folder_status("Drafts", ("MESSAGES",))[b"MESSAGES"] <= number:
                    time.sleep(0.02)
                    if time.perf_counter() - delivered > 60:
                        raise SystemExit("no draft came: " + "".join(daemon.log))
                took.append(time.perf_counter() - delivered)
    print(f"mail to draft, {MAILS} times: median {statistics.median(took):.2f} s, worst {max(took):.2f} s")


def idle() -> None:
    """Processor time while nothing happens."""
    with at_work() as (_, daemon):
        before = daemon.cpu
        time.sleep(SECONDS)
        print(f"idle for {SECONDS} s: {(daemon.cpu - before) / SECONDS:.2%} of a processor, {daemon.memory:.0f} MB")


def memory() -> None:
    """Memory after many passes: each SIGHUP asks for one."""
    with at_work() as (_, daemon):
        before, open_before = daemon.memory, daemon.descriptors
        cpu, began = daemon.cpu, time.perf_counter()
        for _ in range(PASSES):
            daemon.hup()
            daemon.says("pass done")
        each = (time.perf_counter() - began) / PASSES
        print(
            f"{PASSES} passes: {daemon.memory:.0f} MB (first {before:.0f}), {daemon.descriptors} descriptors "
            f"(first {open_before}), {1000 * each:.0f} ms and {1000 * (daemon.cpu - cpu) / PASSES:.0f} ms of processor each"
        )


def _sender(number: int) -> str:
    return f"Piet{number} Bakker <piet{number}@klant{number}.example>"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else None)
    kinds = {"soon": soon, "idle": idle, "memory": memory}
    parser.add_argument("kind", nargs="?", choices=kinds)
    chosen = parser.parse_args().kind
    for kind in [chosen] if chosen else kinds:
        kinds[kind]()


if __name__ == "__main__":
    main()
