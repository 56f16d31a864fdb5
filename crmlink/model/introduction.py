"""A warm introduction: first the one who is asked is asked, and only after a yes both are written to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crmlink.model.ids import LapseId, short_id


class IntroductionStep(StrEnum):
    """Which letter it is: the question to one of them, or the introduction to both."""

    ASK = "ask"
    INTRODUCE = "introduce"


@dataclass(frozen=True, slots=True)
class Introduction:
    """One letter of an introduction. `introduced` and `asked` are addresses in lower case.

    `purpose` is the owner's own sentence, on one line. `round` counts how often these two were introduced before.
    """

    introduced: str
    asked: str
    purpose: str
    step: IntroductionStep
    round: int = 0

    @property
    def id(self) -> LapseId:
        """What stands for it where a draft names its lapse: the same for the same pair, whoever is asked."""
        return LapseId(short_id("introduction", *sorted((self.introduced, self.asked)), self.step, str(self.round)))

    @property
    def pair(self) -> frozenset[str]:
        """Both addresses."""
        return frozenset((self.introduced, self.asked))


@dataclass(frozen=True, slots=True)
class RecordedIntroduction:
    """An introduction as the ledger holds it, since when (aware)."""

    introduction: Introduction
    created_at: datetime
