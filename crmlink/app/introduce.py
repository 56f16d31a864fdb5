"""Makes one letter of a warm introduction and puts it into Drafts, on the same way as every other draft.

The order is kept: the one who is asked first; both only after the owner says that they agreed. The same pair is not
introduced twice unless the owner wants it so. Reads the ledger and what was kept of earlier mail; connects to the mailbox.
"""

from __future__ import annotations

from dataclasses import dataclass

from crmlink.app.house import House
from crmlink.app.mailroom import follow_introductions, introductions_out
from crmlink.app.people.contacts import Held
from crmlink.app.template_guard import broken_letters, check_templates, renderer
from crmlink.cache import mail as mail_cache
from crmlink.drafts.correspondence import read_correspondence
from crmlink.drafts.desk import Desk
from crmlink.drafts.introduction import Party, introduction_letter
from crmlink.drafts.quoting import one_line
from crmlink.facts.people import is_ignored, reaches_a_person
from crmlink.model.contact import Contact
from crmlink.model.draft import Draft, DraftState
from crmlink.model.errors import UsageError
from crmlink.model.introduction import Introduction, IntroductionStep

LONGEST_PURPOSE = 400
"""Characters of the owner's own sentence."""

_NOT_SENT_YET = frozenset({DraftState.INTENT, DraftState.UNKNOWN, DraftState.PLACED, DraftState.PARKED})


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom the owner wants to introduce to whom, why, and how far it is. `again`: these two were introduced before."""

    introduced: Held
    asked: Held
    purpose: str = ""
    agreed: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """The letter that was made. `state` is None when it was only to be looked at."""

    introduction: Introduction
    draft: Draft
    state: DraftState | None = None


def introduce(house: House, wish: Wish, *, dry_run: bool) -> Made:
    """Write the next letter of this introduction, and place it unless `dry_run`.

    Raises:
        UsageError: it is not this letter's turn, or one of the two cannot be written to.
        TemplateError: a template of the owner's is broken.
        SourceError, FolderError, LedgerError: as when placing any draft.
    """
    _check_people(house, wish)
    follow_introductions(house)
    introductions_out(house).recover(lambda _: True)
    introduction = _agreed(house, wish) if wish.agreed else _asking(house, wish)
    draft = _letter(house, wish, introduction)
    if dry_run:
        return Made(introduction, draft)
    house.ledger.introductions.record(house.account, introduction, house.clock())
    return Made(introduction, draft, introductions_out(house).place(draft, lambda _: True))


def _check_people(house: House, wish: Wish) -> None:
    if wish.introduced.address == wish.asked.address:
        raise UsageError("That is one and the same person", hint="give two people")
    for one in (wish.introduced, wish.asked):
        if house.owner.is_me(one.address) or not reaches_a_person(one.address):
            raise UsageError(f"{one.address} is not somebody to introduce", hint="give the address of a person")
        if is_ignored(one.address, house.policy.ignore):
            raise UsageError(f"{one.address} is in CRMLINK_IGNORE", hint="take it out there to write to them")


def _asking(house: House, wish: Wish) -> Introduction:
    """The question: for a new pair, for one whose question never became a draft, or once more."""
    before = _latest(house, wish, IntroductionStep.ASK)
    number = before.round + 1 if before and wish.again else before.round if before else 0
    wanted = Introduction(wish.introduced.address, wish.asked.address, _purpose(wish), IntroductionStep.ASK, number)
    if before and not wish.again and house.ledger.introductions.drafts.for_lapse(house.account, before.id):
        hint = "after a yes: --agreed; to introduce them once more: --again"
        raise UsageError(f"{before.asked} was asked already about {before.introduced}", hint=hint)
    return wanted


def _agreed(house: House, wish: Wish) -> Introduction:
    """The introduction itself, after the question was sent."""
    asked = _latest(house, wish, IntroductionStep.ASK)
    ways = f"crmlink introduce {wish.introduced.address} {wish.asked.address}"
    if asked is None or asked.asked != wish.asked.address:
        raise UsageError(f"{wish.asked.address} was not asked yet", hint=f'first `{ways} --for "…"`')
    stored = house.ledger.introductions.drafts.for_lapse(house.account, asked.id)
    if stored is None or stored.state in _NOT_SENT_YET:
        raise UsageError(f"The question to {asked.asked} was not sent yet", hint="it lies in Drafts; send it first")
    if stored.state is DraftState.DISCARDED:
        raise UsageError(f"You threw the question to {asked.asked} away", hint=f'ask anew: `{ways} --for "…" --again`')
    purpose = _purpose(wish) if wish.purpose else asked.purpose
    if not purpose:
        raise UsageError("Your sentence of then was erased (RETENTION_DAYS)", hint='give it again: --for "…"')
    wanted = Introduction(asked.introduced, asked.asked, purpose, IntroductionStep.INTRODUCE, asked.round)
    if house.ledger.introductions.drafts.for_lapse(house.account, wanted.id):
        raise UsageError("These two were introduced already", hint="to begin once more: --again, without --agreed")
    return wanted


def _latest(house: House, wish: Wish, step: IntroductionStep) -> Introduction | None:
    pair = {wish.introduced.address, wish.asked.address}
    known = (one.introduction for one in house.ledger.introductions.all(house.account))
    return max((one for one in known if one.pair == pair and one.step is step), key=lambda one: one.round, default=None)


def _purpose(wish: Wish) -> str:
    """The owner's sentence, as written; only white space is made plain."""
    if not wish.purpose.strip():
        raise UsageError("Why should they meet?", hint='say it in a sentence of your own: --for "…"')
    if len(wish.purpose) > LONGEST_PURPOSE:
        raise UsageError(f"That is longer than {LONGEST_PURPOSE} characters", hint="a sentence or two is enough")
    return one_line(wish.purpose, LONGEST_PURPOSE)


def _letter(house: House, wish: Wish, introduction: Introduction) -> Draft:
    broken = broken_letters(check_templates(house.templates))
    desk = Desk(
        owner=house.owner,
        policy=house.policy,
        now=house.clock(),
        render=renderer(house.templates, broken),
        languages=house.templates.languages,
    )
    try:
        return introduction_letter(introduction, _party(house, wish.introduced), _party(house, wish.asked), desk)
    except ValueError as error:
        raise UsageError(f"No letter could be composed: {error}", hint="write this one yourself") from error


def _party(house: House, one: Held) -> Party:
    """Somebody, with how the owner and they wrote to each other in the mail that is kept."""
    contact = Contact(one.name, one.address, one.company or None)
    kept = mail_cache.naming(house.cache, house.account, one.address)
    mails = [(mail.message, mail.reading) for mail in kept if mail.message and mail.reading]
    language, zone = house.policy.language, house.policy.zone
    return Party(contact, read_correspondence(contact, mails, language=language, zone=zone))
