"""Evidence: where a conclusion comes from, so that a person can check it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EvidenceSource(StrEnum):
    """What the evidence was read from."""

    MAIL = "mail"
    CALENDAR = "calendar"
    LEDGER = "ledger"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason: the rule that fired, where, and the words or facts it saw.

    `ref` is a Message-ID with angle brackets or an event UID; `quote` the exact words, or a plain statement of fact.
    """

    rule: str
    source: EvidenceSource
    ref: str
    quote: str = ""
