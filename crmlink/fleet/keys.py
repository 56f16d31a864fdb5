"""The keys that seal the secrets of the mailboxes: Fernet (AES-128-CBC with HMAC-SHA256), several of them at a time.

The first key seals, each of them opens: so a new key is put in front, everything is sealed anew, and only then the old
one goes. A key stands in a file that its owner alone can read, or in the systemd credential `fleet_key`.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from crmlink.app.config.env_file import OTHERS
from crmlink.model.errors import SettingsError

_HINT = "`crmlink fleet key FILE` makes one; name it in CRMLINK_FLEET_KEY_FILE"


class WrongKeyError(SettingsError):
    """None of the keys opens what was sealed."""


class Keys:
    """One key or more, the newest first."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self.texts = keys
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def seal(self, text: str) -> str:
        """Encrypt with the newest key."""
        return self._fernet.encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """Decrypt with whichever key fits.

        Raises:
            WrongKeyError: none does, or the text was changed.
        """
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise WrongKeyError(
                ("what is stored for a mailbox was sealed with another key than those in CRMLINK_FLEET_KEY_FILE",),
                hint="put the key it was added with into that file, one key a line; else remove the mailboxes and add them anew",
            ) from error

    def reseal(self, sealed: str) -> str:
        """The same, sealed with the newest key. Raises as `unseal`."""
        return self.seal(self.unseal(sealed))


def new_key() -> str:
    """A key that nobody has had before."""
    return Fernet.generate_key().decode()


def read_keys(path: Path | None, *, guarded: bool = False) -> Keys:
    """The keys in this file, one a line; empty lines and those that begin with # do not count.

    What is `guarded` by its directory, as credentials of systemd are, may have any mode.

    Raises:
        SettingsError: there is no file or no key in it, one is no key, or others may read it.
    """
    if path is None:
        raise SettingsError(("CRMLINK_FLEET_KEY_FILE: is missing",), hint=_HINT)
    try:
        if path.stat().st_mode & OTHERS and not guarded:
            raise SettingsError((f"{path} holds keys and may be read by others",), hint=f"chmod 600 {path}")
        lines = [line.strip() for line in path.read_text(encoding="ascii").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise SettingsError((f"CRMLINK_FLEET_KEY_FILE: {path} cannot be read: {reason}",), hint=_HINT) from error
    try:
        keys = tuple(line for line in lines if line and not line.startswith("#"))
        if not keys:
            raise SettingsError((f"CRMLINK_FLEET_KEY_FILE: {path} holds no key",), hint=_HINT)
        return Keys(keys)
    except ValueError as error:  # the library repeats no key
        raise SettingsError((f"CRMLINK_FLEET_KEY_FILE: a line of {path} is no key",), hint=_HINT) from error


def write_key(path: Path) -> bool:
    """Put a new key into this file, in front of those it holds.

    Returns:
        Whether there were keys in it before: then what they sealed is to be sealed anew.

    Raises:
        SettingsError: the file cannot be written, or holds something else.
    """
    try:
        before = read_keys(path).texts if path.exists() else ()
        fresh = path.with_name(f"{path.name}.new")
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(file, "w", encoding="ascii") as stream:
            stream.write("".join(f"{key}\n" for key in (new_key(), *before)))
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(path)
    except OSError as error:
        raise SettingsError((f"{path} cannot be written: {error.strerror}",), hint="name another file") from error
    return bool(before)
