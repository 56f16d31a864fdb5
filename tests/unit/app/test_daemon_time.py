"""The daemon in simulated time: its pace, its patience, its clocks. Mailboxes, ledgers and refusals are real."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import structlog

from crmlink.app.gathering.gather import Progress
from crmlink.app.house import House
from crmlink.app.scan import ScanResult, ScanTask, scan
from crmlink.app.service import account_service
from crmlink.app.service.backoff import LONGEST, SHORTEST
from crmlink.app.service.clock_watch import SETTLES
from crmlink.app.service.daemon import HEARTBEAT_SECONDS, Daemon
from crmlink.model.errors import LoginError, SettingsError, TemporaryError
from tests.daemon_world import HOUR, Door, Notes, World, account, gaps, on_disk
from tests.unit.mailbox.scripted import ScriptedServer, no


@pytest.fixture(autouse=True)
def log_to_here() -> None:
    """Other tests send the log where they want it."""
    structlog.reset_defaults()


PACE = 900.0  # SCAN_EVERY_MINUTES of these accounts
SLACK = 3.0  # seconds: it looks at a Maildir every two


def test_it_scans_at_once_and_then_at_its_pace_and_shows_that_it_lives(tmp_path: Path) -> None:
    world = World()
    notes = Notes(world)
    world.run(Daemon(lambda: [on_disk(tmp_path)], world.machine, notes), 2 * HOUR)

    moments = notes.moments()
    assert moments[0] == 0
    assert len(moments) == 8
    assert all(abs(gap - PACE) <= SLACK for gap in gaps(moments))
    assert max(gaps([0, *notes.heard])) <= HEARTBEAT_SECONDS + SLACK <= 30
    assert notes.told == ["started", "stopping"]


def test_new_mail_on_disk_is_noticed_within_seconds_and_a_burst_costs_one_pass(tmp_path: Path) -> None:
    world = World()
    notes = Notes(world)
    inbox = tmp_path / "mail-" / "new"

    def burst() -> None:
        for number in range(5):
            (inbox / f"{number}.mail").write_bytes(b"From: gijs@bakker.example\r\n\r\nHoi\r\n")

    world.at(100, burst)
    world.run(Daemon(lambda: [on_disk(tmp_path)], world.machine, notes), 250)

    first, second = notes.moments()
    assert first == 0
    assert 100 < second <= 100 + SLACK


def test_a_server_that_is_down_for_a_day_is_asked_seldom(tmp_path: Path) -> None:
    world = World()
    notes = Notes(world)
    with Door(world) as door:
        daemon = Daemon(lambda: [account(tmp_path, MAIL=door.url)], world.machine, notes)
        world.run(daemon, 24 * HOUR)
        knocks = gaps(door.knocks)

    assert len(notes.failed) == len(door.knocks)
    assert min(knocks) >= SHORTEST
    assert max(knocks) <= LONGEST + SLACK
    assert max(knocks) - min(knocks) > LONGEST / 2, "every daemon would come at the same time"
    assert world.naps < 24 * HOUR / 10, "it does not sleep"
    assert max(gaps(notes.heard)) <= 30


def test_a_mailbox_that_was_away_for_hours_is_found_again(tmp_path: Path) -> None:
    world = World()
    notes = Notes(world)
    given = on_disk(tmp_path)
    place, away = tmp_path / "mail-", tmp_path / "away"
    place.rename(away)
    world.at(3 * HOUR, lambda: away.rename(place))
    world.run(Daemon(lambda: [given], world.machine, notes), 5 * HOUR)

    assert len(notes.failed) < 3 * HOUR / SHORTEST
    assert 3 * HOUR <= notes.moments()[0] <= 3 * HOUR + LONGEST + SLACK
    assert len(notes.moments()) >= 7


@pytest.mark.parametrize("again", [True, False], ids=["new settings wake it", "for ever"])
def test_a_refused_login_is_tried_three_times_and_stops_that_account_only(tmp_path: Path, *, again: bool) -> None:
    world = World()
    notes = Notes(world)
    with ScriptedServer(answers={"AUTHENTICATE": no("[AUTHENTICATIONFAILED] no")}) as server:
        accounts = [account(tmp_path, "a", MAIL=f"imap://me@127.0.0.1:{server.port}"), on_disk(tmp_path, "b")]
        if again:
            world.at(1.1 * HOUR, lambda: os.kill(os.getpid(), signal.SIGHUP))
        world.run(Daemon(lambda: accounts, world.machine, notes), 2 * HOUR)

        assert server.commands.count("AUTHENTICATE") == (6 if again else 3)
    assert notes.stopped == (["a", "a"] if again else ["a"])
    refused = [moment for name, moment, error in notes.failed if name == "a" and isinstance(error, LoginError)]
    assert min(gaps(refused)) >= SHORTEST
    assert len(notes.moments("b")) >= 8


def test_when_every_account_was_refused_it_ends(tmp_path: Path) -> None:
    world = World()
    notes = Notes(world)
    with ScriptedServer(answers={"AUTHENTICATE": no("[AUTHENTICATIONFAILED] no")}) as server:
        accounts = [account(tmp_path, name, MAIL=f"imap://me@127.0.0.1:{server.port}") for name in "ab"]
        with pytest.raises(LoginError) as caught:
            world.run(Daemon(lambda: accounts, world.machine, notes), 3 * HOUR)

    assert caught.value.exit_code == 77
    assert sorted(notes.stopped) == ["a", "b"]
    assert notes.told == ["started", "stopping"]


def test_what_breaks_in_one_account_leaves_the_others_their_pace(tmp_path: Path) -> None:
    world = World()
    notes = Notes(world)
    broken = on_disk(tmp_path, "a", DATABASE=f"sqlite:///{tmp_path}")  # a directory, not a ledger
    world.run(Daemon(lambda: [broken, on_disk(tmp_path, "b")], world.machine, notes), HOUR)

    assert 4 <= len(notes.moments("b")) <= 5
    assert notes.moments("a") == []
    assert min(gaps([moment for name, moment, _ in notes.failed if name == "a"])) >= SHORTEST


def test_a_job_and_an_observer_that_raise_stop_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = World()

    class Breaks(Notes):
        def alive(self) -> None:
            super().alive()
            raise RuntimeError("geheim")

    notes = Breaks(world)
    ledger, away = tmp_path / "ledger-.db", tmp_path / "away"

    def spoil() -> None:  # retention cannot open it
        ledger.rename(away)
        ledger.mkdir()

    def mend() -> None:
        ledger.rmdir()
        away.rename(ledger)

    world.at(0.5 * HOUR, spoil)
    world.at(24.5 * HOUR, mend)
    with ScriptedServer() as server:
        given = account(tmp_path, MAIL=f"imap://me@127.0.0.1:{server.port}", SCAN_EVERY_MINUTES="60")
        world.run(Daemon(lambda: [given], world.machine, notes), 26 * HOUR)

    said = capsys.readouterr().out
    assert "job failed" in said
    assert "observer broke" in said
    assert "geheim" not in said
    assert len([moment for moment in notes.moments() if moment > 24.5 * HOUR]) >= 1
    assert max(gaps(notes.heard)) <= 30


def test_a_pass_that_reads_for_long_tells_that_it_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    notes = Notes(world)

    def reads_for_ten_minutes(house: House, task: ScanTask, progress: Progress) -> ScanResult:
        for count in range(600):
            world.seconds += 1
            progress("mail", count)
        return scan(house, task, progress)

    monkeypatch.setattr(account_service, "scan", reads_for_ten_minutes)
    world.run(Daemon(lambda: [on_disk(tmp_path)], world.machine, notes), HOUR)

    assert max(gaps([0, *notes.heard])) <= 30
    during = [moment for moment in notes.heard if moment < 600]
    assert 55 <= len(during) <= 61


def test_after_eight_hours_of_sleep_it_scans_once_and_goes_on(tmp_path: Path) -> None:
    world = World()
    notes = Notes(world)
    world.at(1000, lambda: world.sleep(8 * HOUR))
    world.run(Daemon(lambda: [on_disk(tmp_path)], world.machine, notes), 8 * HOUR + 3000)

    after = [moment for moment in notes.moments() if moment > 1000]
    assert after[0] <= 8 * HOUR + 1000 + SLACK
    assert min(gaps(after)) >= PACE - SLACK
    assert len(after) == 3


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=-1)], ids=["a day ahead", "a day back"])
def test_while_the_clock_stands_wrong_nothing_is_read(tmp_path: Path, jump: timedelta) -> None:
    world = World()
    notes = Notes(world)
    world.at(1000, lambda: world.set_clock(jump))
    world.at(1000 + SETTLES / 2, lambda: world.set_clock(-jump))
    world.run(Daemon(lambda: [on_disk(tmp_path)], world.machine, notes), 2 * HOUR)

    moments = notes.moments()
    assert not [moment for moment in moments if 1000 <= moment < 1000 + 1.5 * SETTLES]
    assert len([moment for moment in moments if moment > 1000 + 1.5 * SETTLES]) >= 5
    assert min(gaps(moments)) > SLACK


@pytest.mark.parametrize(
    "begin",
    [datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 10, 24, 23, tzinfo=UTC)],
    ids=["the night in March", "the night in October"],
)
def test_the_nights_of_summer_time_neither_starve_nor_storm_it(tmp_path: Path, begin: datetime) -> None:
    world = World(begin.astimezone(ZoneInfo("Europe/Amsterdam")))
    notes = Notes(world)
    world.run(Daemon(lambda: [on_disk(tmp_path)], world.machine, notes), 3 * HOUR)

    assert len(notes.moments()) == 12
    assert all(abs(gap - PACE) <= SLACK for gap in gaps(notes.moments()))


def test_good_settings_take_effect_and_bad_ones_leave_the_old(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = World()
    notes = Notes(world)
    given = [on_disk(tmp_path, "a")]
    bad = False

    def accounts() -> list[object]:
        if bad:
            raise SettingsError(("CRMLINK_MAIL: is missing",), hint="write it down")
        return list(given)

    def spoil() -> None:
        nonlocal bad
        bad = True
        os.kill(os.getpid(), signal.SIGHUP)

    def mend() -> None:
        nonlocal bad
        bad = False
        given[:] = [on_disk(tmp_path, "a", SCAN_EVERY_MINUTES="5"), on_disk(tmp_path, "b")]
        os.kill(os.getpid(), signal.SIGHUP)

    world.at(1 * HOUR, spoil)
    world.at(2 * HOUR, mend)
    world.run(Daemon(accounts, world.machine, notes), 3 * HOUR)  # type: ignore[arg-type]

    assert notes.told == ["started", "reloaded", "stopping"]
    assert "CRMLINK_MAIL: is missing" in capsys.readouterr().out
    first, middle, last = ([one for one in notes.moments("a") if one // HOUR == hour] for hour in range(3))
    assert len(first) == len(middle) == 4
    assert len(last) >= 11
    assert len(notes.moments("b")) >= 4


def test_settings_of_a_ledger_that_another_daemon_holds_are_not_taken(tmp_path: Path) -> None:
    world, other = World(), World()
    notes = Notes(world)
    given = [on_disk(tmp_path, "a")]
    taken = on_disk(tmp_path, "b")

    def want_both() -> None:
        given.append(taken)
        os.kill(os.getpid(), signal.SIGHUP)

    def inside() -> None:
        world.at(600, want_both)
        world.run(Daemon(lambda: given, world.machine, notes), HOUR)

    other.at(10, inside)
    other.run(Daemon(lambda: [taken], other.machine), 20)

    assert notes.told == ["started", "stopping"]
    assert len(notes.moments("a")) == 4
    assert notes.moments("b") == []


def test_a_second_daemon_is_told_and_the_first_keeps_its_locks(tmp_path: Path) -> None:
    world, other = World(), World()
    held = on_disk(tmp_path, "a")

    def second() -> None:
        with pytest.raises(TemporaryError, match="at work"):
            other.run(Daemon(lambda: [on_disk(tmp_path, "b"), held], other.machine), HOUR)

    world.at(10, second)
    world.run(Daemon(lambda: [held], world.machine), 20)
    third = Notes(world)
    world.run(Daemon(lambda: [held, on_disk(tmp_path, "b")], world.machine, third), 40)
    assert {name for name, _ in third.done} == {"a", "b"}
