"""A session with an IMAP server that keeps every command within bounds.

Decides when an answer means "no" and when the connection can no longer be used; every failure becomes one of crmlink's
errors. It selects no folder and reads no mail. Inside a session only the client's verbs that sources and writer name
are used; which these are is their promise.
"""

from __future__ import annotations

import contextlib
import imaplib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from imapclient import IMAPClient
from imapclient.exceptions import ProtocolError

from crmlink.mailbox.fetch import Fetched, Opened, fetch, opened
from crmlink.mailbox.folders import BY_SERVER, Folder, FolderNames, folders, foreign_prefixes, listed
from crmlink.mailbox.location import ImapLocation, Security
from crmlink.mailbox.login import logged_in, plain_reason
from crmlink.mailbox.proof import Bearer, Password, TokenSource
from crmlink.mailbox.wire import Timeouts, Wire, connect, trust
from crmlink.model.errors import SettingsError, SourceError

# What imaplib and imapclient raise when the connection broke or the server spoke nonsense.
_NONSENSE: Final = (ProtocolError, ValueError, LookupError, TypeError, AttributeError, MemoryError, RecursionError)
_BROKEN: Final = (imaplib.IMAP4.abort, OSError, *_NONSENSE)
_GOODBYE_SECONDS: Final = 5
# Exchange lets a login in before it knows whether there is a mailbox for it.
_SHUT_OUT: Final = "authenticated but not connected"
_SHUT_OUT_HINT: Final = "it often passes; if it stays, see whether IMAP is switched on for this account"


class ImapRefusedError(SourceError):
    """The server said NO or BAD to one command; the connection is still good. `reason` is the server's text."""

    def __init__(self, message: str, *, reason: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ImapAccess:
    """All that is needed to open a mailbox. `ca_file` replaces the machine's certificate authorities.

    With `token` the login is by OAuth2, and `password` is not used.
    """

    location: ImapLocation
    password: str = field(repr=False)
    names: FolderNames = BY_SERVER
    ca_file: Path | None = None
    timeouts: Timeouts = field(default_factory=Timeouts)
    token: TokenSource | None = None

    def __post_init__(self) -> None:
        if any(sign in self.location.user + self.password for sign in "\r\n\0"):
            raise SettingsError(("the mail user name or password holds a line break or a NUL",))


class ImapSession:
    """A logged-in connection. Use the client inside `command` only."""

    def __init__(self, client: IMAPClient, wire: Wire, access: ImapAccess) -> None:
        self._client = client
        self._wire = wire
        self._access = access
        self._foreign: tuple[str, ...] | None = None
        self.closed = False

    @property
    def server(self) -> str:
        """Host and port, for messages."""
        return self._access.location.server

    @contextlib.contextmanager
    def command(self, doing: str) -> Iterator[IMAPClient]:
        """The client, for one command. `doing` completes "while ..." in the error.

        Raises:
            ImapRefusedError: the server said no.
            SourceError: the connection broke, or the answer took too long; the session is closed.
        """
        if self.closed:
            raise SourceError(f"the connection to {self.server} is closed", hint="it is opened anew at the next try")
        try:
            with self._wire.deadline(self._access.timeouts.command):
                yield self._client
        except _BROKEN as error:
            self._drop()
            raise self._broken(doing, error) from error
        except imaplib.IMAP4.error as error:
            reason = plain_reason(error)
            hint = _SHUT_OUT_HINT if _SHUT_OUT in reason.lower() else ""
            raise ImapRefusedError(
                f"{self.server} refused while {doing}: {reason}", reason=reason, hint=hint
            ) from error

    def has(self, capability: str) -> bool:
        """Whether the server announced this capability after login."""
        with self.command("asking what the server can do") as client:
            return bool(client.has_capability(capability))

    def folders(self) -> tuple[Folder, ...]:
        """Every folder of the owner's own that can hold mail, with its role; not what colleagues share."""
        if self._foreign is None:
            self._foreign = self._ask_foreign()
        with self.command("listing the folders") as client:
            lines = [listed(*line) for line in client.list_folders()]
        return folders((line for line in lines if not line.name.startswith(self._foreign)), self._access.names)

    def examine(self, folder: str) -> Opened:
        """Open a folder read-only, afresh (EXAMINE). Raises ImapRefusedError when it is not there."""
        with self.command(f"opening {folder}") as client:
            return opened(client.select_folder(folder, readonly=True))

    def status(self, folder: str) -> Opened:
        """Where a folder stands, without opening it. Raises ImapRefusedError when it is not there."""
        items = ["MESSAGES", "UIDNEXT", "UIDVALIDITY", *(["HIGHESTMODSEQ"] if self.has("CONDSTORE") else [])]
        with self.command(f"asking where {folder} stands") as client:
            return opened(client.folder_status(folder, items))

    def release(self) -> None:
        """Let go of the opened folder, where the server can: it may not be asked where an opened folder stands."""
        if self._client._imap.state == "SELECTED" and self.has("UNSELECT"):  # noqa: SLF001 - imapclient does not tell
            with contextlib.suppress(ImapRefusedError), self.command("closing the folder") as client:
                client.unselect_folder()

    def fetch(self, uids: str, items: str) -> list[Fetched]:
        """What the opened folder holds on these UIDs (a sequence set, RFC 9051 section 9: "1:500,502")."""
        with self.command("reading mail") as client:
            return fetch(client, uids, items)

    def close(self) -> None:
        """Say goodbye and close. May be called twice."""
        if not self.closed:
            with contextlib.suppress(imaplib.IMAP4.error, OSError), self._wire.deadline(_GOODBYE_SECONDS):
                self._client.logout()
            self._drop()

    def drop(self) -> None:
        """Close without a goodbye, which might have to wait. May be called twice."""
        if not self.closed:
            self._drop()

    def taken_over(self) -> tuple[socket.socket, bytes]:
        """The connection itself, set not to wait, and what was already read from it: `command` may not be used any more."""
        connection: socket.socket = self._client.socket()
        connection.setblocking(False)
        # Nothing there yet is an error to a connection with TLS.
        with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError):
            return connection, self._client._imap.file.peek(1)  # noqa: SLF001 - imapclient does not tell
        return connection, b""

    def _ask_foreign(self) -> tuple[str, ...]:
        if not self.has("NAMESPACE"):
            return ()
        with self.command("asking whose folders are whose") as client:
            kind, answer = client._imap.namespace()  # noqa: SLF001 - imapclient's own fails on extended answers
            return foreign_prefixes(answer) if kind == "OK" else ()

    def _drop(self) -> None:
        self.closed = True
        with contextlib.suppress(OSError):
            self._client.shutdown()
        self._wire.close()

    def _broken(self, doing: str, error: BaseException) -> SourceError:
        late = self._wire.expired or isinstance(error, TimeoutError)
        what = "no answer in time" if late else _why(error)
        return SourceError(
            f"the connection to {self.server} broke while {doing}: {what}", hint="it is tried again at the next scan"
        )


def _why(error: BaseException) -> str:
    """What broke the connection. imaplib and the parsers repeat what they did not understand: that may be mail."""
    known = isinstance(error, OSError | imaplib.IMAP4.abort) and "unexpected" not in str(error)
    return plain_reason(error) if known else f"its answer makes no sense ({type(error).__name__})"


def open_session(access: ImapAccess) -> ImapSession:
    """Connect and log in.

    Raises:
        SourceError: the server cannot be reached, is busy, or does not speak IMAP.
        UntrustedError: its certificate is not good, or it offers no TLS; the password was not sent.
        LoginError: it refused the password or token, or there is none that could be used.
    """
    location = access.location
    token = access.token() if access.token else None  # before the connection, which would wait for it
    context = trust(access.ca_file) if location.security is not Security.NONE else None
    connection = connect(location, access.timeouts)
    wire = Wire(connection)
    try:
        with wire.deadline(access.timeouts.command):
            proof = Bearer(token) if token is not None else Password(access.password)
            return ImapSession(logged_in(connection, location, proof, context), wire, access)
    except (imaplib.IMAP4.error, *_BROKEN) as error:
        wire.close()
        late = wire.expired or isinstance(error, TimeoutError)
        raise SourceError(
            f"{location.server} {'does not answer in time' if late else 'does not answer as a mail server does'}",
            hint="check host and port in CRMLINK_MAIL; if they are right, try again later",
        ) from error
    except BaseException:
        wire.close()
        raise


class ImapDoor:
    """Keeps one session with a mailbox: opened when first needed, and again after it broke."""

    def __init__(self, access: ImapAccess) -> None:
        self.access = access
        self._session: ImapSession | None = None

    def session(self) -> ImapSession:
        """A session that just gave a sign of life. Raises what `open_session` raises."""
        if self._session is not None and not self._session.closed:
            with contextlib.suppress(SourceError), self._session.command("asking for a sign of life") as client:
                client.noop()
                return self._session
            self.close()
        return self.current()

    def current(self) -> ImapSession:
        """The session as it is, without asking, or a new one when it is known to be broken."""
        if self._session is None or self._session.closed:
            self._session = open_session(self.access)
        return self._session

    def close(self) -> None:
        """Close the session. May be called twice."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def drop(self) -> None:
        """Close the session without a goodbye."""
        if self._session is not None:
            self._session.drop()
            self._session = None


class LentDoor(ImapDoor):
    """Somebody else's door, for as long as a pass takes: closing it leaves the session open for the next one."""

    def __init__(self, lender: ImapDoor) -> None:
        super().__init__(lender.access)
        self._lender = lender

    def session(self) -> ImapSession:
        """As the lender's."""
        return self._lender.session()

    def current(self) -> ImapSession:
        """As the lender's."""
        return self._lender.current()

    def close(self) -> None:
        """Nothing: the session is the lender's."""


def door_to(place: ImapAccess | ImapDoor) -> ImapDoor:
    """The door, or a new one to this mailbox."""
    return place if isinstance(place, ImapDoor) else ImapDoor(place)
