"""A proxy before a mail server: it writes down all that a client says, and breaks the talk where faults say so."""

from __future__ import annotations

import contextlib
import re
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Self, assert_never

from tests.faults.imap_faults import Bye, Cut, Fault, HideAppended, Refuse, Renumber, Rewrite, Silence, Strike, Trickle
from tests.faults.wire import ANNOUNCED, CONVERSES, SPOKEN, At, GoneError, Part, Piece, Said, Stream
from tests.servers.accounts import ImapAccount


@dataclass(slots=True)
class _Talk:
    """One connection: both its ends, and the command that is on its way."""

    number: int
    client: Stream
    server: Stream
    said: Said
    pending: str = ""
    folder: str = ""
    trickle: float = 0
    silent: threading.Event = field(default_factory=threading.Event)
    decided: threading.Event = field(default_factory=threading.Event)
    secret: bool = False

    def cut(self, *, reset: bool = False) -> None:
        """End both connections; with `reset` the client's without a goodbye (RST instead of FIN)."""
        with contextlib.suppress(OSError):
            if reset:
                linger = struct.pack("ii", 1, 0)
                self.client.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            # A thread that still reads would keep the connection alive: this wakes it, and only this tells the peer.
            self.client.connection.shutdown(socket.SHUT_RD if reset else socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            self.server.connection.shutdown(socket.SHUT_RDWR)
        self.client.connection.close()
        self.server.connection.close()


class ImapProxy:
    """Listens on 127.0.0.1 and passes everything on to the account's plain port; a context manager.

    `account` is the same account through the proxy, `direct` the one behind it. `faults` may be set anew between commands. `said` and `pieces`
    hold what was heard; `heard` is all bytes of the clients.
    """

    def __init__(self, account: ImapAccount, *faults: Fault) -> None:
        self.direct = account
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._talks: list[_Talk] = []
        self._lock = threading.Lock()
        self._met: Counter[At] = Counter()
        self._stored: set[tuple[str, int]] = set()
        self._over = threading.Event()
        self._struck = threading.Event()
        self.account = replace(account, port=self._listener.getsockname()[1])
        self.faults: tuple[Fault, ...] = faults
        self.heard = b""
        self.said: list[Said] = []
        self.pieces: list[Piece] = []
        self.struck: list[Fault] = []

    @property
    def commands(self) -> list[str]:
        """The verbs heard, in order, with the folder for those that name one."""
        named = {"APPEND", "SELECT", "EXAMINE", "STATUS"}
        return [f'{one.verb} "{one.folder}"' if one.verb in named else one.verb for one in self.said]

    def count(self, verb: str) -> int:
        """How often this was said."""
        return sum(one.verb == verb for one in self.said)

    def strikes(self, *, patience: float = 60) -> bool:
        """Wait until a fault has struck; False when none did in so many seconds."""
        return self._struck.wait(patience)

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        if self.struck:  # whoever waits on a broken line waits no longer
            for talk in self._talks:
                talk.cut()
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive(), "a connection was left open"

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection((self.direct.host, self.direct.port))
                for connection in (client, server):
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                nothing = Said(len(self._talks), b"", "", b"")
                talk = _Talk(len(self._talks), Stream(client), Stream(server), nothing)
                self._talks.append(talk)
                self._start(lambda talk=talk: self._run(talk, self._hear_client))  # type: ignore[misc]
                self._start(lambda talk=talk: self._run(talk, self._hear_server))  # type: ignore[misc]

    def _run(self, talk: _Talk, hear: Callable[[_Talk], None]) -> None:
        """One direction, until somebody hangs up: then the other side hears of it at once."""
        with contextlib.suppress(GoneError, OSError, ValueError):
            hear(talk)
        if not talk.silent.is_set():
            talk.cut()

    # The client's side.

    def _hear_client(self, talk: _Talk) -> None:
        while not talk.secret:
            with contextlib.suppress(_RefusedError):
                self._command(talk)
            if talk.said.verb == "STARTTLS":
                talk.decided.wait(30)
        while data := self._noted(talk.client.anything()):
            talk.server.connection.sendall(data)

    def _command(self, talk: _Talk) -> None:
        line = self._noted(talk.client.line())
        if talk.pending in CONVERSES:
            self._pass(talk, Part.CONTINUED, line)
            return
        self._begin(talk, line)
        self._pass(talk, Part.COMMAND, line)
        while announced := ANNOUNCED.search(line):
            half = int(announced[1]) // 2
            begun = self._noted(talk.client.take(half))
            self._pass(talk, Part.LITERAL_BEGINS, begun)
            ended = self._noted(talk.client.take(int(announced[1]) - half))
            self._pass(talk, Part.LITERAL_ENDS, ended)
            talk.said.literals.append(begun + ended)
            line = self._noted(talk.client.line())
            talk.said.rest += line
            self._pass(talk, Part.CONTINUED, line)

    def _begin(self, talk: _Talk, line: bytes) -> None:
        spoken = SPOKEN.match(line)
        tag, verb = (spoken[1], spoken[2].decode().upper()) if spoken else (b"", "?")
        talk.said = Said(talk.number, tag, verb, line)
        talk.pending = verb
        talk.decided.clear()
        if verb in {"SELECT", "EXAMINE"}:
            talk.folder = talk.said.folder
        with self._lock:
            self.said.append(talk.said)

    def _noted(self, data: bytes) -> bytes:
        with self._lock:
            self.heard += data
        return data

    # The server's side.

    def _hear_server(self, talk: _Talk) -> None:
        while True:
            chunks = talk.server.whole()
            tagged = bool(talk.said.tag) and chunks[0].startswith(talk.said.tag + b" ")
            part = Part.TAGGED if tagged else Part.GO_AHEAD if chunks[0].startswith(b"+") else Part.UNTAGGED
            said = talk.said
            said.answers.append(chunks)
            self._learn(said, chunks)
            secret = tagged and said.verb == "STARTTLS" and b" OK" in chunks[0].upper()
            if tagged:
                talk.pending = ""
                talk.secret = secret
                talk.decided.set()
            self._pass(talk, part, *self._altered(talk, chunks))
            if secret:
                while data := talk.server.anything():
                    talk.client.connection.sendall(data)
                return

    def _learn(self, said: Said, chunks: tuple[bytes, ...]) -> None:
        if said.verb == "APPEND" and (stored := re.search(rb"\[APPENDUID \d+ (\d+)\]", chunks[0])):
            self._stored.add((said.folder, int(stored[1])))

    def _altered(self, talk: _Talk, chunks: tuple[bytes, ...]) -> tuple[bytes, ...]:
        for fault in self.faults:
            match fault:
                case Rewrite(pattern, replacement, verb) if verb in {"", talk.said.verb}:
                    lines = (re.sub(pattern, replacement, line) for line in chunks[::2])
                    chunks = tuple(_woven(lines, chunks[1::2]))
                case Renumber(folder, validity) if folder in {talk.folder, talk.said.folder}:
                    line = re.sub(rb"(UIDVALIDITY) \d+", rb"\1 %d" % validity, chunks[0])
                    chunks = (line, *chunks[1:])
                case HideAppended() if self._is_stored(talk, chunks):
                    return ()
                case _:
                    pass
        return chunks

    def _is_stored(self, talk: _Talk, chunks: tuple[bytes, ...]) -> bool:
        uid = re.search(rb"^\* \d+ FETCH .*\bUID (\d+)", b" ".join(chunks[::2]), re.DOTALL)
        return uid is not None and (talk.folder, int(uid[1])) in self._stored

    # Both.

    def _pass(self, talk: _Talk, part: Part, *chunks: bytes) -> None:
        """Let a piece through, unless a fault strikes here."""
        if not chunks or talk.silent.is_set():
            return
        with self._lock:
            piece = Piece(len(self.pieces), part, talk.said.verb, chunks)
            self.pieces.append(piece)
            fault = next((one for one in self.faults if self._strikes(one, piece)), None)
            if fault is not None:
                self.struck.append(fault)
                self._struck.set()
        way = talk.server if part.of_client else talk.client
        if fault is not None:
            self._break(talk, fault, piece, way)
        elif talk.trickle and not part.of_client:
            self._trickle(talk, piece.data)
        else:
            way.connection.sendall(piece.data)

    def _strikes(self, fault: Fault, piece: Piece) -> bool:
        if isinstance(fault, Rewrite | HideAppended | Renumber) or not fault.at.fits(piece):
            return False
        self._met[fault.at] += 1
        return fault.at.nth in {0, self._met[fault.at]} or fault.at.number is not None

    def _break(self, talk: _Talk, fault: Fault, piece: Piece, way: Stream) -> None:
        match fault:
            case Cut(at, reset):
                way.connection.sendall(piece.data[: at.byte])
                talk.cut(reset=reset)
                raise GoneError
            case Silence(at):
                way.connection.sendall(piece.data[: at.byte])
                talk.silent.set()
            case Strike(_, blow):
                blow()
                talk.cut()
                raise GoneError
            case Bye(_, text):
                talk.client.connection.sendall(f"* {text}\r\n".encode())
                talk.cut()
                raise GoneError
            case Trickle(_, pause):
                talk.trickle = pause
                self._trickle(talk, piece.data)
            case Refuse():
                self._refuse(talk, fault, piece)
            case Rewrite() | HideAppended() | Renumber():
                pass
            case _:
                assert_never(fault)

    def _refuse(self, talk: _Talk, fault: Refuse, piece: Piece) -> None:
        announced = ANNOUNCED.search(piece.data)
        if announced and fault.late:
            talk.client.connection.sendall(b"+ go on\r\n")
            talk.said.literals.append(self._noted(talk.client.take(int(announced[1]))))
            self._noted(talk.client.line())
        talk.pending = ""
        talk.client.connection.sendall(talk.said.tag + f" {fault.text}\r\n".encode())
        if announced:  # no literal follows: go on with the next command
            raise _RefusedError

    def _trickle(self, talk: _Talk, data: bytes) -> None:
        for at in range(len(data)):
            talk.client.connection.sendall(data[at : at + 1])
            self._over.wait(talk.trickle)

    def _start(self, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, daemon=True)
        self._threads.append(thread)
        thread.start()


class _RefusedError(Exception):
    """The command on its way got its answer already."""


def _woven(lines: Iterator[bytes], literals: tuple[bytes, ...]) -> Iterator[bytes]:
    waiting = iter(literals)
    for line in lines:
        yield line
        yield from (literal for literal in (next(waiting, None),) if literal is not None)
