"""A mail server of a few lines that says exactly what a test wants it to say, over a real socket.

It answers the usual commands politely; a test replaces single answers (`answers["APPEND"] = ...`) to play a server that
refuses, lies, hangs up or trickles. Everything a client said is kept in `heard`.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self


class HangUpError(Exception):
    """Raised by an answer to close the connection."""


@dataclass(slots=True)
class Talk:
    """One connection from a client."""

    connection: socket.socket
    server: ScriptedServer
    rest: bytes = b""

    def say(self, *lines: str | bytes) -> None:
        """Send lines, each ended by CRLF."""
        encoded = [line.encode() if isinstance(line, str) else line for line in lines]
        self.connection.sendall(b"".join(line + b"\r\n" for line in encoded))

    def trickle(self, data: bytes) -> None:
        """Send one byte at a time, for ever, until the client hangs up or the test ends."""
        while not self.server.over.wait(0.02):
            self.connection.sendall(data[:1])

    def line(self) -> bytes:
        """The next line without its end; HangUpError when the client has gone."""
        while b"\r\n" not in self.rest:
            self._hear()
        found, _, self.rest = self.rest.partition(b"\r\n")
        return found

    def take(self, size: int) -> bytes:
        """The next bytes, a literal."""
        while len(self.rest) < size:
            self._hear()
        found, self.rest = self.rest[:size], self.rest[size:]
        return found

    def literal(self, line: bytes) -> bytes:
        """Ask for the literal that a line announces, and give it."""
        announced = re.search(rb"\{(\d+)\}$", line)
        assert announced, line
        self.say("+ go on")
        found = self.take(int(announced[1]))
        self.line()
        return found

    def _hear(self) -> None:
        data = self.connection.recv(65536)
        if not data:
            raise HangUpError
        self.server.heard += data
        self.rest += data


Answer = Callable[[Talk, str, bytes], None]


def ok(*untagged: str) -> Answer:
    """An answer that says these untagged lines and then OK."""

    def answer(talk: Talk, tag: str, _line: bytes) -> None:
        talk.say(*(f"* {text}" for text in untagged), f"{tag} OK done")

    return answer


def no(text: str, kind: str = "NO") -> Answer:
    """An answer that refuses."""

    def answer(talk: Talk, tag: str, _line: bytes) -> None:
        talk.say(f"{tag} {kind} {text}")

    return answer


def hang_up(_talk: Talk, _tag: str, _line: bytes) -> None:
    """No answer at all: the connection ends."""
    raise HangUpError


def authenticate(talk: Talk, tag: str, _line: bytes) -> None:
    talk.say("+ ")
    talk.line()
    talk.say(f"{tag} OK welcome")


def store(talk: Talk, tag: str, line: bytes) -> None:
    talk.server.stored.append(talk.literal(line))
    talk.say(f"{tag} OK [APPENDUID 7 1] stored")


@dataclass(slots=True)
class ScriptedServer:
    """Listens on 127.0.0.1; a context manager."""

    capabilities: str = "IMAP4rev1 AUTH=PLAIN UNSELECT"
    greeting: str = "* OK ready"
    answers: dict[str, Answer] = field(default_factory=dict)
    heard: bytes = b""
    stored: list[bytes] = field(default_factory=list)
    connections: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    _listener: socket.socket = field(init=False)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads.append(threading.Thread(target=self._accept, daemon=True))
        self._threads[0].start()
        self.answers = self.polite() | self.answers
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        # Now everything that was said has been heard, and every connection must have been closed by the client.
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive(), "the client left a connection open"

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def commands(self) -> list[str]:
        """The verbs heard, in order; for UID commands both words."""
        found = re.findall(rb"(?m)^[A-Z]{4}\d+ ((?:UID )?[A-Z]+)", self.heard)
        return [verb.decode() for verb in found]

    def polite(self) -> dict[str, Answer]:
        """What an ordinary server with an empty mailbox answers."""
        listing = [
            'LIST () "/" INBOX',
            r'LIST (\Drafts) "/" Drafts',
            r'LIST (\Sent) "/" Sent',
            r'LIST (\Trash) "/" Trash',
        ]
        return {
            "CAPABILITY": ok(f"CAPABILITY {self.capabilities}"),
            "AUTHENTICATE": authenticate,
            "LOGIN": ok(),
            "NOOP": ok(),
            "LIST": ok(*listing),
            "STATUS": ok("STATUS Drafts (UIDVALIDITY 7 UIDNEXT 1)"),
            "EXAMINE": ok("0 EXISTS", "OK [UIDVALIDITY 7] ok", "OK [UIDNEXT 1] ok"),
            "SELECT": ok("0 EXISTS", "OK [UIDVALIDITY 7] ok", "OK [UIDNEXT 1] ok"),
            "UID FETCH": ok(),
            "UID SEARCH": ok("SEARCH"),
            "UNSELECT": ok(),
            "APPEND": store,
            "LOGOUT": ok("BYE bye"),
        }

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        talk = Talk(connection, self)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, contextlib.suppress(OSError, HangUpError):
            if self.greeting == "trickle":
                talk.trickle(b"*")
            talk.say(self.greeting)
            while True:
                line = talk.line()
                tag, _, rest = line.decode("latin-1").partition(" ")
                words = rest.upper().split(" ")
                verb = " ".join(words[:2]) if words[0] == "UID" else words[0]
                self.answers.get(verb, no("unknown command", "BAD"))(talk, tag, line)
