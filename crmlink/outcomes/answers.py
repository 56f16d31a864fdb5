"""Reads what came back on a letter that was sent: which of the moments it offered was accepted. Pure.

A letter is read as it was sent: the owner may have changed the dates, and no time that it did not offer is ever taken.
The newest word of each person counts, and where several were asked they must agree. That an answer is no longer
to be found takes nothing back; only words do. In: drafts from the ledger and the picture of this pass. Out: the
letters that were sent, each with the draft as it stands now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crmlink.agreements.picture import NO_EVIDENCE, Picture
from crmlink.facts.people import company_of
from crmlink.language.choices import Choice, Chosen, read_choice
from crmlink.model.draft import Acceptance, DraftState, Option, StoredDraft
from crmlink.model.lapse import LapseKind
from crmlink.model.mail import Automatic, Message, Role, Thread
from crmlink.model.meeting import Method
from crmlink.model.reading import DateMention, Grain, MeetingAct, Reading
from crmlink.outcomes.match import is_sent_copy, sent_header

SENT = frozenset({DraftState.SENT, DraftState.ACCEPTED})
USUAL_LENGTH = timedelta(hours=1)
_MOMENTS = frozenset({Grain.MINUTE, Grain.HOUR})
_MOVES = frozenset({MeetingAct.CANCEL, MeetingAct.RESCHEDULE, MeetingAct.PROPOSE, MeetingAct.DECLINE})
_OFFERS = frozenset({MeetingAct.PROPOSE, MeetingAct.RESCHEDULE})
_PROMISES_TOO = frozenset({LapseKind.PROMISE, LapseKind.UNANSWERED})


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A draft that was sent, as it stands now; `message` is the mail as sent, None when it is out of sight."""

    stored: StoredDraft
    message: Message | None = None


def sent_letters(drafts: Iterable[StoredDraft], picture: Picture) -> tuple[SentLetter, ...]:
    """All drafts that were sent, `accepted` with what was accepted, or `sent`."""
    gone = [stored for stored in drafts if stored.state in SENT]
    if not gone:
        return ()
    mine = _sent_to(picture)
    return tuple(_letter(stored, mine, picture) for stored in gone)


def _sent_to(picture: Picture) -> Mapping[str, list[tuple[Thread, Message]]]:
    """What the owner sent, by recipient, in order of time."""
    found: dict[str, list[tuple[Thread, Message]]] = {}
    for thread, message in picture.messages():
        if message.from_me and message.role is Role.SENT and message.sent_at <= picture.now:
            for address in {one.address for one in message.recipients}:
                found.setdefault(address, []).append((thread, message))
    return found


def _letter(stored: StoredDraft, mine: Mapping[str, list[tuple[Thread, Message]]], picture: Picture) -> SentLetter:
    copies = {
        message.id: (thread, message)
        for one in stored.draft.to
        for thread, message in mine.get(one.address, ())
        if is_sent_copy(sent_header(message), stored)
    }
    if not copies:
        return SentLetter(stored)
    first = min(copies.values(), key=lambda one: (one[1].sent_at, one[1].id))
    thread, message = copies.get(stored.draft.message_id, first)
    talk = _Talk(stored, message, picture)
    for answer in thread.messages:
        talk.hear(answer)
    acceptance = talk.outcome()
    state = DraftState.ACCEPTED if acceptance else DraftState.SENT
    return SentLetter(replace(stored, state=state, acceptance=acceptance), message)


class _Talk:
    """What is said after one letter: the moments on offer, and the newest word of each person on them."""

    def __init__(self, stored: StoredDraft, letter: Message, picture: Picture) -> None:
        self._stored = stored
        self._letter = letter
        self._picture = picture
        self._people = {one.address for one in stored.draft.to}
        self._offered = options_in(letter, self._reading(letter), stored)
        self._said: dict[str, Acceptance | None] = {}
        self._settled_at: datetime | None = None

    def hear(self, message: Message) -> None:
        """Take in one mail of the conversation; those from before the letter say nothing about it."""
        if not self._comes_after(message):
            return
        if message.from_me:
            self._offer_anew(message)
        elif self._may_answer(message):
            self._answer(message)

    def outcome(self) -> Acceptance | None:
        """What is accepted now. What an earlier pass saw stands until later words change it."""
        known = self._stored.acceptance
        if known and (self._settled_at is None or self._settled_at < known.at):
            return known
        return self._agreed()

    def _agreed(self) -> Acceptance | None:
        words = list(self._said.values())
        taken = [one for one in words if one is not None]
        if not taken or len(taken) < len(words) or len({one.option.start for one in taken}) > 1:
            return None
        return max(taken, key=lambda one: (one.at, one.answer))

    def _comes_after(self, message: Message) -> bool:
        if message.id == self._letter.id or message.role in NO_EVIDENCE or message.sent_at > self._picture.now:
            return False
        answers = self._letter.id in (*message.references, message.in_reply_to)
        agreed = self._agreed()
        begun = agreed is not None and message.sent_at >= agreed.option.start
        return not begun and (answers or message.sent_at > self._letter.sent_at)

    def _may_answer(self, message: Message) -> bool:
        """Whether somebody of the other side wrote this: a person who got the letter, or a colleague."""
        if message.sender is None or message.automatic not in (None, Automatic.INVITATION):
            return False
        address = message.sender.address
        companies = {company_of(one) for one in self._people} - {None}
        return address in self._people or company_of(address) in companies

    def _answer(self, message: Message) -> None:
        assert message.sender is not None
        address = message.sender.address
        before = self._said.get(address)
        choice = self._choice(message)
        option = self._offered[choice.number] if choice.number is not None else None
        if option and option.start > message.sent_at:
            self._note(address, message, Acceptance(option, message.id, choice.quote, message.sent_at))
        elif choice.chosen in (Chosen.NONE, Chosen.ANOTHER) and self._takes_back(choice, before, message):
            self._note(address, message, None)

    def _takes_back(self, choice: Choice, before: Acceptance | None, message: Message) -> bool:
        """Whether a no is one to what the person accepted; a question about another day may be about something else."""
        if before is None:
            return True
        refused = any(self._offered[number].start == before.option.start for number in choice.refused)
        return refused or self._reading(message).meeting.act in _MOVES

    def _choice(self, message: Message) -> Choice:
        for invitation in message.invitations:
            if invitation.method is Method.REQUEST and not invitation.in_forward:
                for number, option in enumerate(self._offered):
                    if option.start == invitation.event.start:
                        return Choice(Chosen.ONE, number, invitation.event.title)
        if message.automatic:
            return Choice(Chosen.NOTHING)
        reading = self._reading(message)
        enough = self._stored.kind not in _PROMISES_TOO
        choice = Choice(Chosen.NOTHING)
        # A few words are too short to tell their language: then that of the letter is tried.
        for language in dict.fromkeys((reading.language, self._stored.draft.language)):
            choice = read_choice(
                message.text,
                language=language,
                dates=reading.dates,
                offered=self._offered,
                yes_is_enough=enough,
            )
            if choice.chosen is not Chosen.NOTHING:
                break
        return choice

    def _offer_anew(self, message: Message) -> None:
        """The owner offers other moments: what was accepted before is open again."""
        reading = self._reading(message)
        new = options_in(message, reading, self._stored)
        known = {one.start for one in self._offered}
        if reading.meeting.act in _OFFERS and any(one.start not in known for one in new):
            self._offered = new
            self._said.clear()
            self._settled_at = message.sent_at

    def _note(self, address: str, message: Message, acceptance: Acceptance | None) -> None:
        self._said[address] = acceptance
        self._settled_at = message.sent_at

    def _reading(self, message: Message) -> Reading:
        return self._picture.readings.get(message.id) or Reading(self._picture.policy.language)


def options_in(letter: Message, reading: Reading, stored: StoredDraft) -> tuple[Option, ...]:
    """The moments a letter offers, in its order: those the draft offered, and what the owner wrote in as well.

    In a letter that was sent as it was drafted, only the draft's own: what else it names (their clock) is no offer.
    """
    known = {one.start: one for one in stored.draft.options}
    length = next((one.end - one.start for one in stored.draft.options), USUAL_LENGTH)
    untouched = _words(letter.text) in _words(stored.draft.body)
    found: dict[datetime, Option] = {}
    for date in _named(letter, reading):
        if date.start in known:
            found[date.start] = known[date.start]
        elif not untouched:
            found.setdefault(date.start, Option(date.start, date.end or date.start + length))
    return tuple(found.values())


def _named(letter: Message, reading: Reading) -> Iterator[DateMention]:
    """The coming moments that are named, not those in brackets: there stands what they are elsewhere."""
    for date in reading.dates:
        before = letter.text[: date.offset]
        bracketed = before.rfind("(") > before.rfind(")")
        part_of_day = date.grain is Grain.HOUR and date.end is not None
        if date.grain in _MOMENTS and date.start > letter.sent_at and not bracketed and not part_of_day:
            yield date


def _words(text: str) -> str:
    return " ".join(text.split())
