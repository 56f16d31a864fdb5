"""Values for tests of the ledger and the outbox: one owner, a few contacts, a lapse with its draft."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.contact import Address, Contact
from crmlink.model.draft import Draft, Option
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.ids import AgreementId, EventUid, LapseId, MessageId
from crmlink.model.lapse import Decision, Fault, Lapse, LapseKind, Verdict
from crmlink.model.meeting import Attendee, Event, Participation
from crmlink.model.reading import Register

ME = "marleen@veen.example"
ZONE = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=ZONE)
GIJS = Address("Gijs Bakker", "gijs@bakker.example")
ANCHOR = MessageId("<vraag@bakker.example>")


def verdict(name: str = "een", *, kind: LapseKind = LapseKind.MISSED, agreement: str = "") -> Verdict:
    """A lapse of my own making with Gijs, to be drafted."""
    about = Agreement(
        id=AgreementId(agreement or f"agreement-{name}"),
        kind=AgreementKind.MEETING,
        state=State.MISSED,
        contact=Contact(GIJS.name, GIJS.address, "bakker.example"),
        subject="Kennismaking",
        made_at=NOW - timedelta(days=9),
        ref="uid-1",
    )
    seen = Evidence("calendar.away", EvidenceSource.CALENDAR, "uid-1", "vrij")
    happened_at = NOW - timedelta(days=1)
    return Verdict(Lapse(LapseId(name), kind, Fault.ME, 0.9, about, happened_at, (seen,)), Decision.DRAFT, "Gemist.")


def draft(
    name: str = "een",
    *,
    in_reply_to: MessageId | None = ANCHOR,
    subject: str = "Re: Kennismaking",
    text: str = "Het spijt me.",
) -> Draft:
    """The draft for that lapse."""
    message_id = MessageId(f"<{name}.draft@veen.example>")
    thread = "" if in_reply_to is None else f"In-Reply-To: {in_reply_to}\r\nReferences: {in_reply_to}\r\n"
    head = f"From: Marleen <{ME}>\r\nTo: Gijs Bakker <{GIJS.address}>\r\nSubject: {subject}\r\n"
    raw = f"{head}Message-ID: {message_id}\r\n{thread}\r\n{text}\r\n".encode()
    option = Option(datetime(2026, 3, 12, 10, 0, tzinfo=ZONE), datetime(2026, 3, 12, 11, 0, tzinfo=ZONE))
    return Draft(
        lapse=LapseId(name),
        message_id=message_id,
        to=(GIJS,),
        subject=subject,
        language="nl",
        register=Register.INFORMAL,
        options=(option,),
        body=text,
        raw=raw,
        in_reply_to=in_reply_to,
    )


def event(uid: str = "uid-1", *, start: datetime | None = None, title: str = "Kennismaking") -> Event:
    """A meeting of an hour with Gijs that I accepted."""
    begin = start or datetime(2026, 3, 9, 13, 0, tzinfo=ZONE)
    return Event(
        uid=EventUid(uid),
        start=begin,
        end=begin + timedelta(hours=1),
        title=title,
        calendar="werk",
        sequence=2,
        organizer=GIJS,
        attendees=(Attendee(Address("Marleen", ME), Participation.ACCEPTED), Attendee(GIJS, Participation.ACCEPTED)),
        location="Hilversum",
        categories=("klant",),
        created_at=datetime(2026, 2, 20, 8, 0, tzinfo=UTC),
        modified_at=datetime(2026, 2, 21, 8, 0, tzinfo=UTC),
        status_given=True,
    )
