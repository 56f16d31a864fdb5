"""What a worker is told of a pass by the process that made it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

from crmlink.fleet.turns import Ending


@dataclass(frozen=True, slots=True)
class Told:
    """How a pass ended, in numbers and one sentence: no word of mail. `edition` is the mailbox as it was read."""

    ending: Ending
    reason: str = ""
    edition: int = 0
    every_minutes: int = 1
    lapses: int = 0
    placed: int = 0
    problems: int = 0
    memory: int = 0  # megabytes, the most this process ever had

    def document(self) -> dict[str, Any]:
        """As it goes over a pipe."""
        return asdict(self)

    @classmethod
    def of(cls, document: dict[str, Any]) -> Self:
        """The other way round."""
        return cls(**{**document, "ending": Ending(document["ending"])})
