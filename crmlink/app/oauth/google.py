"""Logging in with Google: its page in a browser on this machine, which then comes back to a port here (RFC 8252).

Google's device codes do not allow mail, so there is no other way. From another machine the port can be forwarded. The
libraries are google-auth and google-auth-oauthlib; they are loaded late, because they are an extra.
"""

from __future__ import annotations

import errno
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from crmlink.app.oauth.tokens import Say, Tokens, in_our_words, missing_extra, not_reached, refused
from crmlink.model.errors import CrmlinkError, LoginError, TemporaryError

MAIL_SCOPE: Final = "https://mail.google.com/"
CALENDAR_SCOPE: Final = "https://www.googleapis.com/auth/calendar.readonly"
LOGIN_PAGE: Final = "https://accounts.google.com/o/oauth2/auth"
TOKEN_PAGE: Final = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
HERE: Final = "127.0.0.1"
_PORT_TAKEN: Final = frozenset({errno.EADDRINUSE, errno.EACCES})
WAIT: Final = 300
"""Seconds that the owner has to log in."""


@dataclass(frozen=True, slots=True)
class Google:
    """One registered client, for these scopes. The pages and `ca_file` are those of another server in tests only.

    `port` is where the browser comes back to, 0 for any that is free; `browser`: whether to open one here.
    """

    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...]
    address: str = ""
    port: int = 0
    browser: bool = True
    login_page: str = LOGIN_PAGE
    token_page: str = TOKEN_PAGE
    ca_file: Path | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return "Google"

    def log_in(self, say: Say, now: Callable[[], datetime]) -> Tokens:
        """Show Google's page, and wait until the browser comes back.

        Raises:
            LoginError: the owner declined, or did not allow all that was asked.
            TemporaryError: nobody logged in, or the port is taken.
            SourceError: no usable answer.
            SettingsError: Google does not know this client, or its library is not installed.
        """
        del now  # the library reads the clock itself
        with _in_our_words(self.name):
            from google_auth_oauthlib.flow import InstalledAppFlow  # noqa: PLC0415 -- an extra

            from crmlink.app.oauth.web import bounded  # noqa: PLC0415 -- comes with it

            class Showing(InstalledAppFlow):  # type: ignore[misc] # the library ships no types
                """Shows the page's address through `say`: the library would print it."""

                def authorization_url(self, **options: Any) -> tuple[str, str]:
                    url, state = super().authorization_url(**options)
                    say(f"Open this page in a browser on this machine, and log in:\n\n  {url}\n")
                    return url, state

            flow = Showing.from_client_config(self._client(), list(self.scopes))
            bounded(flow.oauth2session, self.ca_file)
            flow.run_local_server(
                host=HERE,
                port=self.port,
                open_browser=self.browser,
                authorization_prompt_message="",
                success_message="You may close this window and go back to crmlink.",
                timeout_seconds=WAIT,
                prompt="consent",  # else a second login brings no refresh token
                login_hint=self.address,
            )
            return self._tokens(flow.credentials)

    def renewed(self, refresh: str, now: datetime) -> Tokens:
        """New tokens for a refresh token. Raises as `log_in`; LoginError when it is revoked or has run out."""
        del now
        with _in_our_words(self.name):
            import requests  # noqa: PLC0415 -- comes with the extra
            from google.auth.transport.requests import Request  # noqa: PLC0415 -- an extra
            from google.oauth2.credentials import Credentials  # noqa: PLC0415

            from crmlink.app.oauth.web import bounded  # noqa: PLC0415

            session = requests.Session()
            bounded(session, self.ca_file)
            credentials = Credentials(  # type: ignore[no-untyped-call]
                None,
                refresh_token=refresh,
                token_uri=self.token_page,
                client_id=self.client_id,
                client_secret=self.client_secret,
            )
            credentials.refresh(Request(session))  # type: ignore[no-untyped-call]
            return self._tokens(credentials)

    def _client(self) -> dict[str, dict[str, str]]:
        return {
            "installed": {
                "client_id": self.client_id,
                "client_secret": self.client_secret,
                "auth_uri": self.login_page,
                "token_uri": self.token_page,
            }
        }

    def _tokens(self, credentials: Any) -> Tokens:
        access, refresh, expiry = credentials.token, credentials.refresh_token, credentials.expiry
        if not access or not refresh or expiry is None:
            raise not_reached(self.name)
        return Tokens(access, refresh, expiry.replace(tzinfo=UTC))


@contextmanager
def _in_our_words(name: str) -> Iterator[None]:
    """Turn the errors of Google's libraries into crmlink's, without the cause: it may hold a token."""
    try:
        from google.auth.exceptions import GoogleAuthError, RefreshError  # noqa: PLC0415 -- an extra
        from google_auth_oauthlib.flow import WSGITimeoutError  # noqa: PLC0415
        from oauthlib.oauth2 import OAuth2Error  # noqa: PLC0415
    except ImportError as error:
        raise missing_extra(name, "google") from error
    try:
        with in_our_words(name):
            try:
                yield
            except WSGITimeoutError:
                raise TemporaryError("nobody logged in in time", hint="call crmlink login again") from None
            except OAuth2Error as error:
                raise _declined(name, error) from None
            except RefreshError as error:
                raise _not_renewed(name, error) from None
            except GoogleAuthError:
                raise not_reached(name) from None
            except OSError as error:
                if error.errno in _PORT_TAKEN:
                    raise TemporaryError(
                        "the port for the browser to come back to is taken", hint="crmlink login --port with another"
                    ) from None
                raise
            except webbrowser.Error:
                raise TemporaryError("no browser can be opened here", hint="crmlink login --no-browser") from None
    except Warning:  # oauthlib raises it when fewer scopes were allowed than asked for
        raise LoginError(
            f"{name} was not allowed all that is needed", hint="call crmlink login again and leave every box ticked"
        ) from None


def _declined(name: str, error: Any) -> CrmlinkError:
    if error.error == "access_denied":
        return LoginError(f"the login was declined on {name}'s page", hint="call crmlink login again")
    if error.error in {"mismatching_state", "missing_code"}:
        return LoginError("the browser's answer does not belong to this login", hint="call crmlink login again")
    return refused(name, str(error.error))


def _not_renewed(name: str, error: Any) -> CrmlinkError:
    said = error.args[1] if len(error.args) > 1 else None
    if error.retryable or not isinstance(said, dict):
        return not_reached(name)
    return refused(name, str(said.get("error", "")))
