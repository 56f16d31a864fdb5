"""Whatever bytes a server sends, reading ends with mail or with one of crmlink's errors, and soon."""

from __future__ import annotations

import random  # noqa: TID251 - noise for a server; each case is seeded by its number
from contextlib import closing
from datetime import date

import pytest

from crmlink.mailbox.imap import ImapAccess
from crmlink.mailbox.location import ImapLocation, Security
from crmlink.mailbox.wire import Timeouts
from crmlink.model.errors import CrmlinkError
from crmlink.model.mail import Role
from crmlink.sources.imap import ImapMailSource
from crmlink.writer.imap import ImapDraftWriter
from tests.read_mail import Memory, read_mail
from tests.unit.mailbox.scripted import Answer, ScriptedServer, Talk, ok

PIECES = [
    b"* ", b"+ ", b"OK ", b"NO ", b"BYE ", b"LIST ", b"FETCH ", b"SEARCH ", b"STATUS ", b"UID ", b"1 ", b"7 ", b"(", b")",
    b'"', b"\\", b"{5}\r\n", b"{99999999999}\r\n", b"hallo", b"NIL ", b"BODY[]<0> ", b"FLAGS ", b"EXISTS", b"[UIDNEXT ",
    b"INTERNALDATE ", b"RFC822.SIZE ", b"-1 ", b"\xff\xfe", b"&AAA", b"&-", b"\0", b"\r\n* ", b"\r\n", b'"/" ', b"INBOX ",
]  # fmt: skip


THREE = ok("3 EXISTS", "OK [UIDVALIDITY 7] ok", "OK [UIDNEXT 4] ok")


def noise(seed: int) -> Answer:
    """An answer of pieces in a random order, then a proper end."""

    def answer(talk: Talk, tag: str, _line: bytes) -> None:
        chance = random.Random(seed)  # noqa: S311 - no secret
        pieces = b"".join(chance.choice(PIECES) for _ in range(chance.randint(1, 30)))
        talk.say(b"* " + pieces, f"{tag} OK done")

    return answer


@pytest.mark.parametrize("verb", ["LIST", "EXAMINE", "UID FETCH", "UID SEARCH", "STATUS", "NAMESPACE", "ID"])
def test_noise_never_escapes(verb: str) -> None:
    for seed in range(60):
        offers = "IMAP4rev1 AUTH=PLAIN NAMESPACE UNSELECT MOVE ID"
        with ScriptedServer(offers, answers={"EXAMINE": THREE, verb: noise(seed)}) as server:
            location = ImapLocation(Security.NONE, "127.0.0.1", server.port, "me")
            access = ImapAccess(location, "geheim", timeouts=Timeouts(5, 0.2, 1))
            for attempt in (read, write):
                try:
                    attempt(access)
                except CrmlinkError:
                    continue


def read(access: ImapAccess) -> None:
    with closing(ImapMailSource(access)) as source:
        read_mail(source, date(2026, 3, 1), Memory(stands={"INBOX": "1 7 3 2 0"}))


def write(access: ImapAccess) -> None:
    with closing(ImapDraftWriter(access)) as writer:
        writer.headers(Role.DRAFTS, since=writer.position())
