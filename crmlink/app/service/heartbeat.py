"""How the last passes of an account ended, in a small file beside the ledger: readable while the ledger is in use.

The daemon and a scan by hand write it, `crmlink status` reads it. It holds moments and one sentence, no mail. A file that
is not there or is damaged tells nothing, and the next pass writes it anew.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from crmlink.model.errors import CrmlinkError, LedgerError

_VERSION: Final = 1
_MOST_BYTES: Final = 65536
_MOST_WORDS: Final = 1000  # characters of a sentence


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """When a pass last did all it should, and when and why one last did not. All times are aware.

    `stopped` says why the daemon leaves the account alone until its settings are read again; "" while it does not.
    """

    last_success: datetime | None = None
    last_failure: datetime | None = None
    failure: str = ""
    stopped: str = ""

    def succeeded(self, now: datetime) -> Heartbeat:
        """After a pass that did all."""
        return replace(self, last_success=now)

    def failed(self, now: datetime, why: str) -> Heartbeat:
        """After a pass that did not do all."""
        return replace(self, last_failure=now, failure=why[:_MOST_WORDS])

    def given_up(self, why: str) -> Heartbeat:
        """After the daemon left the account alone."""
        return replace(self, stopped=why[:_MOST_WORDS])

    def served(self) -> Heartbeat:
        """After the daemon worked for the account (again)."""
        return replace(self, stopped="")


def read_heartbeat(path: Path | None) -> Heartbeat | None:
    """What the file says; None when there is none, or a damaged one."""
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            told = json.loads(file.read(_MOST_BYTES))
        return _read(told) if told["version"] == _VERSION else None
    except (OSError, ValueError, TypeError, LookupError, RecursionError):
        return None


def write_heartbeat(path: Path | None, beat: Heartbeat) -> None:
    """Put it in the place of the old one, whole or not at all, readable by its owner alone (mode 0600).

    Raises:
        LedgerError: it cannot be written.
    """
    if path is None:
        return
    told = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in _fields(beat)}
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f"{path.name}-", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"version": _VERSION, **told}, file)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        hint = "Make its directory writable for this user, and look at the space left on the disk."
        raise LedgerError(f"The heartbeat {path} cannot be written: {error.strerror}.", hint=hint) from error


def sentence(error: BaseException) -> str:
    """Why a pass failed. Of an error that crmlink did not raise itself only its kind: its words may be mail."""
    return str(error) if isinstance(error, CrmlinkError) else f"internal error: {type(error).__name__}"


def _fields(beat: Heartbeat) -> list[tuple[str, Any]]:
    return [(name, getattr(beat, name)) for name in Heartbeat.__slots__]


def _read(told: Mapping[str, Any]) -> Heartbeat:
    failure, stopped = told["failure"], told["stopped"]
    if not isinstance(failure, str) or not isinstance(stopped, str):
        raise TypeError
    return Heartbeat(_moment(told["last_success"]), _moment(told["last_failure"]), failure, stopped)


def _moment(text: str | None) -> datetime | None:
    moment = datetime.fromisoformat(text) if text else None
    if moment is not None and moment.tzinfo is None:
        raise ValueError("the heartbeat takes aware times only")
    return moment
