"""The `silent` lapse: somebody with whom there was regular contact fell silent beyond their own rhythm.

It is nobody's fault and breaks nothing: it is there only where the owner wants it (`Policy.attention`). Left alone are an
office, whom there is an open lapse or anything owed with, a coming meeting, an absence, a last word that was a no, and
whoever the owner wrote to of late: the letter says that it was quiet from this side. In: relations, the picture, and
what is known of earlier letters. Out: lapses, the longest silence first.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from crmlink.agreements.attendance import moment
from crmlink.agreements.picture import Picture
from crmlink.agreements.requests import events_by_person
from crmlink.facts.people import company_of
from crmlink.language.closing import Closing, closing_words
from crmlink.lapses.lapse_of import lapse_of
from crmlink.lapses.out_of_office import last_return
from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.contact import Contact
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.ids import AgreementId, LapseId, short_id
from crmlink.model.lapse import Fault, Lapse, LapseKind
from crmlink.model.mail import Message
from crmlink.model.reading import MeetingAct, Reading
from crmlink.trust.attention import SHORTEST_SILENCE, Silence, silence
from crmlink.trust.relation import Relation

_NO = frozenset({MeetingAct.DECLINE, MeetingAct.CANCEL})


@dataclass(frozen=True, slots=True)
class Told:
    """What earlier letters and other lapses say: `drafted` have a letter, `refused` got a no from the owner, and to whom.

    `in_lapses` are the addresses of everybody in another lapse that stands.
    """

    drafted: AbstractSet[LapseId] = frozenset()
    refused: AbstractSet[tuple[LapseId, str]] = frozenset()
    in_lapses: AbstractSet[str] = frozenset()


def silent_lapses(relations: Iterable[Relation], picture: Picture, told: Told) -> tuple[Lapse, ...]:
    """A lapse for everybody who fell silent; none while the mail could not be read completely."""
    if not picture.mail_complete:
        return ()
    today = picture.now.astimezone(UTC).date()
    quiet = [(found, one) for one in relations if (found := silence(one, today))]
    if not quiet:
        return ()
    sight = _Sight(picture)
    lapses = [(found.days, _lapse(one, found, picture)) for found, one in quiet if sight.lets(one, found, told)]
    wanted = (
        (days, one)
        for days, one in lapses
        if one.id in told.drafted or (sight.mails_with(one) and not _refused_before(one, told))
    )
    return tuple(one for _, one in sorted(wanted, key=lambda pair: (-pair[0], pair[1].id)))


def _refused_before(lapse: Lapse, told: Told) -> bool:
    """Whether the owner did not want to write to this person at an earlier silence: that no is for ever."""
    return any(to == lapse.agreement.contact.address and no != lapse.id for no, to in told.refused)


class _Sight:
    """What the picture shows of people."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._events = events_by_person(picture)
        self._mails: dict[str, list[Message]] = {}
        for _, message in picture.messages():
            if message.automatic is None:
                people = message.recipients if message.from_me else (message.sender,) if message.sender else ()
                for person in people:
                    self._mails.setdefault(person.address, []).append(message)

    def mails_with(self, lapse: Lapse) -> bool:
        """Whether mail with them can be read: without it nobody knows in which language and tone to write."""
        return lapse.agreement.contact.address in self._mails

    def lets(self, one: Relation, found: Silence, told: Told) -> bool:
        """Whether a letter may be thought of at all."""
        people = set(one.person.addresses)
        if one.person.office or one.owed or people & told.in_lapses:
            return False
        return not any(self._meets(address) or self._is_away(address) for address in people) and self._is_quiet(
            people, found
        )

    def _is_quiet(self, people: AbstractSet[str], found: Silence) -> bool:
        """Whether both sides are: neither wrote within a usual pause and two weeks, and their last word was no no."""
        mails = sorted((mail for one in people for mail in self._mails.get(one, ())), key=lambda one: one.sent_at)
        since = self._picture.now - timedelta(days=max(found.usual, SHORTEST_SILENCE))
        theirs = [mail for mail in mails if not mail.from_me]
        heard = self._picture.now - timedelta(days=found.days - 1)
        if any(mail.sent_at > since for mail in mails) or any(mail.sent_at > heard for mail in theirs):
            return False
        return not (theirs and self._refuses(theirs[-1]))

    def _refuses(self, mail: Message) -> bool:
        reading = self._picture.readings.get(mail.id) or Reading(self._picture.policy.language)
        words = (Closing.REFUSED, Closing.WITHDRAWN)
        return reading.meeting.act in _NO or any(closing_words(mail.text, one, language=reading.language) for one in words)  # fmt: skip

    def _meets(self, address: str) -> bool:
        zone = self._picture.policy.zone
        return any(moment(one.end, zone) > self._picture.now for one in self._events.get(address, ()))

    def _is_away(self, address: str) -> bool:
        back = last_return(address, self._picture)
        return back is not None and self._picture.now < back + timedelta(days=SHORTEST_SILENCE)


def _lapse(one: Relation, found: Silence, picture: Picture) -> Lapse:
    heard = [day for day in one.days if day.mails_in or day.meetings]
    last = heard[-1].day
    address = next((day.address for day in reversed(heard) if day.mails_in), one.person.address)
    since = datetime.combine(last, time(12), tzinfo=UTC).astimezone(picture.policy.zone)
    words = f"silent for {found.days} days; usually {found.usual}, at most {found.longest}"
    agreement = Agreement(
        id=AgreementId(short_id(picture.owner.address, AgreementKind.CONTACT, one.person.address, last.isoformat())),
        kind=AgreementKind.CONTACT,
        state=State.OPEN,
        contact=Contact(one.person.name, address, company_of(address)),
        subject="",
        made_at=since,
        ref=address,
        evidence=(Evidence("contact.silent", EvidenceSource.LEDGER, address, words),),
    )
    return lapse_of(agreement, LapseKind.SILENT, since, fault=Fault.NOBODY)
