"""Facts come back from JSON exactly as they were, zones and the doubled hour of autumn included."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlink.cache.codec import CodecError, decode, encode
from crmlink.cache.mail import ReadMail
from crmlink.model.contact import Address
from crmlink.model.ids import EventUid, MessageId
from crmlink.model.mail import Message
from crmlink.model.meeting import Event, Invitation, Method
from crmlink.model.problem import Problem

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ZONES = st.sampled_from([UTC, AMSTERDAM, ZoneInfo("Asia/Kathmandu"), timezone(timedelta(hours=-3, minutes=-30))])
MOMENTS = st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=ZONES)  # noqa: DTZ001 - bounds of aware ones
st.register_type_strategy(datetime, MOMENTS)
st.register_type_strategy(date, st.dates())


def zones_of(value: Any) -> list[object]:
    """Every zone and offset in a value, in order: two moments may be equal and yet not the same."""
    if isinstance(value, datetime):
        return [value.tzinfo, value.utcoffset()]
    if isinstance(value, tuple):
        return [zone for one in value for zone in zones_of(one)]
    if dataclasses.is_dataclass(value):
        return [zone for one in dataclasses.fields(value) for zone in zones_of(getattr(value, one.name))]
    return []


@given(st.from_type(ReadMail))
@settings(deadline=None, max_examples=60)
def test_whatever_was_read_of_a_mail_comes_back_as_it_was(read: ReadMail) -> None:
    again = decode(ReadMail, encode(read))
    assert again == read
    assert zones_of(again) == zones_of(read)


@pytest.mark.parametrize("fold", [0, 1])
def test_the_hour_that_comes_twice_in_autumn_stays_the_one_it_was(fold: int) -> None:
    moment = datetime(2026, 10, 25, 2, 30, tzinfo=AMSTERDAM, fold=fold)
    invitation = Invitation(Method.REQUEST, Event(EventUid("a"), moment, moment, "Koffie"))
    again = decode(Invitation, encode(invitation)).event.start
    assert isinstance(again, datetime)
    assert (again.fold, again.tzinfo, again.utcoffset()) == (fold, AMSTERDAM, moment.utcoffset())


def test_a_whole_day_stays_a_day() -> None:
    event = Event(EventUid("a"), date(2026, 3, 10), date(2026, 3, 11), "Vrij")
    again = decode(Event, encode(event))
    assert (again, type(again.start)) == (event, date)


def test_names_and_people_that_recur_are_kept_once() -> None:
    message = Message(
        MessageId("<a@x>"),
        datetime(2026, 3, 10, tzinfo=UTC),
        Address("Els", "els@x"),
        (),
        (),
        "s",
        "t",
        "",
        from_me=False,
    )
    first, second = (decode(Message, encode(message)) for _ in range(2))
    assert first.id is second.id
    assert first.sender is second.sender


def test_half_a_surrogate_pair_does_not_break_the_text() -> None:
    problem = Problem("code", "\ud800", "é")
    encode(problem).encode()
    assert decode(Problem, encode(problem)) == problem


@pytest.mark.parametrize("text", ["", "{}", "[", "7", '["a"]', '["a","b","c","d","e","f"', "[" * 100_000])
def test_a_text_that_is_something_else_is_an_error(text: str) -> None:
    with pytest.raises(CodecError):
        decode(Problem, text)
