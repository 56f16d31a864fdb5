"""A login provider as Google and Microsoft are: device codes, a login page, refresh tokens, introspection; over TLS.

It really keeps its tokens: what it did not give, took back or replaced is refused. A test says what goes wrong.
"""

from __future__ import annotations

import base64
import itertools
import json
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.servers.certificates import CertificateFiles

CLIENT: Final = "klant-1"
SECRET: Final = "kanarie-client-secret"
TENANT: Final = "common"
Answer = tuple[int, dict[str, object]]


@dataclass(slots=True)
class OAuthServer:
    """Listens on 127.0.0.1; a context manager. What is set from outside goes wrong from then on.

    `device_errors` are answered, one at each poll, before the code counts as typed. `asked` has the path and the form of
    each request. `rotates`: each renewal brings a new refresh token, and the old one is dead.
    """

    certificate: CertificateFiles
    user: str = "marleen@example.nl"
    lifetime: int = 3600
    rotates: bool = True
    device_errors: list[str] = field(default_factory=list)
    broken: bytes | None = None
    status: int = 200
    error: str = ""
    scope: str = ""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    access: set[str] = field(default_factory=set)
    refresh: set[str] = field(default_factory=set)
    _codes: dict[str, str] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _server: ThreadingHTTPServer = field(init=False)
    _thread: threading.Thread = field(init=False)

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate.certificate, self.certificate.key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return f"https://127.0.0.1:{self._server.server_port}"

    @property
    def ca_file(self) -> Path:
        """The authority to trust."""
        return self.certificate.authority

    def grants(self) -> list[str]:
        """What tokens were asked for, in order: device code, authorization_code or refresh_token."""
        return [form["grant_type"].rpartition(":")[2] for _, form in self.asked if "grant_type" in form]

    def issued(self) -> tuple[str, str]:
        """A fresh access token and refresh token, as after a login."""
        number = next(self._numbers)
        access, refresh = f"kanarie-access-{number}", f"kanarie-refresh-{number}"
        self.access.add(access)
        self.refresh.add(refresh)
        return access, refresh

    def answer(self, path: str, form: dict[str, str]) -> Answer:
        """The answer to a request, but for the login page."""
        if path.endswith("/openid-configuration"):
            pages = f"{self.url}/{TENANT}/oauth2/v2.0"
            return 200, {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{pages}/token",
                "device_authorization_endpoint": f"{pages}/devicecode",
            }
        if path == "/introspect":
            active = form.get("token") in self.access
            return 200, {"active": active, "username": self.user, "scope": "mail"} if active else {"active": False}
        if form.get("client_id") != CLIENT:
            return 401, {"error": "invalid_client", "error_description": "AADSTS700016: kanarie"}
        if path.endswith("/devicecode"):
            where = {"user_code": "ABCD-EFGH", "verification_uri": f"{self.url}/device"}
            return 200, {"device_code": "kanarie-device", "expires_in": 900, "interval": 1, **where}
        return self._token(form) if path.endswith("/token") else (404, {})

    def login_page(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to, as if the owner had logged in at once."""
        state = {"state": query["state"]}
        if self.error:
            return f"{query['redirect_uri']}?{urlencode({'error': self.error, **state})}"
        code = f"kanarie-code-{next(self._numbers)}"
        self._codes[code] = query["code_challenge"]
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'scope': self.scope or query['scope'], **state})}"

    def _token(self, form: dict[str, str]) -> Answer:
        grant = form["grant_type"].rpartition(":")[2]
        if grant == "device_code":
            error = self.device_errors.pop(0) if self.device_errors else ""
        elif grant == "authorization_code":
            known = self._codes.pop(form["code"], "") and form.get("client_secret") == SECRET
            error = "" if known and form.get("code_verifier") else "invalid_grant"
        else:
            error = "" if form.get("refresh_token") in self.refresh else "invalid_grant"
        error = error or self.error
        if error:
            return self.status if self.status != 200 else 400, {
                "error": error,
                "error_description": "AADSTS70008 kanarie",
            }
        access, refresh = self.issued()
        answer: dict[str, object] = {"access_token": access, "token_type": "Bearer", "expires_in": self.lifetime}
        if grant != "refresh_token" or self.rotates:
            self.refresh.discard(form.get("refresh_token", ""))
            answer["refresh_token"] = refresh
        if self.scope:
            answer["scope"] = self.scope
        return 200, answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that hangs up on a bad certificate is what the test wants."""


def _handler(server: OAuthServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/authorize":
                server.asked.append((parts.path, dict(parse_qsl(parts.query))))
                self.send_response(302)
                self.send_header("Location", server.login_page(dict(parse_qsl(parts.query))))
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self._say(parts.path, dict(parse_qsl(parts.query)))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            form = dict(parse_qsl(body))
            scheme, _, login = (self.headers.get("Authorization") or "").partition(" ")
            if scheme == "Basic":  # how a client may also say who it is (RFC 6749 section 2.3.1)
                form["client_id"], _, form["client_secret"] = base64.b64decode(login).decode().partition(":")
            self._say(urlsplit(self.path).path, form)

        def _say(self, path: str, form: dict[str, str]) -> None:
            server.asked.append((path, form))
            status, answer = server.answer(path, form)
            body = json.dumps(answer).encode() if server.broken is None else server.broken
            self.send_response(server.status if server.broken is not None else status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
