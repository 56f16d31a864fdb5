"""The other's clock: stated where it is certain, never wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from crmlink.drafts.clocks import TheirClock, their_clock
from tests.unit.drafts.desk import AMSTERDAM, local

NEW_YORK = ZoneInfo("America/New_York")


def mail_from(zone: str, year: int, month: int, day: int) -> datetime:
    """A Date header: the moment with its bare offset, as it arrives."""
    at = datetime(year, month, day, 12, tzinfo=ZoneInfo(zone))
    return at.astimezone(timezone(at.utcoffset() or timedelta()))


def clock(*mails: datetime) -> TheirClock:
    found = their_clock(mails, AMSTERDAM)
    assert found is not None
    return found


CERTAIN = {
    "India has one clock": (["Asia/Kolkata 2026 3 5"], local(2026, 4, 7, 10), "13:30"),
    "Tokyo too": (["Asia/Tokyo 2026 1 5"], local(2026, 7, 7, 10), "17:00"),
    "Nepal": (["Asia/Kathmandu 2026 3 5"], local(2026, 3, 24, 10), "14:45"),
    "New York in the week it changed and Europe has not": (["America/New_York 2026 3 12"], local(2026, 3, 24, 15), "10:00"),
    "New York before its change": (["America/New_York 2026 2 20"], local(2026, 2, 27, 15), "9:00"),
    "New York in summer": (["America/New_York 2026 6 10"], local(2026, 6, 24, 15), "9:00"),
    "New York known by both its hours, after the change": (
        ["America/New_York 2026 3 12", "America/New_York 2026 3 3"],
        local(2026, 4, 7, 15),
        "9:00",
    ),
    "London in summer": (["Europe/London 2026 6 10"], local(2026, 6, 24, 10), "9:00"),
    "London on the last day of summer time": (["Europe/London 2026 10 12"], local(2026, 10, 23, 10), "9:00"),
    "Sydney in its summer": (["Australia/Sydney 2026 3 5"], local(2026, 3, 24, 9), "19:00"),
    "Athens before the change": (["Europe/Athens 2026 3 5"], local(2026, 3, 24, 10), "11:00"),
}  # fmt: skip
UNCERTAIN = {
    "New York over its own change: Lima has none": (["America/New_York 2026 3 5"], local(2026, 3, 24, 15)),
    "New York over the change in November": (["America/New_York 2026 10 20"], local(2026, 11, 3, 15)),
    "London over the change in October: Lagos has none": (["Europe/London 2026 10 20"], local(2026, 11, 3, 10)),
    "Athens over the change in March: Johannesburg has none": (["Europe/Athens 2026 3 20"], local(2026, 4, 2, 10)),
    "Sydney over the end of its summer": (["Australia/Sydney 2026 3 20"], local(2026, 4, 7, 9)),
    "an offset that no place has": (["-13 2026 3 20"], local(2026, 3, 24, 10)),
    "who travels": (["America/New_York 2026 3 12", "Asia/Tokyo 2026 3 3"], local(2026, 3, 24, 10)),
    "who was at home before": (["America/New_York 2026 3 12", "Europe/Amsterdam 2026 3 3"], local(2026, 3, 24, 10)),
}


def read(mail: str) -> datetime:
    zone, *day = mail.split()
    if zone == "-13":
        return datetime(2026, 3, 20, 12, tzinfo=timezone(-timedelta(hours=13)))
    year, month, number = (int(part) for part in day)
    return mail_from(zone, year, month, number)


@pytest.mark.parametrize(("mails", "option", "theirs"), CERTAIN.values(), ids=CERTAIN)
def test_their_hour_is_stated_where_all_places_with_their_clock_agree(
    mails: list[str], option: datetime, theirs: str
) -> None:
    found = clock(*map(read, mails)).certain(option)
    assert found is not None
    assert f"{found.hour}:{found.minute:02}" == theirs
    assert found == option


@pytest.mark.parametrize(("mails", "option"), UNCERTAIN.values(), ids=UNCERTAIN)
def test_their_hour_is_not_stated_where_it_could_be_wrong(mails: list[str], option: datetime) -> None:
    assert clock(*map(read, mails)).certain(option) is None


@pytest.mark.parametrize(
    "zone", ["America/New_York", "Europe/London", "Australia/Sydney", "America/Sao_Paulo", "Asia/Gaza"]
)
def test_over_a_whole_year_of_options_no_hour_is_ever_wrong(zone: str) -> None:
    for week in range(52):
        wrote = datetime(2026, 1, 5, 12, tzinfo=UTC) + timedelta(weeks=week)
        theirs = wrote.astimezone(ZoneInfo(zone))
        found = their_clock([theirs.astimezone(timezone(theirs.utcoffset() or timedelta()))], AMSTERDAM)
        for days in range(2, 24):
            option = (wrote + timedelta(days=days)).astimezone(AMSTERDAM)
            said = found.certain(option) if found else None
            assert said is None or said.replace(tzinfo=None) == option.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


SAME = {
    "the same country": [mail_from("Europe/Amsterdam", 2026, 3, 5)],
    "UTC tells nothing": [datetime(2026, 3, 5, tzinfo=UTC)],
    "London in winter looks like UTC": [mail_from("Europe/London", 2026, 2, 5)],
    "home again from New York": [mail_from("Europe/Paris", 2026, 3, 5), mail_from("America/New_York", 2026, 3, 1)],
    "nothing at all": [],
}


@pytest.mark.parametrize("mails", SAME.values(), ids=SAME)
def test_who_shows_the_owners_clock_or_none_has_no_other(mails: list[datetime]) -> None:
    assert their_clock(mails, AMSTERDAM) is None


def test_a_mail_through_a_server_in_utc_does_not_hide_the_others() -> None:
    found = clock(datetime(2026, 3, 13, tzinfo=UTC), mail_from("America/New_York", 2026, 3, 12))
    assert found.certain(local(2026, 3, 24, 15)) == local(2026, 3, 24, 15).astimezone(NEW_YORK)


def test_moments_that_are_equal_are_not_taken_for_one_clock() -> None:
    at = local(2026, 3, 12, 12)
    india, tokyo = (TheirClock((at.astimezone(ZoneInfo(name)),)) for name in ("Asia/Kolkata", "Asia/Tokyo"))
    assert [one.certain(at) and one.certain(at).utcoffset() for one in (india, tokyo)] == [  # type: ignore[union-attr]  # just asked
        timedelta(hours=5, minutes=30),
        timedelta(hours=9),
    ]


def test_the_night_is_spared_roughly_and_of_who_travels_nothing_is_known() -> None:
    assert clock(read("America/New_York 2026 3 5")).roughly(local(2026, 3, 24, 15)) == local(2026, 3, 24, 15)
    assert clock(read("America/New_York 2026 3 12"), read("Asia/Tokyo 2026 3 3")).roughly(local(2026, 3, 24)) is None
