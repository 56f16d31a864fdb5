"""The port of a connector: what one must be able to do to tell a CRM about an event.

A connector is found by its name in the entry-point group `crmlink.crm`; a package of your own can add one:

    [project.entry-points."crmlink.crm"]
    ourcrm = "ourpackage.crmlink:OurConnector"

The entry point is called with a `CrmAccess` and gives a `Connector`. crmlink tells it one event after the other, in
order, and one event may come more than once: its `id` is then the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Final, Protocol

from crmlink.model.crm_event import CrmEvent
from crmlink.model.errors import TemporaryError

GROUP: Final = "crmlink.crm"


class CrmUnreachableError(TemporaryError):
    """The CRM could not be told now; the same event is tried again in a later pass. The message tells no secret."""


class CrmRefusedError(TemporaryError):
    """The CRM will never take this event; it is given up and the next one follows. The message tells no secret."""


@dataclass(frozen=True, slots=True)
class CrmAccess:
    """Where the CRM is and how to get in, from the settings. `clock` gives aware times in the owner's zone.

    `language` is that of the owner (nl, en or de), for what people read in the CRM. `seconds` is the most that one request may take.
    """

    url: str
    clock: Callable[[], datetime]
    user: str = ""
    key: str = ""
    ca_file: Path | None = None
    language: str = "en"
    seconds: float = 5


class Connector(Protocol):
    """Tells one CRM. `settings` names those that must be set for it, in lower case (`crm_url`)."""

    name: ClassVar[str]
    settings: ClassVar[tuple[str, ...]]

    def deliver(self, event: CrmEvent) -> None:
        """Tell it. Returning means that the CRM has it.

        Raises:
            CrmUnreachableError: not now.
            CrmRefusedError: never.
        """
        ...
