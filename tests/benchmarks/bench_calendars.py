"""How long reading a big calendar takes: 10 000 events on Radicale, against raw requests for the same in the same run.

Run: `uv run python -m tests.benchmarks.bench_calendars [--events N]`. Aim: a first reading takes at most twice the raw
REPORT of the same bytes, an unchanged one at most three times the one PROPFIND that tells so. What a whole pass makes of
it comes below: working out 10 000 events costs seconds, once a day.

The server answers one request at a time, so its own time is in all of them. Its first look at new files takes it half a
minute and is not measured.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar
from urllib.parse import urlsplit

from crmlink.app.gathering.gather import Window
from crmlink.app.gathering.gather_calendars import Means, Memory, gather_calendars
from crmlink.cache.calendars import LAYOUT, CalendarCache
from crmlink.cache.file import open_cache
from crmlink.sources.caldav import CalDavSource
from crmlink.sources.caldav_answers import events_between
from crmlink.sources.calendar_login import CalendarLogin
from tests.picture_of import POLICY
from tests.reading_carefully import reading_carefully
from tests.servers.accounts import CalendarAccount
from tests.servers.radicale_server import Radicale

Result = TypeVar("Result")
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
WINDOW = Window(NOW, NOW - POLICY.lookback)
FIRST, LAST = (WINDOW.since - timedelta(days=7)).date(), WINDOW.until.date()
CTAG = '<D:propfind xmlns:D="DAV:" xmlns:S="http://calendarserver.org/ns/"><D:prop><S:getctag/></D:prop></D:propfind>'
ROUNDS = 3


def event(number: int) -> str:
    """One meeting inside the window; one in twenty is a weekly series."""
    start = datetime(2026, 2, 10, 8, tzinfo=UTC) + timedelta(minutes=15 * (number * 7 % 40), days=number % 110)
    series = "RRULE:FREQ=WEEKLY;COUNT=20\r\n" if number % 20 == 0 else ""
    return (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//bench//NL\r\nBEGIN:VEVENT\r\nUID:event{number}@bench.example\r\n"
        f"DTSTAMP:20260201T080000Z\r\nDTSTART:{start:%Y%m%dT%H%M%SZ}\r\nDURATION:PT1H\r\n{series}"
        f"SUMMARY:Overleg {number}\r\nLOCATION:Hilversum\r\nORGANIZER;CN=Marleen:mailto:marleen@example.nl\r\n"
        "ATTENDEE;CN=Marleen;PARTSTAT=ACCEPTED:mailto:marleen@example.nl\r\n"
        f"ATTENDEE;CN=Jan {number};PARTSTAT=ACCEPTED:mailto:jan{number}@firma{number % 90}.example\r\n"
        "DESCRIPTION:De agenda voor het overleg\\, en wat er nog bij komt.\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def fill(server: Radicale, account: CalendarAccount, count: int) -> None:
    """Write the events where the server keeps them: that takes a second, storing them over HTTP half an hour."""
    folder = server.process.directory / "collections" / "collection-root" / account.user / "agenda"
    for number in range(count):
        (folder / f"event{number}.ics").write_text(event(number), newline="")


def raw(account: CalendarAccount, method: str, body: str, depth: str) -> int:
    """One request, its answer read and thrown away; how many bytes."""
    place = urlsplit(account.calendars["Agenda"])
    connection = http.client.HTTPConnection(place.netloc, timeout=600)
    token = base64.b64encode(f"{account.user}:{account.password}".encode()).decode()
    headers = {"Authorization": f"Basic {token}", "Depth": depth, "Content-Type": "application/xml"}
    connection.request(method, place.path, body=body.encode(), headers=headers)
    size = len(connection.getresponse().read())
    connection.close()
    return size


def reading(account: CalendarAccount, kept: CalendarCache) -> int:
    """One reading as a pass makes it, up to the bytes of the events; how many changed."""
    source = CalDavSource(account.calendars["Agenda"], CalendarLogin(account.user, account.password))
    changed = 0
    for changes in source.changes(kept.known(), start=FIRST, end=LAST):
        kept.take(changes)
        changed += len(changes.events)
    source.close()
    return changed


def whole_pass(account: CalendarAccount, kept: CalendarCache) -> int:
    """One reading with the facts; how many meetings stand in the window."""
    source = CalDavSource(account.calendars["Agenda"], CalendarLogin(account.user, account.password))
    means = Means(kept, reading_carefully("me", WINDOW.now))
    found = gather_calendars([source], POLICY, WINDOW, Memory(), means, lambda _name, _count: None)
    source.close()
    return len(found.agenda.events)


def timed(work: Callable[[], Result]) -> tuple[float, Result]:
    """Seconds, and what came of it."""
    before = time.perf_counter()
    result = work()
    return time.perf_counter() - before, result


def compare(account: CalendarAccount, directory: Path) -> None:
    """Ours and the reference in turn, and the median of each."""
    query = events_between(FIRST, LAST)
    firsts, reports, agains, stands = ([] for _ in range(4))  # type: list[float], list[float], list[float], list[float]
    for number in range(ROUNDS):
        reports.append(timed(lambda: raw(account, "REPORT", query, "1"))[0])
        with open_cache(directory / f"cache{number}", layout=LAYOUT, read_only=False) as cache:
            kept = CalendarCache(cache, "marleen@example.nl")
            firsts.append(timed(lambda kept=kept: reading(account, kept))[0])  # type: ignore[misc]
            stands.append(timed(lambda: raw(account, "PROPFIND", CTAG, "0"))[0])
            seconds, changed = timed(lambda kept=kept: reading(account, kept))  # type: ignore[misc]
            assert changed == 0
            agains.append(seconds)
    show("first reading", firsts, "one raw REPORT", reports)
    show("unchanged reading", agains, "one raw PROPFIND", stands)


def show(ours: str, seconds: list[float], theirs: str, reference: list[float]) -> None:
    """One line with both medians and their ratio."""
    mine, other = statistics.median(seconds), statistics.median(reference)
    print(f"{ours:<20}{mine:7.2f} s   {theirs:<18}{other:7.2f} s   ratio {mine / other:.2f}")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=10_000)
    count = parser.parse_args().events
    with Radicale() as server, TemporaryDirectory() as directory:
        account = server.account()
        fill(server, account, count)
        print(f"(the server's first look: {timed(lambda: raw(account, 'PROPFIND', CTAG, '0'))[0]:.0f} s)")
        reading_once = timed(lambda: raw(account, "REPORT", events_between(FIRST, LAST), "1"))
        print(f"{count} events, {reading_once[1] / 1e6:.1f} MB in one answer; medians of {ROUNDS}")
        compare(account, Path(directory))
        with open_cache(Path(directory) / "cache", layout=LAYOUT, read_only=False) as cache:
            kept = CalendarCache(cache, "marleen@example.nl")
            for name in ("first pass", "unchanged pass"):
                seconds, meetings = timed(lambda: whole_pass(account, kept))
                print(f"{name:<20}{seconds:7.2f} s   {meetings} meetings")


if __name__ == "__main__":
    main()
