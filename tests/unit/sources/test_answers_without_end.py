"""Calendar servers that send too much, too slowly, or XML that grows: one sentence, in time, in little memory."""

from __future__ import annotations

import gzip
import io
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from crmlink.model.errors import SourceError
from crmlink.sources.bounded_session import BoundedSession
from crmlink.sources.caldav import CalDavSource
from crmlink.sources.calendar_login import CalendarLogin
from crmlink.sources.icsfeed import FeedSource
from tests.memory import MOST, peak_of
from tests.servers.certificates import Certificate, write_certificate
from tests.servers.scripted_http import Reply, scripted
from tests.unit.sources.test_caldav import HEAD, LOGIN, WINDOW, multistatus

READ = """
import sys
from datetime import date
from crmlink.model.errors import SourceError
from crmlink.sources.caldav import CalDavSource
from crmlink.sources.calendar_login import CalendarLogin
try:
    source = CalDavSource(sys.argv[1], CalendarLogin("marleen", "geheim"))
    print(list(source.changes({}, start=date(2026, 3, 1), end=date(2026, 4, 1))))
except SourceError as error:
    print("SourceError", error)
"""


def zipped(times: int) -> Callable[[], Reply]:
    """Two gigabytes of nothing, compressed."""

    def reply() -> Reply:
        packed = io.BytesIO()
        with gzip.GzipFile(fileobj=packed, mode="wb") as file:
            for _ in range(2_000):
                file.write(b" " * 1_000_000)
        body = packed.getvalue()
        for _ in range(times - 1):
            body = gzip.compress(body)
        return Reply(207, body, {"Content-Encoding": ", ".join(["gzip"] * times)})

    return reply


def entities(body: str) -> Callable[[], Reply]:
    """A calendar whose name is the entity `&z;`."""
    (answer,) = [multistatus(("/cal/", "<D:displayname>&z;</D:displayname>")).body]
    assert isinstance(answer, str)
    return lambda: Reply(207, f'<?xml version="1.0"?><!DOCTYPE x [{body}]>{answer}')


LAUGHS = '<!ENTITY a "haha">' + "".join(
    f'<!ENTITY {after} "{f"&{before};" * 10}">' for before, after in zip("abcdefghi", "bcdefghiz", strict=True)
)
BOMBS: dict[str, Callable[[], Reply]] = {
    "a billion laughs": entities(LAUGHS),
    "an entity of one megabyte, often": entities(f'<!ENTITY a "{"x" * 1_000_000}"><!ENTITY z "{"&a;" * 1_000}">'),
    "elements a hundred thousand deep": lambda: Reply(207, HEAD + "<a>" * 100_000),
    "eight million elements": lambda: Reply(207, f"{HEAD}{'<a/>' * 7_900_000}</D:multistatus>"),
    "millions of attributes": lambda: Reply(
        207, HEAD + "<a " + "".join(f"b{n}= ''  " for n in range(2_000_000)) + "/>"
    ),
    "zeros in gzip": zipped(1),
    "zeros in gzip in gzip": zipped(2),
    "more bytes than anybody needs": lambda: Reply(207, "x" * 40_000_000),
}


@pytest.mark.parametrize("reply", BOMBS.values(), ids=BOMBS)
def test_an_answer_that_grows_is_refused_in_little_memory(reply: Callable[[], Reply]) -> None:
    with scripted() as server:
        server.replies["PROPFIND /cal/"] = reply()
        said, memory = peak_of(READ, f"{server.url}/cal/")
    assert said.startswith("SourceError The calendar server")
    assert memory < MOST


def test_a_file_named_in_an_answer_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("kanarie")
    with scripted() as server:
        for kind in (f'<!ENTITY z SYSTEM "file://{secret}">', f'<!ENTITY z SYSTEM "{server.url}/dtd">'):
            reply = entities(kind)()
            assert isinstance(reply.body, str)
            calendar = "<D:resourcetype><D:collection/><C:calendar/></D:resourcetype><D:displayname>"
            server.replies["PROPFIND /cal/"] = Reply(207, reply.body.replace("<D:displayname>", calendar))
            server.replies["REPORT /cal/"] = multistatus()
            source = CalDavSource(f"{server.url}/cal/", LOGIN)
            found = list(source.changes({}, **WINDOW))
            source.close()
            assert "kanarie" not in repr(found)
        assert {one.method for one in server.asked} == {"PROPFIND", "REPORT"}


@pytest.mark.parametrize("early", [False, True], ids=["in the body", "in the headers"])
def test_a_calendar_server_that_trickles_is_given_up(*, early: bool) -> None:
    with scripted() as server:
        server.replies["PROPFIND /cal/"] = Reply(207, "x" * 10_000, pause=0.02, early=early)
        source = CalDavSource(f"{server.url}/cal/", CalendarLogin("marleen", "geheim"))
        source._session._client.session = BoundedSession(deadline=0.5)
        begin = time.monotonic()
        with pytest.raises(SourceError, match="in time"):
            list(source.changes({}, **WINDOW))
        assert time.monotonic() - begin < 60
        source.close()


@pytest.mark.parametrize("early", [False, True], ids=["in the body", "in the headers"])
def test_a_feed_that_trickles_is_given_up(tmp_path: Path, *, early: bool) -> None:
    certificate = write_certificate(Certificate.TRUSTED, tmp_path)
    with scripted(certificate) as server:
        server.replies["GET /a.ics"] = Reply(200, "x" * 10_000, pause=0.02, early=early)
        source = FeedSource(f"{server.url}/a.ics", certificate.authority, public_only=False, seconds=0.5)
        begin = time.monotonic()
        with pytest.raises(SourceError):
            list(source.changes({}, **WINDOW))
        assert time.monotonic() - begin < 60
