"""Bad circumstances: one tree of errors, each with its exit code and its sentence.

A sentence says what happened, to what, and what to do next. It never holds a secret or mail text.
"""

from __future__ import annotations

from typing import ClassVar


class CrmlinkError(Exception):
    """Root of all errors crmlink raises on purpose. `hint` says what to do next."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(CrmlinkError):
    """The command was called in a way that cannot work."""

    exit_code = 2


class SettingsError(CrmlinkError):
    """A setting is missing, unknown or wrong (EX_CONFIG). `problems` holds a sentence for each."""

    exit_code = 78

    def __init__(self, problems: tuple[str, ...], *, hint: str = "") -> None:
        super().__init__("; ".join(problems))
        self.hint = hint
        self.problems = problems


class TemporaryError(CrmlinkError):
    """It may work later: no network, server busy, another crmlink at work (EX_TEMPFAIL)."""

    exit_code = 75


class SourceError(TemporaryError):
    """A mailbox or calendar could not be read."""


class LoginError(CrmlinkError):
    """The server refused the login (EX_NOPERM). Trying again will not help and may lock the account."""

    exit_code = 77


class UntrustedError(CrmlinkError):
    """The server could not prove who it is: nothing secret was said to it (EX_CONFIG)."""

    exit_code = 78


class FolderError(CrmlinkError):
    """A folder that is needed is not there (EX_CONFIG)."""

    exit_code = 78


class LedgerError(TemporaryError):
    """The ledger cannot be read or written."""


class TemplateError(CrmlinkError):
    """A template cannot be used (EX_CONFIG). The message names file and line."""

    exit_code = 78


class WriteRefusedError(TemporaryError):
    """The server said no to a draft: over quota, limit reached, folder gone. Definite: nothing was stored."""


class WriteUnknownError(TemporaryError):
    """The connection broke while a draft was handed over: it may be stored or not."""
