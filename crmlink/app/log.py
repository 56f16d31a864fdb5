"""Logging: short events for a terminal or, under systemd, one JSON object a line. Never mail text, never a secret."""

from __future__ import annotations

import logging
import sys

import structlog


def configure(*, as_json: bool, verbose: bool = False) -> None:
    """Send the log to stderr."""
    renderer = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=False),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if verbose else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
