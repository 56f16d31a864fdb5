"""Reads an address book on disk: a directory of `.vcf` files, or of such directories, as vdirsyncer and khard keep them.

It only reads. A missing directory is a `SourceError`; a file that cannot be read is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from crmlink.model.errors import SourceError
from crmlink.sources.regular_file import read_regular

MAX_FILE: Final = 20_000_000
"""An exported address book with pictures; what a single card may hold is bounded later."""


class VcfDirectory:
    """An `AddressBook` over a directory."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def cards(self) -> Iterator[bytes]:
        """The content of every card file, in order of name. Raises SourceError when the directory cannot be listed."""
        try:
            files = sorted(self._files())
        except OSError as error:
            raise SourceError(
                f"The address book directory {error.filename or self._path} cannot be read ({error.strerror}).",
                hint="Correct CRMLINK_CONTACTS, or make the directory readable.",
            ) from error
        for file in files:
            try:
                yield read_regular(file, MAX_FILE)
            except OSError:
                continue

    def close(self) -> None:
        """Nothing to let go of."""

    def _files(self) -> Iterator[Path]:
        for entry in self._path.iterdir():
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                yield from (one for one in entry.iterdir() if _is_card_file(one))
            elif _is_card_file(entry):
                yield entry


def _is_card_file(entry: Path) -> bool:
    return entry.suffix.lower() == ".vcf" and not entry.name.startswith(".")
