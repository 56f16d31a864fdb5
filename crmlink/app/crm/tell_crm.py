"""Tells the CRM at the end of a pass, in bounded time, and never lets that stop or fail the pass.

Every event is on the list in the ledger before it is told, and is told until the CRM has it: in order, at least once,
with longer and longer waits after a failure (the next event waits as well). What a CRM refuses, or has not taken for a
week, is given up and shown. In: the list and a connector. Out: problems to report.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from crmlink.app.clock import Clock
from crmlink.app.gathering.deadline import TooLongError, within
from crmlink.crm.port import Connector, CrmRefusedError, CrmUnreachableError
from crmlink.ledger.crm import CrmStore, WaitingEvent
from crmlink.model.crm_event import CrmEvent
from crmlink.model.errors import CrmlinkError, SettingsError
from crmlink.model.problem import Problem

GIVE_UP_AFTER: Final = timedelta(days=7)
START_WITHIN: Final = 5.0
"""Seconds of a pass in which an event may begin to be told."""
ONE_EVENT: Final = 10.0
"""Seconds that telling one event may take, whatever the connector does."""

_FIRST_RETRY: Final = timedelta(minutes=1)
_LONGEST_RETRY: Final = timedelta(hours=6)
_SUBJECT: Final = "crm"
_LATER: Final = "It is tried again in a later pass; nothing is lost for a week."


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why an event was not taken; `for_good` when it never will be."""

    error: str
    hint: str = _LATER
    for_good: bool = False


@dataclass(frozen=True, slots=True)
class Teller:
    """Works off the list of one account. `connect` makes the connector, and is only called when there is something to tell."""

    store: CrmStore
    account: str
    clock: Clock
    connect: Callable[[], Connector]

    def run(self) -> tuple[Problem, ...]:
        """Tell what is to be told; what went wrong. Raises only LedgerError, for the list itself."""
        self.store.gather(self.account, self.clock())
        waiting = self.store.waiting(self.account)
        if not waiting:
            return ()
        if (until := waiting[0].retry_at) and self.clock() < until:
            return (_waits(waiting[0].error, until.astimezone(self.clock().tzinfo)),)
        try:
            connector = self.connect()
        except Exception as error:  # noqa: BLE001 -- whatever a connector does, the pass is done
            return self._later(waiting[0], _said_by(error))
        return self._tell_all(waiting, connector)

    def _tell_all(self, waiting: tuple[WaitingEvent, ...], connector: Connector) -> tuple[Problem, ...]:
        problems: list[Problem] = []
        begun = monotonic()
        for one in waiting:
            if monotonic() - begun > START_WITHIN:
                break
            failure = _deliver(connector, one.event)
            if failure is None:
                self.store.told(one.number, self.clock())
            elif failure.for_good:
                self.store.give_up(one.number, failure.error, self.clock())
                problems.append(_given_up(1, failure.error))
            else:
                return (*problems, *self._later(one, failure))
        return tuple(problems)

    def _later(self, one: WaitingEvent, failure: _Failure) -> tuple[Problem, ...]:
        now = self.clock()
        too_old = now - GIVE_UP_AFTER
        if one.queued_at < too_old:
            count = self.store.give_up_old(self.account, failure.error, now, queued_before=too_old)
            return (_given_up(count, failure.error),)
        self.store.failed(one.number, failure.error, retry_at=now + _pause(one.tries))
        return (Problem("crm.failed", _SUBJECT, failure.error, failure.hint),)


def _deliver(connector: Connector, event: CrmEvent) -> _Failure | None:
    try:
        with within(ONE_EVENT):
            connector.deliver(event)
    except CrmRefusedError as error:
        return _Failure(str(error), error.hint, for_good=True)
    except TooLongError:
        return _Failure("The connector took too long and was stopped.")
    except Exception as error:  # noqa: BLE001 -- a connector may be anybody's
        return _said_by(error)
    return None


def _said_by(error: Exception) -> _Failure:
    """In the words of our own errors; of any other only its name, because its text may hold anything."""
    if isinstance(error, SettingsError):
        return _Failure("; ".join(error.problems), error.hint or _LATER)
    if isinstance(error, CrmUnreachableError | CrmlinkError):
        return _Failure(str(error), error.hint or _LATER)
    return _Failure(f"The connector broke: {type(error).__name__}.")


def _pause(tries: int) -> timedelta:
    return min(_FIRST_RETRY * (1 << min(tries, 10)), _LONGEST_RETRY)


def _waits(error: str, until: datetime) -> Problem:
    return Problem("crm.waits", _SUBJECT, f"{error} The next try is not before {until:%Y-%m-%d %H:%M}.", _LATER)


def _given_up(count: int, error: str) -> Problem:
    said = f"{count} event(s) were given up: {error}"
    return Problem("crm.given-up", _SUBJECT, said, "`crmlink export` has what the CRM missed.")
