"""Watches one mailbox for new mail between two passes, so that a pass need not wait for its time.

Over IMAP a second connection idles. It is made only after a pass has worked, so that a server that is down or refuses
the login is asked by passes alone; it is made anew at once when it breaks, and then ever less often, never twice within
a minute. A server that cannot idle, or that refuses a second connection, is only read on schedule. A Maildir is asked
every few seconds whether its inbox was written to. Nothing here reads mail: what is noticed is a hint to make a pass.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

import structlog

from crmlink.app.service.backoff import LONGEST, SHORTEST, Backoff, Chance
from crmlink.mailbox.idle import CannotIdleError, IdleLine, open_idle
from crmlink.mailbox.imap import ImapAccess
from crmlink.mailbox.location import MaildirLocation
from crmlink.mailbox.maildir import inbox_stamps
from crmlink.model.errors import CrmlinkError, LoginError

NEVER: Final = float("inf")
LOOK_EVERY: Final = 2.0
"""Seconds between two looks at a Maildir."""
_REFUSALS: Final = 3


class Watch(Protocol):
    """Notices new mail. `now` is in steady seconds."""

    def descriptor(self) -> int | None:
        """What to wait on besides time, if anything."""

    def wake_at(self) -> float:
        """When `turn` wants to be called."""

    def turn(self, now: float) -> bool:
        """Do what is due, with what came in; True when a pass should look."""

    def passed(self) -> None:
        """A pass over this mailbox has just worked."""

    def close(self) -> None:
        """Let go of everything, without waiting."""


class IdleWatch:
    """Over IMAP. `reconnected` is called when a connection that was lost stands again."""

    def __init__(self, access: ImapAccess, chance: Chance, reconnected: Callable[[], None], name: str) -> None:
        self._access = access
        self._backoff = Backoff(chance)
        self._reconnected = reconnected
        self._line: IdleLine | None = None
        self._tried_at = -NEVER
        self._try_at = NEVER  # until a pass has worked
        self._refusals = 0
        self._lost = False
        self._log = structlog.get_logger("crmlink").bind(**({"account": name} if name else {}))

    def descriptor(self) -> int | None:
        """The connection's, if there is one."""
        return self._line.fileno() if self._line else None

    def wake_at(self) -> float:
        """When to connect, or when IDLE must be begun anew or answered."""
        return self._line.wake_at if self._line else self._try_at

    def turn(self, now: float) -> bool:
        """Connect when it is time, else hear what is new. A new connection is news too: mail may have come before it."""
        if self._line is None:
            return now >= self._try_at and self._connect(now)
        try:
            was_idling = self._line.idling
            arrived = self._line.hear(now) or self._line.turn(now)
        except CannotIdleError as error:
            self._give_up(error)
            return True
        except CrmlinkError as error:
            self._lose(error, now)
            return True
        if self._line.idling and not was_idling and self._lost:
            self._lost = False
            self._reconnected()
        return arrived

    def passed(self) -> None:
        """From now on a connection may be tried."""
        if self._tried_at == -NEVER and self._try_at == NEVER:
            self._try_at = -NEVER

    def close(self) -> None:
        """End the connection."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _connect(self, now: float) -> bool:
        self._tried_at = now
        try:
            self._line = open_idle(self._access, now)
        except CannotIdleError as error:
            self._give_up(error)
            return False
        except LoginError as error:  # it let the passes in: it takes no second connection
            self._refusals += 1
            if self._refusals >= _REFUSALS:
                self._give_up(error)
            else:
                self._try_at = now + LONGEST
        except CrmlinkError as error:
            self._lose(error, now)
        return self._line is not None

    def _lose(self, error: CrmlinkError, now: float) -> None:
        """A connection that stood for long is made anew at once; else the next try has its time."""
        stood = self._line is not None and now - self._tried_at >= SHORTEST
        if stood:
            self._backoff.succeeded()
        self._try_at = now if stood else self._tried_at + self._backoff.failed()
        self._line, self._lost = None, True
        self._log.info("watch lost", what=str(error), again_in=round(max(0.0, self._try_at - now)))

    def _give_up(self, error: CrmlinkError) -> None:
        self._line, self._try_at = None, NEVER
        self._log.info("new mail is seen on schedule only", why=str(error))


class MaildirWatch:
    """On disk."""

    def __init__(self, location: MaildirLocation) -> None:
        self._root = location.path
        self._stamps = inbox_stamps(self._root)
        self._look_at = -NEVER

    def descriptor(self) -> int | None:
        """None."""
        return None

    def wake_at(self) -> float:
        """The next look."""
        return self._look_at

    def turn(self, now: float) -> bool:
        """Whether the inbox was written to since the last look."""
        if now < self._look_at:
            return False
        before, self._stamps = self._stamps, inbox_stamps(self._root)
        self._look_at = now + LOOK_EVERY
        return self._stamps != before

    def passed(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to close."""


class NoWatch:
    """Notices nothing: the schedule is all there is."""

    def descriptor(self) -> int | None:
        """None."""
        return None

    def wake_at(self) -> float:
        """Never."""
        return NEVER

    def turn(self, now: float) -> bool:  # noqa: ARG002 -- a Watch is told the time
        """Nothing to do."""
        return False

    def passed(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to close."""
