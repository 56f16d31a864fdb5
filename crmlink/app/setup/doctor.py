"""The doctor: tries every part of the set-up once, and says of each what is well or what to do. Writes no mail.

A finding is a value; the examination goes on whatever breaks, so that one call shows all there is to mend.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from crmlink.app.config.settings import Settings
from crmlink.app.crm.connectors import connector_name, connector_of
from crmlink.app.doors import calendars_of, contacts_of, writer_of
from crmlink.app.gathering.careful import TRIES
from crmlink.app.gathering.gather import AHEAD
from crmlink.app.own_templates import all_templates, misplaced_files
from crmlink.app.people.address_book import read_cards
from crmlink.app.template_guard import broken_letters, check_templates
from crmlink.drafts.validate import WARNINGS
from crmlink.ledger.open import open_ledger, sqlite_path
from crmlink.ledger.records import Unreadable
from crmlink.model.draft import DraftState
from crmlink.model.errors import CrmlinkError, TemplateError
from crmlink.model.mail import Role
from crmlink.sources.port import CalendarSource


@dataclass(frozen=True, slots=True)
class Finding:
    """One part of the set-up: whether it is well, in a sentence, and the remedy where it is not.

    A `mild` finding is a piece of advice: nothing is refused because of it.
    """

    part: str
    well: bool
    message: str
    remedy: str = ""
    error: CrmlinkError | None = None
    mild: bool = False


def examine(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Every part in order: settings, time, ledger, templates, mailbox, calendars, address book, CRM."""
    yield Finding(
        "settings",
        well=True,
        message=f"{settings.me.name or 'you'} <{settings.me.address}>, {len(settings.me.addresses)} address(es)",
    )
    yield Finding(
        "time",
        well=True,
        message=f"{now:%Y-%m-%d %H:%M} in {settings.timezone.key}; working days of {settings.country or 'no country'}",
    )
    yield from _ledger(settings)
    yield from _templates(settings)
    yield from _mailbox(settings)
    yield from _calendars(settings, now)
    yield from _contacts(settings)
    yield from _crm(settings, now)


def _ledger(settings: Settings) -> Iterator[Finding]:
    path = sqlite_path(settings.database)
    try:
        with open_ledger(settings.database, read_only=True) as ledger:
            drafts = ledger.drafts.all(settings.me.address)
            unreadable = ledger.quarantine.all(settings.me.address)
            name = ledger.name
    except CrmlinkError as error:
        yield _broken("ledger", error)
        return
    place = path.parent if path else None
    while place and not place.exists():
        place = place.parent
    if place and not os.access(place, os.W_OK):
        yield Finding(
            "ledger",
            well=False,
            message=f"{place} may not be written by you",
            remedy="set CRMLINK_DATABASE to a place of your own",
        )
        return
    yield Finding("ledger", well=True, message=f"{path or name}, {len(drafts)} draft(s) known")
    for stored in drafts:
        if stored.state is DraftState.PARKED:
            remedy = f"see `crmlink lapses show {stored.draft.lapse}`"
            yield Finding(
                "ledger",
                well=False,
                message=f"a draft for {stored.draft.lapse} is parked: {stored.error}",
                remedy=remedy,
            )
    yield from _unreadable(unreadable)


def _unreadable(items: tuple[Unreadable, ...]) -> Iterator[Finding]:
    """What could not be read: still tried, or left alone for good."""
    for one in items:
        whose = f" from {one.sender}" if one.sender else ""
        fate = "is left alone" if one.tries >= TRIES else f"was tried {one.tries} of {TRIES} times"
        yield Finding(
            "unread",
            well=False,
            mild=True,
            message=f"{one.item}{whose} {fate} ({one.reason}, {one.tried_at:%Y-%m-%d})",
            remedy="look at it in your own program; it is tried again when it changes, or by a newer crmlink",
        )


def _templates(settings: Settings) -> Iterator[Finding]:
    problems = (*check_templates(all_templates(settings.templates)), *misplaced_files(settings.templates))
    for problem in problems:
        mild = problem.code in WARNINGS
        error = None if mild else TemplateError(problem.message, hint=problem.hint)
        yield Finding("templates", well=False, message=problem.message, remedy=problem.hint, error=error, mild=mild)
    if not broken_letters(problems):
        yours = f"yours in {settings.templates} can be used"
        yield Finding("templates", well=True, message=yours if settings.templates else "those that come with crmlink")


def _mailbox(settings: Settings) -> Iterator[Finding]:
    try:
        with closing(writer_of(settings)) as writer:
            drafts = writer.position(Role.DRAFTS)
            yield Finding("mail", well=True, message=f"logged in; drafts go to {drafts.folder}")
            sent = writer.position(Role.SENT)
            yield Finding("mail", well=True, message=f"your answers are read in {sent.folder}")
    except CrmlinkError as error:
        yield _broken("mail", error)


def _calendars(settings: Settings, now: datetime) -> Iterator[Finding]:
    sources = calendars_of(settings)
    if not sources:
        yield Finding("calendar", well=True, message="none set: drafts ask for dates instead of offering them")
    for source in sources:
        yield from _calendar(source, now)


def _calendar(source: CalendarSource, now: datetime) -> Iterator[Finding]:
    try:
        with closing(source):
            listing = list(source.changes({}, start=now.date(), end=(now + AHEAD).date()))
    except CrmlinkError as error:
        yield _broken(source.name, error)
        return
    for calendar in listing:
        yield Finding(source.name, well=True, message=f"{calendar.calendar}: {len(calendar.events)} event(s) to come")
        for problem in calendar.problems:
            yield Finding(source.name, well=False, message=f"{problem.subject}: {problem.message}", remedy=problem.hint)


def _contacts(settings: Settings) -> Iterator[Finding]:
    book = contacts_of(settings)
    if book is None:
        return
    try:
        with closing(book):
            count = sum(1 for _ in read_cards(book))
    except CrmlinkError as error:
        yield _broken("contacts", error)
        return
    yield Finding("contacts", well=True, message=f"{count} card(s) with an address")


def _crm(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Whether somebody is told, and what could not be told; nobody is told anything here."""
    name = connector_name(settings)
    if not name:
        yield Finding("crm", well=True, message="none set: nothing is told to anybody")
        return
    try:
        connector_of(settings, lambda: now)
        with open_ledger(settings.database, read_only=True) as ledger:
            waiting = ledger.crm.waiting(settings.me.address)
            given_up = ledger.crm.given_up(settings.me.address)
    except CrmlinkError as error:
        yield _broken("crm", error)
        return
    yield Finding("crm", well=True, message=f"{name} is told of lapses and drafts; {len(waiting)} event(s) wait")
    if waiting and waiting[0].error:
        remedy = "it is tried again with every scan, with longer waits, for a week"
        yield Finding("crm", well=False, mild=True, message=waiting[0].error, remedy=remedy)
    if given_up:
        at, why = given_up[-1]
        said = f"{len(given_up)} event(s) were given up, the last on {at:%Y-%m-%d}: {why}"
        yield Finding("crm", well=False, mild=True, message=said, remedy="`crmlink export` has what the CRM missed")


def _broken(part: str, error: CrmlinkError) -> Finding:
    return Finding(part, well=False, message=str(error), remedy=error.hint, error=error)
