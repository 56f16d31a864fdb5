"""A calendar server on a bad day: no meeting is called off, no date is offered, and the rest of the work goes on."""

from __future__ import annotations

import pytest

from tests.e2e.office import GIJS, JANE, Office
from tests.faults.http_faults import LISTING, Answer, Fault, On, Shrink, Truncate, redirect, refused_token

QUESTION = "Dear Marleen,\n\nCould you tell me whether the delivery date still holds?\n\nKind regards,\nJane"
AGAIN = {"Retry-After": "86400"}

LATER = {
    "an empty listing": Shrink(LISTING, 0),
    "a listing of a third": Shrink(LISTING, 33),
    "a teapot": refused_token(418, LISTING),
    "a full disk": refused_token(507, LISTING),
    "a token it does not know": refused_token(403, LISTING),
    "too many requests": Answer(LISTING, 429, headers=AGAIN),
    "an error of its own": Answer(LISTING, 500, "Internal Server Error"),
    "maintenance": Answer(On(), 503, "<html>down</html>"),
    "half an answer": Truncate(LISTING, 50),
    "an answer that breaks off": Truncate(LISTING, 50, honest=False),
    "no answer but a yes": Answer(LISTING, 200, "OK"),
    "a home that is gone": Answer(On("PROPFIND"), 404, "not here"),
}
FOR_GOOD = {
    "another host": (redirect(On(), "http://127.0.0.1:1/elsewhere/"), 78),
    "a closed door": (Answer(On(), 403, "forbidden"), 77),
}


@pytest.fixture
def planned(on_dovecot: Office) -> Office:
    """Three meetings that an earlier pass saw; since then a fourth was booked, and a question waits for its answer."""
    for number in range(1, 4):
        on_dovecot.book(f"uid-{number}", f"Overleg {number}", GIJS, in_days=number + 1)
    assert on_dovecot.scan() == []
    on_dovecot.book("uid-4", "Overleg 4", GIJS, in_days=6)
    on_dovecot.receive("ask", JANE, QUESTION, days_ago=8)
    return on_dovecot


def strike(office: Office, *faults: Fault) -> None:
    assert office.watch
    assert office.watch.calendar
    office.watch.calendar.faults = faults


def struck(office: Office) -> bool:
    assert office.watch
    assert office.watch.calendar
    return bool(office.watch.calendar.struck)


@pytest.mark.parametrize("fault", [pytest.param(fault, id=name) for name, fault in LATER.items()])
def test_a_calendar_in_doubt_calls_nothing_off_and_offers_no_dates(planned: Office, fault: Fault) -> None:
    strike(planned, fault)

    done = planned.crmlink("scan", "--json")

    assert struck(planned)
    assert done.code == 1, done.err
    states = {one["name"]: one["state"] for one in done.json["sources"]}
    assert states["mail"] == "ok"
    assert states["calendar"] in {"failed", "doubtful"}
    assert {one["decision"] for one in done.json["lapses"] if one["kind"] != "unanswered"} <= {"hold"}
    (lapse,) = (one for one in done.json["lapses"] if one["kind"] == "unanswered")
    assert (lapse["decision"], lapse["draft"]["options"]) == ("draft", [])
    assert len(planned.drafts()) == 1

    strike(planned)
    (lapse,) = planned.scan()
    assert (lapse["kind"], lapse["decision"]) == ("unanswered", "drafted")


@pytest.mark.parametrize(("fault", "code"), [pytest.param(*both, id=name) for name, both in FOR_GOOD.items()])
def test_a_calendar_that_says_no_for_good_lets_nothing_out(planned: Office, fault: Fault, code: int) -> None:
    strike(planned, fault)

    done = planned.crmlink("scan", "--json")

    assert struck(planned)
    assert done.code == code, done.err
    assert {one["decision"] for one in done.json["lapses"]} == {"hold"}
    assert planned.drafts() == []

    strike(planned)
    assert [one["decision"] for one in planned.scan()] == ["draft"]
