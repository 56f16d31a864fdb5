"""Whatever bytes come as a calendar: facts or problems, never an exception, never for long."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmlink.facts.agenda import busy
from crmlink.facts.events import EventFacts, read_events
from crmlink.facts.itip import invitations
from crmlink.facts.recurrences import touches
from crmlink.model.contact import Owner
from crmlink.model.meeting import Agenda, Event
from crmlink.sources.resource_window import may_touch, split_resources

ZONE = ZoneInfo("Europe/Amsterdam")
START, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
SECONDS = 10.0

digits = st.text("0123456789", min_size=1, max_size=12)
moments = st.one_of(
    st.dates(date(1, 1, 1), date(9999, 12, 31)).map(lambda day: day.strftime("%Y%m%d").zfill(8)),
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)).map(lambda moment: moment.strftime("%Y%m%dT%H%M%SZ")),  # noqa: DTZ001
    st.datetimes().map(lambda moment: moment.strftime("%Y%m%dT%H%M%S").zfill(15)),
    st.just("20260310T090000"),
    digits,
)
zones = st.sampled_from(
    ["", ";TZID=Europe/Amsterdam", ";TZID=X", ";VALUE=DATE", ";TZID=America/New_York", ";RANGE=THISANDFUTURE"]
)
dated = st.builds(
    "{}{}:{}".format, st.sampled_from(["DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE"]), zones, moments
)
numbers = st.one_of(st.integers(-400, 400).map(str), digits)
rule_parts = st.one_of(
    st.builds("INTERVAL={}".format, numbers),
    st.builds("COUNT={}".format, numbers),
    st.builds("UNTIL={}".format, moments),
    st.builds(
        "{}={}".format,
        st.sampled_from(
            ["BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS", "BYHOUR", "BYMINUTE", "BYSECOND"]
        ),
        st.lists(numbers, min_size=1, max_size=4).map(",".join),
    ),
    st.builds(
        "BYDAY={}{}".format,
        st.sampled_from(["", "1", "-1", "5", "53"]),
        st.sampled_from(["MO", "TU,WE", "SU", "FR,SA", "XX"]),
    ),
)
rules = st.builds(
    "RRULE:FREQ={};{}".format,
    st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"]),
    st.lists(rule_parts, max_size=4).map(";".join),
)
others = st.builds(
    "{}:{}".format,
    st.sampled_from(["SUMMARY", "DURATION", "SEQUENCE", "STATUS", "ORGANIZER;CN=x", "ATTENDEE;PARTSTAT=X", "UID", "CATEGORIES"]),
    st.one_of(st.text(max_size=20), st.sampled_from(["P1D", "PT1H", "-P9W", "P999999999D", "mailto:a@b.nl", "CANCELLED"])),
)  # fmt: skip
event_texts = st.lists(st.one_of(dated, dated, rules, others), max_size=8).map(
    lambda lines: "\r\n".join(["BEGIN:VEVENT", "UID:een", "DTSTART:20260310T090000Z", *lines, "END:VEVENT"])
)
calendars = st.lists(event_texts, min_size=1, max_size=4).map(
    lambda events: "\r\n".join(["BEGIN:VCALENDAR", "METHOD:REQUEST", *events, "END:VCALENDAR", ""]).encode(
        errors="replace"
    )
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A calendar with a few bytes changed, taken out or doubled."""
    raw = bytearray(draw(calendars))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(len(raw) - 1, 0)))
        kind = draw(st.sampled_from(["change", "cut", "double", "end"]))
        if kind == "change" and raw:
            raw[at] = draw(st.integers(0, 255))
        elif kind == "cut":
            del raw[at : at + draw(st.integers(1, 30))]
        elif kind == "double":
            raw[at:at] = raw[at : at + draw(st.integers(1, 60))]
        else:
            del raw[-draw(st.integers(1, 40)) :]
    return bytes(raw)


def checked(raw: bytes) -> EventFacts:
    begin = time.process_time()
    facts = read_events(raw, calendar="Agenda", zone=ZONE, start=START, end=END)
    found, _ = invitations(raw, zone=ZONE, in_forward=False)
    assert time.process_time() - begin < SECONDS
    for event in (*facts.events, *(invitation.event for invitation in found)):
        well_formed(event)
    assert {event.uid for event in facts.events} <= facts.uids
    assert all(touches(event, START, END, zone=ZONE) for event in facts.events)
    return facts


def well_formed(event: Event) -> None:
    for moment in (event.start, event.end):
        assert not isinstance(moment, datetime) or moment.utcoffset() is not None
    assert isinstance(event.start, datetime) == isinstance(event.end, datetime)
    assert event.start <= event.end
    assert len(event.title) <= 250
    assert "\n" not in event.title


relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=150)


@relaxed
@given(calendars)
def test_any_mixture_of_properties_gives_well_formed_facts(raw: bytes) -> None:
    checked(raw)


@relaxed
@given(mutated())
def test_any_damage_gives_well_formed_facts(raw: bytes) -> None:
    checked(raw)


@relaxed
@given(st.binary(max_size=400))
def test_any_bytes_give_well_formed_facts(raw: bytes) -> None:
    checked(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + raw + b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")


@relaxed
@given(calendars)
def test_reading_twice_gives_the_same(raw: bytes) -> None:
    assert checked(raw) == checked(raw)


@relaxed
@given(calendars)
def test_busy_time_is_in_order_and_never_touches_itself(raw: bytes) -> None:
    spans = busy(Agenda(checked(raw).events), owner=Owner("Ik", ("ik@example.nl",)), zone=ZONE)
    assert all(span.start < span.end for span in spans)
    assert all(one.end < other.start for one, other in pairwise(spans))


@relaxed
@given(calendars)
def test_what_has_an_event_in_the_window_is_never_left_out_by_a_store(raw: bytes) -> None:
    whole = checked(raw)
    parts = [part for part in split_resources(raw) if may_touch(part, START.date(), END.date())]
    assert set(whole.events) == {event for part in parts for event in checked(part).events}
