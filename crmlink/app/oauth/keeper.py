"""Gives an access token that is good, and renews it when it no longer is: only then, and never two at a time.

Providers lock out who renews at every look, and a refresh token that was used twice may be revoked as stolen. So the
tokens are read again under the lock (another process may have renewed them), and the new ones are kept before they are
used.
"""

from __future__ import annotations

from crmlink.app.clock import Clock
from crmlink.app.oauth.tokens import AGAIN, Provider, Tokens
from crmlink.app.oauth.vault import Vault
from crmlink.model.errors import LoginError


class Keeper:
    """A `TokenSource` for one login."""

    def __init__(self, vault: Vault, provider: Provider, clock: Clock) -> None:
        self._vault = vault
        self._provider = provider
        self._clock = clock
        self._tokens: Tokens | None = None

    def __call__(self) -> str:
        """An access token that is good for five minutes at least.

        Raises:
            LoginError: nobody logged in yet, or the login was revoked.
            SourceError: the provider cannot be reached.
            SettingsError: it does not know crmlink, or its library is not installed.
            LedgerError: the tokens cannot be read or kept.
        """
        if self._tokens is None or not self._tokens.good_at(self._clock()):
            self._tokens = self._kept_or_new()
        return self._tokens.access

    def _kept_or_new(self) -> Tokens:
        kept = self._vault.tokens()
        if kept is not None and kept.good_at(self._clock()):
            return kept
        with self._vault.alone():
            kept = self._vault.tokens()
            if kept is None:
                raise LoginError(f"nobody has logged in with {self._provider.name} yet", hint=AGAIN)
            if kept.good_at(self._clock()):
                return kept
            new = self._provider.renewed(kept.refresh, self._clock())
            self._vault.keep(new)
            return new
