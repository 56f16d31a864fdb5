"""Names of files as text that can be stored and shown: to the kernel a name is bytes, whatever they mean."""

from __future__ import annotations

import os


def shown(name: str) -> str:
    """The name as it is, or with the bytes that are no UTF-8 written out; different names stay different."""
    return name if name.isascii() else os.fsencode(name).decode("utf-8", "backslashreplace")
