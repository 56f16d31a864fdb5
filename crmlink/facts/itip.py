"""Reads the invitations, answers and cancellations that travel by mail (iTIP, RFC 5546; iMIP, RFC 6047).

It says what the sender wants to happen, never whether they may want it. In: the bytes of a text/calendar part.
Out: one `Invitation` per VEVENT: a series with its first occurrence, an override with its recurrence-id.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from crmlink.facts.calendar_text import cut
from crmlink.facts.calendar_values import MAX_NAME, line_of
from crmlink.facts.components import read_components
from crmlink.model.meeting import Invitation, Method
from crmlink.model.problem import Problem


def invitations(raw: bytes, *, zone: ZoneInfo, in_forward: bool) -> tuple[tuple[Invitation, ...], tuple[Problem, ...]]:
    """Every VEVENT as an invitation, in the order of the text, and what could not be read. Never raises.

    A text without METHOD only tells of an event: it counts as PUBLISH (RFC 5546 section 3.2.1). `zone` is the owner's.
    """
    text = cut(raw, subject="invitation")
    try:
        method = Method(text.method.lower() or "publish")
    except ValueError:
        return (), (*text.problems, _unknown_method(text.method))
    components, _, problems = read_components(text, calendar="", zone=zone, start_needed=False)
    return tuple(Invitation(method, component.event, in_forward) for component in components), problems


def _unknown_method(method: str) -> Problem:
    return Problem(
        "invitation.unknown-method",
        line_of(method, MAX_NAME),
        "The invitation asks for something that is not in the standard; it was left alone.",
        "Answer it from your mail program.",
    )
