"""Small mails for the tests of reading mail."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from crmlink.facts.mime import MessageFacts, read_message
from crmlink.model.contact import Owner
from crmlink.model.mail import Message

ZONE = ZoneInfo("Europe/Amsterdam")
OWNER = Owner("Marleen van Dam", ("marleen@vandam.example", "mvd@club.example"))
TEXT = "Hoi Marleen,\n\nKun je dinsdag om tien uur?\n\nGroet,\nEls"


def mail(body: str = TEXT, **headers: str) -> bytes:
    """An ordinary mail from Els to the owner; keyword arguments add or replace headers (`_` for `-`), "" removes one."""
    fields = {
        "From": "Els Smit <els@kantoor.example>",
        "To": "Marleen van Dam <marleen@vandam.example>",
        "Subject": "Afspraak dinsdag",
        "Date": "Mon, 02 Mar 2026 10:00:00 +0100",
        "Message-ID": "<een@kantoor.example>",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
    }
    fields.update({name.replace("_", "-"): value for name, value in headers.items()})
    lines = [f"{name}: {value}" for name, value in fields.items() if value]
    return "\r\n".join([*lines, "", *body.split("\n")]).encode()


def multipart(kind: str, *parts: str, **headers: str) -> bytes:
    """A multipart mail; each part holds its own headers, an empty line and its body."""
    body = "".join(f"--grens\n{part}\n" for part in parts) + "--grens--\n"
    return mail(body, Content_Type=f"multipart/{kind}; boundary=grens", **headers)


def facts(raw: bytes) -> MessageFacts:
    """What is read of it by the owner."""
    return read_message(raw, owner=OWNER, zone=ZONE)


def read(raw: bytes) -> Message:
    """The message read, which must be there."""
    message = facts(raw).message
    assert message is not None
    return message
