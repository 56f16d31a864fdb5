"""The picture: everything that is known at one moment, as the one argument of the stages that decide.

It is built once in a pass and never changes. Order of mail, folders and duplicates leave no trace in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crmlink.model.colleague import ColleagueAnswer
from crmlink.model.contact import Owner
from crmlink.model.ids import MessageId
from crmlink.model.mail import Message, Role, Thread
from crmlink.model.meeting import Agenda
from crmlink.model.memory import RememberedEvent
from crmlink.model.policy import Policy
from crmlink.model.reading import Reading
from crmlink.model.workdays import WorkingCalendar

NO_EVIDENCE = frozenset({Role.DRAFTS, Role.TRASH, Role.JUNK})


@dataclass(frozen=True, slots=True)
class Picture:
    """Threads with what was read in them, the agenda, and what earlier passes saw; `now` is aware, in the owner's zone.

    `agenda` holds every occurrence in the window, `remembered` the occurrences of earlier passes. `mail_complete` is
    False when part of the mailbox could not be read: then nobody can be said not to have answered. `authserv_ids` are the
    authserv-ids of the owner's own provider; without them no sender counts as proven. `colleagues` holds, by
    mark, what colleagues answered whose mail is not in this mailbox. `by_sender` is derived: what each
    address wrote, evidence only.
    """

    owner: Owner
    policy: Policy
    workdays: WorkingCalendar
    now: datetime
    threads: tuple[Thread, ...] = ()
    readings: Mapping[MessageId, Reading] = field(default_factory=dict)
    agenda: Agenda = field(default_factory=Agenda)
    remembered: tuple[RememberedEvent, ...] = ()
    mail_complete: bool = True
    authserv_ids: frozenset[str] = frozenset()
    colleagues: Mapping[str, tuple[ColleagueAnswer, ...]] = field(default_factory=dict)
    by_sender: Mapping[str, tuple[Message, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found: dict[str, list[Message]] = {}
        for _, message in self.messages():
            if message.sender:
                found.setdefault(message.sender.address, []).append(message)
        object.__setattr__(self, "by_sender", {address: tuple(messages) for address, messages in found.items()})

    def messages(self) -> Iterator[tuple[Thread, Message]]:
        """Every message that may count as evidence, with its thread."""
        for thread in self.threads:
            for message in thread.messages:
                if message.role not in NO_EVIDENCE:
                    yield thread, message
