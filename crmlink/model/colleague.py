"""What colleagues on one ledger tell each other, if they want to: that a question was answered, and not a word of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crmlink.model.ids import MessageId, digest


@dataclass(frozen=True, slots=True)
class ColleagueAnswer:
    """An answer that somebody sent: its Message-ID, the address it was sent from, and when (aware).

    `mark` stands for the question and the asker; who does not know both learns nothing from it.
    """

    mark: str
    message: MessageId
    by: str
    at: datetime


def question_mark(question: MessageId, asker: str) -> str:
    """What stands for a question (its Message-ID) of this asker (address in lower case)."""
    return digest("question", question, asker)
