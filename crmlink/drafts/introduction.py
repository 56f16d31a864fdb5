"""Writes the letters of a warm introduction: the question to the one who is asked, or the letter to both.

Says nothing of its own about either of them: why they should meet is the owner's own sentence, as it was written. In: an
introduction, both people with how the owner writes to them, and the desk. Out: a `Draft`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from crmlink.drafts.compose import LONGEST_SUBJECT, Envelope, compose, draft_message_id
from crmlink.drafts.context import ASK, INTRODUCE, LetterFacts
from crmlink.drafts.correspondence import Correspondence
from crmlink.drafts.desk import Desk
from crmlink.drafts.envelope import copy_for_the_crm
from crmlink.drafts.letter import first_line, name_below
from crmlink.drafts.names import person_of
from crmlink.drafts.quoting import one_line
from crmlink.drafts.signature import signed
from crmlink.model.contact import Address, Contact
from crmlink.model.draft import Draft
from crmlink.model.introduction import Introduction, IntroductionStep
from crmlink.model.reading import Register

_SUBJECT = {"nl": "Kennismaking met {}", "en": "Introduction to {}", "de": "Kontakt zu {}"}
_SUBJECT_TO_BOTH = {"nl": "Kennismaking: {} en {}", "en": "Introduction: {} and {}", "de": "Kontakt: {} und {}"}


@dataclass(frozen=True, slots=True)
class Party:
    """One of the two, and how the owner and they write to each other."""

    contact: Contact
    correspondence: Correspondence


def introduction_letter(introduction: Introduction, introduced: Party, asked: Party, desk: Desk) -> Draft:
    """The draft that asks, or that introduces.

    Raises:
        TemplateError: the template has an error; the message names file and line.
        ValueError: an address is not one plain addr-spec.
    """
    asking = introduction.step is IntroductionStep.ASK
    readers = (asked,) if asking else (introduced, asked)
    manner = _manner(readers, desk)
    to = tuple(Address(one.contact.name, one.contact.address) for one in readers)
    names = [_called(one.contact, manner.language) for one in (introduced, asked)]
    formal = manner.register is not Register.INFORMAL
    facts = LetterFacts(
        template=ASK if asking else INTRODUCE,
        language=manner.language,
        salutation=first_line(to, manner, manner.language),
        signature=name_below(desk.owner, formal=formal),
        formal=formal,
        plural=len(to) > 1,
        mine=False,
        quote=introduction.purpose,
        introduced=names[0] if asking else "",
    )
    subject = _SUBJECT[manner.language].format(names[0]) if asking else _SUBJECT_TO_BOTH[manner.language].format(*names)
    body = signed(desk.render(facts), desk.policy.signature, owner=desk.owner.name)
    envelope = Envelope(
        sender=desk.owner.mailbox,
        to=to,
        subject=one_line(subject, LONGEST_SUBJECT),
        message_id=draft_message_id(desk.owner.address, introduction.id, desk.owner.mailbox.domain),
        date=desk.now.astimezone(desk.policy.zone),
        bcc=copy_for_the_crm(desk, to),
    )
    return Draft(
        lapse=introduction.id,
        message_id=envelope.message_id,
        to=to,
        subject=envelope.subject,
        language=manner.language,
        register=Register.FORMAL if formal else Register.INFORMAL,
        options=(),
        body=body,
        raw=compose(envelope, body),
    )


def _manner(readers: tuple[Party, ...], desk: Desk) -> Correspondence:
    """How to write to these people: as to the one; to two in the language they share, formally if either is."""
    first = readers[0].correspondence
    languages = {one.correspondence.language for one in readers}
    language = first.language if len(languages) == 1 else desk.policy.language
    language = next(one for one in (language, desk.policy.language, "en") if one in desk.languages)
    informal = all(one.correspondence.register is Register.INFORMAL for one in readers)
    return replace(first, language=language, register=Register.INFORMAL if informal else Register.FORMAL)


def _called(contact: Contact, language: str) -> str:
    """The name to introduce somebody by."""
    person = person_of(contact, language=language)
    return person.full if person else contact.name or contact.address
