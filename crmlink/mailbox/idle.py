"""Lets a mail server tell when new mail arrives (IDLE, RFC 2177), without ever waiting for it.

A connection of its own looks at INBOX (EXAMINE) and idles. Its owner waits until there is something to read, or until
`wake_at`, and then calls `hear` or `turn`. What the server says is a hint to look, nothing more: no mail is read here.
Whatever is odd ends the connection: end of file, BYE, nonsense, an IDLE that ends by itself, a command without an answer
in time. IDLE is ended and begun anew every few minutes, because routers forget silent connections and a server that
went away without a word is only noticed so.

imapclient is used up to EXAMINE. Its own idle_check loses half lines and does not tell a closed connection from silence.
"""

from __future__ import annotations

import re
import ssl
from enum import StrEnum
from typing import Final

from crmlink.mailbox.imap import ImapAccess, ImapSession, open_session
from crmlink.model.errors import SourceError

RENEW_AFTER: Final = 480.0
"""Seconds after which IDLE is begun anew; a link that broke in silence is noticed so much later at the latest."""
ANSWER_WITHIN: Final = 30.0
"""Seconds the server has to answer IDLE and DONE."""

_CHUNK: Final = 65536
_MOST: Final = 4 * 1024 * 1024  # bytes between two beginnings: more is a flood
_COUNTED: Final = re.compile(rb"\* (\d+) (EXISTS|EXPUNGE)\Z", re.IGNORECASE)
_NOTHING_YET: Final = (BlockingIOError, ssl.SSLWantReadError)


class CannotIdleError(SourceError):
    """The server has no IDLE, or does not want it. Asking again will not help."""


class _Stage(StrEnum):
    ASKED = "IDLE was said"
    IDLING = "the server tells what happens"
    ENDED = "DONE was said"


class IdleLine:
    """A connection in IDLE. `now` is in seconds of a clock that never jumps."""

    def __init__(self, session: ImapSession, exists: int, now: float) -> None:
        self._session = session
        self._exists = exists
        self._connection, self._rest = session.taken_over()
        self._number, self._tag, self._left = 0, b"", _MOST
        self._stage, self.wake_at = _Stage.ASKED, now
        self._begin(now)

    def fileno(self) -> int:
        """For whoever waits on descriptors."""
        return self._connection.fileno()

    @property
    def idling(self) -> bool:
        """Whether the server tells what happens."""
        return self._stage is _Stage.IDLING

    def hear(self, now: float) -> bool:
        """Read what is there; True when mail arrived.

        Raises:
            CannotIdleError: the server refused IDLE.
            SourceError: the connection cannot be used any more. In both cases it is closed.
        """
        try:
            news = [self._news(line, now) for line in self._lines()]
            return any(news)
        except BaseException:
            self.close()
            raise

    def turn(self, now: float) -> bool:
        """Begin IDLE anew when it is time; True when mail arrived. Raises as `hear`, also when an answer is late."""
        arrived = self.hear(now) if self._rest else False
        if now < self.wake_at:
            return arrived
        if self._stage is not _Stage.IDLING:
            self.close()
            raise self._broken("no answer in time")
        self._say(b"DONE")
        self._stage, self.wake_at = _Stage.ENDED, now + ANSWER_WITHIN
        return arrived

    def close(self) -> None:
        """End the connection, without waiting for a goodbye. May be called twice."""
        self._session.drop()

    def _begin(self, now: float) -> None:
        self._number, self._left = self._number + 1, _MOST
        self._tag = f"IDLE{self._number}".encode()
        self._stage, self.wake_at = _Stage.ASKED, now + ANSWER_WITHIN
        self._say(self._tag + b" IDLE")

    def _say(self, line: bytes) -> None:
        try:
            self._connection.send(line + b"\r\n")
        except OSError as error:  # also when it would have to wait: nothing of so few bytes was taken for long
            self.close()
            raise self._broken("the server hung up") from error

    def _lines(self) -> list[bytes]:
        *lines, self._rest = (self._rest + self._received()).split(b"\r\n")
        if len(self._rest) > _CHUNK:
            raise self._broken("its answer makes no sense")
        return lines

    def _received(self) -> bytes:
        data = b""
        try:
            while self._left > 0:
                chunk = self._connection.recv(_CHUNK)
                if not chunk:
                    raise self._broken("the server hung up")
                data += chunk
                self._left -= len(chunk)
        except _NOTHING_YET:
            return data
        except OSError as error:
            raise self._broken("the server hung up") from error
        raise self._broken("it says more than anybody can read")

    def _news(self, line: bytes, now: float) -> bool:
        """What a line means; True when it tells of new mail."""
        if line.startswith(b"* "):
            return self._untagged(line)
        if line.startswith(b"+") and self._stage is _Stage.ASKED:
            self._stage, self.wake_at = _Stage.IDLING, now + RENEW_AFTER
            return False
        word = line.removeprefix(self._tag + b" ")[:3].upper().strip()
        if word == b"OK" and self._stage is _Stage.ENDED:
            self._begin(now)
            return False
        if word in {b"NO", b"BAD"} and self._stage is _Stage.ASKED:
            raise CannotIdleError(f"{self._session.server} does not want to tell when mail arrives")
        raise self._broken("its answer makes no sense")

    def _untagged(self, line: bytes) -> bool:
        if line[2:5].upper() == b"BYE":
            raise self._broken("the server said goodbye")
        counted = _COUNTED.match(line)
        if counted is None:
            return False
        number, grown = int(counted[1]), False
        if counted[2].upper() == b"EXISTS":
            grown, self._exists = number > self._exists, number
        else:
            self._exists -= 1
        return grown

    def _broken(self, why: str) -> SourceError:
        return SourceError(f"the connection to {self._session.server} broke while waiting for mail: {why}")


def open_idle(access: ImapAccess, now: float) -> IdleLine:
    """Connect, log in, look at INBOX and begin to idle. All but the last may take as long as `access.timeouts` allow.

    Raises:
        CannotIdleError: the server has no IDLE.
        SourceError, UntrustedError, LoginError: as `open_session`.
    """
    session = open_session(access)
    try:
        idles = session.has("IDLE")
        if idles:
            return IdleLine(session, session.examine("INBOX").exists, now)
    except BaseException:
        session.drop()
        raise
    session.close()
    raise CannotIdleError(f"{session.server} does not tell when mail arrives")
