"""Keeps the tokens of a login: in the desktop's keyring where there is one, else in a file that only the owner can read.

The file lies beside the ledger. It is replaced as a whole and written through to the disk, so that a crash leaves the old
tokens or the new ones: the old refresh token may be worthless the moment the new one was given. A lock beside it lets one
process renew at a time.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from crmlink.app.oauth.tokens import Tokens, from_text
from crmlink.model.errors import LedgerError, SettingsError

KEYRING_SERVICE: Final = "crmlink"


class Place(Protocol):
    """Where a text is kept. Both methods raise LedgerError, `read` also SettingsError."""

    def read(self) -> str | None:
        """What is kept, None when nothing is."""
        ...

    def write(self, text: str) -> None:
        """Keep this instead of what was kept."""
        ...


@dataclass(frozen=True, slots=True)
class Vault:
    """The tokens of one login. `lock` is a file of its own, wherever they are kept."""

    place: Place
    lock: Path

    def tokens(self) -> Tokens | None:
        """What is kept, None when there is nothing that can be used."""
        text = self.place.read()
        return from_text(text) if text is not None else None

    def keep(self, tokens: Tokens) -> None:
        """Keep these; when this returns they outlive a crash."""
        self.place.write(tokens.to_text())

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until no other process renews, and keep it so. Raises LedgerError."""
        try:
            self.lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(self.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unwritable(self.lock, error) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX)  # whoever holds it has answers with an end, see `web`
            yield
        finally:
            os.close(file)


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A file with mode 0600."""

    path: Path

    def read(self) -> str | None:
        """What is kept. Raises SettingsError when others may read it."""
        try:
            with self.path.open(encoding="utf-8") as file:
                mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
                if mode & (stat.S_IRWXG | stat.S_IRWXO):
                    raise SettingsError(
                        (f"{self.path} holds your login and may be read by others (mode {mode:04o})",),
                        hint=f"chmod 600 {self.path}; if others may have read it, log in again: crmlink login",
                    )
                return file.read()
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            return ""
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def write(self, text: str) -> None:
        """Replace the file, written through to the disk."""
        name = ""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=f".{self.path.name}-", dir=self.path.parent)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.path)
            _sync(self.path.parent)
        except OSError as error:
            if name:
                Path(name).unlink(missing_ok=True)
            raise _unwritable(self.path, error) from error


@dataclass(frozen=True, slots=True)
class KeyringPlace:
    """An entry in the desktop's keyring; `ring` is the backend of the keyring library."""

    ring: Any
    entry: str

    def read(self) -> str | None:
        """What is kept."""
        with self._our_words():
            text = self.ring.get_password(KEYRING_SERVICE, self.entry)
        return text if isinstance(text, str) else None

    def write(self, text: str) -> None:
        """Replace the entry."""
        with self._our_words():
            self.ring.set_password(KEYRING_SERVICE, self.entry, text)

    @contextmanager
    def _our_words(self) -> Iterator[None]:
        from keyring.errors import KeyringError  # noqa: PLC0415 -- an extra

        try:
            yield
        except (KeyringError, OSError) as error:
            raise LedgerError(
                "the keyring with your login cannot be used", hint="unlock it, or uninstall the keyring package"
            ) from error


def place_for(path: Path, entry: str) -> Place:
    """The keyring, where the package is there and finds a real one; else the file at `path`.

    A login that is in the file already stays there: a daemon may see no keyring where the owner has one.
    """
    ring = None if path.exists() else _keyring()
    return KeyringPlace(ring, entry) if ring is not None else FilePlace(path)


def _keyring() -> Any:
    with contextlib.suppress(Exception):  # a backend may fail in any way, and then there is none
        import keyring  # noqa: PLC0415 -- an extra

        ring = keyring.get_keyring()
        # Below 1 are those that its makers do not recommend: none at all, one that forgets, plain files.
        return ring if ring.priority >= 1 else None
    return None


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritable(path: Path, error: OSError) -> LedgerError:
    return LedgerError(
        f"your login in {path} cannot be read or written: {error.strerror}",
        hint="make its directory writable for this user, or set CRMLINK_DATABASE",
    )
