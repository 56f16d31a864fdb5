"""Everything that is held on a person: who is known, what is kept on one, and how to forget them.

Only the ledger and the cache are looked at. Mail and calendars themselves are the owner's and stay as they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time

from crmlink.app.config.places import cache_file
from crmlink.app.config.settings import Settings
from crmlink.app.house import CACHE_LAYOUT
from crmlink.app.lock import only_one
from crmlink.cache import calendars as calendar_cache
from crmlink.cache import mail as mail_cache
from crmlink.cache.file import open_cache, remove_cache
from crmlink.ledger.crm import ListedEvent
from crmlink.ledger.open import open_ledger, sqlite_path
from crmlink.ledger.records import Forgotten, LapseRecord, Unreadable
from crmlink.ledger.store import Ledger
from crmlink.model.contact import Address, Card
from crmlink.model.draft import StoredDraft
from crmlink.model.errors import UsageError
from crmlink.model.history import ContactDay, PastAgreement
from crmlink.model.introduction import RecordedIntroduction
from crmlink.model.mail import Message
from crmlink.model.memory import RememberedEvent


@dataclass(slots=True)
class Held:
    """What is held on one address. `names` are those it went by, the most told first."""

    address: str
    names: list[str] = field(default_factory=list)
    company: str = ""
    lapses: list[LapseRecord] = field(default_factory=list)
    drafts: list[StoredDraft] = field(default_factory=list)
    meetings: list[RememberedEvent] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    introductions: list[RecordedIntroduction] = field(default_factory=list)
    told: list[ListedEvent] = field(default_factory=list)
    agreements: list[PastAgreement] = field(default_factory=list)
    days: list[ContactDay] = field(default_factory=list)
    card: Card | None = None
    mails: tuple[Message, ...] = ()
    calendar_items: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name to show, "" when none is known."""
        return max(self.names, key=self.names.count, default="")

    @property
    def last(self) -> datetime | None:
        """When something last happened with this person, as far as the ledger tells."""
        moments = [one.happened_at for one in self.lapses] + [one.created_at for one in self.drafts]
        moments += [one.last_seen_at for one in self.meetings]
        moments += [datetime.combine(one.day, time(), UTC) for one in self.days]
        return max(moments, default=None)


def held(settings: Settings) -> dict[str, Held]:
    """Everybody the ledger knows of, by address; the owner is not among them."""
    with open_ledger(settings.database, read_only=True) as ledger:
        return held_in(ledger, settings)


def who(settings: Settings, words: str) -> Held:
    """The one person that an address, or words of a name, stand for. Of an unknown address nothing is held but mail.

    Raises:
        UsageError: nobody is known so, or several are.
    """
    known = held(settings)
    wanted = words.strip().lower()
    if "@" in wanted:
        return known.get(wanted) or Held(wanted)
    found = [one for one in known.values() if wanted and any(wanted in name.lower() for name in one.names)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(
            f"Nobody is known as {words}", hint="`crmlink contacts list` shows everybody; give an address or a name"
        )
    listed = ", ".join(one.address for one in found[:5])
    raise UsageError(f"Several people are known as {words}: {listed}", hint="give the address")


def with_kept(settings: Settings, one: Held) -> Held:
    """The same with the mail and calendar items that are kept so as not to read them again, and name the address."""
    with open_cache(cache_file(settings), layout=CACHE_LAYOUT, read_only=True) as cache:
        mails = mail_cache.naming(cache, settings.me.address, one.address)
        items = calendar_cache.naming(cache, settings.me.address, one.address)
    return replace(one, mails=tuple(each.message for each in mails if each.message), calendar_items=items)


def forget(settings: Settings, address: str) -> Forgotten:
    """Erase all that is held on this address; what it was about is never stored or drafted on again.

    Raises:
        TemporaryError: a pass is at work.
        LedgerError: the ledger cannot be written.
    """
    file = sqlite_path(settings.database)
    if file is None:
        return _erase(settings, address)
    with only_one(file):
        return _erase(settings, address)


def _erase(settings: Settings, address: str) -> Forgotten:
    with open_ledger(settings.database, read_only=False) as ledger:
        erased = ledger.privacy.forget(settings.me.address, address)
    # It is made anew from what lies in the mailbox; that costs one long pass, and leaves no word behind.
    if (cache := cache_file(settings)) is not None:
        remove_cache(cache)
    return erased


def held_in(ledger: Ledger, settings: Settings) -> dict[str, Held]:
    """Everybody this open ledger knows of, by address."""
    account = settings.me.address
    found: dict[str, Held] = {}

    def of(person: Address) -> Held:
        one = found.setdefault(person.address, Held(person.address))
        one.names += [person.name] if person.name else []
        return one

    for lapse in ledger.lapses.all(account):
        one = of(Address(lapse.contact.name, lapse.contact.address))
        one.company = lapse.contact.company or one.company
        one.lapses.append(lapse)
    for draft in ledger.drafts.all(account):
        for person in _others(draft.draft.to, settings):
            of(person).drafts.append(draft)
    for meeting in ledger.meetings.remembered(account):
        for person in _others(_people(meeting), settings):
            of(person).meetings.append(meeting)
    for item in ledger.quarantine.all(account):
        if item.sender and not settings.me.is_me(item.sender):
            of(Address("", item.sender)).unreadable.append(item)
    for past in ledger.history.agreements(account):
        of(Address(past.name, past.address)).agreements.append(past)
    for day in ledger.history.days(account):
        of(Address(day.name, day.address)).days.append(day)
    for introduction in ledger.introductions.all(account):
        for address in introduction.introduction.pair:
            of(Address("", address)).introductions.append(introduction)
    for draft in ledger.introductions.drafts.all(account):
        for person in _others(draft.draft.to, settings):
            of(person).drafts.append(draft)
    told = defaultdict(list)
    for event in ledger.crm.all(account):
        told[event.lapse].append(event)
    for one in found.values():
        one.told += [event for lapse in one.lapses for event in told[lapse.id]]
    for card in ledger.cards.all(account):
        for address in card.addresses:
            of(Address(card.name, address)).card = card
    return dict(sorted(found.items()))


def _people(meeting: RememberedEvent) -> Iterator[Address]:
    event = meeting.event
    yield from (attendee.address for attendee in event.attendees if not attendee.room)
    yield from (person for person in (event.organizer, event.sent_by) if person)


def _others(people: Iterable[Address], settings: Settings) -> Iterator[Address]:
    """Each person but the owner once, under the fullest name."""
    once: dict[str, Address] = {}
    for person in people:
        if not settings.me.is_me(person.address) and len(person.name) >= len(once.get(person.address, person).name):
            once[person.address] = person
    yield from once.values()
