"""A mail server that delivers nothing: it keeps what clients send, so that a test can read it.

Only the tests have one, because only the owner's mail client sends; crmlink never does.
"""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from crmlink.demo.servers.process import ServerDidNotStartError, start_with_free_ports


class MailCatcher:
    """A running SMTP server on 127.0.0.1; a context manager."""

    def __init__(self) -> None:
        self._caught: list[Envelope] = []
        self.port, self._controller = start_with_free_ports(1, self._start)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name for it
        """Keep one mail."""
        self._caught.append(envelope)
        return "250 kept"

    def sent_by(self, address: str) -> list[EmailMessage]:
        """What this sender handed over, in order."""
        return [_message(envelope) for envelope in self._caught if envelope.mail_from == address]

    def recipients(self, address: str) -> list[str]:
        """To whom the mail of this sender was to go."""
        return [to for envelope in self._caught if envelope.mail_from == address for to in envelope.rcpt_tos]

    def stop(self) -> None:
        """End the server."""
        self._controller.stop()

    def _start(self, ports: list[int]) -> tuple[int, Controller]:
        (port,) = ports
        controller = Controller(self, "127.0.0.1", port)
        try:
            controller.start()
        except OSError as error:
            raise ServerDidNotStartError(f"the mail catcher could not listen: {error}") from error
        return port, controller

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _message(envelope: Envelope) -> EmailMessage:
    content = envelope.content
    raw = content if isinstance(content, bytes) else str(content).encode()
    message = email.message_from_bytes(raw, EmailMessage, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message
