"""The tokens of one login as a value, and what a refusal of the provider means. No token is ever shown.

An access token opens the mailbox for about an hour. The refresh token gets the next one; whoever holds it is the owner
until it is revoked, and some providers give a new one each time and let the old one die (RFC 6749 section 6).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from crmlink.model.errors import CrmlinkError, LoginError, SettingsError, SourceError

SPARE: Final = timedelta(minutes=5)
"""An access token that is good for less than this is renewed."""
AGAIN: Final = "log in again: crmlink login"

_OURS: Final = frozenset({"invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type"})
_PASSING: Final = frozenset({"temporarily_unavailable", "server_error", "slow_down"})


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a provider gave; `expires_at` (aware) is the end of the access token."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime

    def good_at(self, now: datetime) -> bool:
        """Whether the access token need not be renewed yet."""
        return now + SPARE < self.expires_at

    def to_text(self) -> str:
        """As JSON, to be kept where only the owner can read it."""
        return json.dumps({"access": self.access, "refresh": self.refresh, "expires_at": self.expires_at.isoformat()})


def from_text(text: str) -> Tokens | None:
    """What `to_text` wrote, None for anything else: then the owner must log in again."""
    try:
        kept: dict[str, Any] = json.loads(text)
        access, refresh, expires_at = kept["access"], kept["refresh"], datetime.fromisoformat(kept["expires_at"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    whole = isinstance(access, str) and isinstance(refresh, str) and refresh and expires_at.tzinfo is not None
    return Tokens(access, refresh, expires_at) if whole else None


Say = Callable[[str], None]
"""Shows a line to the owner."""


class Provider(Protocol):
    """Google or Microsoft. Both methods raise LoginError, SourceError or SettingsError."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    def log_in(self, say: Say, now: Callable[[], datetime]) -> Tokens:
        """Ask the owner to log in, and wait for it. `now` is read when the tokens arrive."""
        ...

    def renewed(self, refresh: str, now: datetime) -> Tokens:
        """New tokens for a refresh token."""
        ...


def refused(provider: str, error: str, description: str = "") -> CrmlinkError:
    """What an error of the token endpoint (RFC 6749 section 5.2) means.

    Only the error's name and Microsoft's number of it are told: a description may hold anything.
    """
    number = re.search(r"AADSTS\d{1,9}", description)
    words = f"{_plain(error) or 'no reason'}{f', {number[0]}' if number else ''}"
    if error in _PASSING:
        return SourceError(f"{provider} cannot log in anybody now: {words}", hint="it is tried again at the next scan")
    if error in _OURS:
        return SettingsError(
            (f"{provider} does not know crmlink by this client ID: {words}",),
            hint="check CRMLINK_OAUTH_CLIENT_ID, CRMLINK_OAUTH_CLIENT_SECRET and CRMLINK_OAUTH_TENANT",
        )
    return LoginError(f"{provider} no longer accepts the login: {words}", hint=AGAIN)


def not_reached(provider: str) -> SourceError:
    """The provider gave no answer, or none that can be used."""
    return SourceError(
        f"the login pages of {provider} cannot be reached", hint="check the network connection, or try again later"
    )


@contextmanager
def in_our_words(provider: str) -> Iterator[None]:
    """Turn what a library lets through into `not_reached`, without the cause: it may hold a token."""
    try:
        yield
    # A broken line is an OSError; an answer that is no JSON, lacks something or exaggerates is any of the others.
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RuntimeError, ArithmeticError):
        raise not_reached(provider) from None


def missing_extra(provider: str, extra: str) -> SettingsError:
    """The library for this provider is not installed."""
    return SettingsError(
        (f"logging in with {provider} needs a library that is not installed",),
        hint=f"pip install 'crmlink[{extra}]'",
    )


def _plain(text: str) -> str:
    return re.sub(r"[^a-z_]", "", text.lower())[:40]
