"""What a person wrote, as crmlink reads it: every finding quotes its exact words and names its rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crmlink.model.lapse import Fault


class Register(StrEnum):
    """How the reader is addressed: u/Sie, je/du, or no sign of either."""

    FORMAL = "formal"
    INFORMAL = "informal"
    NEUTRAL = "neutral"


class Grain(StrEnum):
    """How precise a date is."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class MeetingAct(StrEnum):
    """What a message does to a meeting."""

    NONE = "none"
    PROPOSE = "propose"
    ACCEPT = "accept"
    DECLINE = "decline"
    CANCEL = "cancel"
    RESCHEDULE = "reschedule"
    NO_SHOW = "no_show"


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date or moment in the text. `start` and `end` are aware, in the owner's zone; `end` is None when open.

    `offset` is where the quote begins in the text that was read.
    `deadline` is the latest moment that still keeps a promise made with these words: for a date without a time the
    end of that working day, for "next week" its Friday.
    """

    quote: str
    start: datetime
    end: datetime | None
    grain: Grain
    offset: int
    deadline: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """Something the writer asks. `to_me` is False when it is addressed to somebody else. `due` is aware or None.

    `because`: the words, pairs of words and rules that weighed most, when no rule alone decided.
    """

    quote: str
    rule: str
    to_me: bool
    offset: int
    due: datetime | None = None
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """A future act of the writer (or their "we"). `due` is aware, or None when no date was given."""

    quote: str
    rule: str
    offset: int
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class MeetingTalk:
    """The one act on a meeting in this message, with the fault as claimed in it, seen from the owner."""

    act: MeetingAct = MeetingAct.NONE
    fault: Fault | None = None
    quote: str = ""
    rule: str = ""
    offset: int = -1
    when: DateMention | None = None


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Words that looked like something and were left alone, with the rule that stopped them."""

    quote: str
    looked_like: str
    stopped_by: str
    offset: int


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read in one message's newly written text."""

    language: str
    register: Register = Register.NEUTRAL
    requests: tuple[Request, ...] = ()
    promises: tuple[Promise, ...] = ()
    dates: tuple[DateMention, ...] = ()
    meeting: MeetingTalk = MeetingTalk()
    near_misses: tuple[NearMiss, ...] = ()
