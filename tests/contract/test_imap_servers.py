"""What only real IMAP servers can show: certificates, logins, their folders' names, and the verbs we say to them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime

import pytest

from crmlink.mailbox.folders import main_folder
from crmlink.mailbox.imap import ImapAccess, open_session
from crmlink.mailbox.location import ImapLocation, parse_location
from crmlink.model.errors import LoginError, UntrustedError
from crmlink.model.mail import Role
from crmlink.sources.imap import ImapMailSource
from crmlink.sources.port import NOTHING_KNOWN, RawMessage
from crmlink.writer.imap import ImapDraftWriter
from tests.faults.guard import changes, judge
from tests.faults.imap_proxy import ImapProxy
from tests.read_mail import read_mail
from tests.servers import mailboxes
from tests.servers.accounts import ImapAccount, ImapServer
from tests.servers.certificates import Certificate
from tests.servers.cyrus_server import Cyrus
from tests.servers.dovecot_server import DUTCH, FRENCH, Dovecot, DovecotOptions

Like = Callable[[DovecotOptions], Dovecot]
MOMENT = datetime(2026, 3, 10, 8, 30, tzinfo=UTC)
MAIL = b"Subject: overleg\r\nMessage-ID: <1@example.nl>\r\n\r\nTot dan!\r\n"
DRAFT = b"Subject: Re: overleg\r\nMessage-ID: <token@example.nl>\r\n\r\nSorry!\r\n"
BAD = [Certificate.EXPIRED, Certificate.WRONG_NAME, Certificate.SELF_SIGNED]


def access(url: str, account: ImapAccount, password: str | None = None) -> ImapAccess:
    location = parse_location(url)
    assert isinstance(location, ImapLocation)
    return ImapAccess(location, account.password if password is None else password, ca_file=account.ca_file)


def test_a_wrong_password_is_a_refused_login(imap_server: ImapServer) -> None:
    account = imap_server.account()
    with pytest.raises(LoginError, match="refused the login") as caught:
        open_session(access(account.url, account, "fout wachtwoord"))
    assert "fout wachtwoord" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["imaps", "imap+starttls"])
@pytest.mark.parametrize("kind", BAD)
def test_a_bad_certificate_is_not_trusted(dovecot_like: Like, kind: Certificate, scheme: str) -> None:
    account = dovecot_like(DovecotOptions(certificate=kind)).account()
    url = account.tls_url if scheme == "imaps" else account.starttls_url
    with pytest.raises(UntrustedError, match="not trusted") as caught:
        open_session(access(url, account))
    assert "not sent" in caught.value.hint


def test_a_bad_certificate_hears_no_password(dovecot_like: Like) -> None:
    account = dovecot_like(DovecotOptions(certificate=Certificate.EXPIRED)).account()
    with ImapProxy(account) as proxy, pytest.raises(UntrustedError):
        open_session(access(proxy.account.starttls_url, account))
    assert proxy.commands == ["CAPABILITY", "STARTTLS"]
    assert account.user.encode() not in proxy.heard


def test_without_its_authority_the_good_certificate_is_not_trusted_either(dovecot: Dovecot) -> None:
    account = dovecot.account()
    location = parse_location(account.tls_url)
    assert isinstance(location, ImapLocation)
    with pytest.raises(UntrustedError):
        open_session(ImapAccess(location, account.password))


def test_the_good_certificate_is_accepted_both_ways(dovecot: Dovecot, cyrus: Cyrus) -> None:
    for account in (dovecot.account(), cyrus.mail_account()):
        for url in (account.tls_url, account.starttls_url):
            with closing(open_session(access(url, account))) as session:
                assert main_folder(session.folders(), Role.DRAFTS)


def test_starttls_hides_the_login(dovecot: Dovecot) -> None:
    with ImapProxy(dovecot.account()) as proxy:
        account = proxy.account
        with closing(open_session(access(account.starttls_url, account))):
            pass
    assert proxy.commands == ["CAPABILITY", "STARTTLS"]


@pytest.mark.parametrize("password", ["gëheim €5", 'a"b\\c', "$HOME #1 'x'", "  spaties  ", "日本"])
def test_any_password_that_can_be_typed_works(dovecot: Dovecot, password: str) -> None:
    account = dovecot.add_user(f"gebruiker-{password.encode().hex()}@example.nl", password)
    with closing(open_session(access(account.tls_url, account))) as session:
        assert session.folders()


@pytest.mark.parametrize(
    ("options", "drafts", "trash"),
    [
        pytest.param(DovecotOptions(folders=DUTCH), "Concepten", "Prullenbak", id="Dutch with marks"),
        pytest.param(
            DovecotOptions(folders=DUTCH, special_use=False), "Concepten", "Prullenbak", id="Dutch names only"
        ),
        pytest.param(
            DovecotOptions(folders=FRENCH, special_use=False, prefix="INBOX.", separator="."),
            "INBOX.Brouillons",
            "INBOX.Supprimés",
            id="French names below INBOX",
        ),
        pytest.param(
            DovecotOptions(folders={"\\Drafts": "Klad", "\\Trash": "Weg"}), "Klad", "Weg", id="own names with marks"
        ),
        pytest.param(DovecotOptions(uidplus=False), "Drafts", "Trash", id="without UIDPLUS"),
    ],
)
def test_a_draft_finds_its_folders_by_marks_or_names(
    dovecot_like: Like, options: DovecotOptions, drafts: str, trash: str
) -> None:
    account = dovecot_like(options).account()
    with closing(ImapDraftWriter(access(account.url, account))) as writer:
        before = writer.position()
        assert before.folder == drafts
        writer.append(DRAFT)
        assert mailboxes.messages(account, drafts) == [DRAFT]
        [header] = writer.headers(Role.DRAFTS, since=before)
        assert writer.discard(header, DRAFT)
    assert mailboxes.messages(account, trash) == [DRAFT]
    assert mailboxes.messages(account, drafts) == []


def test_a_renamed_folder_of_drafts_is_followed(cyrus: Cyrus) -> None:
    account = cyrus.mail_account()
    with closing(ImapDraftWriter(access(account.url, account))) as writer:
        assert writer.position().folder == "Drafts"
        with mailboxes.connected(account) as client:
            client.rename_folder("Drafts", "Klad")
        assert writer.position().folder == "Klad"
        writer.append(DRAFT)
    assert mailboxes.messages(account, "Klad") == [DRAFT]


def test_only_looking_verbs_are_said_but_for_the_draft_itself(imap_server: ImapServer) -> None:
    account = imap_server.account()
    for folder in ("INBOX", "Sent", "Trash", "Drafts"):
        mailboxes.deliver(account, MAIL, folder, received_at=MOMENT)
    with ImapProxy(account) as proxy:
        opened = access(proxy.account.url, account)
        with closing(ImapMailSource(opened)) as source, closing(ImapDraftWriter(opened)) as writer:
            assert len(read_mail(source, date(2026, 2, 8)).messages) == 2
            before = writer.position()
            writer.append(DRAFT)
            for role in Role:
                writer.headers(role)
            [header] = writer.headers(Role.DRAFTS, since=before)
            writer.read(header)
            assert writer.discard(header, DRAFT)
    assert judge(proxy.said) == []
    assert changes(proxy.said) == ["APPEND", "SELECT", "UID MOVE"]


def test_no_log_holds_password_or_mail(imap_server: ImapServer, caplog: pytest.LogCaptureFixture) -> None:
    account = imap_server.account()
    mailboxes.deliver(account, MAIL, received_at=MOMENT)
    caplog.set_level(logging.DEBUG)
    opened = access(account.url, account)
    with closing(ImapMailSource(opened)) as source, closing(ImapDraftWriter(opened)) as writer:
        assert read_mail(source, date(2026, 2, 8)).messages
        writer.append(DRAFT)
        assert writer.headers(Role.DRAFTS)
    for secret in (account.password, "overleg", "Tot dan", "Sorry", "token@"):
        assert secret not in caplog.text


def test_a_folder_that_vanishes_while_it_is_read_is_a_problem(imap_server: ImapServer) -> None:
    account = imap_server.account()
    with mailboxes.connected(account) as client:
        client.create_folder("Tijdelijk")
    for folder in ("INBOX", "Tijdelijk", "Sent"):
        mailboxes.deliver(account, MAIL, folder, received_at=MOMENT)
    with closing(ImapMailSource(access(account.url, account))) as source:
        changes = source.changes(NOTHING_KNOWN, since=date(2026, 2, 8))
        with mailboxes.connected(account) as client:
            client.delete_folder("Tijdelijk")
        assert sorted(message.folder for message in changes.items if isinstance(message, RawMessage)) == [
            "INBOX",
            "Sent",
        ]
    assert [(problem.code, problem.subject) for problem in changes.problems] == [
        ("mail.folder-unreadable", "Tijdelijk")
    ]
    assert changes.truncated


def test_a_connection_that_the_server_ended_is_opened_again(dovecot: Dovecot) -> None:
    account = dovecot.account()
    mailboxes.deliver(account, MAIL, received_at=MOMENT)
    opened = access(account.url, account)
    with closing(ImapMailSource(opened)) as source, closing(ImapDraftWriter(opened)) as writer:
        for _ in range(2):
            assert len(read_mail(source, date(2026, 2, 8)).messages) == 1
            writer.append(DRAFT)
            for door in (source._door, writer._door):
                session = door.session()
                session._wire._cut()
    assert len(mailboxes.messages(account, "Drafts")) == 2
