"""A proxy before a calendar server: it writes down all that a client asks, and answers wrongly where faults say so."""

from __future__ import annotations

import http.client
import re
import socket
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, Self
from urllib.parse import urlsplit

from tests.faults.http_faults import Answer, Fault, On, Shrink, Truncate
from tests.servers.accounts import CalendarAccount

_RESPONSE: Final = re.compile(rb"<(?:\w+:)?response\b.*?</(?:\w+:)?response>\s*", re.DOTALL)
_OBJECT: Final = re.compile(rb"<(?:\w+:)?href[^>]*>[^<]+\.ics</")
_HOP: Final = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One request and how it was answered."""

    method: str
    path: str
    body: bytes
    status: int


@dataclass(slots=True)
class _Reply:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class HttpProxy:
    """Listens on 127.0.0.1 and passes everything on to the account's server; a context manager.

    `account` is the same account through the proxy. `faults` may be set anew between requests.
    """

    def __init__(self, account: CalendarAccount, *faults: Fault) -> None:
        self._target = urlsplit(account.url).netloc
        self._server = _Server(("127.0.0.1", 0), self)
        here = f"127.0.0.1:{self._server.server_port}"
        self.account = replace(
            account,
            url=account.url.replace(self._target, here),
            calendars={name: url.replace(self._target, here) for name, url in account.calendars.items()},
        )
        self.port = self._server.server_port
        self.faults: tuple[Fault, ...] = faults
        self.asked: list[Asked] = []
        self.struck: list[Fault] = []
        self._met: Counter[On] = Counter()
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def methods(self) -> set[str]:
        """The methods that were used."""
        return {one.method for one in self.asked}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
        assert not self._thread.is_alive()

    def fault_for(self, method: str, body: bytes) -> Fault | None:
        """The first fault that strikes this request."""
        for fault in self.faults:
            if fault.on.fits(method, body):
                self._met[fault.on] += 1
                if fault.on.nth in {0, self._met[fault.on]}:
                    self.struck.append(fault)
                    return fault
        return None

    def ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> _Reply:
        """What the real server answers."""
        connection = http.client.HTTPConnection(self._target, timeout=30)
        try:
            connection.request(method, path, body=body or None, headers=dict(headers))
            response = connection.getresponse()
            kept = {name: value for name, value in response.getheaders() if name.lower() not in _HOP}
            return _Reply(response.status, response.read(), kept)
        finally:
            connection.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a client may keep its connection open for as long as it lives

    def __init__(self, address: tuple[str, int], proxy: HttpProxy) -> None:
        self.proxy = proxy
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up in the middle is what some tests want."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def _serve(self) -> None:
        proxy = self.server.proxy
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = proxy.fault_for(self.command, body)
        sent = {name: value for name, value in self.headers.items() if name.lower() not in _HOP | {"accept-encoding"}}
        match fault:
            case Answer(_, status, text, headers):
                reply = _Reply(status, text.encode(), headers)
            case _:
                reply = proxy.ask(self.command, self.path, body, sent)
        if isinstance(fault, Shrink):
            reply.body = shrunk(reply.body, fault.percent)
        proxy.asked.append(Asked(self.command, self.path, body, reply.status))
        self._say(reply, fault)

    def _say(self, reply: _Reply, fault: Fault | None) -> None:
        body = reply.body
        kept = body[: len(body) * fault.percent // 100] if isinstance(fault, Truncate) else body
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        honest = not isinstance(fault, Truncate) or fault.honest
        self.send_header("Content-Length", str(len(kept if honest else body)))
        self.end_headers()
        self.wfile.write(kept)
        if not honest:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_WR)

    # Every method, the forbidden ones too: the guard wants to see them.
    do_OPTIONS = do_PROPFIND = do_REPORT = do_GET = do_HEAD = _serve  # noqa: N815 - http.server's names
    do_PUT = do_DELETE = do_POST = do_PROPPATCH = do_MKCALENDAR = do_MOVE = do_COPY = do_LOCK = _serve  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def shrunk(listing: bytes, percent: int) -> bytes:
    """A multistatus answer with the first so many hundredths of its calendar objects."""
    objects = [found for found in _RESPONSE.findall(listing) if _OBJECT.search(found)]
    for left_out in objects[len(objects) * percent // 100 :]:
        listing = listing.replace(left_out, b"", 1)
    return listing
