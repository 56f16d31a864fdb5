"""Writes the whole draft for a lapse: options, facts, words, message.

Puts the pieces of this stage together and decides which letter fits. In: a lapse, what lies on the desk in this pass, and
how owner and contact write to each other. Out: a `Draft` with its bytes, or a `Problem` when none can be composed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time

from crmlink.drafts.circumstances import (
    ABOUT_WORDS,
    came_for_nothing,
    is_call,
    is_late,
    moment_of,
    promise_of,
    quote_of,
    reason_of,
    topic_of,
    town_of,
)
from crmlink.drafts.clocks import TheirClock
from crmlink.drafts.compose import answered_id, compose
from crmlink.drafts.context import LetterFacts
from crmlink.drafts.correspondence import Correspondence
from crmlink.drafts.dates import When, phrase_date, phrase_day, phrase_theirs, phrase_when, phrase_zone
from crmlink.drafts.desk import Desk
from crmlink.drafts.envelope import envelope_for
from crmlink.drafts.moments import back_on, moments_for, new_day
from crmlink.drafts.names import parse_name, person_of
from crmlink.drafts.recipients import recipients
from crmlink.drafts.salutation import group_salutation, salutation
from crmlink.drafts.signature import signed
from crmlink.drafts.written_name import name_in_address
from crmlink.model.contact import Address, Contact, Owner
from crmlink.model.draft import Draft, Option
from crmlink.model.evidence import EvidenceSource
from crmlink.model.lapse import Fault, Lapse, LapseKind
from crmlink.model.problem import Problem
from crmlink.model.reading import Register


def write_letter(lapse: Lapse, desk: Desk, correspondence: Correspondence) -> Draft | Problem:
    """The draft about this lapse.

    Raises:
        TemplateError: the template has an error; the message names file and line.
    """
    options = moments_for(lapse, desk, correspondence)
    to = recipients(lapse, desk.owner, desk.policy.ignore).to
    if not to:
        why = "No address of this agreement is read by a person, or you ignore them all."
        return Problem("draft.address", str(lapse.id), why, "Answer this one by hand.")
    facts = letter_facts(lapse, desk, correspondence, options)
    body = signed(desk.render(facts), desk.policy.signature, owner=desk.owner.name)
    envelope = envelope_for(lapse, desk, to, facts.language)
    try:
        raw = compose(envelope, body)
    except ValueError as error:
        why = f"No draft could be composed: {error}"
        return Problem("draft.address", str(lapse.id), why, "Answer this one by hand.")
    return Draft(
        lapse=lapse.id,
        message_id=envelope.message_id,
        to=envelope.to,
        subject=envelope.subject,
        language=facts.language,
        register=Register.FORMAL if facts.formal else Register.INFORMAL,
        options=options,
        body=body,
        raw=raw,
        in_reply_to=answered_id(envelope.anchor),
    )


def letter_facts(lapse: Lapse, desk: Desk, correspondence: Correspondence, options: tuple[Option, ...]) -> LetterFacts:
    """All that the template may say, in the words of the letter's language."""
    agreement, now = lapse.agreement, desk.now.astimezone(desk.policy.zone)
    language = next(name for name in (correspondence.language, desk.policy.language, "en") if name in desk.languages)
    formal = correspondence.register is not Register.INFORMAL
    everyone = recipients(lapse, desk.owner, desk.policy.ignore).to
    reader = _Reader(language, formal=formal, plural=len(everyone) > 1)
    when = _when(lapse, desk, correspondence, language)
    due = phrase_when(agreement.due.astimezone(desk.policy.zone), language, now=now) if agreement.due else When("", "")
    came = came_for_nothing(lapse, desk.owner, correspondence.signature)
    owed_by = new_day(lapse, desk, options)
    first = options[0].start.date() if options else owed_by if lapse.kind in ABOUT_WORDS else None
    back = back_on(lapse, desk, correspondence, first)
    silent = correspondence.last_written is None or correspondence.last_written < lapse.happened_at
    return LetterFacts(
        template=template_for(lapse),
        language=language,
        salutation=first_line(everyone, correspondence, language),
        signature=name_below(desk.owner, formal=formal),
        formal=formal,
        plural=len(everyone) > 1,
        mine=lapse.fault is Fault.ME,
        late=is_late(lapse, desk.now),
        again=correspondence.again,
        silent=silent,
        told=any(found.source is EvidenceSource.MAIL for found in lapse.evidence),
        ahead=_is_ahead(moment_of(lapse), desk),
        when=when.adverb,
        day=when.bare,
        due=due.adverb,
        quote=quote_of(lapse),
        topic=topic_of(agreement),
        promise=promise_of(lapse),
        reason=reason_of(lapse),
        place=town_of(agreement.event.location) if came and agreement.event else "",
        they_came=came,
        by_phone=is_call(agreement),
        phone=correspondence.phone,
        options=tuple(
            phrase_date(option.start, language, now=now, aside=_aside(option, reader, correspondence.clock))
            for option in options
        ),
        few=0 < len(options) < desk.policy.options,
        new_day=phrase_day(owed_by, language, now=now),
        back=phrase_day(back, language, now=now) if back else "",
        calendar_known=desk.calendar_known,
    )


def warning_about(lapse: Lapse, desk: Desk) -> Problem | None:
    """What the owner should know before sending the draft about this lapse."""
    return recipients(lapse, desk.owner, desk.policy.ignore).problem


def template_for(lapse: Lapse) -> str:
    """The letter that fits: the lapse's kind, or the friendly note when the other side cancelled."""
    theirs = lapse.fault is Fault.THEM and lapse.kind is not LapseKind.WAITING
    return "they_cancelled" if theirs else lapse.kind.value


def first_line(everyone: tuple[Address, ...], correspondence: Correspondence, language: str) -> str:
    """The salutation of a letter to these people, as the owner writes to them."""
    people = tuple(Contact(address.name, address.address) for address in everyone)
    register = correspondence.register
    if len(people) > 1:
        return group_salutation(people, language=language, register=register)
    return salutation(
        _named(people[0], correspondence.signed, language),
        language=language,
        register=register,
        gender_title=correspondence.gender_title,
        greeting=correspondence.greeting,
    )


def _named(contact: Contact, signed: str, language: str) -> Contact:
    """The contact; one without a name is called as they signed, with the surname their address spells out."""
    if not signed or person_of(contact, language=language) is not None:
        return contact
    spelled = name_in_address(contact.address)
    return replace(contact, name=spelled if spelled.partition(" ")[0] == signed.lower() else signed)


def name_below(owner: Owner, *, formal: bool) -> str:
    """The owner's name under a letter: the first name informally, in full formally."""
    name = parse_name(owner.name, language="nl")
    return name.first_name if name and name.first_name and not formal else owner.name


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who reads the letter."""

    language: str
    formal: bool
    plural: bool

    @property
    def word(self) -> str:
        """The reader after "bij" or "bei"."""
        formal, one, several = {"nl": ("u", "jou", "jullie"), "de": ("Ihnen", "dir", "euch"), "en": ("", "", "")}[
            self.language
        ]
        return formal if self.formal else several if self.plural else one


def _aside(option: Option, reader: _Reader, clock: TheirClock | None) -> str:
    """What a moment is by the reader's clock. Where that is not certain, or there are several readers: whose time it is."""
    if clock is None:
        return ""
    theirs = None if reader.plural else clock.certain(option.start)
    if theirs is None:
        return phrase_zone(option.start, reader.language)
    if theirs.utcoffset() == option.start.utcoffset():
        return ""
    return phrase_theirs(theirs, reader.language, day=option.start.date(), reader=reader.word)


def _when(lapse: Lapse, desk: Desk, correspondence: Correspondence, language: str) -> When:
    moment = moment_of(lapse)
    if moment is None:
        return When("", "")
    now = desk.now.astimezone(desk.policy.zone)
    if not isinstance(moment, datetime):
        return phrase_when(moment, language, now=now)
    local = moment.astimezone(desk.policy.zone)
    if local.time() == time() and lapse.kind not in ABOUT_WORDS:
        # "Tuesday" said in a mail is read as its midnight: a day, not a time.
        return phrase_when(local.date(), language, now=now)
    fresh = lapse.kind not in ABOUT_WORDS and local.date() >= now.date()
    certain = correspondence.clock is None and (lapse.agreement.event is None or lapse.agreement.event.zone_known)
    return phrase_when(local, language, now=now, with_time=fresh and certain)


def _is_ahead(moment: datetime | date | None, desk: Desk) -> bool:
    if moment is None or isinstance(moment, datetime):
        return moment is not None and moment > desk.now
    return moment > desk.now.astimezone(desk.policy.zone).date()
