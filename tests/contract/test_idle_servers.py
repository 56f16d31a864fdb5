"""Real servers tell of new mail, over plain lines and over TLS, and again after IDLE was begun anew."""

from __future__ import annotations

import select
from collections.abc import Callable
from contextlib import closing

import pytest

from crmlink.mailbox.idle import RENEW_AFTER, IdleLine, open_idle
from crmlink.mailbox.imap import ImapAccess
from crmlink.mailbox.location import ImapLocation, parse_location
from tests.servers import mailboxes
from tests.servers.accounts import ImapAccount
from tests.servers.cyrus_server import Cyrus
from tests.servers.dovecot_server import Dovecot
from tests.servers.pymap_server import Pymap

MAIL = b"Subject: overleg\r\n\r\nTot dan!\r\n"


def listens(url: str, account: ImapAccount, now: float = 0) -> IdleLine:
    location = parse_location(url)
    assert isinstance(location, ImapLocation)
    return open_idle(ImapAccess(location, account.password, ca_file=account.ca_file), now)


def heard(line: IdleLine, until: Callable[[bool], bool], now: float) -> None:
    """Hear until the condition on what was heard holds."""
    while select.select([line], [], [], 30)[0]:
        if until(line.hear(now)):
            return
    pytest.fail("nothing came")


def tells_of_mail(url: str, account: ImapAccount) -> None:
    with closing(listens(url, account)) as line:
        heard(line, lambda _: line.idling, 0)
        mailboxes.deliver(account, MAIL)
        heard(line, lambda news: news, 1)
        line.turn(RENEW_AFTER)
        assert not line.idling
        heard(line, lambda _: line.idling, RENEW_AFTER)
        mailboxes.deliver(account, MAIL)
        heard(line, lambda news: news, RENEW_AFTER)


@pytest.mark.parametrize("way", ["url", "tls_url", "starttls_url"])
def test_dovecot_tells_of_mail(dovecot: Dovecot, way: str) -> None:
    account = dovecot.account()
    tells_of_mail(getattr(account, way), account)


def test_pymap_tells_of_mail(pymap: Pymap) -> None:
    account = pymap.account()
    tells_of_mail(account.url, account)


def test_cyrus_tells_of_mail(cyrus: Cyrus) -> None:
    account = cyrus.mail.account()
    tells_of_mail(account.url, account)
