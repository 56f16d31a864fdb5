"""The house: everything a pass needs, opened once from the settings and closed at the end.

Opening a source does not connect yet; the first read does. The writer is only there when drafts may be placed or
looked at. To look only (`read_only`) the ledger and the cache are copies in memory.
"""

from __future__ import annotations

import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from crmlink.app.clock import Clock
from crmlink.app.config.places import black_box_file, cache_file
from crmlink.app.config.settings import Settings
from crmlink.app.crm.connectors import Connect, connect_by
from crmlink.app.doors import access_of, calendars_of, contacts_of, mail_of, writer_of
from crmlink.app.gathering.black_box import BlackBox
from crmlink.app.gathering.careful import Careful
from crmlink.app.lock import only_one
from crmlink.app.own_templates import all_templates
from crmlink.cache import calendars as calendar_cache
from crmlink.cache import mail as mail_cache
from crmlink.cache.file import open_cache
from crmlink.drafts.template_set import TemplateSet
from crmlink.ledger.open import open_ledger, sqlite_path
from crmlink.ledger.store import Ledger
from crmlink.mailbox.imap import ImapDoor
from crmlink.model.contact import Owner
from crmlink.model.errors import TemporaryError
from crmlink.model.policy import Policy
from crmlink.sources.address_book import AddressBook
from crmlink.sources.port import CalendarSource, MailSource
from crmlink.writer.port import DraftWriter


@dataclass(frozen=True, slots=True)
class House:
    """One account with its sources, its writer, its ledger, its cache and the owner's policy.

    `cache` holds what earlier passes read; it may be empty at any time. `crm` makes the connector that tells a CRM; None
    when nobody is to be told.
    """

    owner: Owner
    policy: Policy
    clock: Clock
    mail: MailSource
    calendars: tuple[CalendarSource, ...]
    writer: DraftWriter
    ledger: Ledger
    cache: sqlite3.Connection
    templates: TemplateSet
    careful: Careful
    contacts: AddressBook | None = None
    crm: Connect | None = None

    @property
    def account(self) -> str:
        """The owner's main address: the name of this account in the ledger."""
        return self.owner.address


@dataclass(frozen=True, slots=True)
class Shared:
    """What a worker of a fleet brings into every house: its open ledger, its name there, a directory for this mailbox.

    Who takes the lease under the same `holder` again gets it: the fleet itself sees to it that only one does.
    """

    ledger: Ledger
    holder: str
    directory: Path


# A pass that is killed leaves its lease behind; after this time another one may work.
LEASE = timedelta(minutes=15)
# The tables of the cache: each module that keeps something in it owns its own.
CACHE_LAYOUT = mail_cache.LAYOUT + calendar_cache.LAYOUT


@contextmanager
def open_house(
    settings: Settings,
    clock: Clock,
    *,
    read_only: bool = False,
    door: ImapDoor | None = None,
    shared: Shared | None = None,
) -> Iterator[House]:
    """Open everything the settings name, and close it whatever happens.

    Unless `read_only`, no second crmlink may work on the same SQLite ledger meanwhile. A `door` to the mailbox is used
    for reading and writing, and stays open; so does what is `shared`.

    Raises:
        TemporaryError: another crmlink is at work.
        LedgerError: the ledger cannot be used.
    """
    with ExitStack() as stack:
        file = sqlite_path(settings.database)
        if file and not read_only:
            stack.enter_context(only_one(file))
        templates = all_templates(settings.templates)
        ledger = shared.ledger if shared else stack.enter_context(open_ledger(settings.database, read_only=read_only))
        if file is None and not read_only:
            holder = shared.holder if shared else f"{socket.gethostname()}:{os.getpid()}"
            stack.enter_context(_leased(ledger, settings.me.address, clock, holder))
        cached = shared.directory / "mail.cache" if shared else cache_file(settings)
        cache = stack.enter_context(open_cache(cached, layout=CACHE_LAYOUT, read_only=read_only))
        noted = shared.directory / "mail.reading" if shared else black_box_file(settings)
        box = stack.enter_context(BlackBox(None if read_only else noted))
        careful = Careful(ledger.quarantine, settings.me.address, clock, box)
        if door is None and (access := access_of(settings)) is not None:
            door = ImapDoor(access)  # one connection for reading and writing: some providers allow no more
            stack.callback(door.close)
        mail, writer, calendars = mail_of(settings, door), writer_of(settings, door), calendars_of(settings)
        crm = connect_by(settings, clock)
        stack.callback(mail.close)
        stack.callback(writer.close)
        contacts = contacts_of(settings)
        if contacts:
            stack.callback(contacts.close)
        for calendar in calendars:
            stack.callback(calendar.close)
        yield House(
            settings.me,
            settings.policy,
            clock,
            mail,
            calendars,
            writer,
            ledger,
            cache,
            templates,
            careful,
            contacts,
            crm,
        )


@contextmanager
def _leased(ledger: Ledger, account: str, clock: Clock, me: str) -> Iterator[None]:
    """Hold the account in a ledger that several machines may share."""
    if not ledger.leases.take(account, me, clock(), lifetime=LEASE):
        holder = ledger.leases.holder(account, clock()) or "unknown"
        raise TemporaryError(
            f"Another crmlink works for {account} ({holder}).", hint="Wait until it is done, or stop it."
        )
    try:
        yield
    finally:
        ledger.leases.release(account, me)
