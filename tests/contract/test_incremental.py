"""Reading only what changed, on every kind of mailbox: it gives what reading everything gives, and says no more than it must."""

from __future__ import annotations

import random  # noqa: TID251 -- deliveries and deletions in an order from a fixed seed
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from crmlink.mailbox.imap import ImapAccess
from crmlink.mailbox.location import ImapLocation, parse_location
from crmlink.sources.imap import ImapMailSource
from tests.contract.boxes import Box
from tests.faults.imap_proxy import ImapProxy
from tests.read_mail import Memory, read_mail
from tests.servers import mailboxes
from tests.servers.accounts import ImapServer
from tests.two_readers import READER, ZONE, TwoReaders
from tests.unit.facts.mails import mail, multipart

NOW = datetime(2026, 3, 10, 9, tzinfo=ZONE)
FOLDERS = ("INBOX", "Sent", "Archive")
AGES = (timedelta(0), timedelta(days=3), timedelta(days=29), timedelta(days=45))


def test_what_changed_tells_as_much_as_everything(box: Box, tmp_path: Path) -> None:
    box.make("Archive")
    readers, chance = TwoReaders(box, tmp_path / "cache"), random.Random(20260310)  # noqa: S311 -- no secret
    for step in range(14):
        for number in range(chance.randrange(3)):
            raw = mail(f"Vraag {step}.{number}: kun je bellen?", Message_ID=f"<{step}.{number}@kantoor.example>")
            box.deliver(raw, chance.choice(FOLDERS), received_at=NOW - chance.choice(AGES))
        filled = [folder for folder in FOLDERS if box.stored(folder)]
        if filled and step % 2:
            folder = chance.choice(filled)
            place = chance.randrange(len(box.stored(folder)))
            match chance.choice(("remove", "move", "flag")):
                case "remove":
                    box.remove(folder, place)
                case "move":
                    box.move(folder, place, "Trash" if folder == "INBOX" else "INBOX")
                case "flag":
                    box.flag(folder, "\\flagged")
        if step % 5 == 4:
            readers.killed_pass(NOW + timedelta(hours=step), after=1)
        readers.one_pass(NOW + timedelta(hours=step), days=60 if step == 11 else 30)


def test_a_mailbox_that_did_not_change_is_asked_where_it_stands_and_nothing_else(imap_server: ImapServer) -> None:
    account = imap_server.account()
    for folder in ("INBOX", "Sent"):
        mailboxes.deliver(account, mail(Message_ID=f"<{folder}@kantoor.example>"), folder, received_at=NOW)
    since, memory = date(2026, 2, 8), Memory()
    with ImapProxy(account) as proxy:
        location = parse_location(proxy.account.url)
        assert isinstance(location, ImapLocation)
        for _ in range(2):
            with closing(ImapMailSource(ImapAccess(location, account.password))) as source:
                found = read_mail(source, since, memory)
            memory.learn(found)
            first, proxy.heard = proxy.heard, b""
            assert (b"FETCH" in first) == bool(found.messages)
    assert found.messages == []
    assert len(memory.messages) == 2
    assert not any(verb in first for verb in (b"FETCH", b"SEARCH", b"EXAMINE", b"SELECT "))


def test_new_mail_is_all_that_is_fetched(imap_server: ImapServer) -> None:
    account = imap_server.account()
    mailboxes.deliver(account, mail(Message_ID="<oud@kantoor.example>"), received_at=NOW)
    memory = Memory()
    with ImapProxy(account) as proxy:
        location = parse_location(proxy.account.url)
        assert isinstance(location, ImapLocation)
        with closing(ImapMailSource(ImapAccess(location, account.password))) as source:
            memory.learn(read_mail(source, date(2026, 2, 8)))
            uid = mailboxes.deliver(
                account, mail(Message_ID="<nieuw@kantoor.example>"), received_at=NOW.astimezone(UTC)
            )
            proxy.heard = b""
            [message] = read_mail(source, date(2026, 2, 8), memory).messages
    assert b"nieuw@kantoor.example" in message.raw
    fetches = [line for line in proxy.heard.split(b"\r\n") if b"FETCH" in line]
    assert fetches
    assert all(line.split(b"FETCH ")[1].split(b" ")[0] in (b"%d" % uid, b"%d:%d" % (uid, uid)) for line in fetches)


LIST = {"List_Id": "<nieuws.example>"}
LONG = "\n".join(["Deze week in de aanbieding: lampen, en wat er verder nog is."] * 120)
PAGE = f"Content-Type: text/html; charset=utf-8\n\n<p>{LONG}</p>"
INVITATION = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:a\nDTSTART:20260312T100000Z\nEND:VEVENT\nEND:VCALENDAR"
SPARED = {
    "letter to a list": mail(LONG, **LIST, Message_ID="<a@x>"),
    "newsletter": multipart("alternative", f"\n{LONG}", PAGE, **LIST, Message_ID="<b@x>"),
    "newsletter with a folder": multipart(
        "mixed", f"\n{LONG}", 'Content-Type: application/pdf; name="folder.pdf"\n\nx', **LIST, Message_ID="<c@x>"
    ),
}
READ_WHOLE = {
    "letter": mail(LONG, Message_ID="<d@x>"),
    "short letter to a list": mail("Kort.", **LIST, Message_ID="<e@x>"),
    "invitation to a list": multipart(
        "mixed", f"\n{LONG}", f"Content-Type: text/calendar; method=REQUEST\n\n{INVITATION}", **LIST, Message_ID="<f@x>"
    ),
    "file to a list": multipart(
        "mixed",
        f"\n{LONG}",
        f'Content-Type: application/octet-stream; name="x.ics"\n\n{INVITATION}',
        **LIST,
        Message_ID="<g@x>",
    ),
    "mail in a mail to a list": multipart(
        "mixed", f"\n{LONG}", "Content-Type: message/rfc822\n\nSubject: x\n\nhoi", **LIST, Message_ID="<h@x>"
    ),
    "nameless letter to a list": mail(LONG, **LIST, Message_ID=""),
}


def test_no_body_is_read_that_the_header_settles_and_all_is_read_the_same(imap_server: ImapServer) -> None:
    account = imap_server.account()
    for raw in (*SPARED.values(), *READ_WHOLE.values()):
        mailboxes.deliver(account, raw, received_at=NOW)
    location = parse_location(account.url)
    assert isinstance(location, ImapLocation)
    with closing(ImapMailSource(ImapAccess(location, account.password))) as source:
        whole = {one.key: one for one in read_mail(source, date(2026, 2, 8)).messages}
        found = read_mail(source, date(2026, 2, 8), sparing=READER.sparing)
    assert len(found.messages) == len(whole) == len(SPARED) + len(READ_WHOLE)
    for one in found.messages:
        assert READER.read(one) == READER.read(whole[one.key])
    without_body = [one for one in found.messages if len(one.raw) < len(whole[one.key].raw)]
    assert len(without_body) == len(SPARED)
    assert all(one.raw.endswith(b"\r\n\r\n") for one in without_body)
