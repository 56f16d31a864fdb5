"""Who logs in to a calendar server. A value without behaviour; it never shows its password."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CalendarLogin:
    """User and password, empty for servers that ask for none; `ca_file` holds authorities to trust besides the usual."""

    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
