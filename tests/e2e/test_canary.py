"""Marked words in every text and secret: whatever breaks, none of them comes out on stderr, in a log or in a traceback."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.office import Done, Office, run_apart
from tests.servers import mailboxes

GIJS = "Kanarienaam Geelbek <kanarieadres@bakker.example>"
QUESTION = "Hoi Marleen,\n\nKun je me laten weten of de kanarievogel nog zingt?\n\nGroet,\nKanarienaam Geelbek"
Fail = Callable[[Office], None]
WRONG = "kanariewachtwoord-$#'\"é"
BROKEN = b'From: "Kanarienaam <kanarieadres@x.example\r\nSubject: =?kanariecodering?q?kanarie=\r\nDate: kanariedag\r\nMessage-ID: <kanarie\r\n'


@pytest.fixture
def office(on_pymap: Office) -> Office:
    """Mail and meetings in which everything is marked, some of it broken."""
    on_pymap.receive("kanarieid", GIJS, QUESTION, days_ago=8, subject="Kanarieonderwerp")
    on_pymap.book("kanarieuid@test", "Kanarietitel", GIJS, in_days=3)
    on_pymap.book("kanarieuid2@test", "Kanarietitel", GIJS, in_days=3)
    mailboxes.deliver(on_pymap.mail, BROKEN + b"Content-Type: text/html; charset=kanarie\r\n\r\n<p>kanarie", "INBOX")
    mailboxes.deliver(on_pymap.mail, b"kanarie zonder kop", "INBOX")
    return on_pymap


def _spoiled(office: Office, statement: str) -> None:
    with closing(sqlite3.connect(office.directory / "ledger.db")) as ledger:
        ledger.execute(statement)
        ledger.commit()


def _bad_mail_login(office: Office) -> None:
    office.settings["MAIL_PASSWORD"] = WRONG


def _bad_calendar_login(office: Office) -> None:
    office.settings["CALENDAR_PASSWORD"] = WRONG


def _a_secret_in_the_wrong_place(office: Office) -> None:
    office.settings["MAIL"] = f"imaps://me:{WRONG}@127.0.0.1"
    office.settings["CALENDAR"] = f"https://me:{WRONG}@127.0.0.1/"
    office.settings["DATABASE"] = f"mysql://me:{WRONG}@127.0.0.1/x"


def _broken_template(office: Office) -> None:
    """It fails on the mail itself, not on the samples it is proven with."""
    own = office.directory / "templates" / "nl"
    own.mkdir(parents=True)
    fails = '{% if "vogel" in quote %}{{ {}[quote] }}{% endif %}'
    (own / "unanswered.txt.j2").write_text(f'{{{{ salutation }}}}\n\n"{{{{ quote }}}}" {{{{ day }}}} sorry {fails}\n')
    office.settings["TEMPLATES"] = str(own.parent)


def _a_ledger_that_refuses_rows(office: Office) -> None:
    office.crmlink("scan")
    _spoiled(office, "CREATE TRIGGER no BEFORE UPDATE ON lapses BEGIN SELECT RAISE(ABORT, 'no'); END")
    _spoiled(office, "UPDATE sources SET state = state")
    office.receive("kanarieid2", GIJS, QUESTION, days_ago=7, subject="Kanarieonderwerp")
    _spoiled(office, "CREATE TRIGGER no2 BEFORE INSERT ON lapses BEGIN SELECT RAISE(ABORT, 'no'); END")


def _a_ledger_without_a_table(office: Office) -> None:
    office.crmlink("scan")
    _spoiled(office, "ALTER TABLE drafts RENAME TO kanariedrafts")


def _name(fail: Fail) -> str:
    return getattr(fail, "__name__", "").strip("_").replace("_", " ")


def _nothing(_office: Office) -> None:
    """All is well."""


FAILURES = [
    _nothing,
    _bad_mail_login,
    _bad_calendar_login,
    _a_secret_in_the_wrong_place,
    _broken_template,
    _a_ledger_that_refuses_rows,
    _a_ledger_without_a_table,
]
COMMANDS = [("scan",), ("check",), ("owed",), ("lapses", "list"), ("contacts", "list"), ("status",)]


def _run(office: Office, *arguments: str) -> Done:
    return run_apart(["-v", *arguments], office.environment(), office.directory)


def _told(office: Office, text: str) -> list[str]:
    """The marked words that stand in a text that must not hold them."""
    secrets = [office.mail.password, office.calendar.password if office.calendar else office.mail.password]
    return [word for word in ("kanarie", "geelbek", WRONG.lower(), *map(str.lower, secrets)) if word in text.lower()]


@pytest.mark.parametrize("fail", FAILURES, ids=_name)
def test_no_marked_word_is_told_when_it_breaks(office: Office, fail: Fail) -> None:
    fail(office)
    ends = [_run(office, *arguments) for arguments in (COMMANDS if fail is _nothing else COMMANDS[:2])]
    assert [_told(office, done.err) for done in ends] == [[] for _ in ends]
    # A letter that cannot be written, and mail that cannot be read, are problems of a pass that succeeds.
    assert any(done.code not in (0, 1) for done in ends) is (fail not in (_nothing, _broken_template))


def test_a_traceback_tells_where_but_not_what(office: Office) -> None:
    _a_ledger_that_refuses_rows(office)
    done = _run(office, "scan")
    assert done.code == 70
    assert "Traceback" in done.err
    assert "sqlalchemy.exc.IntegrityError" in done.err


@pytest.mark.parametrize("fail", FAILURES, ids=_name)
def test_no_marked_word_is_logged_by_the_daemon(office: Office, fail: Fail) -> None:
    fail(office)
    if fail is _a_secret_in_the_wrong_place:
        assert _told(office, _run(office, "daemon").err) == []
        return
    log = _daemon_log(office)
    assert log.count("\n") >= 2
    assert _told(office, log) == []


def _daemon_log(office: Office) -> str:
    """All that a verbose daemon says in one pass, with its command line."""
    path = office.directory / "daemon.log"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CRMLINK_")}
    settings = {f"CRMLINK_{name}": value for name, value in office.environment().items()}
    with path.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "crmlink", "-v", "daemon"],
            stdout=log,
            stderr=log,
            env=clean | settings,
            cwd=office.directory,
        )
        try:
            command = Path(f"/proc/{process.pid}/cmdline").read_text()
            patience = 600
            while not any(word in path.read_text() for word in ("pass ", "login refused")) and patience:
                assert process.poll() is None, path.read_text()
                patience -= 1
                threading.Event().wait(0.1)
        finally:
            process.terminate()
            process.wait(timeout=20)
    return path.read_text() + command


def test_no_file_of_crmlink_holds_a_password(office: Office) -> None:
    office.crmlink("scan")
    office.crmlink("check")
    for path in _files(office.directory):
        assert office.mail.password.encode() not in path.read_bytes(), path


def _files(directory: Path) -> Iterator[Path]:
    return (path for path in directory.rglob("*") if path.is_file())
