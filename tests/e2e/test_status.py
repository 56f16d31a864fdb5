"""`crmlink status`, as a person or a supervisor calls it: quick, offline, and 1 when somebody must look."""

from __future__ import annotations

import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import pytest

from crmlink.app.config.places import heartbeat_file
from crmlink.app.gathering.careful import TRIES
from crmlink.app.service.heartbeat import read_heartbeat, write_heartbeat
from crmlink.app.service.pulse import Pulse
from crmlink.ledger.open import open_ledger
from crmlink.ledger.records import Unreadable
from crmlink.model.draft import DraftState
from crmlink.model.errors import LoginError, SourceError
from tests.e2e.office import NOW
from tests.e2e.on_disk import accounts, crmlink, maildir

ADDRESS = "marleen@example.nl"
ME = f"Marleen van der Veen <{ADDRESS}>"
QUESTIONS = 3


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """A Maildir with three questions, of which one may be answered today."""
    mail = maildir(tmp_path / "Maildir", ME, questions=QUESTIONS)
    return {"ME": ME, "MAIL": mail, "DATABASE": str(tmp_path / "ledger.db"), "MAX_DRAFTS_PER_DAY": "1"}


def _nothing(*_: object) -> NoReturn:
    raise AssertionError("status connects to nothing")


def test_before_the_first_pass_it_says_never(settings: dict[str, str]) -> None:
    done = crmlink(settings, "status")
    assert done.code == 1
    assert "never" in done.out
    assert "-> is the daemon running?" in done.out
    assert sorted(path.name for path in Path(settings["DATABASE"]).parent.iterdir()) == ["Maildir"]


def test_a_scan_by_hand_is_a_success_and_the_document_says_what_waits(
    settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert crmlink(settings, "scan").code == 0
    monkeypatch.setattr(socket.socket, "connect", _nothing)
    monkeypatch.setattr(socket, "getaddrinfo", _nothing)
    done = crmlink(settings, "status", "--json")
    assert (done.code, done.err) == (0, "")
    told = done.json
    assert (told.pop("as_of") >= told.pop("last_success"), told) == (
        True,
        {
            "schema": 1,
            "account": ADDRESS,
            "well": True,
            "stale": False,
            "stopped": None,
            "last_failure": None,
            "backlog": QUESTIONS - 1,
            "drafts": {"placed": 1, "unknown": 0, "parked": 0},
            "quarantined": 0,
        },
    )
    assert "All is well." in crmlink(settings, "status").out


def test_a_dry_run_is_no_success(settings: dict[str, str]) -> None:
    crmlink(settings, "scan", "--dry-run")
    assert crmlink(settings, "status", "--json").json["last_success"] is None


@pytest.mark.parametrize(("minutes", "code"), [(14, 0), (16, 1)])
def test_three_intervals_without_a_success_are_too_long(settings: dict[str, str], minutes: int, code: int) -> None:
    crmlink(settings, "scan")
    path = heartbeat_file(accounts(settings)[0].settings)
    beat = read_heartbeat(path)
    assert beat is not None
    write_heartbeat(path, beat.succeeded(NOW() - timedelta(minutes=minutes)))
    done = crmlink(settings, "status", "--json")
    assert (done.code, done.json["stale"]) == (code, bool(code))
    assert crmlink(settings | {"SCAN_EVERY_MINUTES": "6"}, "status").code == 0


def test_a_pass_that_could_not_read_a_calendar_is_a_failure_with_its_reason(settings: dict[str, str]) -> None:
    Path(settings["DATABASE"]).with_name("vdir").mkdir()
    settings["CALENDAR"] = f"vdir://{Path(settings['DATABASE']).with_name('vdir')}"
    Path(settings["DATABASE"]).with_name("vdir").rmdir()
    assert crmlink(settings, "scan").code == 1
    done = crmlink(settings, "status", "--json")
    assert (done.code, done.json["last_success"]) == (1, None)
    assert "calendar" in done.json["last_failure"]["reason"]


def test_a_parked_draft_and_a_poisonous_mail_are_told(settings: dict[str, str]) -> None:
    crmlink(settings, "scan")
    with open_ledger(settings["DATABASE"], read_only=False) as ledger:
        (stored,) = ledger.drafts.all(ADDRESS)
        ledger.quarantine.note(ADDRESS, Unreadable("mail;INBOX/7", "1", "0", TRIES, "it broke", "", NOW()))
        assert crmlink(settings, "status").code == 0
        ledger.drafts.mark(ADDRESS, stored.draft.message_id, DraftState.PARKED, NOW(), error="no")
    done = crmlink(settings, "status")
    assert done.code == 1
    assert "0 placed, 0 unknown, 1 parked" in done.out
    assert "1 item(s) are left alone" in done.out
    assert "could not be placed" in done.out


def test_an_account_the_daemon_gave_up_stays_so_until_the_daemon_serves_it_again(settings: dict[str, str]) -> None:
    account, pulse = accounts(settings)[0], Pulse(NOW)
    refused = LoginError("the login was refused")
    pulse.pass_failed(account, refused, 0.1)
    pulse.account_stopped(account, refused)
    crmlink(settings, "scan")
    done = crmlink(settings, "status", "--json")
    assert (done.code, done.json["stopped"], done.json["stale"]) == (1, "the login was refused", False)
    assert done.json["last_failure"]["reason"] == "the login was refused"
    pulse.pass_failed(account, SourceError("no network"), 0.1)
    done = crmlink(settings, "status", "--json")
    assert (done.code, done.json["stopped"]) == (0, None)
    assert done.json["last_failure"]["reason"] == "no network"


def test_without_a_heartbeat_the_ledger_knows_when_mail_was_read(settings: dict[str, str]) -> None:
    crmlink(settings, "scan")
    path = heartbeat_file(accounts(settings)[0].settings)
    assert path is not None
    path.unlink()
    assert crmlink(settings, "status").code == 0


def test_several_accounts_are_told_in_turn_and_the_worst_counts(settings: dict[str, str]) -> None:
    both = {f"A__{name}": text for name, text in settings.items()} | {"ACCOUNTS": "a,b"}
    both |= {"DATABASE": settings["DATABASE"], "B__ME": "b@example.nl", "B__MAIL": settings["MAIL"]}
    crmlink(both, "--account", "a", "scan")
    done = crmlink(both, "status", "--json")
    assert done.code == 1
    assert [(one["account"], one["well"]) for one in done.json["accounts"]] == [
        (ADDRESS, True),
        ("b@example.nl", False),
    ]


def test_it_loads_no_more_than_it_needs_and_so_is_quick() -> None:
    heavy = ["rich", "icalendar", "caldav", "jinja2", "imapclient", "babel", "alembic", "niquests", "selectolax"]
    code = f"import crmlink.cli.status, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
