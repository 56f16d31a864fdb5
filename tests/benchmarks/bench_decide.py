"""How long the stages that decide take on a full office: 10 000 events and 20 000 messages, made up without chance.

Run: `uv run python -m tests.benchmarks.bench_decide [--events N] [--messages N]`. It prints seconds per stage and the
peak of memory that the decision itself added. Aim: under 10 s and 300 MB.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from crmlink.agreements.meetings import joined_meetings
from crmlink.agreements.picture import Picture
from crmlink.agreements.promises import promises
from crmlink.agreements.requests import requests
from crmlink.agreements.talk import talked_meetings
from crmlink.lapses.decide import Past, decide
from crmlink.lapses.find import find_lapses
from crmlink.model.contact import Address
from crmlink.model.ids import EventUid
from crmlink.model.mail import Message
from crmlink.model.meeting import Event, EventStatus, Method
from crmlink.model.reading import MeetingAct, Reading
from tests.picture_of import asking, event, itip, mail, march, mine, picture, promising, seen, talking

Result = TypeVar("Result")
PEOPLE = 400
NOW = march(20)


def person(number: int) -> Address:
    """One of the people; one in five of all mail and meetings is with the first, as in a real office."""
    index = 0 if number % 5 == 0 else number % PEOPLE
    return Address(f"Persoon {index}", f"p{index}@firma{index % 90}.example")


def events(count: int) -> Iterator[Event]:
    """Meetings over four months, some cancelled, some in series, and an away block each month."""
    for number in range(count):
        start = march(1, 8) + timedelta(minutes=15 * (number % 40), days=number % 110 - 25)
        one = event(
            f"event{number}@bench", start, title=f"Overleg {number % 700}", others=(person(number),), created=march(1)
        )
        if number % 50 == 0:
            one = replace(one, status=EventStatus.CANCELLED, modified_at=march(10))
        yield one
    for month in range(3):
        block = event(f"away{month}@bench", title="Vakantie", others=(), organizer=None, created=march(1))
        yield replace(block, start=date(2026, 3 + month, 10), end=date(2026, 3 + month, 14))


def messages(count: int) -> Iterator[tuple[Message, Reading]]:
    """Mail back and forth in threads of four: questions, promises, talk about meetings, invitations."""
    readings = [
        asking(), promising(), talking(MeetingAct.PROPOSE, when=march(24)), talking(MeetingAct.CANCEL, fault="me"),
        talking(MeetingAct.NO_SHOW, fault="me"), Reading("nl"), Reading("nl"), Reading("nl"),
    ]  # fmt: skip
    for number in range(count):
        at = march(1) + timedelta(minutes=number * 2 % (19 * 24 * 60))
        other, subject = person(number // 4), f"Overleg {number // 4 % 700}"
        answers = f"m{number - 1}" if number % 4 else None
        text = "Dag, zoals besproken volgt hier een regel tekst over het project en de planning. " * 6
        if number % 2:
            one = mine(f"m{number}", at, to=(other,), subject=subject, answers=answers, text=text)
        else:
            one = mail(f"m{number}", at, sender=other, subject=subject, answers=answers, text=text)
        if number % 40 == 0:
            told = event(f"event{number // 4}@bench", march(24), others=(other,))
            one = replace(one, invitations=(itip(Method.REQUEST, told),))
        yield one, readings[number % len(readings)]


def office(event_count: int, message_count: int) -> Picture:
    """All of it as one picture."""
    mails = list(messages(message_count))
    standing = list(events(event_count))
    remembered = [seen(one, march(5)) for one in standing[: event_count // 2]]
    gone = [seen(replace(one, uid=EventUid(f"gone-{one.uid}")), march(19)) for one in standing[:200]]
    view = picture([one for one, _ in mails], now=NOW, events=standing, remembered=[*remembered, *gone])
    return replace(view, readings={one.id: reading for one, reading in mails})


def _timed(name: str, work: Callable[[], Result]) -> Result:
    before = time.perf_counter()
    result = work()
    print(f"{name:<28}{time.perf_counter() - before:8.2f} s")
    return result


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--messages", type=int, default=20_000)
    asked = parser.parse_args()
    view = _timed("(making the picture)", lambda: office(asked.events, asked.messages))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    joined = _timed("meetings", lambda: joined_meetings(view))
    found = [
        *joined.agreements,
        *_timed("talk", lambda: talked_meetings(view, taken=joined.threads)),
        *_timed("requests", lambda: requests(view)),
        *_timed("promises", lambda: promises(view)),
    ]
    lapses = _timed("lapses and amends", lambda: find_lapses(found, view))
    verdicts = _timed("decide", lambda: decide(lapses.standing, view, Past()))
    print(f"{'all together':<28}{time.perf_counter() - start:8.2f} s")
    print(f"{len(found)} agreements, {len(verdicts)} lapses listed, {len(lapses.mended)} mended")
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"memory: {(after - before) / 1024:.0f} MB added, {after / 1024:.0f} MB in all")


if __name__ == "__main__":
    main()
