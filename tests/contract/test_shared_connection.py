"""Source and writer share one connection in the daemon: neither may see an old view because of the other."""

from __future__ import annotations

from contextlib import closing
from datetime import date

import pytest

from crmlink.mailbox.imap import ImapAccess, ImapDoor, LentDoor
from crmlink.mailbox.location import ImapLocation, parse_location
from crmlink.model.mail import Role
from crmlink.sources.imap import ImapMailSource
from crmlink.sources.port import NOTHING_KNOWN, RawMessage
from crmlink.writer.imap import ImapDraftWriter
from tests.faults.imap_faults import Fault, without
from tests.faults.imap_proxy import ImapProxy
from tests.servers import mailboxes
from tests.servers.accounts import ImapServer

MAIL = b"Subject: overleg\r\nMessage-ID: <%d@example.nl>\r\n\r\nTot dan!\r\n"
DRAFT = b"Subject: Re: overleg\r\nMessage-ID: <token@example.nl>\r\n\r\nSorry!\r\n"


def names(door: ImapDoor) -> set[str]:
    """The keys of all mail that a pass over nothing known finds."""
    with closing(ImapMailSource(LentDoor(door))) as source:
        items = list(source.changes(NOTHING_KNOWN, since=date(2020, 1, 1)).items)
    return {item.key for item in items if isinstance(item, RawMessage)}


@pytest.mark.parametrize(
    "faults", [pytest.param((), id="UNSELECT"), pytest.param((without("UNSELECT"),), id="no UNSELECT")]
)
def test_each_sees_what_is_new_whatever_the_other_left_open(imap_server: ImapServer, faults: tuple[Fault, ...]) -> None:
    account = imap_server.account()
    for number, folder in enumerate(("INBOX", "Sent")):
        mailboxes.deliver(account, MAIL % number, folder)
    with ImapProxy(account, *faults) as proxy:
        location = parse_location(proxy.account.url)
        assert isinstance(location, ImapLocation)
        door = ImapDoor(ImapAccess(location, account.password))
        with closing(door), closing(ImapDraftWriter(LentDoor(door))) as writer:
            before = writer.position(Role.SENT).uid_next
            assert len(names(door)) == 2  # leaves a folder open
            mailboxes.deliver(account, MAIL % 2, "Sent")
            assert writer.position(Role.SENT).uid_next == before + 1
            assert len(writer.headers(Role.SENT)) == 2
            mailboxes.deliver(account, MAIL % 3)
            assert len(names(door)) == 4
            drafts = writer.position()
            writer.append(DRAFT)
            (header,) = writer.headers(Role.DRAFTS, since=drafts)
            assert writer.read(header) is not None
            writer.close()
            assert writer.position().uid_next == drafts.uid_next + 1
        assert len({one.connection for one in proxy.said}) == 1
