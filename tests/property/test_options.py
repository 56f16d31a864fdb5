"""Whatever stands in the calendars, however the owner works, whoever is written to: what is offered can be kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from crmlink.drafts.clocks import TheirClock
from crmlink.drafts.diary import TRAVEL, Diary
from crmlink.drafts.options import Wanted, _slots, find_options
from crmlink.facts.agenda import absent, busy
from crmlink.facts.places import place_of
from crmlink.model.contact import Address, Owner
from crmlink.model.draft import Option
from crmlink.model.ids import EventUid
from crmlink.model.meeting import Agenda, Attendee, Event, EventStatus, Participation
from crmlink.model.policy import WorkingHours
from crmlink.model.workdays import WorkingCalendar
from tests.unit.drafts.desk import AMSTERDAM, OFFICE_HOURS, a_policy

ME = Owner("Marleen van der Veen", ("marleen@example.nl",))
ZONES = st.sampled_from([AMSTERDAM, *map(ZoneInfo, ("America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"))])
# Around the nights of March and October, and anywhere.
MOMENTS = st.one_of(
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 1)),  # noqa: DTZ001  hypothesis wants it naive
    st.datetimes(datetime(2026, 3, 5), datetime(2026, 4, 6)),  # noqa: DTZ001
    st.datetimes(datetime(2026, 10, 5), datetime(2026, 11, 2)),  # noqa: DTZ001
)
ODD_HOURS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 22), st.integers(1, 10)).map(
        lambda item: (item[0], time(item[1]), time(min(item[1] + item[2], 23), 30))
    ),
    max_size=8,
).map(lambda spans: WorkingHours(tuple(spans)))
NIGHTS = WorkingHours(tuple((day, time(0), time(6)) for day in range(7)))
HOURS = st.one_of(st.just(OFFICE_HOURS), st.just(OFFICE_HOURS), st.just(NIGHTS), ODD_HOURS)
PLACES = st.sampled_from(["", "Vaartweg 1, Hilversum", "Teams", "Utrecht"])
LENGTHS = st.sampled_from([15, 25, 30, 45, 60, 90, 120, 240, 480])


@st.composite
def events(draw: st.DrawFn, now: datetime) -> Event:
    """An event of any kind a calendar holds; most are in office hours of the next weeks."""
    day = now.date() + timedelta(days=draw(st.integers(-3, 24)))
    zone = draw(ZONES)
    start: date = datetime.combine(day, time(draw(st.integers(7, 18)), draw(st.sampled_from([0, 15, 30]))), now.tzinfo)
    assert isinstance(start, datetime)
    end: date = (
        start.astimezone(UTC) + timedelta(minutes=draw(st.sampled_from([0, 15, 60, 90, 120, 240])))
    ).astimezone(zone)
    title, places = "Overleg", PLACES
    kind = draw(st.sampled_from([*["hours"] * 9, "nights", "days", "weeks"]))
    if kind == "nights":
        start = start.astimezone(zone) + timedelta(hours=12)
        end = start.astimezone(UTC) + timedelta(hours=9)
        title = draw(st.sampled_from(["Vakantie", "Nachtdienst"]))
    elif kind in {"days", "weeks"}:
        start, end = day, day + timedelta(days=draw(st.integers(1, 30 if kind == "weeks" else 3)))
        title = draw(st.sampled_from(["Vakantie", "Vrij", "Beurs"]))
    return Event(
        EventUid(f"e{draw(st.integers(0, 10**9))}"),
        start.astimezone(zone) if isinstance(start, datetime) else start,
        end,
        title,
        recurrence_id=draw(st.sampled_from([None, "2026-03-10"])),
        status=draw(st.sampled_from([EventStatus.CONFIRMED] * 4 + [EventStatus.TENTATIVE, EventStatus.CANCELLED])),
        attendees=(
            Attendee(Address("", ME.address), draw(st.sampled_from([Participation.ACCEPTED] * 4 + [*Participation]))),
        ),
        location=draw(places),
        busy=draw(st.sampled_from([True, True, True, False])),
        zone_known=draw(st.sampled_from([True] * 9 + [False])),
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[Diary, Wanted, list[Event]]:
    """A diary of an agenda, and what is wanted of it."""
    zone = draw(ZONES)
    now = draw(MOMENTS).replace(tzinfo=UTC).astimezone(zone)
    number = draw(st.sampled_from([0, 3, 15, 30]))
    found = draw(st.lists(events(now), min_size=number, max_size=number))
    taken = tuple(
        Option(start, start + timedelta(minutes=30))
        for start in (now + timedelta(hours=hours) for hours in draw(st.lists(st.integers(0, 600), max_size=20)))
    )
    wanted = Wanted(
        after=now,
        duration=timedelta(minutes=draw(LENGTHS)),
        count=draw(st.sampled_from([3, 9, 1, 0])),
        near=draw(st.sampled_from([None, now])),
        place=place_of(draw(PLACES)),
        until=draw(st.sampled_from([None, None, now.date() + timedelta(days=6)])),
        clock=draw(st.sampled_from([None, None, TheirClock((now.astimezone(ZoneInfo("America/New_York")),))])),
    )
    known_until = now + timedelta(days=draw(st.sampled_from([92, 92, 12])))
    return (
        diary_of(found, policy_of=Diary(a_policy(draw(HOURS), zone=zone), taken=taken, known_until=known_until)),
        wanted,
        found,
    )


def diary_of(found: list[Event], *, policy_of: Diary) -> Diary:
    agenda, zone = Agenda(tuple(found)), policy_of.policy.zone
    return replace(policy_of, busy=busy(agenda, owner=ME, zone=zone), absent=absent(agenda, owner=ME, zone=zone))


@settings(max_examples=150, deadline=None)
@given(case=cases())
def test_every_moment_offered_can_be_kept(case: tuple[Diary, Wanted, list[Event]]) -> None:
    diary, wanted, found = case
    options = find_options(diary, wanted)
    considered = [slot.option for slot in _slots(diary, wanted)]
    assert set(options) <= set(considered)
    assert len(options) <= wanted.count
    assert [option.start for option in options] == sorted(option.start for option in options)
    assert len({option.start.date() for option in options}) == len(options)
    # What is chosen is a handful; whatever else could have been chosen must be as good as a promise too.
    for option in considered:
        _is_sound(option, diary, wanted)
        assert not any(_in_the_way(event, option, wanted, diary.policy.zone) for event in found)


@settings(max_examples=50, deadline=None)
@given(case=cases(), data=st.data())
def test_the_order_of_events_changes_nothing(case: tuple[Diary, Wanted, list[Event]], data: st.DataObject) -> None:
    diary, wanted, found = case
    shuffled = data.draw(st.permutations(found))
    assert find_options(diary_of(shuffled, policy_of=diary), wanted) == find_options(diary, wanted)


def _is_sound(option: Option, diary: Diary, wanted: Wanted) -> None:
    """In time, in working hours, as long as wanted, beside lunch, on no day off, by no other draft."""
    policy, day = diary.policy, option.start.date()
    start, end = option.start.astimezone(UTC), option.end.astimezone(UTC)
    assert option.start.tzinfo is option.end.tzinfo is policy.zone
    assert option.start.astimezone(UTC).astimezone(policy.zone) == option.start
    assert end - start == wanted.duration
    assert option.start.minute in {0, 30}
    assert start > wanted.after.astimezone(UTC) + timedelta(hours=23)
    assert diary.known_until is None or end <= diary.known_until
    assert wanted.until is None or day <= wanted.until
    spans = policy.working_hours.on(day.weekday())
    assert any(opens <= option.start.time() and option.end.time() <= closes for opens, closes in spans)
    assert policy.workdays.is_working_day(day)
    week = WorkingCalendar(policy.zone, "NL")
    assert week.working_days_between(wanted.after.astimezone(policy.zone).date(), day) >= 2 or day.weekday() > 4
    if wanted.duration <= timedelta(hours=3):
        assert option.end.time() <= time(12, 30) or option.start.time() >= time(13, 30)
    assert not any(one.start.astimezone(UTC) < end and start < one.end.astimezone(UTC) for one in diary.taken)
    theirs = wanted.clock.roughly(option.start) if wanted.clock else None
    assert theirs is None or theirs.time() >= time(7)


def _in_the_way(event: Event, option: Option, wanted: Wanted, zone: ZoneInfo) -> bool:
    """Whether an event that takes the owner's time overlaps the option, or leaves no time to travel."""
    refused = any(one.participation is Participation.DECLINED for one in event.attendees)
    away = event.title in {"Vakantie", "Vrij"}
    if event.status is EventStatus.CANCELLED or refused or event.start == event.end or not (event.busy or away):
        return False
    first, last = (
        (one if isinstance(one, datetime) else datetime.combine(one, time(), zone)).astimezone(UTC)
        for one in (event.start, event.end)
    )
    if away:
        days = (option.start.date(), option.start.date() + timedelta(days=1))
        start, end = (datetime.combine(day, time(), tzinfo=zone).astimezone(UTC) for day in days)
    else:
        start, end = option.start.astimezone(UTC), option.end.astimezone(UTC)
    at_a_place = event.location in {"Vaartweg 1, Hilversum", "Utrecht"} and isinstance(event.start, datetime)
    place = event.location.casefold() if at_a_place and event.zone_known else ""
    gap = timedelta(hours=14) if not event.zone_known else TRAVEL if place != wanted.place and not away else timedelta()
    return first - gap < end and start < last + gap
