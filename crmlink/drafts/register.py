"""Chooses how a draft addresses somebody: u or je.

The owner's own earlier mail to this contact decides; else how the contact writes to the owner; else formal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from crmlink.model.reading import Register


@dataclass(frozen=True, slots=True)
class Spoken:
    """The register of one earlier mail and when it was sent (aware)."""

    at: datetime
    register: Register


def choose_register(to_contact: Iterable[Spoken], from_contact: Iterable[Spoken]) -> Register:
    """FORMAL or INFORMAL: the newest mail that shows a register, the owner's own before theirs."""
    for mails in (to_contact, from_contact):
        telling = [mail for mail in mails if mail.register is not Register.NEUTRAL]
        if telling:
            return max(telling, key=lambda mail: mail.at).register
    return Register.FORMAL
