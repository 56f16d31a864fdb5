"""How the text of a setting becomes a value. Each parser raises ValueError with one sentence: what is wrong, what is right."""

from __future__ import annotations

import email.utils
import re
from datetime import time
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, SecretStr

from crmlink.mailbox.location import is_loopback
from crmlink.model.contact import Owner
from crmlink.model.policy import WorkingHours

DAY_NAMES = {
    name: number
    for number, names in enumerate(
        (("mon", "ma"), ("tue", "di"), ("wed", "wo"), ("thu", "do"), ("fri", "vr"), ("sat", "za"), ("sun", "zo"))
    )
    for name in names
}
LANGUAGES = ("nl", "en", "de")
MOST_SIGNATURE_BYTES = 4096
HOURS_FORM = "write it as mon-fri 09:00-17:30, or mon-thu 09:00-12:30 13:00-17:30, fri 09:00-13:00"


def check_secret(secret: SecretStr) -> SecretStr:
    """The secret, if no server could take it for more than one line."""
    if any(mark in secret.get_secret_value() for mark in "\r\n\0"):
        raise ValueError("holds a line break or NUL, which no server can be given safely")
    return secret


Secret = Annotated[SecretStr, AfterValidator(check_secret)]


def parse_owner(text: str) -> Owner:
    """`Name <address>, other@address`: the first address is the main one, a name may stand with any."""
    pairs = [(name.strip(), address.strip().lower()) for name, address in email.utils.getaddresses([text])]
    addresses = tuple(dict.fromkeys(address for _, address in pairs))
    if not addresses or not all(re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", address) for address in addresses):
        raise ValueError("is not a list of addresses; write it as Name <address>, other@address")
    return Owner(next((name for name, _ in pairs if name), ""), addresses)


def parse_zone(text: str) -> ZoneInfo:
    """An IANA time zone name."""
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{text!r} is no time zone; write it as Europe/Amsterdam") from error


def parse_country(text: str) -> str:
    """A two-letter country code (ISO 3166-1) whose holidays are known, or nothing for no holidays."""
    if not text:
        return ""
    # The codes alone: the list of `holidays` itself loads the calendar of every country, a tenth of a second.
    from holidays.registry import EntityLoader  # noqa: PLC0415 -- heavy, and only needed when settings are read

    code = text.upper()
    if code not in EntityLoader.get_country_codes(include_aliases=False):
        raise ValueError(f"{text!r} is no country whose holidays are known; write two letters, as NL or DE")
    return code


def parse_language(text: str) -> str:
    """A language that letters are written in."""
    if text not in LANGUAGES:
        raise ValueError(f"{text!r} is no language crmlink writes; choose {', '.join(LANGUAGES)}")
    return text


def parse_working_hours(text: str) -> WorkingHours:
    """`mon-fri 09:00-17:30`; several rules separated by commas, several spans in a rule by spaces."""
    spans: list[tuple[int, time, time]] = []
    for rule in filter(None, (part.strip().lower() for part in re.split(r"[,;]", text))):
        days, *hours = rule.split()
        if not hours:
            raise ValueError(f"{rule!r} names days without hours; {HOURS_FORM}")
        for day in _days(days):
            spans.extend((day, *_span(hour)) for hour in hours)
    if not spans:
        raise ValueError(f"is empty; {HOURS_FORM}")
    return WorkingHours(tuple(sorted(spans)))


def parse_ignore(text: str) -> frozenset[str]:
    """Addresses and domains, separated by commas or spaces, in lower case; `@example.org` is the domain example.org."""
    return frozenset(part.lower().lstrip("@") for part in re.split(r"[,;\s]+", text) if part)


def parse_tenant(text: str) -> str:
    """A tenant of Microsoft Entra: a domain, an identifier, or one of its own words (common, consumers)."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", text):
        raise ValueError(f"{text!r} is no tenant; write its domain or identifier, or common")
    return text


def parse_database(text: str) -> str:
    """A path or an SQLAlchemy URL, as an SQLAlchemy URL."""
    return text if "://" in text else f"sqlite:///{Path(text).expanduser()}"


def parse_directory(text: str) -> Path | None:
    """An existing directory, or None for no text."""
    if not text:
        return None
    path = Path(text).expanduser()
    if not path.is_dir():
        raise ValueError(f"{text!r} is not a directory")
    return path


def parse_file(text: str) -> Path | None:
    """An existing file, or None for no text."""
    if not text:
        return None
    path = Path(text).expanduser()
    if not path.is_file():
        raise ValueError(f"{text!r} is not a file")
    return path


def read_signature(text: str) -> str:
    """The signature in a text file, its line ends and spaces tidied, or nothing for no file."""
    path = parse_file(text)
    if path is None:
        return ""
    try:
        raw = path.read_bytes() if path.stat().st_size <= MOST_SIGNATURE_BYTES else None
        signature = raw.decode("utf-8-sig") if raw is not None else None
    except OSError as error:
        raise ValueError(f"{text!r} cannot be read") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{text!r} is no text in UTF-8; save it as UTF-8") from error
    if signature is None:
        raise ValueError(f"{text!r} is larger than {MOST_SIGNATURE_BYTES} bytes; a signature is a few lines of text")
    if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|<(?:html|div|p|br)\b", signature, re.IGNORECASE):
        raise ValueError(f"{text!r} is no plain text; a signature here is a few lines of text without markup")
    lines = [line.expandtabs(4).rstrip() for line in signature.splitlines()]
    return "\n".join(lines[1:] if lines[:1] == ["--"] else lines).strip("\n")


def parse_one_address(text: str) -> str:
    """One mail address in lower case, or nothing for no text."""
    if text and not re.fullmatch(r"[\w!#$%&'*+/=?^`{|}~.-]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+", text, re.ASCII):
        raise ValueError(f"{text!r} is not one address; write it as crm@example.nl")
    return text.lower()


def parse_web_address(text: str) -> str:
    """An https:// address, or http:// on this machine, without a login in it; nothing for no text."""
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("cannot be read; write it as https://crm.example/path") from None
    if parts.scheme not in {"https", "http"} or not host or any(mark.isspace() for mark in text):
        raise ValueError("is no address of the web; write it as https://crm.example/path")
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError("must use TLS unless it is on this machine; write https:// instead of http://")
    if parts.username is not None or parts.password is not None:
        raise ValueError("may not hold a login")
    return parts._replace(fragment="").geturl()


def _days(text: str) -> range | tuple[int, ...]:
    first, dash, last = text.partition("-")
    if first not in DAY_NAMES or (dash and last not in DAY_NAMES):
        raise ValueError(f"{text!r} are no days; {HOURS_FORM}")
    start = DAY_NAMES[first]
    end = DAY_NAMES[last] if dash else start
    if end < start:
        raise ValueError(f"{text!r} runs backwards; {HOURS_FORM}")
    return range(start, end + 1)


def _span(text: str) -> tuple[time, time]:
    try:
        start, end = (time.fromisoformat(part.replace(".", ":").rjust(5, "0")) for part in text.split("-"))
    except ValueError as error:
        raise ValueError(f"{text!r} is no span of hours; {HOURS_FORM}") from error
    if end <= start:
        raise ValueError(f"{text!r} ends before it starts; {HOURS_FORM}")
    return start, end
