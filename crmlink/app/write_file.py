"""Writes a file that only its owner can read, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from crmlink.model.errors import UsageError


def write_private(path: Path, text: str) -> None:
    """Write the text in UTF-8, as it is, with mode 0600, in the place of a file that is there.

    Raises:
        UsageError: it cannot be written there; a file that was there is as it was.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode("utf-8", "replace"))
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}", hint="choose a file in a place of yours"
        ) from error
