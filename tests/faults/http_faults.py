"""Faults of a calendar server, as values for `HttpProxy`. Each strikes the requests that `On` describes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class On:
    """Requests with this method ("" any) whose body holds these words: the `nth` one, or with 0 every one."""

    method: str = ""
    body: str = ""
    nth: int = 0

    def fits(self, method: str, body: bytes) -> bool:
        """Whether it is a request of that kind."""
        return self.method in {"", method} and self.body.encode() in body


LISTING: Final = On("REPORT", "<")


@dataclass(frozen=True, slots=True)
class Answer:
    """The server never hears of the request, and this is answered."""

    on: On
    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    __hash__ = object.__hash__  # the headers are a mapping; a fault is known by itself


@dataclass(frozen=True, slots=True)
class Shrink:
    """Of the calendar objects in a listing only so many hundredths are told, the first ones."""

    on: On
    percent: int = 0


@dataclass(frozen=True, slots=True)
class Truncate:
    """The body ends in the middle. With `honest` its length is told as it then is; else the connection breaks off."""

    on: On
    percent: int = 50
    honest: bool = True


Fault = Answer | Shrink | Truncate


def redirect(on: On, target: str, status: int = 302) -> Answer:
    """The server sends elsewhere."""
    return Answer(on, status, headers={"Location": target})


def refused_token(status: int, on: On) -> Answer:
    """The server takes no sync token (any more): 403 by the standard (RFC 6578 section 3.2), 418 and 507 in the wild."""
    body = '<?xml version="1.0"?><D:error xmlns:D="DAV:"><D:valid-sync-token/></D:error>'
    return Answer(on, status, body, {"Content-Type": "application/xml; charset=utf-8"})
