"""The test servers do what the other tests take for granted."""

from __future__ import annotations

import contextlib
import datetime as dt
import ssl
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from crmlink.demo.servers.process import ServerDidNotStartError, ServerProcess, free_ports, listens
from tests.servers import calendars, mailboxes
from tests.servers.accounts import CalendarServer, ImapAccount, ImapServer
from tests.servers.certificates import Certificate
from tests.servers.cyrus_server import OWN_CALENDAR, Cyrus
from tests.servers.dovecot_server import DUTCH, FRENCH, Dovecot, DovecotOptions
from tests.servers.installed import ServerNotInstalledError
from tests.servers.plugin import REQUIRE_VARIABLE, started
from tests.servers.pymap_server import Pymap

Like = Callable[[DovecotOptions], Dovecot]
MAIL = "From: Jan <jan@example.org>\r\nSubject: =?utf-8?q?Caf=C3=A9?=\r\nMessage-ID: <1@example.org>\r\n\r\nTot morgen.\r\n"
MEETING = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//tests//NL\r
BEGIN:VEVENT\r
UID:{uid}\r
DTSTAMP:20261101T090000Z\r
DTSTART:20200312T090000Z\r
DTEND:20200312T100000Z\r
SUMMARY:Koffie in café De Zon\r
{people}END:VEVENT\r
END:VCALENDAR\r
"""


@pytest.fixture(params=["radicale", "cyrus"])
def guarded(request: pytest.FixtureRequest) -> CalendarServer:
    """The calendar servers that check passwords; Xandikos leaves that to a proxy."""
    return cast("CalendarServer", request.getfixturevalue(request.param))


class TestImap:
    def test_right_password_is_accepted_and_a_wrong_one_refused(self, imap_server: ImapServer) -> None:
        account = imap_server.account()
        with mailboxes.connected(account) as client:
            assert client.noop()
        wrong = ImapAccount(account.host, account.port, account.user, account.password + "x", None, None)
        with pytest.raises(LoginError), mailboxes.connected(wrong):
            pass

    def test_a_delivered_message_comes_back_unchanged_with_flags_and_date(self, imap_server: ImapServer) -> None:
        account = imap_server.account()
        moment = dt.datetime(2026, 3, 10, 8, 30, tzinfo=dt.UTC)
        uid = mailboxes.deliver(account, MAIL.encode(), flags=("\\Seen", "\\Answered"), received_at=moment)
        other = mailboxes.deliver(account, MAIL.replace("1@", "2@").replace("\r", "").encode())
        assert mailboxes.messages(account) == [MAIL.encode(), MAIL.replace("1@", "2@").encode()]
        assert mailboxes.flags_of(account) == {uid: {"\\Seen", "\\Answered"}, other: frozenset()}
        with mailboxes.connected(account) as client:
            client.normalise_times = False
            client.select_folder("INBOX", readonly=True)
            assert client.fetch([uid], ["INTERNALDATE"])[uid][b"INTERNALDATE"] == moment

    def test_looking_leaves_messages_unread(self, imap_server: ImapServer) -> None:
        account = imap_server.account()
        uid = mailboxes.deliver(account, MAIL.encode())
        mailboxes.messages(account)
        assert mailboxes.flags_of(account) == {uid: frozenset()}
        mailboxes.set_flags(account, uid, ["\\Seen"])
        assert mailboxes.flags_of(account) == {uid: {"\\Seen"}}
        mailboxes.remove(account, uid)
        assert mailboxes.flags_of(account) == {}

    def test_every_account_is_empty_and_its_own(self, imap_server: ImapServer) -> None:
        first, second = imap_server.account(), imap_server.account()
        mailboxes.deliver(first, MAIL.encode(), "Drafts", ("\\Draft",))
        assert first.user != second.user
        assert list(mailboxes.flags_of(first, "Drafts").values()) == [{"\\Draft"}]
        assert mailboxes.flags_of(second, "Drafts") == {}
        assert {"INBOX", "Drafts", "Sent", "Trash"} <= set(mailboxes.folders_of(second))

    def test_one_users_password_does_not_open_anothers_mailbox(self, imap_server: ImapServer) -> None:
        first, second = imap_server.account(), imap_server.account()
        mixed = ImapAccount(first.host, first.port, first.user, second.password, None, None)
        with pytest.raises(LoginError), mailboxes.connected(mixed):
            pass


class TestTls:
    @pytest.mark.parametrize("kind", [Certificate.EXPIRED, Certificate.WRONG_NAME, Certificate.SELF_SIGNED])
    def test_a_bad_certificate_is_refused_by_a_careful_client(self, dovecot_like: Like, kind: Certificate) -> None:
        account = dovecot_like(DovecotOptions(certificate=kind)).account()
        with pytest.raises(ssl.SSLCertVerificationError) as caught:
            IMAPClient(account.host, port=account.tls_port, ssl_context=context(account), timeout=15)
        reasons = {
            Certificate.EXPIRED: "expired",
            Certificate.WRONG_NAME: "IP address mismatch",
            Certificate.SELF_SIGNED: "unable to get local issuer|self-signed",
        }
        caught.match(reasons[kind])

    def test_the_good_certificate_is_accepted(self, dovecot: Dovecot) -> None:
        account = dovecot.account()
        with IMAPClient(account.host, port=account.tls_port, ssl_context=context(account), timeout=15) as client:
            assert client.login(account.user, account.password)

    def test_starttls_works_on_the_plain_port(self, dovecot: Dovecot, cyrus: Cyrus) -> None:
        for account in (dovecot.account(), cyrus.mail_account()):
            with IMAPClient(account.host, port=account.port, ssl=False, timeout=15) as client:
                client.starttls(context(account))
                assert client.login(account.user, account.password)


class TestDovecotVariations:
    def test_special_use_folders_are_marked(self, dovecot: Dovecot, cyrus: Cyrus) -> None:
        for account in (dovecot.account(), cyrus.mail_account()):
            folders = mailboxes.folders_of(account)
            for name in ("Drafts", "Sent", "Trash", "Junk", "Archive"):
                assert f"\\{name.lower()}" in folders[name]

    def test_folders_without_marks_and_in_dutch(self, dovecot_like: Like) -> None:
        folders = mailboxes.folders_of(dovecot_like(DovecotOptions(special_use=False, folders=DUTCH)).account())
        assert set(folders) == {"INBOX", *DUTCH.values()}
        assert not any(use.lower() in marks for use in DUTCH for marks in folders.values())

    def test_folder_names_beyond_ascii_below_inbox(self, dovecot_like: Like) -> None:
        options = DovecotOptions(folders=FRENCH, prefix="INBOX.", separator=".")
        account = dovecot_like(options).account()
        mailboxes.deliver(account, MAIL.encode(), "INBOX.Envoyés")
        assert "\\sent" in mailboxes.folders_of(account)["INBOX.Envoyés"]
        assert len(mailboxes.messages(account, "INBOX.Envoyés")) == 1

    def test_uidplus_can_be_withheld(self, dovecot: Dovecot, dovecot_like: Like) -> None:
        for server, announced in ((dovecot, True), (dovecot_like(DovecotOptions(uidplus=False)), False)):
            with mailboxes.connected(server.account()) as client:
                assert client.has_capability("UIDPLUS") is announced
                assert client.has_capability("IDLE")

    def test_a_wrong_password_delays_nobody(self, dovecot: Dovecot) -> None:
        account = dovecot.account()
        for _ in range(3):
            with IMAPClient(account.host, port=account.port, ssl=False, timeout=3) as client:
                with pytest.raises(LoginError):
                    client.login(account.user, "fout")
                assert client.login(account.user, account.password)


class TestCalendars:
    def test_an_event_is_stored_listed_and_deleted(self, calendar_server: CalendarServer) -> None:
        account = calendar_server.account(["Agenda", "Privé"])
        assert {"Agenda", "Privé"} <= set(account.calendars)
        href = calendars.put_event(account, meeting("een@example.nl"))
        [(listed, text)] = calendars.events(account).items()
        assert listed == href
        assert "SUMMARY:Koffie in café De Zon" in text
        assert calendars.events(account, "Privé") == {}
        calendars.delete_event(account, href)
        assert calendars.events(account) == {}

    def test_the_principal_answers_and_names_itself(self, calendar_server: CalendarServer) -> None:
        account = calendar_server.account()
        asked = (
            '<?xml version="1.0"?><D:propfind xmlns:D="DAV:"><D:prop><D:current-user-principal/></D:prop></D:propfind>'
        )
        login = (account.user, account.password)
        answer = calendars.expect("PROPFIND", account.url, login, body=asked, content="xml", headers={"Depth": "0"})
        path = calendars.normalised(account.url).split("/", 3)[3]
        assert path.replace("%40", "@") in answer.replace("%40", "@")

    def test_a_wrong_password_is_refused(self, guarded: CalendarServer) -> None:
        assert guarded.checks_passwords
        account, other = guarded.account(), guarded.account()
        for url in (account.url, account.calendars["Agenda"]):
            for password in ("fout", other.password):
                assert calendars.request("PROPFIND", url, (account.user, password))[0] == 401

    def test_one_users_calendar_is_closed_to_another(self, guarded: CalendarServer) -> None:
        assert guarded.checks_passwords
        account, other = guarded.account(), guarded.account()
        href = calendars.put_event(account, meeting("geheim@example.nl"))
        assert calendars.request("GET", href, (account.user, account.password))[0] == 200
        status, answer = calendars.request("GET", href, (other.user, other.password))
        assert status // 100 != 2  # Radicale forbids; Cyrus sends the stranger elsewhere (301)
        assert "Koffie" not in answer

    def test_cyrus_brings_an_invitation_to_the_attendee_and_cancels_it(self, cyrus: Cyrus) -> None:
        organizer, attendee = cyrus.account(), cyrus.account()
        people = f"ORGANIZER:mailto:{organizer.address}\r\nATTENDEE:mailto:{organizer.address}\r\nATTENDEE;RSVP=TRUE:mailto:{attendee.address}\r\n"
        href = calendars.put_event(organizer, meeting("afspraak@example.nl", people))
        [invited] = calendars.events(attendee, OWN_CALENDAR).values()
        assert "STATUS:CANCELLED" not in invited
        calendars.delete_event(organizer, href)
        [cancelled] = calendars.events(attendee, OWN_CALENDAR).values()
        assert "STATUS:CANCELLED" in cancelled


class TestProcesses:
    def test_a_server_that_does_not_come_up_shows_its_log(self) -> None:
        with ServerProcess("kapot") as process:
            process.start([sys.executable, "-c", "raise SystemExit('poort bezet')"])
            with pytest.raises(ServerDidNotStartError, match="poort bezet"):
                process.wait_for(lambda: None)

    def test_stopping_closes_the_port_and_removes_the_directory(self) -> None:
        with Pymap() as server:
            assert listens(server.port)
        with pytest.raises(ConnectionRefusedError):
            listens(server.port)
        assert not server.process.directory.exists()

    @pytest.mark.usefixtures("dovecot")
    def test_a_killed_test_run_leaves_no_server_behind(self) -> None:
        script = (
            "import os, signal; from tests.servers.dovecot_server import Dovecot; server = Dovecot();"
            "print(server.port, server.process.directory, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
        )
        root = Path(__file__).parents[2]
        run = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=False)
        port, directory = run.stdout.split(" ", 1)
        # The guard needs a moment after the kill: wait until the port is closed.
        with ServerProcess("watcher") as watcher:
            watcher.start([sys.executable, "-c", "import time; time.sleep(60)"])
            watcher.wait_for(lambda: True if is_closed(int(port)) else None)
        subprocess.run(["rm", "-r", directory.strip()], check=True)

    def test_a_missing_server_skips_or_fails_as_asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def missing() -> Dovecot:
            raise ServerNotInstalledError("dovecot is not installed")

        monkeypatch.delenv(REQUIRE_VARIABLE, raising=False)
        with pytest.raises(pytest.skip.Exception, match="not installed"):
            started(missing)
        monkeypatch.setenv(REQUIRE_VARIABLE, "1")
        with pytest.raises(pytest.fail.Exception, match="not installed"):
            started(missing)

    def test_mail_servers_do_not_run_as_root(self, dovecot: Dovecot, cyrus: Cyrus) -> None:
        for account, mail in (
            (dovecot.account(), dovecot.process.directory / "mail"),
            (cyrus.mail_account(), cyrus.process.directory / "spool"),
        ):
            mailboxes.deliver(account, MAIL.encode())
            owners = {path.stat().st_uid for path in mail.rglob("*") if path.is_file()}
            assert owners
            assert 0 not in owners

    def test_ports_are_distinct(self) -> None:
        assert len(set(free_ports(5))) == 5


def context(account: ImapAccount) -> ssl.SSLContext:
    """What a careful client trusts: the account's authority and nobody else."""
    return ssl.create_default_context(cafile=str(account.ca_file))


def meeting(uid: str, people: str = "") -> str:
    """A meeting long past: Cyrus is set to schedule these too, so that tests may use fixed dates."""
    return MEETING.format(uid=uid, people=people)


def is_closed(port: int) -> bool:
    """Whether nobody listens on this port."""
    with contextlib.suppress(OSError):
        return not listens(port)
    return True
