"""The daemon as a process: it scans, hears of new mail, survives bad lines and bad passes, and stops when told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.e2e.office import GIJS, Office
from tests.e2e.running import PATIENCE, Running, running
from tests.faults.guard import LOOKS, judge
from tests.faults.imap_faults import Bye, Cut, Fault, Silence, without
from tests.faults.imap_proxy import ImapProxy
from tests.faults.wire import At, Part

QUESTION = "Hoi Marleen,\n\nKun je me laten weten of de levertijd nog klopt?\n\nGroet,\nGijs"
WRITES = {"APPEND", "SELECT", "UID MOVE"}


@contextmanager
def daemon(office: Office) -> Iterator[Running]:
    """A daemon of this office."""
    with running(office.environment(), office.directory) as process:
        yield process


def proxy_of(office: Office) -> ImapProxy:
    assert office.watch is not None
    return office.watch.mail


def waits_for_mail(office: Office, process: Running) -> None:
    """Until the daemon idles."""
    process.says("pass done")
    for _ in range(int(PATIENCE / 0.02)):
        if proxy_of(office).count("IDLE"):
            return
        threading.Event().wait(0.02)
    pytest.fail("it never idles")


def test_it_places_a_draft_and_stops_at_sigterm(on_pymap: Office) -> None:
    on_pymap.receive("ask", GIJS, QUESTION, days_ago=8)
    with daemon(on_pymap) as process:
        assert "placed=1" in process.says("pass done")
        assert len(on_pymap.drafts()) == 1
        assert process.stop() == 0
        process.says("stopped")
    assert [one["decision"] for one in on_pymap.scan()] == ["drafted"]


def test_new_mail_is_answered_at_once_over_two_connections_and_allowed_words(on_dovecot: Office) -> None:
    proxy = proxy_of(on_dovecot)
    with daemon(on_dovecot) as process:
        waits_for_mail(on_dovecot, process)
        process.says("pass done")  # the one that looks again, because mail may have come before it idled
        on_dovecot.receive("ask", GIJS, QUESTION, days_ago=8)
        assert "placed=1" in process.says("pass done")
        assert process.stop() == 0
    assert len(on_dovecot.drafts()) == 1
    assert judge(proxy.said) == []
    assert {one.verb for one in proxy.said} <= LOOKS | WRITES
    waiting = next(one.connection for one in proxy.said if one.verb == "IDLE")
    assert [one.folder for one in proxy.said if one.connection == waiting and one.verb == "EXAMINE"] == ["INBOX"]
    assert len({one.connection for one in proxy.said}) == 2


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Cut(At("IDLE", Part.UNTAGGED)), id="the server hangs up"),
        pytest.param(Bye(At("IDLE", Part.UNTAGGED)), id="the server says goodbye"),
    ],
)
def test_mail_that_comes_as_the_connection_breaks_is_not_missed(on_dovecot: Office, fault: Fault) -> None:
    with daemon(on_dovecot) as process:
        waits_for_mail(on_dovecot, process)
        proxy_of(on_dovecot).faults = (fault,)
        on_dovecot.receive("ask", GIJS, QUESTION, days_ago=8)
        process.says("watch lost")
        if not any("placed=1" in line for line in process.log):
            process.says("placed=1")
        assert process.stop() == 0


def test_a_server_that_cannot_idle_is_read_on_schedule(on_dovecot: Office) -> None:
    proxy_of(on_dovecot).faults = (without("IDLE"),)
    with daemon(on_dovecot) as process:
        process.says("pass done")
        process.says("on schedule only")
        process.hup()
        process.says("pass done")
        assert process.stop() == 0
    assert proxy_of(on_dovecot).count("IDLE") == 0


def test_a_second_daemon_steps_back_but_a_scan_may_run(on_pymap: Office) -> None:
    with daemon(on_pymap) as first:
        first.says("pass done")
        with daemon(on_pymap) as second:
            assert "at work" in second.says("at work")
            assert second.process.wait(PATIENCE) == 75
        on_pymap.crmlink("scan")  # a pass of the daemon may be under way: then it steps back as well
        assert first.process.poll() is None


def test_a_server_that_is_down_does_not_end_it(on_pymap: Office) -> None:
    on_pymap.settings["MAIL"] = "imap://me@127.0.0.1:1"
    with daemon(on_pymap) as process:
        assert "127.0.0.1:1" in process.says("pass failed")
        assert process.process.poll() is None
        assert process.stop() == 0


def test_its_log_holds_no_secret_and_no_mail(on_pymap: Office) -> None:
    on_pymap.receive("ask", GIJS, QUESTION, days_ago=8, subject="Kanarie")
    with daemon(on_pymap) as process:
        process.says("pass done")
        process.stop()
        log = "".join(process.log)
    for canary in (on_pymap.mail.password, "Kanarie", "levertijd", "gijs@"):
        assert canary not in log


def test_settings_are_read_anew_and_bad_ones_not_taken(on_pymap: Office) -> None:
    file = on_pymap.directory / "settings"

    def write(**more: str) -> None:
        lines = {**on_pymap.environment(), **more}
        file.write_text("".join(f"CRMLINK_{name}='{value}'\n" for name, value in lines.items()))
        file.chmod(0o600)

    write()
    with running({}, on_pymap.directory, "--env-file", str(file)) as process:
        process.says("pass done")
        write(SCAN_EVERY_MINUTES="often", MAIL_PASSWORD="kanarie-geheim")
        process.hup()
        assert "SCAN_EVERY_MINUTES" in process.says("settings not taken")
        write(SCAN_EVERY_MINUTES="7")
        process.hup()
        assert "7" in process.says("settings taken")
        process.says("pass done")
        assert process.stop() == 0
        assert "kanarie-geheim" not in "".join(process.log)


State = Callable[[Office, ExitStack], Callable[[Running], object]]
"""Makes the world so that the daemon gets into a state; gives how to wait for that."""


def waiting_for_mail(office: Office, _: ExitStack) -> Callable[[Running], object]:
    return lambda process: waits_for_mail(office, process)


def waiting_after_a_failure(office: Office, _: ExitStack) -> Callable[[Running], object]:
    office.settings["MAIL"] = "imap://me@127.0.0.1:1"
    return lambda process: process.says("pass failed")


def connecting(office: Office, stack: ExitStack) -> Callable[[Running], object]:
    """The queue of a listener that takes nobody in is full: the next one waits for an answer to its first packet."""
    listener = stack.enter_context(closing(socket.socket()))
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    for _ in range(3):
        filler = stack.enter_context(closing(socket.socket()))
        filler.setblocking(False)
        with suppress(BlockingIOError):
            filler.connect(listener.getsockname())
    office.settings["MAIL"] = f"imap://me@127.0.0.1:{listener.getsockname()[1]}"
    return lambda process: process.says("started")


def _taken_in(stack: ExitStack) -> tuple[int, Callable[[Running], object]]:
    """A server that takes everybody in and never says a word; its port, and how to wait for a guest."""
    listener = stack.enter_context(closing(socket.create_server(("127.0.0.1", 0))))
    listener.settimeout(PATIENCE)
    return listener.getsockname()[1], lambda _: stack.enter_context(closing(listener.accept()[0]))


def waiting_for_a_greeting(office: Office, stack: ExitStack) -> Callable[[Running], object]:
    port, guest = _taken_in(stack)
    office.settings["MAIL"] = f"imap://me@127.0.0.1:{port}"
    return guest


def waiting_for_a_calendar(office: Office, stack: ExitStack) -> Callable[[Running], object]:
    port, guest = _taken_in(stack)
    office.settings["CALENDAR"] = f"http://127.0.0.1:{port}/"
    return guest


def struck(fault: Fault) -> State:
    """At this place the server falls silent."""

    def state(office: Office, _: ExitStack) -> Callable[[Running], object]:
        proxy_of(office).faults = (fault,)
        return lambda _: proxy_of(office).strikes()

    return state


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(waiting_for_mail, id="it waits for mail"),
        pytest.param(waiting_after_a_failure, id="it waits after a failure"),
        pytest.param(connecting, id="it connects"),
        pytest.param(waiting_for_a_greeting, id="a mail server does not greet"),
        pytest.param(waiting_for_a_calendar, id="a calendar does not answer"),
        pytest.param(struck(Silence(At("UID FETCH"))), id="it reads mail"),
        pytest.param(struck(Silence(At("APPEND", Part.LITERAL_ENDS))), id="it stores a draft"),
        pytest.param(struck(Silence(At("APPEND", Part.TAGGED))), id="it stored a draft"),
        pytest.param(struck(Silence(At("IDLE"))), id="it begins to wait for mail"),
    ],
)
def test_it_stops_within_seconds_whatever_it_does(on_dovecot: Office, state: State) -> None:
    on_dovecot.receive("ask", GIJS, QUESTION, days_ago=8)
    with ExitStack() as stack:
        before = dict(on_dovecot.settings)
        reached = state(on_dovecot, stack)
        with daemon(on_dovecot) as process:
            reached(process)
            assert process.stop() == 0
            process.says("stopped")
    on_dovecot.settings = before
    proxy_of(on_dovecot).faults = ()
    assert on_dovecot.crmlink("scan").code == 0, "the next start cannot go on"
    assert len(on_dovecot.drafts()) <= 1
    assert Path(on_dovecot.directory / "ledger.db").exists()
