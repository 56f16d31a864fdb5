"""Servers that cannot prove who they are, or that point elsewhere: exit code 78, and no password says a word.

And addresses that stand in mail and events: nobody is ever asked there.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.e2e.office import GIJS, NOW, Done, run_here
from tests.servers.certificates import Certificate, write_certificate
from tests.servers.scripted_http import Reply, ScriptedServer, scripted
from tests.unit.mailbox.scripted import Answer, HangUpError, Talk, no, ok
from tests.unit.mailbox.scripted import ScriptedServer as MailServer

ME = "Marleen van der Veen <marleen@example.nl>"
SECRET = "niet-doorvertellen"
BAD = [Certificate.EXPIRED, Certificate.WRONG_NAME, Certificate.SELF_SIGNED]


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """A Maildir with one question, so that a draft would be placed if all were well."""
    for folder in ("", ".Sent", ".Drafts", ".Trash"):
        for part in ("cur", "new", "tmp"):
            (tmp_path / "Maildir" / folder / part).mkdir(parents=True, exist_ok=True)
    (tmp_path / "agenda").mkdir()
    _put(tmp_path, "ask", "Hoi Marleen,\n\nKun je me laten weten of de levertijd nog klopt?\n\nGroet,\nGijs")
    return {
        "ME": ME,
        "MAIL": f"maildir://{tmp_path}/Maildir",
        "CALENDAR_USER": "marleen",
        "CALENDAR_PASSWORD": SECRET,
        "DATABASE": str(tmp_path / "ledger.db"),
    }


def _put(place: Path, name: str, text: str, **headers: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = GIJS, ME, "Offerte"
    message["Date"], message["Message-ID"] = format_datetime(NOW() - timedelta(days=8)), f"<{name}@test.example>"
    for header, value in headers.items():
        message[header.replace("_", "-")] = value
    message.set_content(text)
    message.add_alternative(f"<p>{text}</p>", subtype="html")
    (place / "Maildir" / "cur" / f"{name}:2,S").write_bytes(message.as_bytes())


def _scan(settings: dict[str, str]) -> Done:
    return run_here(["scan", "--json"], settings, Path(settings["DATABASE"]).parent)


def _refused(settings: dict[str, str], *words: str) -> None:
    """Exit code 78 with these words, no secret, and nothing in Drafts."""
    done = _scan(settings)
    assert done.code == 78, done.err
    for word in words:
        assert word in done.err
    assert SECRET not in done.err + done.out
    assert list((Path(settings["DATABASE"]).parent / "Maildir" / ".Drafts").rglob("*:2,*")) == []


@pytest.mark.parametrize("kind", BAD)
def test_a_calendar_with_a_bad_certificate_is_told_nothing(
    settings: dict[str, str], tmp_path: Path, kind: Certificate
) -> None:
    files = write_certificate(kind, tmp_path)
    with scripted(files) as server:
        settings |= {"CALENDAR": f"{server.url}/cal/", "CA_FILE": str(files.authority)}
        _refused(settings, "certificate")
        assert server.asked == []


def test_a_good_certificate_of_an_authority_nobody_knows_is_told_nothing(
    settings: dict[str, str], tmp_path: Path
) -> None:
    with scripted(write_certificate(Certificate.TRUSTED, tmp_path)) as server:
        settings["CALENDAR"] = f"{server.url}/cal/"
        _refused(settings, "certificate")
        assert server.asked == []


def _promise(talk: Talk, tag: str, _line: bytes) -> None:
    """A yes to STARTTLS, and then no TLS but the end."""
    talk.say(f"{tag} OK begin")
    raise HangUpError


STRIPPED: dict[str, tuple[str, Answer, int]] = {
    "not offered": ("", ok(), 78),
    "refused": ("STARTTLS ", no("not now"), 78),
    "promised and not kept": ("STARTTLS ", _promise, 75),
}


@pytest.mark.parametrize(("offer", "answer", "code"), STRIPPED.values(), ids=STRIPPED)
def test_without_starttls_a_mail_server_is_told_nothing(
    settings: dict[str, str], offer: str, answer: Answer, code: int
) -> None:
    with MailServer(f"IMAP4rev1 {offer}AUTH=PLAIN", answers={"STARTTLS": answer}) as server:
        settings |= {"MAIL": f"imap+starttls://me@127.0.0.1:{server.port}", "MAIL_PASSWORD": SECRET}
        done = _scan(settings)
    assert done.code == code, done.err
    said = server.heard
    assert SECRET.encode() not in said
    assert base64.b64encode(SECRET.encode())[:12] not in said
    assert not {"LOGIN", "AUTHENTICATE"} & set(server.commands)


@pytest.mark.parametrize(
    "place",
    [
        "https://elders.example/cal/",
        "http://10.0.0.1/cal/",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "//elders.example/cal/",
        "ftp://127.0.0.1/x",
    ],
)
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_calendar_that_redirects_elsewhere_is_not_followed(settings: dict[str, str], place: str, status: int) -> None:
    with scripted() as server:
        server.replies["PROPFIND /cal/"] = Reply(status, headers={"Location": place})
        settings["CALENDAR"] = f"{server.url}/cal/"
        _refused(settings, "redirects to")
        assert [one.method for one in server.asked] == ["PROPFIND"]


@pytest.mark.parametrize(
    "href", ["https://elders.example/cal/", "http://10.0.0.1/cal/", "file:///etc/", "//elders.example/cal/"]
)
def test_a_calendar_that_points_elsewhere_is_not_followed(settings: dict[str, str], href: str) -> None:
    home = f"<C:calendar-home-set><D:href>{href}</D:href></C:calendar-home-set>"
    with scripted() as server:
        server.replies["PROPFIND /cal/"] = _multistatus("/cal/", home)
        settings["CALENDAR"] = f"{server.url}/cal/"
        _refused(settings, "points to")
        assert [one.path for one in server.asked] == ["/cal/"]


def test_a_feed_inside_a_private_network_is_asked_nothing(settings: dict[str, str], tmp_path: Path) -> None:
    files = write_certificate(Certificate.TRUSTED, tmp_path)
    with scripted(files) as server:
        settings |= {
            "CALENDAR": server.url.replace("https", "ics+https") + "/geheim.ics",
            "CA_FILE": str(files.authority),
        }
        _refused(settings, "private network")
        assert server.asked == []


@pytest.fixture
def bait() -> Iterator[ScriptedServer]:
    """A web server that would notice if anybody came."""
    with scripted() as server:
        yield server


def test_addresses_in_mail_and_events_are_never_asked(settings: dict[str, str], bait: ScriptedServer) -> None:
    place, url = Path(settings["DATABASE"]).parent, bait.url
    _put(
        place,
        "links",
        f"Kun je dit bekijken? {url}/tekst <img src='{url}/beeld'><link rel='stylesheet' href='{url}/stijl'><iframe src='{url}/kader'>",
        List_Unsubscribe=f"<{url}/afmelden>",
        Content_Location=f"{url}/plek",
        Disposition_Notification_To=GIJS,
    )
    day = NOW() + timedelta(days=3)
    lines = [
        "BEGIN:VCALENDAR",
        f"REFRESH-INTERVAL;VALUE=DURATION:PT1M\r\nSOURCE;VALUE=URI:{url}/bron",
        "BEGIN:VEVENT\r\nUID:een",
        f"DTSTART:{day:%Y%m%d}T090000Z",
        f"SUMMARY:Overleg {url}/titel",
        f"URL:{url}/url\r\nATTACH:{url}/bijlage\r\nCONFERENCE;VALUE=URI:{url}/bellen\r\nIMAGE;VALUE=URI:{url}/beeld",
        f"LOCATION:{url}/plaats\r\nDESCRIPTION:{url}/tekst",
        f'ORGANIZER;DIR="{url}/gids":{url}/persoon',
        f"DTSTART;TZID={url}/zone:20260101T000000",
        "END:VEVENT\r\nEND:VCALENDAR\r\n",
    ]
    (place / "agenda" / "een.ics").write_text("\r\n".join(lines))
    settings["CALENDAR"] = f"vdir://{place}/agenda"
    assert _scan(settings).json["sources"][1]["seen"] == 1
    assert bait.asked == []


def _multistatus(href: str, properties: str) -> Reply:
    return Reply(
        207,
        '<D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:response>'
        f"<D:href>{href}</D:href><D:propstat><D:prop>{properties}</D:prop><D:status>HTTP/1.1 200 OK</D:status>"
        "</D:propstat></D:response></D:multistatus>",
    )
