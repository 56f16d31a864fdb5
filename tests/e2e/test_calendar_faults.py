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
    "another host": redirect(On(), "http://127.0.0.1:1/elsewhere/"),
    "a closed door": Answer(On(), 403, "forbidden"),
}


@pytest.fixture
def planned(on_dovecot: Office) -> Office:
    """Three meetings that an earlier pass saw, and a question that waits for its answer since."""
    for number in range(1, 4):
        on_dovecot.book(f"uid-{number}", f"Overleg {number}", GIJS, in_days=number + 1)
    assert on_dovecot.scan() == []
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
    (lapse,) = done.json["lapses"]
    assert (lapse["kind"], lapse["decision"], lapse["draft"]["options"]) == ("unanswered", "draft", [])

    strike(planned)
    (lapse,) = planned.scan()
    assert (lapse["kind"], lapse["decision"]) == ("unanswered", "drafted")


@pytest.mark.parametrize("fault", [pytest.param(fault, id=name) for name, fault in FOR_GOOD.items()])
def test_a_calendar_that_says_no_for_good_lets_nothing_out(planned: Office, fault: Fault) -> None:
    strike(planned, fault)

    done = planned.crmlink("scan", "--json")

    assert struck(planned)
    assert done.code == 77, done.err
    assert [one["decision"] for one in done.json["lapses"]] == ["hold"]
    assert planned.drafts() == []

    strike(planned)
    assert [one["decision"] for one in planned.scan()] == ["draft"]
