"""What must not change the outcome: order of arrival, folders, copies, one step or two, zone spelling, the clock's change.

One office with a bit of everything is told in many ways; agreements and lapses must be the same each time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from dateutil import tz as dateutil_zones
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlink.agreements.agree import agreements
from crmlink.agreements.my_questions import my_questions
from crmlink.agreements.picture import Picture
from crmlink.lapses.decide import Past, decide
from crmlink.lapses.find import find_lapses
from crmlink.model.agreement import State
from crmlink.model.contact import Address
from crmlink.model.mail import Automatic, Message, Role
from crmlink.model.meeting import Event, EventStatus, Method, Participation
from crmlink.model.reading import MeetingAct, Reading
from tests.picture_of import GIJS, OMAR, ZONE, asking, event, itip, mail, march, mine, picture, promising, seen, talking

NOW = march(20)
OFF = event("af@test", march(24), status=EventStatus.CANCELLED, modified=march(18), created=march(1))
BLOCK = replace(event("weg@test", title="Vakantie", others=(), organizer=None, created=march(1)), start=date(2026, 3, 11), end=date(2026, 3, 15))  # fmt: skip
EVENTS: tuple[Event, ...] = (
    event("gemist@test", march(12), title="Koffie", created=march(1)),
    OFF,
    BLOCK,
    replace(BLOCK, uid="reis@test", title="Reis", start=date(2026, 3, 26), end=date(2026, 4, 2)),  # type: ignore[arg-type]  # a str
    event("straks@test", march(27), title="Intake", others=(OMAR,), created=march(2)),
    event("dubbel@test", march(25), title="Overleg", others=(OMAR,), created=march(3)),
    event("rivaal@test", march(25, 10, 30), title="Lunch", created=march(4)),
    event("hunne@test", march(30), title="Bezoek", organizer=GIJS, created=march(2)),
)
GONE = [seen(event("weg-ermee@test", march(31), title="Schouw", created=march(2)), march(18), gone_since=march(19))]
CANCEL = itip(
    Method.CANCEL, replace(EVENTS[-1], status=EventStatus.CANCELLED, status_given=True, modified_at=march(17))
)
ACCEPT = itip(Method.REPLY, event("hunne@test", march(30), organizer=GIJS, my_answer=Participation.ACCEPTED))
MAILS: tuple[Message, ...] = (
    mail("vraag", march(9)),
    mail("nog", march(11), subject="Re: Offerte", answers="vraag"),
    mine("belofte", march(10), to=(OMAR,), subject="Voorstel"),
    mail("klacht", march(12, 18), subject="Vanmiddag"),
    mail("cancel", march(17), subject="Bezoek", invitations=[CANCEL]),
    replace(mine("ja", march(3), subject="Bezoek"), invitations=(ACCEPT,)),
    mail("zullen", march(16), sender=OMAR, subject="Bijpraten"),
    mine("prima", march(17), to=(OMAR,), subject="Re: Bijpraten", answers="zullen"),
    mine("toch-niet", march(18), to=(OMAR,), subject="Re: Bijpraten", answers="prima"),
)
SAID: dict[str, Reading] = {
    "vraag": asking(),
    "nog": asking("Heb je al gekeken?"),
    "belofte": promising(due=march(12, 17)),
    "klacht": talking(MeetingAct.NO_SHOW, fault="me"),
    "zullen": talking(MeetingAct.PROPOSE, when=march(23)),
    "prima": talking(MeetingAct.ACCEPT, when=march(23)),
    "toch-niet": talking(MeetingAct.CANCEL, fault="me"),
}


def _told(mails: tuple[Message, ...] = MAILS, events: tuple[Event, ...] = EVENTS, now: datetime = NOW) -> Picture:
    return picture(mails, now=now, readings=SAID, events=events, remembered=GONE)


def _outcome(view: Picture) -> tuple[object, object]:
    found = agreements(view)
    verdicts = decide(find_lapses(found, view).standing, view, Past())
    stand = sorted((one.id, one.state, one.fault, one.confidence, one.anchor.id if one.anchor else "") for one in found)
    return stand, [(one.lapse.id, one.lapse.happened_at.astimezone(UTC), one.decision, one.reason) for one in verdicts]


EXPECTED = _outcome(_told())


def test_the_office_has_a_bit_of_everything() -> None:
    found = find_lapses(agreements(_told()), _told()).standing
    assert {"missed", "clash", "cancelled", "unanswered"} <= {one.kind.value for one in found}
    assert len(found) >= 8


@given(st.permutations(MAILS), st.permutations(EVENTS))
@settings(deadline=None, max_examples=60)
def test_order_of_arrival_changes_nothing(mails: list[Message], events: list[Event]) -> None:
    assert _outcome(_told(tuple(mails), tuple(events))) == EXPECTED


PEOPLE = (GIJS, OMAR)
ASKED: tuple[Message, ...] = (
    mine("mijn-vraag", march(2), subject="Serre"),
    mine("tweede", march(3), to=(OMAR,), subject="Vergunning"),
    mine("beiden", march(4), to=PEOPLE, subject="Kozijn"),
    mine("herinnering", march(10), subject="Re: Serre", answers="mijn-vraag"),
    mail("antwoord", march(6), sender=OMAR, subject="Re: Vergunning", answers="tweede"),
    mail("weg", march(5), sender=OMAR, subject="Afwezig", automatic=Automatic.AUTO_REPLY),
    mine("los", march(5), to=(Address("Els", "els@smit.example"),), subject="Dakgoot"),
)
ASKING = SAID | {
    name: asking(f"{name}?", to_me=False) for name in ("mijn-vraag", "tweede", "beiden", "herinnering", "los")
}


def _nudged(mails: tuple[Message, ...]) -> tuple[list[object], list[object]]:
    """What is decided without and with the owner's questions, the latter as said and without `waiting`."""
    view = picture(mails, now=NOW, readings=ASKING, events=EVENTS, remembered=GONE)
    known = agreements(view)
    told = [
        decide(find_lapses((*known, *questions), view).standing, view, Past()) for questions in ((), my_questions(view))
    ]
    without, with_them = ([(one.lapse.id, one.lapse.kind.value, one.decision, one.reason) for one in some] for some in told)  # fmt: skip
    assert [one for one in with_them if one[1] != "waiting"] == without
    assert with_them[: len(without)] == without
    return list(without), list(with_them)


def test_some_questions_wait_in_this_office() -> None:
    _, told = _nudged((*MAILS, *ASKED))
    assert [one for one in told if "waiting" in str(one)]


@given(st.lists(st.sampled_from(ASKED), unique_by=lambda one: one.id), st.data())
@settings(deadline=None, max_examples=60)
def test_nudges_come_last_change_nothing_else_and_know_no_order_of_arrival(
    asked: list[Message], data: st.DataObject
) -> None:
    mails = [*MAILS, *asked]
    assert _nudged(tuple(data.draw(st.permutations(mails)))) == _nudged(tuple(mails))


@given(st.lists(st.sampled_from(ASKED), unique_by=lambda one: one.id), st.sampled_from(PEOPLE), st.integers(11, 19))
@settings(deadline=None, max_examples=60)
def test_whatever_else_they_write_never_makes_a_nudge(asked: list[Message], who: Address, day: int) -> None:
    mails = (*MAILS, *asked)
    more = mail("meer", march(day, 15), sender=who, subject="Re: Serre", answers="mijn-vraag")
    assert set(_waiting((*mails, more))) <= set(_waiting(mails))


def _waiting(mails: tuple[Message, ...]) -> list[str]:
    view = picture(mails, now=NOW, readings=ASKING, events=EVENTS, remembered=GONE)
    return [one.ref for one in my_questions(view) if one.state is State.OPEN]


@given(st.lists(st.sampled_from([Role.INBOX, Role.ARCHIVE, Role.OTHER, Role.ALL]), min_size=9, max_size=9))
@settings(deadline=None, max_examples=40)
def test_the_folder_of_what_came_in_changes_nothing(roles: list[Role]) -> None:
    moved = [one if one.from_me else replace(one, role=role) for one, role in zip(MAILS, roles, strict=True)]
    assert _outcome(_told(tuple(moved))) == EXPECTED


@given(st.lists(st.tuples(st.sampled_from(MAILS), st.sampled_from([Role.ALL, Role.ARCHIVE, Role.INBOX, Role.TRASH])), max_size=12))  # fmt: skip
@settings(deadline=None, max_examples=40)
def test_copies_in_other_folders_change_nothing(copies: list[tuple[Message, Role]]) -> None:
    assert _outcome(_told((*MAILS, *(replace(one, role=role) for one, role in copies)))) == EXPECTED


@given(st.lists(st.sampled_from(EVENTS), max_size=6))
@settings(deadline=None, max_examples=40)
def test_copies_in_another_calendar_change_nothing(copies: list[Event]) -> None:
    assert _outcome(_told(events=(*EVENTS, *(replace(one, calendar="Kopie") for one in copies)))) == EXPECTED


@given(st.sampled_from([UTC, dateutil_zones.gettz("Europe/Amsterdam"), ZoneInfo("Europe/Brussels"), ZoneInfo("Asia/Tokyo"), timezone(timedelta(hours=5))]))  # fmt: skip
@settings(deadline=None)
def test_the_zone_database_and_the_spelling_of_a_moment_change_nothing(zone: tzinfo) -> None:
    events = tuple(
        one if one.all_day else replace(one, start=one.start.astimezone(zone), end=one.end.astimezone(zone))  # type: ignore[union-attr]  # timed
        for one in EVENTS
    )
    mails = tuple(replace(one, sent_at=one.sent_at.astimezone(zone)) for one in MAILS)
    assert _outcome(_told(mails, events)) == EXPECTED
    assert _outcome(_told(now=NOW.astimezone(zone).astimezone(ZONE))) == EXPECTED


@given(st.integers(0, len(MAILS)))
@settings(deadline=None)
def test_looking_in_two_steps_ends_as_looking_once(seen_first: int) -> None:
    earlier = _told(MAILS[:seen_first], now=march(19))
    known = [seen(one, march(19)) for one in EVENTS]
    _outcome(earlier)
    later = replace(_told(), remembered=(*GONE, *known))
    assert _outcome(later) == EXPECTED


def _in_week(monday: date) -> list[tuple[str, str, int]]:
    """A missed meeting and a clash in some week: what is found, and how many hours of it are on the clock."""

    def at(day: int, hour: int) -> datetime:
        return datetime(monday.year, monday.month, monday.day, hour, tzinfo=ZONE) + timedelta(days=day)

    made = at(-20, 9)
    past, block = event("was@test", at(1, 9), created=made), replace(BLOCK, created_at=made)
    events = [
        past,
        replace(block, start=monday + timedelta(days=1), end=monday + timedelta(days=2)),
        event("komt@test", at(7, 9), others=(OMAR,), created=made),
        replace(block, uid="straks@test", start=monday + timedelta(days=7), end=monday + timedelta(days=8)),  # type: ignore[arg-type]  # a str
    ]
    view = picture(now=at(3, 12), events=events)
    verdicts = decide(find_lapses(agreements(view), view).standing, view, Past())
    return [(one.lapse.kind.value, one.decision.value, one.lapse.due.hour if one.lapse.due else 0) for one in verdicts]


def test_the_weeks_in_which_the_clock_changes_are_weeks_like_others() -> None:
    ordinary = _in_week(date(2026, 3, 9))
    assert ordinary == [("missed", "draft", 9), ("clash", "draft", 9)]
    for monday in (date(2026, 3, 23), date(2026, 10, 19)):
        assert _in_week(monday) == ordinary
