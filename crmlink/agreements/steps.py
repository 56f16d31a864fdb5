"""How the talk about one meeting stands, and what each mail does to it.

Proposed until the other side says yes; agreed until its time is over; moved when a new time was asked for and agreed; an
asked but unconfirmed move is proposed again. A no to what was agreed calls it off, a no to a proposal ends the proposal.
A yes from the side that asked confirms nothing, and a yes after it was called off is no more than courtesy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crmlink.model.agreement import State
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.ids import ThreadId
from crmlink.model.lapse import Fault
from crmlink.model.mail import Message, Thread
from crmlink.model.reading import DateMention, Grain, MeetingAct, MeetingTalk

BROKEN = frozenset({State.CANCELLED, State.MISSED})
AGREED = frozenset({State.OPEN, State.MOVED, State.KEPT})
USUAL_LENGTH = timedelta(hours=1)
_MOMENTS = frozenset({Grain.MINUTE, Grain.HOUR})


@dataclass(slots=True, eq=False)
class Talk:
    """One meeting in talk. `threads` are the conversations about it, `replied` whether the side that did not ask wrote since.

    `offered` are the days named when it was last proposed, `stood` what stood before that.
    """

    first: Message
    last: Message
    threads: dict[ThreadId, Thread]
    state: State = State.PROPOSED
    when: DateMention | None = None
    fault: Fault = Fault.UNKNOWN
    asked_by_me: bool = False
    was_agreed: bool = False
    replied: bool = False
    offered: tuple[DateMention, ...] = ()
    stood: tuple[State, DateMention | None] = (State.PROPOSED, None)
    evidence: list[Evidence] = field(default_factory=list)

    def over(self, now: datetime) -> bool:
        """Whether the agreed time has passed; a day is over at its end. A meeting without a time never is."""
        if self.when is None:
            return False
        if self.when.grain in _MOMENTS:
            return (self.when.end or self.when.start + USUAL_LENGTH) <= now
        return max(self.when.end or self.when.start, self.when.start + timedelta(days=1)) <= now

    def take(self, message: Message, said: MeetingTalk, dates: tuple[DateMention, ...] = ()) -> None:
        """What one message does to the meeting; `dates` are those in the message."""
        if said.act in (MeetingAct.PROPOSE, MeetingAct.RESCHEDULE):
            self.offered = tuple(one for one in dates if one.deadline > message.sent_at)
        before = self.state
        match said.act:
            case MeetingAct.PROPOSE:
                self._propose(message, said)
            case MeetingAct.ACCEPT:
                self._accept(message, said)
            case MeetingAct.RESCHEDULE:
                self._reschedule(message, said)
            case MeetingAct.CANCEL | MeetingAct.NO_SHOW:
                self._break(said)
            case MeetingAct.DECLINE:
                self._decline(message)
            case MeetingAct.NONE:
                return
        if self.state is not before or not self.evidence or said.act is not MeetingAct.ACCEPT:
            shown = Evidence(said.rule or f"mail.{said.act}", EvidenceSource.MAIL, message.id, said.quote)
            self.evidence.append(shown)
            self.last = message

    def hear(self, message: Message) -> None:
        """Note who wrote, whatever they said."""
        self.replied = self.replied or message.from_me is not self.asked_by_me

    def _propose(self, message: Message, said: MeetingTalk) -> None:
        self.stood = (self.state, self.when)
        self.state, self.asked_by_me, self.replied = State.PROPOSED, message.from_me, False
        self.when = said.when or self.when

    def _accept(self, message: Message, said: MeetingTalk) -> None:
        if self.state in BROKEN and (said.when is None or same_day(said.when, self.when)):
            return
        if self.state in AGREED:
            self.when = self.when or said.when
            return
        own_words = bool(self.evidence) and self.asked_by_me is message.from_me and not self.replied
        if self.state is State.PROPOSED and own_words:
            return
        self.state = State.MOVED if self.was_agreed else State.OPEN
        self.was_agreed, self.when = True, self._agreed_time(said.when)

    def _reschedule(self, message: Message, said: MeetingTalk) -> None:
        agrees = self.asked_by_me is not message.from_me and same_day(said.when, self.when)
        if self.state is State.PROPOSED and self.was_agreed and agrees:
            self.state = State.MOVED
            return
        self.stood = (self.state, self.when)
        self.state, self.was_agreed, self.fault = State.PROPOSED, True, said.fault or Fault.UNKNOWN
        self.asked_by_me, self.replied, self.when = message.from_me, False, said.when or self.when

    def _break(self, said: MeetingTalk) -> None:
        if self.state is State.MISSED and said.act is MeetingAct.CANCEL:
            return
        self.state = State.CANCELLED if said.act is MeetingAct.CANCEL else State.MISSED
        self.fault = said.fault or Fault.UNKNOWN
        self.when = self.when or said.when
        self.was_agreed = True

    def _agreed_time(self, new: DateMention | None) -> DateMention | None:
        """The time said yes to: new words, but of an offered day the mention that was offered."""
        if new is None:
            return self.when
        known = (*((self.when,) if self.when else ()), *self.offered)
        return next((one for one in known if _is_weekday_of(new, one)), new)

    def _decline(self, message: Message) -> None:
        if self.state in AGREED and not self.over(message.sent_at):
            self.state, self.fault = State.CANCELLED, Fault.ME if message.from_me else Fault.THEM
        elif self.state is State.PROPOSED and self.was_agreed:
            if (
                self.stood[0] in AGREED and self.fault is Fault.UNKNOWN
            ):  # only an extra question; what stood still stands
                self.state, self.when = self.stood
        elif self.state is State.PROPOSED:
            self.state = State.WITHDRAWN


def _is_weekday_of(new: DateMention, known: DateMention) -> bool:
    """Whether new words only name the weekday of a known day again ("leuk, tot dinsdag!")."""
    return new.grain not in _MOMENTS and new.start.weekday() == known.start.weekday()


def same_day(one: DateMention | None, other: DateMention | None) -> bool:
    """Whether two mentions are known and lie on one day."""
    return one is not None and other is not None and one.start.date() == other.start.date()
