"""Names the code and settings that read mail and calendars, so that what others read is not used."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import crmlink
from crmlink.language.reader import Reader
from crmlink.model.ids import digest

_STAGES: Final = ("facts", "language", "model")
_MODULES: Final = ("app/gathering/read.py", "cache/calendars.py", "cache/codec.py", "cache/mail.py")
_LIBRARIES: Final = (
    *("authres", "babel", "flufl.bounce", "holidays", "icalendar", "nameparser", "python-dateutil"),
    *("recurring-ical-events", "selectolax", "tzdata"),
)


def reader_name(reader: Reader) -> str:
    """A digest of everything a reading of a mail depends on but the mail itself."""
    return digest(repr((reader.owner, reader.calendar, reader.fallback_language)), code_name())


@cache
def code_name() -> str:
    """A digest of the code and the libraries that read mail and calendars. A process keeps the code it began with."""
    libraries = " ".join(f"{name}={_version(name)}" for name in _LIBRARIES)
    said = hashlib.blake2b(f"{libraries}\n{sys.version_info[:2]}".encode(), digest_size=16)
    for path in _code():
        said.update(str(path.name).encode())
        said.update(path.read_bytes())
    return said.hexdigest()


def _code() -> list[Path]:
    root = Path(crmlink.__file__).parent
    stages = (path for stage in _STAGES for path in (root / stage).rglob("*") if path.suffix in (".py", ".toml"))
    return sorted([*stages, *(root / name for name in _MODULES)])


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
