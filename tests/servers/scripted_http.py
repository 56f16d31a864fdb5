"""An HTTP server that says what a test tells it to, and remembers what it was asked.

To whoever already has the version (ETag) it would send, it says so (304).

For the answers real calendar servers give on bad days: redirects, refusals, half answers, wrong certificates.
"""

from __future__ import annotations

import contextlib
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.servers.certificates import CertificateFiles


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. With `pause`, the body comes byte by byte, so many seconds apart; with `early`, the headers already."""

    status: int = 200
    body: str | bytes = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    pause: float = 0
    early: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: str


@dataclass(slots=True)
class ScriptedServer:
    """`replies` maps "METHOD /path" to an answer; anything else is answered with 404.

    `answers` goes before: the first whose words stand in what is asked. `knows` goes before both: what is answered to who
    logs in so (the Authorization header).
    """

    url: str
    replies: dict[str, Reply] = field(default_factory=dict)
    answers: dict[str, Reply] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    knows: dict[str, dict[str, Reply]] = field(default_factory=dict)


@contextmanager
def scripted(certificate: CertificateFiles | None = None) -> Iterator[ScriptedServer]:
    """A server on a free port of this machine, with TLS when there is a certificate."""
    script = ScriptedServer("")
    hurry = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode()
            script.asked.append(Asked(self.command, self.path, dict(self.headers), body))
            reply = script.replies.get(f"{self.command} {self.path}", Reply(404))
            reply = next((answer for words, answer in script.answers.items() if words in body), reply)
            reply = script.knows.get(self.headers.get("Authorization", ""), {}).get(
                f"{self.command} {self.path}", reply
            )
            if reply.headers.get("ETag") and self.headers.get("If-None-Match") == reply.headers["ETag"]:
                reply = Reply(304)
            data = reply.body.encode() if isinstance(reply.body, str) else reply.body
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/xml; charset=utf-8", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            if reply.early:
                self.flush_headers()
                self._trickle("X-Slow: " + "x" * 10_000, reply.pause)
                return
            self.end_headers()
            for piece in [data] if not reply.pause else [data[at : at + 1] for at in range(len(data))]:
                self.wfile.write(piece)
                self.wfile.flush()
                if hurry.wait(reply.pause):
                    return

        def _trickle(self, text: str, pause: float) -> None:
            with contextlib.suppress(OSError):  # the client has hung up, as it should
                for letter in text:
                    self.wfile.write(letter.encode())
                    self.wfile.flush()
                    if hurry.wait(pause):
                        return

        do_GET = do_POST = do_PROPFIND = do_REPORT = do_OPTIONS = answer  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that hangs up on a bad certificate is what the test wants."""

    with Server(("127.0.0.1", 0), Handler) as server:
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate.certificate, certificate.key)
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        script.url = f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield script
        finally:
            hurry.set()
            server.shutdown()
            thread.join()
