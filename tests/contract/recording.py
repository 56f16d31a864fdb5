"""A proxy before a mail server that writes down all that a client says."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from dataclasses import replace
from typing import Self

from tests.servers.accounts import ImapAccount


class RecordingProxy:
    """Listens on 127.0.0.1 and passes everything on to the account's plain port; a context manager."""

    def __init__(self, account: ImapAccount) -> None:
        self._target = (account.host, account.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self.heard = b""
        self.account = replace(account, port=self._listener.getsockname()[1])

    @property
    def commands(self) -> list[str]:
        """The verbs heard, in order, with the folder for those that name one; for UID commands both words."""
        found = re.findall(rb'(?m)^[A-Z]{4}\d+ ((?:UID )?[A-Z]+(?: "[^"]*"(?= \(\\Draft| ?\r))?)', self.heard)
        return [verb.decode().strip() for verb in found]

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive(), "a connection was left open"

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
                for connection in (client, server):
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._start(self._pass_on, client, server, True)
                self._start(self._pass_on, server, client, False)

    def _pass_on(self, sender: socket.socket, receiver: socket.socket, record: bool) -> None:  # noqa: FBT001 - a thread's arguments
        with contextlib.suppress(OSError):
            while data := sender.recv(65536):
                if record:
                    self.heard += data
                receiver.sendall(data)
        with contextlib.suppress(OSError):
            receiver.shutdown(socket.SHUT_WR)
        if not record:
            sender.close()
            receiver.close()

    def _start(self, target: object, *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)  # type: ignore[arg-type] # any function here
        self._threads.append(thread)
        thread.start()
