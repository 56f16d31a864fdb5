"""Logging in by OAuth2 with a real Dovecot, which asks a real provider about each token; mailbox and calendar."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crmlink.app.config.load_settings import PREFIX, load
from crmlink.app.oauth.open_login import vault_of
from crmlink.app.oauth.tokens import Tokens
from crmlink.app.oauth.vault import FilePlace
from crmlink.mailbox.imap import ImapAccess, open_session
from crmlink.mailbox.location import ImapLocation, parse_location
from crmlink.model.errors import LoginError
from tests.servers import mailboxes
from tests.servers.accounts import ImapAccount
from tests.servers.certificates import Certificate, write_certificate
from tests.servers.dovecot_server import Dovecot, DovecotOptions
from tests.servers.oauth_server import OAuthServer

MARK = "kanarie"
FAR = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OAuthServer]:
    with OAuthServer(write_certificate(Certificate.TRUSTED, tmp_path_factory.mktemp("provider"))) as server:
        yield server


@pytest.fixture(scope="module")
def account(dovecot_like: Callable[[DovecotOptions], Dovecot], provider: OAuthServer) -> ImapAccount:
    options = DovecotOptions(tokens=f"{provider.url}/introspect", tokens_authority=provider.ca_file)
    account = dovecot_like(options).account()
    provider.user = account.user
    return account


def _access(account: ImapAccount, token: str) -> ImapAccess:
    location = parse_location(account.tls_url)
    assert isinstance(location, ImapLocation)
    return ImapAccess(location, "", ca_file=account.ca_file, token=lambda: token)


def test_a_good_token_opens_the_mailbox(account: ImapAccount, provider: OAuthServer) -> None:
    token, _ = provider.issued()
    with closing(open_session(_access(account, token))) as session:
        assert "Drafts" in [folder.name for folder in session.folders()]


@pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
def test_both_forms_are_understood(
    account: ImapAccount, provider: OAuthServer, mechanism: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crmlink.mailbox.login.MECHANISMS", (mechanism,))
    token, _ = provider.issued()
    open_session(_access(account, token)).close()


def test_a_token_that_was_taken_back_is_refused_with_a_remedy(account: ImapAccount, provider: OAuthServer) -> None:
    token, _ = provider.issued()
    provider.access.discard(token)
    with pytest.raises(LoginError, match="refused the login") as caught:
        open_session(_access(account, token))
    assert MARK not in str(caught.value)
    assert "crmlink login" in caught.value.hint


def _settings(account: ImapAccount, directory: Path) -> dict[str, str]:
    return {
        f"{PREFIX}ME": f"Marleen <{account.user}>",
        f"{PREFIX}MAIL": account.tls_url,
        f"{PREFIX}CA_FILE": str(account.ca_file),
        f"{PREFIX}MAIL_AUTH": "google",
        f"{PREFIX}OAUTH_CLIENT_ID": "klant-1",
        f"{PREFIX}OAUTH_CLIENT_SECRET": "kanarie-client-secret",
        f"{PREFIX}DATABASE": str(directory / "ledger.db"),
    }


def _crmlink(settings: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "crmlink", "-v", *arguments]
    clean = {"PATH": "/usr/bin:/bin", "HOME": settings[f"{PREFIX}DATABASE"].rpartition("/")[0]}
    return subprocess.run(command, env=clean | settings, capture_output=True, text=True, check=False, timeout=120)


def _keep(settings: dict[str, str], tokens: Tokens) -> Path:
    vault = vault_of(load(settings))
    path = vault.lock.with_name(vault.lock.name.removesuffix(".lock"))
    replace(vault, place=FilePlace(path)).keep(tokens)
    return path


def test_a_pass_reads_and_writes_by_token(account: ImapAccount, provider: OAuthServer, tmp_path: Path) -> None:
    mailboxes.deliver(
        account,
        (
            f"From: Gijs <gijs@bakker.example>\r\nTo: {account.user}\r\nSubject: Offerte\r\nMessage-ID: <a@bakker.example>\r\n"
            f"Date: {datetime.now(UTC) - timedelta(days=8):%a, %d %b %Y %H:%M:%S +0000}\r\n\r\n"  # noqa: TID251
            "Hoi,\r\n\r\nKun je me laten weten of de levertijd nog klopt?\r\n\r\nGroet,\r\nGijs\r\n"
        ).encode(),
        "INBOX",
    )
    settings = _settings(account, tmp_path)
    token, refresh = provider.issued()
    _keep(settings, Tokens(token, refresh, FAR))
    done = _crmlink(settings, "scan")
    assert done.returncode == 0, done.stderr
    assert len(mailboxes.messages(account, "Drafts")) == 1


def test_no_token_is_told_whatever_goes_wrong(account: ImapAccount, provider: OAuthServer, tmp_path: Path) -> None:
    settings = _settings(account, tmp_path)
    none = _crmlink(settings, "check")
    assert (none.returncode, "crmlink login" in none.stdout) == (77, True), none.stdout

    token, refresh = provider.issued()
    provider.access.discard(token)
    path = _keep(settings, Tokens(token, refresh, FAR))
    revoked = _crmlink(settings, "scan")
    assert revoked.returncode == 77
    assert "crmlink login" in revoked.stderr

    path.chmod(0o644)
    loose = _crmlink(settings, "scan")
    assert (loose.returncode, "may be read by others" in loose.stderr) == (78, True)
    for done in (none, revoked, loose):
        assert MARK not in done.stdout + done.stderr
