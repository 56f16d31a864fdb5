"""Reads one message's text so that a bug of ours in one mail never stops a run: it becomes a problem instead."""

from __future__ import annotations

from crmlink.language.reader import Reader
from crmlink.model.mail import Message
from crmlink.model.problem import Problem
from crmlink.model.reading import Reading


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
