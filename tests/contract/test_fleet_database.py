"""The database of a fleet on a real PostgreSQL: its tables, its mailboxes, and what is put into the queue when."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from procrastinate.schema import SchemaManager
from sqlalchemy import inspect, text

from crmlink.fleet.alone import alone_with
from crmlink.fleet.job_queue import QUEUE, open_queue, tick
from crmlink.fleet.open import Fleet, open_fleet
from crmlink.fleet.queue_tables import upgrade_queue
from crmlink.fleet.schema import FLEET, metadata
from crmlink.fleet.status import fleet_status
from crmlink.fleet.turns import State, Turn
from crmlink.ledger.migrate import current_version
from crmlink.ledger.open import open_ledger
from crmlink.ledger.schema import metadata as ledger_metadata
from crmlink.model.errors import LedgerError
from tests.ledger_examples import ME, NOW, verdict
from tests.servers.postgresql_server import Postgresql

OTHER = "omar@veen.example"
LATER = NOW + timedelta(minutes=5)
STALLED = 3.0


@pytest.fixture
def url(postgresql: Postgresql) -> str:
    """An empty database."""
    return postgresql.new_database()


@pytest.fixture
def fleet(url: str) -> Iterator[Fleet]:
    """A fleet without mailboxes."""
    with open_fleet(url) as opened:
        yield opened


def look(url: str, *, not_since: timedelta = timedelta(0)) -> int:
    """A tick at LATER."""

    async def once() -> int:
        async with open_queue(url, places=1).open_async() as queue:
            return await tick(queue, LATER, not_since=not_since, stalled_after=STALLED)

    return asyncio.run(once())


def waiting(fleet: Fleet) -> list[str]:
    """The mailboxes whose job waits, in the order in which they will be taken."""
    return [
        row.lock
        for row in run(fleet, "SELECT lock FROM procrastinate_jobs WHERE status = 'todo' ORDER BY priority DESC, id")
    ]


def run(fleet: Fleet, statement: str, **values: object) -> list[Any]:
    """Any statement; its rows."""
    with fleet.database.writing() as connection:
        done = connection.execute(text(statement), values)
        return list(done.all()) if done.returns_rows else []


def test_a_ledger_that_was_there_before_keeps_its_rows(url: str) -> None:
    with open_ledger(url, read_only=False) as ledger:
        ledger.lapses.record(ME, [verdict()], NOW)

    with open_fleet(url) as fleet:
        assert [one.id for one in fleet.ledger.lapses.all(ME)] == ["een"]
        with fleet.database.reading() as connection:
            assert current_version(connection, FLEET) == FLEET.head
            options = {"version_table": FLEET.version_table, "compare_type": True}
            context = MigrationContext.configure(connection, opts={**options, "include_name": _ours})
            assert compare_metadata(context, metadata) == []


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    elsewhere = {*ledger_metadata.tables, "ledger_version"}
    return kind != "table" or (name not in elsewhere and not str(name).startswith("procrastinate_"))


def test_the_newest_migration_is_the_one_the_code_expects() -> None:
    config = Config()
    config.set_main_option("script_location", FLEET.location)
    assert ScriptDirectory.from_config(config).get_heads() == [FLEET.head]


def test_a_fleet_of_a_newer_crmlink_is_refused(fleet: Fleet, url: str) -> None:
    run(fleet, "UPDATE fleet_version SET version_num = '9999'")
    with pytest.raises(LedgerError, match="newer crmlink"), open_fleet(url):
        pass


def test_the_queue_of_an_older_version_gets_the_changes_it_lacks(url: str) -> None:
    files = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"), key=lambda file: file.name)
    old = [file for file in files if file.name < "03.03"]
    with open_ledger(url, read_only=False) as ledger:
        database = ledger.leases.database
        with psycopg.connect(url, autocommit=True) as driver:
            for file in old:
                driver.execute(file.read_bytes())
        with database.writing() as connection:
            metadata.create_all(connection)
            connection.execute(text("INSERT INTO queue_state VALUES (:last, now())"), {"last": old[-1].name})
        upgrade_queue(database)
    with open_ledger(url, read_only=False) as ledger, ledger.leases.database.reading() as connection:
        functions = {row[0] for row in connection.execute(text("SELECT proname FROM pg_proc"))}
        assert {"procrastinate_fetch_job_v2", "procrastinate_retry_job_v2"} <= functions
        assert connection.execute(text("SELECT migration FROM queue_state")).scalar() == files[-1].name


def test_opening_again_changes_nothing(fleet: Fleet, url: str) -> None:
    with fleet.database.reading() as connection:
        before = inspect(connection).get_table_names()
    with open_fleet(url) as again, again.database.reading() as connection:
        assert inspect(connection).get_table_names() == before


def test_a_mailbox_is_due_when_it_is_added_and_again_when_it_is_replaced(fleet: Fleet) -> None:
    assert fleet.mailboxes.add(ME, {"me": "Ik"}, "verzegeld", NOW)
    assert not fleet.mailboxes.add(ME, {"me": "Ik nu"}, "anders", LATER)

    (mailbox,) = fleet.mailboxes.all()
    assert (mailbox.settings, mailbox.sealed, mailbox.turn) == ({"me": "Ik nu"}, "anders", Turn(State.ACTIVE, LATER))
    assert mailbox == fleet.mailboxes.get(ME)
    assert fleet.mailboxes.get(OTHER) is None


def test_what_a_pass_says_of_a_mailbox_that_was_changed_meanwhile_is_not_heard(fleet: Fleet) -> None:
    fleet.mailboxes.add(ME, {}, "oud", NOW)
    fleet.mailboxes.add(ME, {}, "nieuw", LATER)

    fleet.mailboxes.settle(ME, 1, Turn(State.STOPPED, LATER, refusals=3), scanned_at=None)

    mailbox = fleet.mailboxes.get(ME)
    assert mailbox is not None
    assert mailbox.turn == Turn(State.ACTIVE, LATER)


def test_a_pause_in_the_middle_of_a_pass_stays_until_it_is_resumed(fleet: Fleet) -> None:
    fleet.mailboxes.add(ME, {}, "", NOW)
    assert fleet.mailboxes.pause(ME)
    fleet.mailboxes.settle(ME, 2, Turn(State.ACTIVE, LATER), scanned_at=LATER)
    mailbox = fleet.mailboxes.get(ME)
    assert mailbox is not None
    assert mailbox.turn.state is State.PAUSED

    assert fleet.mailboxes.resume(ME, LATER)
    assert not fleet.mailboxes.resume(OTHER, LATER)
    mailbox = fleet.mailboxes.get(ME)
    assert mailbox is not None
    assert mailbox.turn == Turn(State.ACTIVE, LATER)


def test_removing_keeps_the_ledger_unless_it_is_to_be_erased(fleet: Fleet) -> None:
    for address in (ME, OTHER):
        fleet.mailboxes.add(address, {}, "", NOW)
        fleet.ledger.lapses.record(address, [verdict()], NOW)

    assert fleet.mailboxes.remove(ME, erase=False)
    assert len(fleet.ledger.lapses.all(ME)) == 1
    assert not fleet.mailboxes.remove(ME, erase=True)
    assert (len(fleet.ledger.lapses.all(ME)), len(fleet.ledger.lapses.all(OTHER))) == (0, 1)


def test_what_is_due_gets_one_job_each_the_longest_due_first_and_the_failing_last(fleet: Fleet, url: str) -> None:
    for address, minutes in (("c", 1), ("b", 2), ("a", 3), ("later", -9), ("paused", 1), ("failing", 4)):
        fleet.mailboxes.add(address, {}, "", LATER - timedelta(minutes=minutes))
    fleet.mailboxes.pause("paused")
    failing = Turn(State.ACTIVE, LATER - timedelta(minutes=4), failures=1)
    fleet.mailboxes.settle("failing", 1, failing, scanned_at=None)

    assert (look(url), look(url)) == (4, 0)
    assert waiting(fleet) == ["a", "b", "c", "failing"]

    status = fleet_status(fleet, LATER)
    assert (status.queued, status.doing, status.failing, status.due) == (4, 0, 1, 4)
    assert status.oldest_due == LATER - timedelta(minutes=4)


def test_one_worker_looks_at_a_time_and_not_more_often_than_asked(fleet: Fleet, url: str) -> None:
    fleet.mailboxes.add(ME, {}, "", NOW)
    with fleet.database.writing() as connection:
        connection.execute(text("SELECT 1 FROM queue_state FOR UPDATE"))
        assert look(url) == 0
    assert look(url) == 1
    fleet.mailboxes.add(OTHER, {}, "", NOW)
    assert look(url, not_since=timedelta(seconds=1)) == 0


def test_the_job_of_a_dead_worker_is_taken_back_and_that_of_a_living_one_is_not(fleet: Fleet, url: str) -> None:
    for address in (ME, OTHER):
        fleet.mailboxes.add(address, {}, "", NOW)
    look(url)
    for address, seconds in ((ME, 2 * STALLED), (OTHER, 0)):
        heard = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => :ago)) RETURNING id"
        (worker,) = run(fleet, heard, ago=seconds)
        taking = "UPDATE procrastinate_jobs SET status = 'doing', worker_id = :worker WHERE lock = :lock AND queue_name = :queue"
        run(fleet, taking, worker=worker.id, lock=address, queue=QUEUE)

    assert look(url) == 0  # a running job is not queued a second time, nor is one that was taken back
    assert waiting(fleet) == [ME]


def test_passes_are_counted_by_worker_and_minute(fleet: Fleet) -> None:
    for worker, done in (("a", True), ("a", True), ("b", True), ("b", False)):
        fleet.mailboxes.count_pass(worker, NOW, done=done)
    assert fleet.mailboxes.passes_since(NOW) == (3, 1)
    assert fleet.mailboxes.passes_since(NOW + timedelta(minutes=1)) == (0, 0)


def test_one_process_at_a_time_holds_a_mailbox_until_it_lets_go_or_its_connection_dies(fleet: Fleet, url: str) -> None:
    with open_fleet(url) as other:
        with alone_with(fleet.database, ME) as mine, alone_with(other.database, ME) as theirs:
            assert (mine, theirs) == (True, False)
            with alone_with(other.database, OTHER) as another:
                assert another
        with alone_with(fleet.database, ME):
            killing = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
            run(other, killing)
            run(other, "SELECT pg_sleep(0.2)")
            with alone_with(other.database, ME) as theirs:
                assert theirs
        with alone_with(fleet.database, ME) as mine:
            assert mine
