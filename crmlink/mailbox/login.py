"""From an open connection to a logged-in IMAP client.

Decides how to prove who we are: a token by OAUTHBEARER or XOAUTH2; a password by SASL PLAIN where it is offered
(RFC 4616; it carries passwords beyond ASCII), else by LOGIN. It is said once, and only after TLS stands where the address
asks for it. Protocol logging stays off: it would show secrets and mail.
"""

from __future__ import annotations

import contextlib
import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from typing import Final, cast

from imapclient import IMAPClient, SocketTimeout

from crmlink.mailbox.bounded import MAX_ANSWER, BoundedStream, Stream
from crmlink.mailbox.location import ImapLocation, Security
from crmlink.mailbox.proof import Bearer, Password, Proof
from crmlink.mailbox.sasl import MECHANISMS, Saying
from crmlink.mailbox.wire import no_tls, secured
from crmlink.model.errors import CrmlinkError, LoginError, SourceError, UntrustedError

# The server could not look at the password now; it said nothing about it. The codes are those of RFC 5530, the words
# those of Exchange ("throttled"), Gmail ("too many simultaneous connections") and others that give no code.
_PASSING: Final = re.compile(
    r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|THROTTLED)\]|throttled|rate limit|server (is )?(busy|unavailable)"
    r"|too many ([a-z]+ ){0,3}(connections|sessions|requests)|try again later|temporar",
    re.IGNORECASE,
)
_NEEDS_PASSWORD: Final = "crmlink needs a server that takes an app password"  # noqa: S105 - a sentence
_LONGEST_REASON: Final = 200


class _Protocol(imaplib.IMAP4):
    """imaplib over a connection that is already open, so that even the greeting has a deadline, and with bounded answers.

    imaplib makes room for whatever a literal announces, and keeps all of an answer until it is complete.
    """

    def __init__(self, connection: socket.socket, host: str) -> None:
        self._connection = connection
        self._left = MAX_ANSWER
        super().__init__(host)

    def read(self, size: int) -> bytes:
        """A literal. Raises abort where one command brings more than anything crmlink asks for."""
        with self._answer() as stream:
            return stream.read(size)

    def readline(self) -> bytes:
        """A line; a list of very many numbers may be far longer than imaplib allows."""
        with self._answer() as stream:
            return stream.readline()

    @contextlib.contextmanager
    def _answer(self) -> Iterator[BoundedStream]:
        # A new one each time: STARTTLS puts another file in the place of this one.
        stream = BoundedStream(cast("Stream", self.file), self._left)
        yield stream
        self._left = stream.left

    def _new_tag(self) -> bytes:
        self._left = MAX_ANSWER
        return cast("bytes", super()._new_tag())  # type: ignore[misc] # imaplib's own, called once for each command

    def _create_socket(self, timeout: float | None = None) -> socket.socket:  # noqa: ARG002 - imaplib's signature
        return self._connection


class _Client(IMAPClient):  # type: ignore[misc] # imapclient ships no types
    """imapclient over a connection that is already open, without its protocol log."""

    def __init__(self, connection: socket.socket, location: ImapLocation) -> None:
        self._connection = connection
        seconds = connection.gettimeout()
        secure = location.security is Security.TLS
        super().__init__(location.host, location.port, ssl=secure, timeout=SocketTimeout(seconds, seconds))
        self._imap.debug = 0
        self.normalise_times = False

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 - imapclient's name
        return _Protocol(self._connection, self.host)

    def forget_capabilities(self) -> None:
        """Ask again: servers announce more after login, and some proxies announce wrong things with it (iCloud)."""
        self._cached_capabilities = None
        heard = self._imap.untagged_responses
        for name in [name for name in heard if name.upper() == "CAPABILITY"]:
            del heard[name]


def logged_in(
    connection: socket.socket, location: ImapLocation, proof: Proof, context: ssl.SSLContext | None
) -> IMAPClient:
    """A client in the authenticated state. `context` is None only for connections without TLS.

    Raises UntrustedError, LoginError or SourceError, or what imaplib raises on a broken connection; then the
    connection is closed.
    """
    try:
        if context is not None and location.security is Security.TLS:
            connection = secured(connection, location, context)
        client = _Client(connection, location)
    except BaseException:
        connection.close()
        raise
    try:
        if context is not None and location.security is Security.STARTTLS:
            _start_tls(client, location, context)
        match proof:
            case Bearer(token):
                _show_token(client, location, token)
            case Password(password):
                _log_in(client, location, password)
        client.forget_capabilities()
        _introduce(client)
    except BaseException:
        with contextlib.suppress(OSError):
            client.shutdown()
        raise
    return client


def plain_reason(error: BaseException) -> str:
    """The server's own words from an error, on one line and not too long."""
    words = " ".join("".join(sign if sign.isprintable() else " " for sign in str(error)).split())
    return words[:_LONGEST_REASON] or type(error).__name__


def _start_tls(client: _Client, location: ImapLocation, context: ssl.SSLContext) -> None:
    try:
        client.starttls(context)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        # Whoever sits in between may have taken the offer out of the answer: never go on without TLS.
        raise UntrustedError(
            f"{location.server} offers no STARTTLS; the password was not sent",
            hint="use imaps:// in CRMLINK_MAIL if the server has it",
        ) from error
    except OSError as error:
        raise no_tls(location, error) from error


def _log_in(client: _Client, location: ImapLocation, password: str) -> None:
    try:
        if client.has_capability("AUTH=PLAIN"):
            client.plain_login(location.user, password)
        elif client.has_capability("LOGINDISABLED"):
            raise _refused(location, "it takes no passwords", hint=_by_token(client) or _NEEDS_PASSWORD)
        elif not (location.user + password).isascii():
            raise _refused(location, "it takes only passwords in ASCII", hint="use an app password")
        else:
            client.login(_quoted(location.user), password)
    except imaplib.IMAP4.error as error:
        # imapclient turns every failure into its LoginError, a broken connection as well.
        cause = error.__context__
        if isinstance(error, imaplib.IMAP4.abort):
            raise
        if isinstance(cause, imaplib.IMAP4.abort):
            raise cause from None
        reason = plain_reason(error).replace(password, "***") if password else plain_reason(error)
        raise _no(location, reason, hint=_by_token(client)) from None


def _by_token(client: _Client) -> str:
    """What else to try with a password that is refused, where the server offers it; "" where it does not."""
    with contextlib.suppress(imaplib.IMAP4.error, OSError):
        if any(client.has_capability(f"AUTH={name}") for name in MECHANISMS):
            return (
                "check CRMLINK_MAIL_PASSWORD: it must be an app password; where there are none, as with Microsoft,"
                " set CRMLINK_MAIL_AUTH to google or microsoft and call crmlink login"
            )
    return ""


def _show_token(client: _Client, location: ImapLocation, token: str) -> None:
    mechanism = next((name for name in MECHANISMS if client.has_capability(f"AUTH={name}")), None)
    if mechanism is None:
        raise _refused(location, "it takes no OAuth2 tokens", hint="set CRMLINK_MAIL_AUTH to password")
    saying = Saying(mechanism, location, token)
    imap = client._imap  # noqa: SLF001 - neither imapclient nor imaplib can say it with the command (SASL-IR)
    saying.told = client.has_capability("SASL-IR")
    imap.literal = saying.answer  # imaplib asks it for the answer to each challenge
    try:
        kind, lines = imap._simple_command("AUTHENTICATE", mechanism, saying.initial if saying.told else None)  # noqa: SLF001
        reason = "" if kind == "OK" else (lines[-1] or b"").decode("utf-8", "replace")
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        kind, reason = "BAD", str(error)
    if kind == "OK":
        imap.state = "AUTH"
        return
    words = plain_reason(ValueError(saying.hide(reason)))
    if saying.refusal:
        words = f"{words} (status {saying.refusal})"
    hint = "log in again: crmlink login; if that does not help, look whether IMAP is switched on for this account"
    raise _no(location, words, hint=hint) from None


def _no(location: ImapLocation, reason: str, *, hint: str = "") -> CrmlinkError:
    """What a refused login means: the wrong proof, or only the wrong moment."""
    if _PASSING.search(reason) and "[AUTHENTICATIONFAILED]" not in reason.upper():
        return SourceError(f"{location.server} cannot log in anybody now: {reason}", hint="try again later")
    return _refused(location, reason, hint=hint)


def _refused(location: ImapLocation, reason: str, *, hint: str = "") -> LoginError:
    usual = "check CRMLINK_MAIL and CRMLINK_MAIL_PASSWORD; many providers want an app password here"
    return LoginError(f"{location.server} refused the login of {location.user}: {reason}", hint=hint or usual)


def _quoted(text: str) -> str:
    # imaplib quotes the password, but not the user.
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _introduce(client: _Client) -> None:
    """Say which program this is (RFC 2971): some providers serve only programs that do."""
    if client.has_capability("ID"):
        with contextlib.suppress(imaplib.IMAP4.error):
            client.id_({"name": "crmlink"})
