"""Reads a file of somebody's directory: only a regular one, and only so much of it.

A pipe would be waited for without end, a device may never end, and a file may grow while it is read.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def read_regular(path: Path, limit: int) -> bytes:
    """The whole file. Raises OSError when it cannot be read, is no regular file, or holds more than `limit` bytes."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with open(handle, "rb") as file:  # noqa: PTH123 -- by its handle, so that what is looked at is what is read
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "no regular file", str(path))
        content = file.read(limit + 1)
    if len(content) > limit:
        raise OSError(errno.EFBIG, f"larger than {limit} bytes", str(path))
    return content
