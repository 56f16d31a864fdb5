"""A problem: bad data as a value. It is reported beside the results and never stops a run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, with what, and what to do about it.

    `code` is stable and dotted (`calendar.unknown-zone`), `subject` names the message, event or setting,
    `message` says what happened in one sentence, `hint` says what to do next. No mail text, no secret.
    """

    code: str
    subject: str
    message: str
    hint: str = ""
