"""The clients as fixtures: one browser, one Roundcube and one catcher of sent mail per test session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.desk import Desk
from tests.clients.neomutt import Neomutt
from tests.clients.webmail import Webmail
from tests.e2e.office import Office
from tests.servers.chromium import Chromium
from tests.servers.dovecot_server import Dovecot
from tests.servers.mail_catcher import MailCatcher
from tests.servers.plugin import started
from tests.servers.radicale_server import Radicale
from tests.servers.roundcube_server import Roundcube


@pytest.fixture(scope="session")
def catcher() -> Iterator[MailCatcher]:
    """Where all mail goes that a client sends."""
    with MailCatcher() as server:
        yield server


@pytest.fixture(scope="session")
def roundcube(dovecot: Dovecot, catcher: MailCatcher) -> Iterator[Roundcube]:
    """Roundcube for the users of Dovecot."""
    with started(lambda: Roundcube(dovecot.port, catcher.port)) as server:
        yield server


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """A browser without a window."""
    with started(Chromium) as browser:
        yield browser


@pytest.fixture
def desk(dovecot: Dovecot, radicale: Radicale, catcher: MailCatcher, tmp_path: Path) -> Desk:
    """A fresh owner, and the mail they send."""
    account = dovecot.account()
    return Desk(Office(account, radicale.account(), tmp_path, f"Marleen van der Veen <{account.user}>"), catcher)


@pytest.fixture
def webmail(desk: Desk, roundcube: Roundcube, chromium: Chromium) -> Webmail:
    """The owner, logged in to Roundcube."""
    webmail = Webmail(chromium.page, roundcube.url)
    webmail.log_in(desk.office.mail)
    return webmail


@pytest.fixture
def neomutt(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neomutt]:
    """neomutt, set up for the owner and not yet started."""
    home = tmp_path_factory.mktemp("neomutt")
    with started(lambda: Neomutt(desk.office.mail, desk.catcher.port, home)) as terminal:
        yield terminal
