"""Logging in for real with a provider over TLS: Microsoft's device code, Google's page with the way back to this machine."""

from __future__ import annotations

import re
import socket
import ssl
import threading
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from crmlink.app.clock import frozen_clock
from crmlink.app.oauth.google import CALENDAR_SCOPE, MAIL_SCOPE, Google
from crmlink.app.oauth.microsoft import Microsoft
from crmlink.app.oauth.tokens import refused
from crmlink.app.oauth.web import bounded
from crmlink.cli.tracebacks import safe_traceback
from crmlink.model.errors import CrmlinkError, LoginError, SettingsError, SourceError, TemporaryError
from tests.servers.certificates import Certificate, write_certificate
from tests.servers.oauth_server import OAuthServer
from tests.servers.scripted_http import Reply, scripted

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
CLOCK = frozen_clock(NOW)
# By name only, so that no line of source in a traceback holds them.
MARK = "kanarie"
OLD = "kanarie-refresh"


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the library waits between two polls, in seconds, without waiting."""
    taken: list[float] = []
    monkeypatch.setattr("msal.oauth2cli.oauth2.time.sleep", taken.append)
    return taken


class Browser:
    """The owner's browser: opens the page it is shown, and goes where it is sent."""

    def __init__(self, pages: OAuthServer) -> None:
        self._pages = pages
        self._threads: list[threading.Thread] = []
        self.shown: list[str] = []
        self.read: list[str] = []

    def __call__(self, line: str) -> None:
        self.shown.append(line)
        (url,) = re.findall(r"https://\S+", line)
        self._threads.append(threading.Thread(target=self._open, args=(url,)))
        self._threads[-1].start()

    def _open(self, url: str) -> None:
        context = ssl.create_default_context(cafile=str(self._pages.ca_file))
        with urllib.request.urlopen(url, context=context, timeout=10) as answer:  # noqa: S310
            self.read.append(answer.read().decode())

    def close(self) -> None:
        for thread in self._threads:
            thread.join(10)


# ------------------------------------------------------------------ Microsoft


@pytest.mark.filterwarnings("ignore:Attempted too soon")  # as no time passes
def test_a_code_is_shown_and_waited_for_as_long_as_microsoft_says(
    pages: OAuthServer, microsoft: Microsoft, naps: list[float]
) -> None:
    pages.device_errors = ["authorization_pending", "slow_down", "authorization_pending"]
    shown: list[str] = []
    tokens = microsoft.log_in(shown.append, CLOCK)
    assert shown == [f"Open {pages.url}/device in a browser and type the code ABCD-EFGH"]
    assert pages.grants() == ["device_code"] * 4
    assert sum(naps) == 1 + 6 + 6  # slow_down: five seconds more from then on (RFC 8628 section 3.5)
    assert (tokens.access in pages.access, tokens.refresh in pages.refresh) == (True, True)
    assert tokens.expires_at == NOW + timedelta(hours=1)
    scopes = next(form["scope"] for path, form in pages.asked if path.endswith("/devicecode"))
    assert {"https://outlook.office.com/IMAP.AccessAsUser.All", "offline_access"} <= set(scopes.split())


@pytest.mark.parametrize(
    ("error", "words"),
    [("authorization_declined", "declined"), ("expired_token", "in time"), ("access_denied", "declined")],
)
def test_a_code_that_is_not_typed_is_no_login(pages: OAuthServer, microsoft: Microsoft, error: str, words: str) -> None:
    pages.device_errors = [error]
    with pytest.raises(LoginError, match=words):
        microsoft.log_in(lambda _line: None, CLOCK)


def test_another_client_is_a_setting_to_mend(microsoft: Microsoft) -> None:
    with pytest.raises(SettingsError, match="invalid_client, AADSTS700016") as caught:
        replace(microsoft, client_id="niemand").log_in(lambda _line: None, CLOCK)
    assert "CRMLINK_OAUTH_CLIENT_ID" in caught.value.hint


def test_another_tenant_is_a_setting_to_mend(pages: OAuthServer, microsoft: Microsoft) -> None:
    pages.broken, pages.status = b'{"error": "invalid_tenant"}', 400
    with pytest.raises(SettingsError, match="does not know the tenant 'nergens'") as caught:
        replace(microsoft, tenant="nergens").log_in(lambda _line: None, CLOCK)
    assert "CRMLINK_OAUTH_TENANT" in caught.value.hint


# ------------------------------------------------------------------ Google


def test_the_browser_comes_back_with_a_code_that_only_this_login_can_use(pages: OAuthServer, google: Google) -> None:
    browser = Browser(pages)
    tokens = google.log_in(browser, CLOCK)
    browser.close()
    assert (tokens.access in pages.access, tokens.refresh in pages.refresh) == (True, True)
    assert tokens.expires_at.tzinfo is UTC
    assert browser.read == ["You may close this window and go back to crmlink."]
    asked = next(form for path, form in pages.asked if path == "/authorize")
    assert asked["scope"].split() == [MAIL_SCOPE, CALENDAR_SCOPE]
    assert (asked["code_challenge_method"], asked["access_type"], asked["prompt"]) == ("S256", "offline", "consent")
    assert asked["redirect_uri"].startswith("http://127.0.0.1:")
    assert asked["login_hint"] == "marleen@example.nl"


def test_a_login_that_was_declined_is_none(pages: OAuthServer, google: Google) -> None:
    pages.error = "access_denied"
    browser = Browser(pages)
    with pytest.raises(LoginError, match="declined"):
        google.log_in(browser, CLOCK)
    browser.close()


def test_a_box_that_was_unticked_is_told(pages: OAuthServer, google: Google) -> None:
    pages.scope = MAIL_SCOPE
    browser = Browser(pages)
    with pytest.raises(LoginError, match="not allowed all"):
        google.log_in(browser, CLOCK)
    browser.close()


def test_an_answer_from_another_login_is_not_believed(google: Google) -> None:
    def forge(line: str) -> None:
        (back,) = re.findall(r"redirect_uri=http%3A%2F%2F127\.0\.0\.1%3A(\d+)", line)
        url = f"http://127.0.0.1:{back}/?code=vals&state=vals"
        threads.append(threading.Thread(target=lambda: urllib.request.urlopen(url, timeout=10).close()))
        threads[-1].start()

    threads: list[threading.Thread] = []
    with pytest.raises(LoginError, match="does not belong to this login"):
        google.log_in(forge, CLOCK)
    threads[0].join(10)


def test_nobody_at_the_browser_is_no_error_of_the_login(google: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmlink.app.oauth.google.WAIT", 0.05)
    with pytest.raises(TemporaryError, match="nobody logged in in time"):
        google.log_in(lambda _line: None, CLOCK)


def test_a_port_that_is_taken_is_told(google: Google) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(TemporaryError, match="is taken"):
        replace(google, port=taken.getsockname()[1]).log_in(lambda _line: None, CLOCK)


# ------------------------------------------------------------------ renewing


def _provider(which: str, pages: OAuthServer, request: pytest.FixtureRequest) -> Microsoft | Google:
    del pages
    provider = request.getfixturevalue(which)
    assert isinstance(provider, Microsoft | Google)
    return provider


BOTH = pytest.mark.parametrize("which", ["microsoft", "google"])


@BOTH
@pytest.mark.parametrize("rotates", [True, False])
def test_renewing_gives_the_refresh_token_that_counts_from_now_on(
    which: str, pages: OAuthServer, request: pytest.FixtureRequest, *, rotates: bool
) -> None:
    provider = _provider(which, pages, request)
    pages.rotates = rotates
    _, refresh = pages.issued()
    tokens = provider.renewed(refresh, NOW)
    assert tokens.access in pages.access
    assert tokens.refresh in pages.refresh
    assert (tokens.refresh == refresh) is not rotates


@BOTH
def test_a_revoked_login_asks_for_a_new_one(which: str, pages: OAuthServer, request: pytest.FixtureRequest) -> None:
    with pytest.raises(LoginError, match="no longer accepts the login: invalid_grant") as caught:
        _provider(which, pages, request).renewed("kanarie-revoked", NOW)
    assert caught.value.hint == "log in again: crmlink login"


@BOTH
@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(200, b"<html>kanarie", id="a page instead of an answer"),
        pytest.param(200, b"[]", id="a list"),
        pytest.param(200, b"{}", id="nothing"),
        pytest.param(200, b'{"access_token": 7, "expires_in": "soon"}', id="values of another kind"),
        pytest.param(200, b'{"access_token": "kanarie", "expires_in": 10' + b"0" * 30 + b"}", id="a time without end"),
        pytest.param(302, b"", id="elsewhere"),
        pytest.param(200, b'"' + b"k" * 1_100_000 + b'"', id="a flood"),
    ],
)
def test_an_answer_that_makes_no_sense_is_a_provider_that_is_away(
    which: str, pages: OAuthServer, request: pytest.FixtureRequest, status: int, body: bytes
) -> None:
    provider = _provider(which, pages, request)
    pages.broken, pages.status = body, status
    with pytest.raises((SourceError, LoginError, SettingsError)) as caught:
        provider.renewed(OLD, NOW)
    assert MARK not in _all_of(caught.value)


@BOTH
def test_a_provider_that_is_down_is_tried_again_later(
    which: str, pages: OAuthServer, request: pytest.FixtureRequest
) -> None:
    provider = _provider(which, pages, request)
    pages.__exit__()
    try:
        with pytest.raises(SourceError, match="cannot be reached") as caught:
            provider.renewed(OLD, NOW)
    finally:
        pages.__enter__()
    assert MARK not in _all_of(caught.value)


@BOTH
def test_a_provider_without_a_good_certificate_hears_no_token(
    which: str, pages: OAuthServer, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    provider = _provider(which, pages, request)
    other = write_certificate(Certificate.TRUSTED, tmp_path).authority
    with pytest.raises((SourceError, SettingsError)):
        replace(provider, ca_file=other).renewed(OLD, NOW)
    assert pages.asked == []


@BOTH
def test_neither_the_value_nor_an_error_shows_a_token(
    which: str, pages: OAuthServer, request: pytest.FixtureRequest, capfd: pytest.CaptureFixture[str]
) -> None:
    provider = _provider(which, pages, request)
    _, refresh = pages.issued()
    tokens = provider.renewed(refresh, NOW)
    assert MARK not in f"{tokens!r} {provider!r}"
    for pages.error in ("invalid_grant", "invalid_client", f"{MARK}-7"):
        with pytest.raises(CrmlinkError) as caught:
            provider.renewed(tokens.refresh, NOW)
        assert MARK not in _all_of(caught.value).replace(f"login: {MARK}", "")
    assert MARK not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("invalid_grant", LoginError),
        ("interaction_required", LoginError),
        ("", LoginError),
        ("server_error", SourceError),
        ("temporarily_unavailable", SourceError),
        ("invalid_client", SettingsError),
        ("unauthorized_client", SettingsError),
    ],
)
def test_what_an_error_of_a_provider_means(error: str, kind: type[CrmlinkError]) -> None:
    told = refused("Google", error, f"AADSTS50076: {MARK}")
    assert type(told) is kind
    assert "AADSTS50076" in str(told)
    assert MARK not in str(told)


def _all_of(error: CrmlinkError) -> str:
    return f"{error} {error!r} {error.hint} {safe_traceback(error)}"


def test_an_answer_that_trickles_is_given_up(tmp_path: Path) -> None:
    files = write_certificate(Certificate.TRUSTED, tmp_path)
    with scripted(files) as server, requests.Session() as session:
        server.replies["GET /slow"] = Reply(200, "x" * 10_000, pause=0.02)
        bounded(session, files.authority, deadline=0.3)
        with pytest.raises(requests.Timeout):
            session.get(f"{server.url}/slow")


def test_a_plain_http_page_is_never_asked(google: Google) -> None:
    with scripted() as server:
        with pytest.raises(SourceError):
            replace(google, token_page=f"{server.url}/token").renewed(OLD, NOW)
        assert server.asked == []
