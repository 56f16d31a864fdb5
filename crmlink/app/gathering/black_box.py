"""Remembers which item is being read, so that the next start knows what ended this one.

A mail that makes the process run out of memory, or crash inside a library, takes the program down before anything can
be written about it. So the item's name stands in a small mapped file while it is read: writing it costs no system call,
and the kernel keeps it whatever happens to the process. Decides nothing.
"""

from __future__ import annotations

import mmap
import os
from pathlib import Path
from typing import Final, Self

from crmlink.model.errors import LedgerError

_SIZE: Final = 4096
_LENGTH: Final = 4


class BlackBox:
    """One item's name in a file; without a path, nowhere."""

    def __init__(self, path: Path | None) -> None:
        self._map: mmap.mmap | None = None
        if path is not None:
            self._map = _mapped(path)

    def last(self) -> str:
        """The item that was being read when the file was last used; "" when that ended well."""
        if self._map is None:
            return ""
        length = int.from_bytes(self._map[:_LENGTH])
        return self._map[_LENGTH : _LENGTH + min(length, _SIZE - _LENGTH)].decode("utf-8", "replace")

    def write(self, item: str) -> None:
        """This item is being read now; "" for none."""
        if self._map is None:
            return
        name = item.encode("utf-8", "replace")[: _SIZE - _LENGTH]
        self._map[:_LENGTH] = bytes(_LENGTH)  # never a new length with an old name
        self._map[_LENGTH : _LENGTH + len(name)] = name
        self._map[:_LENGTH] = len(name).to_bytes(_LENGTH)

    def close(self) -> None:
        """Let go of the file."""
        if self._map is not None:
            self._map.close()
            self._map = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _mapped(path: Path) -> mmap.mmap:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.ftruncate(file, _SIZE)
            return mmap.mmap(file, _SIZE)
        finally:
            os.close(file)
    except OSError as error:
        hint = "Make its directory writable for this user, or set CRMLINK_DATABASE."
        raise LedgerError(f"The file {path} cannot be written: {error.strerror}.", hint=hint) from error
