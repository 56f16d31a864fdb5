"""Reads one mail, from its bytes to what stands in it, so that a bug of ours in one mail never stops a run.

What comes out is all that any later stage needs, and no more: what is addressed to nobody in particular loses its text.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from crmlink.cache.mail import ReadMail
from crmlink.facts.mime import TOO_LARGE, header_block, read_message
from crmlink.facts.settled import settled_by_header, signs
from crmlink.language.reader import Reader
from crmlink.model.mail import Automatic, Message
from crmlink.model.problem import Problem
from crmlink.model.reading import Reading
from crmlink.sources.port import RawMessage, Sparing

SETTLED: Final = frozenset({Automatic.LIST, Automatic.BOUNCE})
"""What these say is addressed to nobody in particular: their headers settle them, their text is not read."""


@dataclass(frozen=True, slots=True)
class MailReader:
    """Reads mail for one owner. The same mail always reads the same, whenever that is."""

    reader: Reader

    @property
    def sparing(self) -> Sparing:
        """Which mails it reads the same without their body."""
        return Sparing(signs(), self._settled)

    def _settled(self, header: bytes, structure: bytes) -> bool:
        try:
            return settled_by_header(header, structure, owner=self.reader.owner)
        except Exception:  # noqa: BLE001 -- then it is read whole, where a mail that breaks us is dealt with
            return False

    def read(self, raw: RawMessage) -> ReadMail:
        """What is to be known of the mail."""
        zone, owner = self.reader.calendar.zone, self.reader.owner
        facts = read_message(raw.raw, owner=owner, zone=zone, role=raw.role, received_at=raw.received_at)
        message = facts.message
        if message is None:
            return ReadMail(None, problems=facts.problems)
        if message.automatic in SETTLED:
            bare = replace(message, text="", full_text="", signature="", attachments=())
            # However large or deep it is: nobody misses what was left out of it.
            problems = tuple(problem for problem in facts.problems if problem.code != TOO_LARGE)
            return ReadMail(_without_doubles(bare), problems=problems)
        reading, broke = read_text(self.reader, message)
        return ReadMail(_without_doubles(message), reading, facts.problems, broke)

    def read_headers(self, raw: RawMessage) -> ReadMail:
        """What its headers alone tell: who wrote when, in which thread. Nothing stands in it."""
        zone, owner = self.reader.calendar.zone, self.reader.owner
        head = header_block(raw.raw)
        facts = read_message(head, owner=owner, zone=zone, role=raw.role, received_at=raw.received_at)
        return ReadMail(_without_doubles(facts.message) if facts.message else None, problems=facts.problems)


def _without_doubles(message: Message) -> Message:
    """Without the quoted words, which are other messages, and the results that other servers claim."""
    return replace(message, full_text="", authentication_results=message.authentication_results[:1])


def read_text(reader: Reader, message: Message) -> tuple[Reading, Problem | None]:
    """What stands in the message; an empty reading and a problem when reading it broke."""
    try:
        return reader.read(message), None
    except Exception as error:  # noqa: BLE001 -- whatever it is, the other mails must be read
        what = f"the text of this message could not be read ({type(error).__name__}); nothing in it counts"
        problem = Problem(
            "mail.reading-broke", message.id, what, "this is a mistake of crmlink: report it with the name of the error"
        )
        return Reading(reader.fallback_language), problem
