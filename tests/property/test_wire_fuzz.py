"""Whatever servers say and strangers write: facts, problems or one of crmlink's errors; never anything else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmlink.facts.authentication import is_verified, learned_authserv_ids
from crmlink.language.reader import Reader
from crmlink.mailbox.folders import FolderNames, folders, foreign_prefixes, listed
from crmlink.model.errors import CrmlinkError
from crmlink.model.mail import Role
from crmlink.model.workdays import WorkingCalendar
from crmlink.sources.caldav import CalDavSource
from crmlink.sources.calendar_login import CalendarLogin
from crmlink.sources.port import CalendarChanges
from tests.picture_of import ME, ZONE, mail, march
from tests.servers.scripted_http import Reply, ScriptedServer, scripted

relaxed = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)

# ------------------------------------------------------------------ Authentication-Results

RESULT_PIECES = [
    "mx.example.nl", "evil.example", ";", " ", "dmarc=pass", "dkim=pass", "spf=pass", "dkim=fail", "header.from=gijs.example",
    "header.d=gijs.example", "header.d=evil.example", "header.i=@gijs.example", "smtp.mailfrom=", "(", ")", '"', "\\", "=", ".", "/1",
    "1", "none", "reason=", "policy.x=y", "\x00", "é", "\r\n\t", "@", "arc=pass", "dmarc = pass", "DMARC=PASS", "header.from=",
]  # fmt: skip
results = st.lists(st.sampled_from(RESULT_PIECES), max_size=25).map("".join)
TRUSTED = frozenset({"mx.example.nl"})


@given(st.lists(st.one_of(results, st.text(max_size=60)), max_size=3))
@relaxed
def test_any_authentication_results_are_read(values: list[str]) -> None:
    message = replace(mail("m", march(2)), authentication_results=tuple(values))
    sent = replace(message, role=Role.SENT, from_me=True)
    learned_authserv_ids([sent, replace(message, role=Role.INBOX)])
    verified = is_verified(message, authserv_ids=TRUSTED)
    # Only the topmost header counts, only from the owner's own server, and only with a pass.
    assert not verified or (
        values[0].lower().lstrip().startswith(("mx.example.nl", "(", '"')) and "pass" in values[0].lower()
    )
    assert not is_verified(message, authserv_ids=frozenset())
    assert is_verified(replace(message, authentication_results=("none", *values)), authserv_ids=TRUSTED) is False


# ------------------------------------------------------------------ IMAP: LIST and NAMESPACE

flags = st.lists(st.one_of(st.sampled_from([b"\\Drafts", b"\\Sent", b"\\NoSelect", b"\\NonExistent", b"\\Trash", b"\\All", b"\\HasChildren", b"\\sent"]), st.binary(max_size=6)), max_size=4)  # fmt: skip
names = st.one_of(
    st.sampled_from(["INBOX", "inbox", "Drafts", "Sent", "Concepten", "INBOX.Sent", "Verzonden items", "", "/", ".", "Trash/Sent"]),
    st.text(max_size=12),
)  # fmt: skip
lines = st.lists(st.tuples(flags, st.sampled_from([b"/", b".", b"", None, b"\\"]), names), max_size=8)


@given(lines, st.one_of(st.none(), names))
@relaxed
def test_any_listing_gives_folders_with_at_most_one_for_drafts(
    told: list[tuple[list[bytes], bytes | None, str]], named: str | None
) -> None:
    found = folders((listed(*line) for line in told), FolderNames(named, None))
    assert {folder.name for folder in found} <= {name for _, _, name in told} | {"INBOX"}
    assert sum(folder.role is Role.DRAFTS for folder in found) <= len(told)


namespace = st.lists(st.sampled_from([b"(", b")", b'""', b'"', b"NIL", b" ", b'"INBOX."', b'"/"', b"\\", b"x", b"\xff", b"{3}", b'"a\\"b"']), max_size=14).map(b"".join)  # fmt: skip


@given(st.lists(st.one_of(st.none(), namespace), max_size=3))
@relaxed
def test_any_namespace_gives_prefixes_that_hide_no_whole_mailbox(answer: list[bytes | None]) -> None:
    assert "" not in foreign_prefixes(answer)


# ------------------------------------------------------------------ CalDAV

XML_PIECES = [
    "<D:response>", "</D:response>", "<D:href>/cal/1.ics</D:href>", "<D:href/>", "<D:href>http://[</D:href>", "<D:href>//x/</D:href>",
    "<D:propstat>", "</D:propstat>", "<D:prop>", "</D:prop>", "<D:status>HTTP/1.1 200 OK</D:status>", "<D:status>HTTP/1.1 507 x</D:status>",
    "<D:status>HTTP/1.1 x</D:status>", "<D:status/>", '<D:getetag>"1"</D:getetag>', "<D:sync-token>x</D:sync-token>", "<C:calendar-data/>",
    "<C:calendar-data>BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20260310\nEND:VEVENT\nEND:VCALENDAR</C:calendar-data>",
    "<D:resourcetype><C:calendar/></D:resourcetype>", "<D:displayname>x</D:displayname>", "<D:displayname/>", "&amp;", "&x;", "<!-- -->", "<?x y?>",
    "<C:calendar-home-set><D:href>/home/</D:href></C:calendar-home-set>", "<D:current-user-principal><D:href>/me/</D:href></D:current-user-principal>",
    "<D:current-user-principal><D:unauthenticated/></D:current-user-principal>", "<![CDATA[", "]]>", "\x00", "é", "<", ">", "</D:multistatus>",
    "<C:supported-calendar-component-set><C:comp/></C:supported-calendar-component-set>", "<S:getctag>1</S:getctag>",
]  # fmt: skip
OPEN = '<D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://calendarserver.org/ns/">'
WELL = "<D:response><D:href>{}</D:href><D:propstat><D:prop>{}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
bodies = st.one_of(
    st.lists(st.sampled_from(XML_PIECES), max_size=25).map(lambda found: f"{OPEN}{''.join(found)}</D:multistatus>"),
    st.lists(st.tuples(st.sampled_from(["/cal/", "/cal/1.ics", "", "..", "/x/"]), st.sampled_from(XML_PIECES)), max_size=4).map(
        lambda found: f"{OPEN}{''.join(WELL.format(*one) for one in found)}</D:multistatus>"
    ),
    st.binary(max_size=80),
    st.text(max_size=40),
)  # fmt: skip
replies = st.builds(
    Reply,
    st.sampled_from([207, 207, 207, 207, 200, 204, 301, 400, 401, 403, 404, 418, 429, 500, 503, 507]),
    bodies.map(lambda body: body if isinstance(body, bytes) else body.encode("utf-8", "replace")),
    st.dictionaries(
        st.sampled_from(["Location", "Content-Type", "Content-Encoding", "ETag", "WWW-Authenticate", "Retry-After"]),
        st.sampled_from(["", "x", "/cal/", "gzip", "text/html", "Basic", "Digest realm=", "-1", "application/xml; charset=utf-16"]),
        max_size=2,
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    with scripted() as script:
        yield script


@given(asked=st.lists(replies, min_size=2, max_size=6))
@relaxed
def test_any_answer_of_a_calendar_server_is_read_or_refused(server: ScriptedServer, asked: list[Reply]) -> None:
    places = product(("PROPFIND", "REPORT"), ("/cal/", "/home/", "/me/"))
    server.replies = {f"{method} {path}": asked[number % len(asked)] for number, (method, path) in enumerate(places)}
    source = CalDavSource(f"{server.url}/cal/", CalendarLogin("marleen", "geheim"))
    found: list[CalendarChanges] = []
    try:
        found = list(source.changes({}, start=date(2026, 3, 1), end=date(2026, 5, 1)))
    except CrmlinkError as error:
        assert "geheim" not in f"{error} {error.hint}"  # noqa: PT017 -- an error is one of the two good outcomes
    finally:
        source.close()
    assert all(one.raw for calendar in found for one in calendar.events)


# ------------------------------------------------------------------ the words of strangers

WORDS = [
    "Kun je", "Can you", "Können Sie", "Ik stuur", "I'll send", "ik", "morgen", "dinsdag", "om 10 uur", "10:00", "31 februari", "volgende week",
    "de offerte", "?", "!", ".", "\n", "\n\n", "> ", "-- \n", "Groet,", "afspraak", "sorry", "verzetten", "niet", "uiterlijk", "99-99-9999", "24:00",
    "1-1-0000", "week 54", "half 13", "\u202e", "\u0000", "\ud800", "🙂", "é", "\u0301", "\u200b", "{{", "}}", "<b>", "%s", "\\", "'", '"', "ß", "İ", "ŉ", "ǆ",
]  # fmt: skip
texts = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join),
    st.lists(st.one_of(st.sampled_from(WORDS), st.characters(exclude_categories=()).map(str)), max_size=40).map(
        "".join
    ),
)


@given(texts, texts)
@relaxed
def test_any_words_are_read_and_quotes_are_taken_from_them(subject: str, text: str) -> None:
    reading = Reader(ME, WorkingCalendar(ZONE, "NL")).read(mail("m", march(2), text=text, subject=subject))
    whole = f"{subject}\n{text}"
    for quote in (*(one.quote for one in reading.requests), *(one.quote for one in reading.promises)):
        assert quote in whole
