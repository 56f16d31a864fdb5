"""Logging: short events for a terminal or, under systemd, one JSON object a line. Never mail text, never a secret.

Addresses in a log are only told apart, never told: each is a mark that is the same as long as the process runs.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys

import structlog
from structlog.typing import EventDict, WrappedLogger

from crmlink.model.ids import digest

_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"']+@[^\s<>()\[\]:;,\"']+")


class _Marks:
    """Puts a salted hash in the place of every address in an event."""

    def __init__(self) -> None:
        self._salt = secrets.token_hex(16)

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """The event with marks."""
        return {name: self._marked(value) for name, value in event.items()}

    def _marked(self, value: object) -> object:
        if isinstance(value, str):
            return _ADDRESS.sub(self._mark, value)
        return [self._marked(one) for one in value] if isinstance(value, list | tuple) else value

    def _mark(self, found: re.Match[str]) -> str:
        return f"address-{digest(self._salt, found.group().lower())[:8]}"


def configure(*, as_json: bool, verbose: bool = False) -> None:
    """Send the log to stderr."""
    renderer = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            _Marks(),
            structlog.processors.TimeStamper(fmt="iso", utc=False),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if verbose else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
