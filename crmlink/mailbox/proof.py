"""What is shown at a login: a password, or a token of OAuth2. Values that never show what they hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

TokenSource = Callable[[], str]
"""Gives an access token that is good for some minutes. Raises LoginError, SourceError or SettingsError."""


@dataclass(frozen=True, slots=True)
class Password:
    """A password, or an app password."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bearer:
    """An access token (RFC 6750): who holds it is let in."""

    token: str = field(repr=False)


Proof = Password | Bearer
