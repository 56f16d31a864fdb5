"""One pass over one mailbox of the fleet: the same scan as `crmlink scan`, and what the worker is told of it."""

from __future__ import annotations

from crmlink.app.clock import system_clock
from crmlink.app.house import Shared, open_house
from crmlink.app.scan import ScanResult, ScanTask, scan
from crmlink.fleet.alone import alone_with
from crmlink.fleet.caches import cache_directory
from crmlink.fleet.keys import Keys
from crmlink.fleet.mailboxes import Mailbox
from crmlink.fleet.open import Fleet
from crmlink.fleet.sealing import unsealed_settings
from crmlink.fleet.settings import FleetSettings
from crmlink.fleet.told import Told
from crmlink.fleet.turns import Ending, State
from crmlink.model.errors import CrmlinkError, LoginError
from crmlink.model.lapse import Decision

# The name of every worker in the leases of the ledger; among themselves `alone_with` keeps them apart.
HOLDER = "the fleet"
_LONGEST = 500  # characters of a reason


def one_pass(fleet: Fleet, keys: Keys, here: FleetSettings, address: str) -> Told:
    """Scan the mailbox, if it is still to be scanned and nobody else does. Whatever goes wrong is told, not raised."""
    try:
        mailbox = fleet.mailboxes.get(address)
    except CrmlinkError as error:
        return Told(Ending.BUSY, _said(error))
    if mailbox is None or mailbox.turn.state is not State.ACTIVE:
        return Told(Ending.GONE)
    try:
        with alone_with(fleet.database, address) as alone:
            return _scanned(fleet, keys, here, mailbox) if alone else Told(Ending.BUSY, edition=mailbox.edition)
    except LoginError as error:
        return Told(Ending.REFUSED, _said(error), mailbox.edition, _every(mailbox))
    except CrmlinkError as error:
        return Told(Ending.FAILED, _said(error), mailbox.edition, _every(mailbox))
    except Exception as error:  # noqa: BLE001 -- a worker outlives every bug in a pass
        return Told(Ending.FAILED, f"the pass broke: {type(error).__name__}", mailbox.edition, _every(mailbox))


def _scanned(fleet: Fleet, keys: Keys, here: FleetSettings, mailbox: Mailbox) -> Told:
    settings = unsealed_settings(keys, mailbox.address, mailbox.settings, mailbox.sealed, here.database)
    clock = system_clock(settings.timezone)
    now = clock()
    forgotten = len(fleet.ledger.privacy.tombstones(mailbox.address).salts)
    shared = Shared(fleet.ledger, HOLDER, cache_directory(here.directory, mailbox.address, forgotten))
    with open_house(settings, clock, shared=shared) as house:
        result = scan(house, ScanTask(now, now - settings.policy.lookback), lambda _name, _count: None)
    if isinstance(result.refused, LoginError):
        return _told(Ending.REFUSED, result, mailbox, settings.scan_every_minutes)
    return _told(Ending.DONE, result, mailbox, settings.scan_every_minutes)


def _said(error: CrmlinkError) -> str:
    return str(error)[:_LONGEST]


def _told(ending: Ending, result: ScanResult, mailbox: Mailbox, every_minutes: int) -> Told:
    placed = sum(verdict.decision is Decision.DRAFT for verdict in result.verdicts)
    reason = _said(result.refused) if result.refused else ""
    return Told(ending, reason, mailbox.edition, every_minutes, len(result.verdicts), placed, len(result.problems))


def _every(mailbox: Mailbox) -> int:
    """Minutes between two passes, where the settings could not be read as a whole."""
    written = mailbox.settings.get("scan_every_minutes", "")
    return int(written) if written.isdecimal() else 5
