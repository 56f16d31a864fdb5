"""Bad input, as a user meets it: one line that names the thing and the remedy, the right exit code, nothing written."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.e2e.office import GIJS, Done, Office
from tests.servers import mailboxes
from tests.servers.certificates import Certificate
from tests.servers.dovecot_server import Dovecot, DovecotOptions
from tests.servers.radicale_server import Radicale

QUESTION = "Hoi Marleen,\n\nKun je me laten weten of de levertijd nog klopt?\n\nGroet,\nGijs"


def _asked(office: Office) -> Office:
    """The owner owes an answer, so that a draft would be placed if all were well."""
    office.receive("ask", GIJS, QUESTION, days_ago=8)
    return office


def _refused(done: Done, code: int, *words: str) -> None:
    """It ended with this code, and said so in short lines that hold these words and no traceback."""
    assert done.code == code, done.err
    for word in words:
        assert word in done.err
    assert "->" in done.err
    assert "Traceback" not in done.err
    assert len(done.err.strip().splitlines()) <= 2


def _nothing_written(office: Office) -> None:
    assert office.drafts() == []


def test_a_wrong_mail_password(on_dovecot: Office) -> None:
    _asked(on_dovecot).settings["MAIL_PASSWORD"] = "heel-iets-anders"
    done = on_dovecot.crmlink("scan")
    _refused(done, 77, "127.0.0.1", on_dovecot.mail.user)
    assert "heel-iets-anders" not in done.err + done.out
    _nothing_written(on_dovecot)


def test_a_wrong_calendar_password_writes_nothing_but_tells_what_it_found(on_dovecot: Office) -> None:
    _asked(on_dovecot).settings["CALENDAR_PASSWORD"] = "heel-iets-anders"
    done = on_dovecot.crmlink("scan", "--json")
    assert done.code == 77, done.err
    assert [one["decision"] for one in done.json["lapses"]] == ["hold"]
    assert {one["name"]: one["state"] for one in done.json["sources"]} == {"mail": "ok", "calendar": "failed"}
    assert "heel-iets-anders" not in done.err + done.out
    _nothing_written(on_dovecot)


def test_a_host_that_does_not_exist(on_dovecot: Office) -> None:
    _asked(on_dovecot).settings["MAIL"] = "imaps://me@mail.does-not-exist.invalid"
    _refused(on_dovecot.crmlink("scan"), 75, "mail.does-not-exist.invalid")
    _nothing_written(on_dovecot)


def test_a_port_where_nobody_listens(on_dovecot: Office) -> None:
    _asked(on_dovecot).settings["MAIL"] = "imap://me@127.0.0.1:1"
    _refused(on_dovecot.crmlink("scan"), 75, "127.0.0.1:1")


@pytest.mark.parametrize("certificate", [Certificate.EXPIRED, Certificate.WRONG_NAME, Certificate.SELF_SIGNED])
def test_a_certificate_that_proves_nothing(
    dovecot_like: Callable[[DovecotOptions], Dovecot], tmp_path: Path, certificate: Certificate
) -> None:
    account = dovecot_like(DovecotOptions(certificate=certificate)).account()
    office = _asked(
        Office(account, None, tmp_path, settings={"MAIL": account.tls_url, "CA_FILE": str(account.ca_file)})
    )
    _refused(office.crmlink("scan"), 78, "certificate")
    _nothing_written(office)


def test_a_certificate_of_a_private_authority_is_fine_with_ca_file(dovecot: Dovecot, tmp_path: Path) -> None:
    account = dovecot.account()
    for url in (account.tls_url, account.starttls_url):
        office = _asked(Office(account, None, tmp_path, settings={"MAIL": url, "CA_FILE": str(account.ca_file)}))
        assert [one["kind"] for one in office.scan("--dry-run")] == ["unanswered"]


def test_a_calendar_without_tls_that_is_not_here(on_dovecot: Office) -> None:
    _asked(on_dovecot).settings["CALENDAR"] = "http://dav.example.nl/marleen/"
    _refused(on_dovecot.crmlink("scan"), 78, "CRMLINK_CALENDAR", "https://")
    _nothing_written(on_dovecot)


def test_an_unknown_setting_and_a_bad_value_are_told_at_once(on_dovecot: Office) -> None:
    _asked(on_dovecot).settings.update({"TIMEZON": "Europe/Amsterdam", "OPTIONS": "many"})
    done = on_dovecot.crmlink("scan")
    assert done.code == 78
    assert "CRMLINK_TIMEZON" in done.err
    assert "CRMLINK_OPTIONS" in done.err
    assert on_dovecot.mail.password not in done.err
    _nothing_written(on_dovecot)


def test_an_env_file_that_others_may_read(on_dovecot: Office) -> None:
    path = _asked(on_dovecot).directory / ".env"
    path.write_text("CRMLINK_MAIL_PASSWORD=geheim\n")
    path.chmod(0o644)
    _refused(on_dovecot.crmlink("scan"), 78, str(path), "chmod 600")
    _nothing_written(on_dovecot)


def test_an_env_file_that_git_would_take_along(on_dovecot: Office) -> None:
    subprocess.run(["git", "init", "--quiet", str(_asked(on_dovecot).directory)], check=True)
    path = on_dovecot.directory / ".env"
    path.write_text("CRMLINK_MAIL_PASSWORD=geheim\n")
    path.chmod(0o600)
    _refused(on_dovecot.crmlink("scan"), 78, str(path), ".gitignore")
    _nothing_written(on_dovecot)
    (on_dovecot.directory / ".gitignore").write_text(".env\n")
    assert [one["decision"] for one in on_dovecot.scan()] == ["draft"]


def test_a_mailbox_without_a_drafts_folder(dovecot_like: Callable[[DovecotOptions], Dovecot], tmp_path: Path) -> None:
    account = dovecot_like(DovecotOptions(special_use=False, folders={"\\Sent": "Sent"})).account()
    office = _asked(Office(account, None, tmp_path))
    _refused(office.crmlink("scan"), 78, "drafts", "CRMLINK_DRAFTS_FOLDER")
    assert "Drafts" not in mailboxes.folders_of(account)


def test_an_unreachable_calendar_gives_a_draft_that_asks_for_dates(on_dovecot: Office) -> None:
    _asked(on_dovecot).settings["CALENDAR"] = "http://127.0.0.1:1/marleen/"
    done = on_dovecot.crmlink("scan", "--json")
    assert done.code == 1, done.err
    (lapse,) = done.json["lapses"]
    assert (lapse["decision"], lapse["draft"]["options"]) == ("draft", [])
    assert {one["name"]: one["state"] for one in done.json["sources"]}["calendar"] == "failed"
    assert [one["code"] for one in done.json["problems"]] == ["calendar.unreadable"]
    assert len(on_dovecot.drafts()) == 1


@pytest.mark.parametrize(
    "text",
    [
        "{% if %}",
        "{{ no_such_variable }}",
        "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
    ],
    ids=["a syntax error", "an unknown variable", "no end"],
)
def test_a_broken_template_of_the_owner(on_dovecot: Office, text: str) -> None:
    own = _asked(on_dovecot).directory / "templates"
    (own / "nl").mkdir(parents=True)
    (own / "nl" / "unanswered.txt.j2").write_text(f"Beste,\n{text}\n")
    on_dovecot.settings["TEMPLATES"] = str(own)
    _refused(on_dovecot.crmlink("scan"), 78, "nl/unanswered.txt.j2")
    _nothing_written(on_dovecot)
    check = on_dovecot.crmlink("check")
    assert check.code != 0
    assert "nl/unanswered.txt.j2" in check.out


def test_a_ledger_that_cannot_be_written(on_dovecot: Office) -> None:
    _asked(on_dovecot).settings["DATABASE"] = "/proc/nowhere/ledger.db"
    _refused(on_dovecot.crmlink("scan"), 75, "/proc/nowhere")
    _nothing_written(on_dovecot)


def test_a_damaged_ledger(on_dovecot: Office) -> None:
    (_asked(on_dovecot).directory / "ledger.db").write_bytes(b"this is no database" * 500)
    _refused(on_dovecot.crmlink("scan"), 75, "ledger.db")
    _nothing_written(on_dovecot)


@pytest.mark.parametrize(
    "arguments",
    [
        ("scan", "--as-of", "yesterday"),
        ("scan", "--since", "soon"),
        ("explain", "/no/such/file"),
        ("lapses", "show", "abcd"),
    ],
)
def test_wrong_arguments(on_dovecot: Office, arguments: tuple[str, ...]) -> None:
    _refused(on_dovecot.crmlink(*arguments), 2, arguments[-1])


def test_an_unknown_command_or_option(on_dovecot: Office) -> None:
    assert on_dovecot.crmlink("scna").code == 2
    assert on_dovecot.crmlink("scan", "--send").code == 2


def test_check_names_every_part(on_dovecot: Office, radicale: Radicale) -> None:
    done = on_dovecot.crmlink("check")
    assert done.code == 0, done.out
    for part in ("settings", "time", "ledger", "templates", "mail", "calendar"):
        assert f"ok   {part}" in done.out
    assert radicale.name == "radicale"


def test_check_goes_on_after_what_is_broken(on_dovecot: Office) -> None:
    on_dovecot.settings["MAIL_PASSWORD"] = "heel-iets-anders"
    done = on_dovecot.crmlink("check")
    assert done.code == 77
    assert "FAIL mail" in done.out
    assert "ok   calendar" in done.out
    assert "heel-iets-anders" not in done.out


def test_a_dry_run_leaves_no_trace(on_dovecot: Office) -> None:
    _asked(on_dovecot)
    assert [one["decision"] for one in on_dovecot.scan("--dry-run")] == ["draft"]
    _nothing_written(on_dovecot)
    assert list(on_dovecot.directory.iterdir()) == []


def test_a_second_crmlink_steps_back(on_dovecot: Office) -> None:
    from crmlink.app.lock import only_one  # noqa: PLC0415 -- only this test plays the other process

    with only_one(_asked(on_dovecot).directory / "ledger.db"):
        _refused(on_dovecot.crmlink("scan"), 75, "at work")
    _nothing_written(on_dovecot)


def test_two_accounts_do_not_share_their_lapses(on_dovecot: Office, dovecot: Dovecot) -> None:
    _asked(on_dovecot).scan()
    other = replace(on_dovecot, mail=dovecot.account(), calendar=None, me="Els <els@els.example>", watch=None)
    assert other.scan() == []
