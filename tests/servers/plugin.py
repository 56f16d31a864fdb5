"""The servers as pytest fixtures, started when a test first asks and kept for the session.

A server that is not installed skips its tests with the remedy; with CRMLINK_TEST_REQUIRE_SERVERS=1 (as in continuous
integration) it fails them, so that a green run cannot mean "nothing was tried".
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import NoReturn, Protocol, Self, TypeVar, cast

import pytest

from tests.servers.accounts import CalendarServer, ImapServer
from tests.servers.cyrus_server import Cyrus
from tests.servers.dovecot_server import Dovecot, DovecotOptions
from tests.servers.installed import ServerNotInstalledError
from tests.servers.postgresql_server import Postgresql
from tests.servers.pymap_server import Pymap
from tests.servers.radicale_server import Radicale
from tests.servers.xandikos_server import Xandikos

REQUIRE_VARIABLE = "CRMLINK_TEST_REQUIRE_SERVERS"


class Running(Protocol):
    """Every server is a context manager that ends it."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


T = TypeVar("T", bound=Running)


def not_here(reason: str) -> NoReturn:
    """Skip the test for want of a server, or fail it where servers are required."""
    if os.environ.get(REQUIRE_VARIABLE) == "1":
        pytest.fail(f"{reason} ({REQUIRE_VARIABLE}=1)", pytrace=False)
    pytest.skip(reason)


def started(start: Callable[[], T]) -> T:
    """Start a server; skip the test when it is not installed, or fail it where servers are required."""
    try:
        return start()
    except ServerNotInstalledError as error:
        reason = str(error)
    not_here(reason)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """Dovecot with English folders, special-use marks and a certificate that the accounts' `ca_file` vouches for."""
    with started(Dovecot) as server:
        yield server


@pytest.fixture(scope="session")
def dovecot_like() -> Iterator[Callable[[DovecotOptions], Dovecot]]:
    """A Dovecot that differs: `dovecot_like(DovecotOptions(special_use=False))`; one server per set of options."""
    with ExitStack() as stack:
        servers: list[Dovecot] = []

        def like(options: DovecotOptions) -> Dovecot:
            for server in servers:
                if server.options == options:
                    return server
            servers.append(stack.enter_context(started(lambda: Dovecot(options))))
            return servers[-1]

        yield like


@pytest.fixture(scope="session")
def cyrus() -> Iterator[Cyrus]:
    """Cyrus, for mail (`.mail`) and calendars, with scheduling."""
    with started(Cyrus) as server:
        yield server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    """PostgreSQL, as ledger and queue."""
    with started(Postgresql) as server:
        yield server


@pytest.fixture(scope="session")
def pymap() -> Iterator[Pymap]:
    """pymap, mail in memory."""
    with started(Pymap) as server:
        yield server


@pytest.fixture(scope="session")
def radicale() -> Iterator[Radicale]:
    """Radicale, calendars with passwords."""
    with started(Radicale) as server:
        yield server


@pytest.fixture(scope="session")
def xandikos() -> Iterator[Xandikos]:
    """Xandikos, calendars without passwords."""
    with started(Xandikos) as server:
        yield server


@pytest.fixture(scope="session", params=["pymap", "dovecot", "cyrus"])
def imap_server(request: pytest.FixtureRequest) -> ImapServer:
    """Each IMAP server in turn."""
    server = request.getfixturevalue(request.param)
    return server.mail if isinstance(server, Cyrus) else cast("ImapServer", server)


@pytest.fixture(scope="session", params=["radicale", "xandikos", "cyrus"])
def calendar_server(request: pytest.FixtureRequest) -> CalendarServer:
    """Each CalDAV server in turn."""
    return cast("CalendarServer", request.getfixturevalue(request.param))
