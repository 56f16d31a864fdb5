"""Logging in with Microsoft, by device code (RFC 8628): a code to type on Microsoft's page, in any browser anywhere.

The library is msal; it is loaded late, because it is an extra.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from crmlink.app.oauth.tokens import Say, Tokens, in_our_words, missing_extra, not_reached, refused
from crmlink.model.errors import LoginError, SettingsError

SCOPES: Final = ("https://outlook.office.com/IMAP.AccessAsUser.All",)
"""Msal adds offline_access by itself: without it there is no refresh token."""
LOGIN_PAGES: Final = "https://login.microsoftonline.com"


@dataclass(frozen=True, slots=True)
class Microsoft:
    """One registered client of one tenant. `pages` and `ca_file` are those of another server in tests only."""

    client_id: str
    tenant: str = "common"
    pages: str = LOGIN_PAGES
    ca_file: Path | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return "Microsoft"

    def log_in(self, say: Say, now: Callable[[], datetime]) -> Tokens:
        """Show a code, and wait until the owner has typed it in. Raises as `renewed`."""
        app = self._app()
        with in_our_words(self.name):
            flow = app.initiate_device_flow(scopes=list(SCOPES))
        if "user_code" not in flow:
            raise refused(self.name, str(flow.get("error", "")), str(flow.get("error_description", "")))
        say(f"Open {flow.get('verification_uri')} in a browser and type the code {flow['user_code']}")
        with in_our_words(self.name):
            answer = app.acquire_token_by_device_flow(flow)
        if answer.get("error") in {"authorization_pending", "slow_down", "expired_token", "code_expired"}:
            raise LoginError("nobody typed the code in time", hint="call crmlink login again")
        if answer.get("error") in {"access_denied", "authorization_declined"}:
            raise LoginError("the login was declined on Microsoft's page", hint="call crmlink login again")
        return self._tokens(answer, now(), "")

    def renewed(self, refresh: str, now: datetime) -> Tokens:
        """New tokens for a refresh token.

        Raises:
            LoginError: it is revoked or has run out.
            SourceError: no usable answer.
            SettingsError: Microsoft does not know this client, or msal is not installed.
        """
        app = self._app()
        with in_our_words(self.name):
            answer = app.acquire_token_by_refresh_token(refresh, scopes=list(SCOPES))
        return self._tokens(answer, now, refresh)

    def _app(self) -> Any:
        try:
            import msal  # noqa: PLC0415 -- an extra
            import requests  # noqa: PLC0415 -- comes with it

            from crmlink.app.oauth.web import bounded  # noqa: PLC0415
        except ImportError as error:
            raise missing_extra(self.name, "microsoft") from error
        session = requests.Session()
        bounded(session, self.ca_file)
        with in_our_words(self.name):
            try:
                return msal.PublicClientApplication(
                    self.client_id,
                    authority=f"{self.pages}/{self.tenant}",
                    http_client=session,
                    instance_discovery=False,
                )
            except ValueError as error:
                raise SettingsError(
                    (f"Microsoft does not know the tenant {self.tenant!r}",), hint="check CRMLINK_OAUTH_TENANT"
                ) from error

    def _tokens(self, answer: dict[str, Any], now: datetime, refresh: str) -> Tokens:
        access, seconds = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(access, str):
            raise refused(self.name, str(answer.get("error", "")), str(answer.get("error_description", "")))
        lasting = answer.get("refresh_token") or refresh
        if not isinstance(lasting, str) or not lasting or not isinstance(seconds, int):
            raise not_reached(self.name)
        with in_our_words(self.name):
            return Tokens(access, lasting, now + timedelta(seconds=seconds))
