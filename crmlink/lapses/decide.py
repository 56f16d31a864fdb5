"""What to do about each lapse: draft, drafted, hold or skip, with one sentence that a person can check.

Rules are tried in order; the first that has something to say wins. What is left over gets a draft, most urgent first,
until the brake of so many drafts a day; the rest waits, never silently dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crmlink.agreements.picture import Picture
from crmlink.facts.people import is_ignored, reaches_a_person
from crmlink.lapses.out_of_office import returns
from crmlink.model.draft import DraftState
from crmlink.model.evidence import EvidenceSource
from crmlink.model.ids import LapseId, MessageId, ThreadId
from crmlink.model.lapse import WAITS, Decision, Fault, Lapse, LapseKind, Verdict
from crmlink.model.mail import Thread
from crmlink.model.policy import WhenTheyCancel

SURE_ENOUGH = 0.6
MANY_OTHERS = 8
# Who cancels in a mail often sends the new date in a second one.
TIME_FOR_A_NEW_DATE = timedelta(days=1)
# Who is asked again and again is pressed.
ONE_NUDGE_IN = timedelta(days=30)
# Attention that comes as a wave is none.
ONE_GREETING_IN, GREETINGS_APART = timedelta(days=182), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier passes left: the state of each draft by lapse, what the owner dismissed, drafts placed today.

    `own_drafts` holds the Message-IDs that the owner's own drafts, lying in Drafts now, answer or refer to, `in_hand` the
    lapses about which the owner writes outside the conversation, `unwritable` why no letter can be written about a lapse.
    `nudged` are the addresses that were asked again in the last `ONE_NUDGE_IN`, `greeted` those who got a letter because they
    were silent in the last `ONE_GREETING_IN`; `greeted_lately`: somebody did in the last `GREETINGS_APART`.
    """

    drafts: dict[LapseId, DraftState] = field(default_factory=dict)
    dismissed: frozenset[LapseId] = frozenset()
    placed_today: int = 0
    own_drafts: frozenset[MessageId] = frozenset()
    in_hand: frozenset[LapseId] = frozenset()
    unwritable: Mapping[LapseId, str] = field(default_factory=dict)
    nudged: frozenset[str] = frozenset()
    greeted: frozenset[str] = frozenset()
    greeted_lately: bool = False


@dataclass(frozen=True, slots=True)
class _Case:
    """One lapse with all that the rules may look at. `owed` are people the owner owes something, `nudged` those just asked again."""

    lapse: Lapse
    picture: Picture
    past: Past
    back: Mapping[str, datetime]
    threads: Mapping[ThreadId, Thread]
    owed: AbstractSet[str]
    nudged: AbstractSet[str]
    greeting: bool

    @property
    def people(self) -> frozenset[str]:
        """Everybody a letter about it goes to."""
        agreement = self.lapse.agreement
        return frozenset((agreement.contact.address, *(one.address for one in agreement.others)))


Answer = tuple[Decision, str] | None
Rule = Callable[[_Case], Answer]


def decide(lapses: Iterable[Lapse], picture: Picture, past: Past) -> tuple[Verdict, ...]:
    """A verdict on each lapse, in the given order (which is the order of urgency); repaired ones are left out.

    One mail is answered by one draft, that of the most urgent lapse.
    """
    verdicts: list[Verdict] = []
    left = max(0, picture.policy.max_drafts_per_day - past.placed_today)
    answered: set[MessageId] = set()
    back, threads = returns(picture), {one.id: one for one in picture.threads}
    owed, nudged, greeting = set[str](), set(past.nudged), past.greeted_lately
    for lapse in lapses:
        if _is_settled(lapse.id, past):
            continue
        case = _Case(lapse, picture, past, back, threads, owed, nudged, greeting)
        said = next((answer for rule in RULES if (answer := rule(case))), None)
        anchor = lapse.agreement.anchor.id if lapse.agreement.anchor else None
        if said is None and anchor in answered:
            said = Decision.HOLD, "one letter about this mail was written already, or you said no to it"
        if said is None and left == 0:
            said = (
                Decision.HOLD,
                f"today's {picture.policy.max_drafts_per_day} drafts are placed; {WAITS}",
            )
        if said is None:
            left -= 1
            said = Decision.DRAFT, WHY[lapse.kind]
        refused = past.drafts.get(lapse.id) is DraftState.DISCARDED
        if anchor and (refused or said[0] in (Decision.DRAFT, Decision.DRAFTED)):
            answered.add(anchor)
        if lapse.fault is Fault.ME and said[0] is not Decision.SKIP:
            owed |= case.people
        if lapse.kind is LapseKind.WAITING and said[0] is Decision.DRAFT:
            nudged |= case.people
        greeting = greeting or (lapse.kind is LapseKind.SILENT and said[0] is Decision.DRAFT)
        verdicts.append(Verdict(lapse, *said))
    return tuple(verdicts)


def _is_settled(lapse: LapseId, past: Past) -> bool:
    """Whether a letter took care of it; a dismissed lapse whose draft was taken away is still shown as dismissed."""
    state = past.drafts.get(lapse)
    return state in REPAIRED and not (state is DraftState.OVERTAKEN and lapse in past.dismissed)


GENTLE = frozenset({LapseKind.WAITING, LapseKind.SILENT})
"""Lapses that nobody broke anything by, listed only when the owner wants to write about them."""
REPAIRED = frozenset({DraftState.SENT, DraftState.OVERTAKEN, DraftState.ACCEPTED})
WHY = {
    LapseKind.MISSED: "you missed this meeting and nothing was set right since",
    LapseKind.CLASH: "you cannot be at this coming meeting",
    LapseKind.CANCELLED: "you called this meeting off and no new date stands",
    LapseKind.PROMISE: "you promised this and it was not delivered in time",
    LapseKind.UNANSWERED: "you were asked this and have not answered in time",
    LapseKind.WAITING: "you asked them this and nobody has answered; one gentle reminder is enough",
    LapseKind.SILENT: "they fell silent beyond their own rhythm, and you have not written either",
}


DISMISSED = {
    DraftState.OVERTAKEN: "you dismissed it; its draft was moved to Trash",
    DraftState.PLACED: "you dismissed it; its draft still lies in Drafts, where you may delete it",
    DraftState.EDITED: "you dismissed it; the draft is yours since you edited it, and stays where it is",
}


def about_draft(state: DraftState | None) -> Answer:
    """What the state of a lapse's draft says about the lapse; None when there is none, or the lapse is repaired."""
    match state:
        case DraftState.PLACED:
            return Decision.DRAFTED, "a draft about this lies in your Drafts folder"
        case DraftState.EDITED:
            return Decision.DRAFTED, "you are writing about this yourself; the draft is yours now"
        case DraftState.DISCARDED:
            return Decision.SKIP, "you deleted the draft about this; that is remembered as a no"
        case DraftState.INTENT | DraftState.UNKNOWN:
            return Decision.HOLD, "a draft about this is on its way; the next pass looks whether it arrived"
        case DraftState.PARKED:
            return Decision.HOLD, "the draft about this could not be placed; `crmlink check` says why"
        case _:
            return None


def _drafted_before(case: _Case) -> Answer:
    return about_draft(case.past.drafts.get(case.lapse.id))


def _dismissed(case: _Case) -> Answer:
    if case.lapse.id not in case.past.dismissed:
        return None
    state = case.past.drafts.get(case.lapse.id)
    return Decision.SKIP, DISMISSED.get(state, "you dismissed it") if state else "you dismissed it"


def _ignored(case: _Case) -> Answer:
    address = case.lapse.agreement.contact.address
    if is_ignored(address, case.picture.policy.ignore):
        return Decision.SKIP, f"{address} is on your IGNORE list"
    if not reaches_a_person(address):
        return Decision.SKIP, f"{address} is not read by a person"
    return None


def _not_my_fault(case: _Case) -> Answer:
    if case.lapse.fault is Fault.ME or case.lapse.kind in GENTLE:
        return None
    if case.lapse.fault is Fault.UNKNOWN and case.lapse.agreement.doubts:
        return None  # the doubt says more
    if (
        case.lapse.fault is Fault.THEM
        and case.picture.policy.when_they_cancel is WhenTheyCancel.DRAFT
        and case.lapse.kind is LapseKind.CANCELLED
    ):
        return None
    words = {
        Fault.THEM: "the other side broke it",
        Fault.NOBODY: "nobody is to blame",
        Fault.UNKNOWN: "it is not clear whose side broke it",
    }
    return Decision.SKIP, f"{words[case.lapse.fault]}; an apology is only for what you broke"


def _doubtful(case: _Case) -> Answer:
    if case.lapse.agreement.doubts:
        return Decision.HOLD, f"not sure enough: {'; '.join(case.lapse.agreement.doubts)}"
    if case.lapse.kind is LapseKind.UNANSWERED and not case.picture.mail_complete:
        return Decision.HOLD, "not all of your mail could be read, so you may have answered"
    if case.lapse.kind is LapseKind.WAITING and not case.picture.mail_complete:
        return Decision.HOLD, "not all of your mail could be read, so they may have answered"
    if case.lapse.confidence < SURE_ENOUGH:
        return Decision.HOLD, f"not sure enough ({case.lapse.confidence:.0%})"
    return None


def _too_many(case: _Case) -> Answer:
    count = len(case.lapse.agreement.others)
    return (
        (Decision.HOLD, f"{count} others were to come; write to so many people yourself")
        if count > MANY_OTHERS
        else None
    )


def _own_draft(case: _Case) -> Answer:
    thread = case.threads.get(case.lapse.agreement.thread) if case.lapse.agreement.thread else None
    if thread and any(message.id in case.past.own_drafts for message in thread.messages):
        return Decision.HOLD, "you have a draft of your own in this conversation"
    if case.lapse.id in case.past.in_hand:
        return Decision.HOLD, "you have a draft of your own to them under this subject"
    return None


def _just_now(case: _Case) -> Answer:
    shown = case.lapse.evidence[0].source if case.lapse.evidence else None
    by_mail = case.lapse.kind is LapseKind.CANCELLED and shown is EvidenceSource.MAIL
    if by_mail and case.picture.now - case.lapse.happened_at < TIME_FOR_A_NEW_DATE:
        return Decision.HOLD, "you wrote this less than a day ago; there is time to propose a new date yourself"
    return None


def _away_themselves(case: _Case) -> Answer:
    """Their automatic reply names the day they are back; a coming meeting cannot wait for that."""
    if case.lapse.kind is LapseKind.CLASH:
        return None
    back = case.back.get(case.lapse.agreement.contact.address)
    if back is None:
        return None
    return Decision.HOLD, f"their automatic reply says that they are back on {back:%Y-%m-%d}; this waits until then"


def _no_nudge_now(case: _Case) -> Answer:
    """Nobody is asked again whom the owner owes something, or who was asked again about something else of late."""
    if case.lapse.kind is not LapseKind.WAITING:
        return None
    if case.people & case.owed:
        return Decision.HOLD, "you owe them something yourself; that comes first"
    if case.people & case.nudged:
        return Decision.HOLD, f"they were asked again about something else; once in {ONE_NUDGE_IN.days} days is enough"
    return None


def _no_greeting_now(case: _Case) -> Answer:
    if case.lapse.kind is not LapseKind.SILENT:
        return None
    if case.people & case.past.greeted:
        return Decision.HOLD, "they got such a letter in the last half year"
    return (Decision.HOLD, "one such letter a week is enough; this one waits") if case.greeting else None


def _unwritable(case: _Case) -> Answer:
    why = case.past.unwritable.get(case.lapse.id)
    return (Decision.HOLD, f"no letter could be written: {why}") if why else None


RULES: tuple[Rule, ...] = (
    _dismissed,
    _drafted_before,
    _ignored,
    _not_my_fault,
    _doubtful,
    _too_many,
    _own_draft,
    _just_now,
    _away_themselves,
    _no_nudge_now,
    _no_greeting_now,
    _unwritable,
)
