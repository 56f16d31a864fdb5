from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crmlink.facts.itip import invitations
from crmlink.model.contact import Address
from crmlink.model.meeting import EventStatus, Invitation, Method, Participation
from crmlink.model.problem import Problem
from tests.unit.facts.calendar_texts import AMSTERDAM, TUESDAY, calendar

PEOPLE = "ORGANIZER;CN=Jan:mailto:jan@example.nl\nATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:me@example.nl"


def read(raw: bytes, *, in_forward: bool = False) -> tuple[tuple[Invitation, ...], tuple[Problem, ...]]:
    return invitations(raw, zone=AMSTERDAM, in_forward=in_forward)


class TestMethods:
    @pytest.mark.parametrize("method", list(Method))
    def test_each_method_is_told_apart(self, method: Method) -> None:
        [invitation], problems = read(calendar(f"{TUESDAY}\n{PEOPLE}", method=method.value.upper()))
        assert (invitation.method, problems) == (method, ())

    def test_a_method_in_small_letters_counts(self) -> None:
        assert read(calendar(TUESDAY, method="request"))[0][0].method is Method.REQUEST

    def test_no_method_only_tells_of_an_event(self) -> None:
        assert read(calendar(TUESDAY))[0][0].method is Method.PUBLISH

    def test_an_unknown_method_does_nothing(self) -> None:
        found, problems = read(calendar(TUESDAY, method="OPBLAZEN"))
        assert found == ()
        assert [(problem.code, problem.subject) for problem in problems] == [
            ("invitation.unknown-method", "OPBLAZEN")
        ]  # fmt: skip

    def test_the_first_method_counts(self) -> None:
        assert read(calendar(TUESDAY, method="REQUEST\nMETHOD:CANCEL"))[0][0].method is Method.REQUEST


class TestContents:
    def test_a_request_names_its_people_and_version(self) -> None:
        [invitation], _ = read(calendar(f"{TUESDAY}\n{PEOPLE}\nSEQUENCE:2\nDTSTAMP:20260301T080000Z", method="REQUEST"))
        event = invitation.event
        assert event.organizer == Address("Jan", "jan@example.nl")
        assert [attendee.address.address for attendee in event.attendees] == ["me@example.nl"]
        assert (event.sequence, event.modified_at) == (2, datetime(2026, 3, 1, 8, tzinfo=UTC))

    def test_an_answer_without_organizer_is_read(self) -> None:
        text = f"{TUESDAY}\nATTENDEE;PARTSTAT=DECLINED:mailto:gast@example.com"
        [invitation], problems = read(calendar(text, method="REPLY"))
        assert (invitation.event.organizer, problems) == (None, ())
        assert invitation.event.attendees[0].participation is Participation.DECLINED

    @pytest.mark.parametrize(
        ("lines", "status", "given"),
        [
            pytest.param("STATUS:CANCELLED", EventStatus.CANCELLED, True, id="the meeting is off"),
            pytest.param("STATUS:CANCELED", EventStatus.CANCELLED, True, id="the meeting is off, American"),
            pytest.param("", EventStatus.CONFIRMED, False, id="perhaps only uninvited"),
            pytest.param("STATUS:CONFIRMED", EventStatus.CONFIRMED, True, id="only uninvited"),
        ],
    )
    def test_a_cancellation_says_whether_it_says_so(self, lines: str, status: EventStatus, *, given: bool) -> None:
        [invitation], _ = read(calendar(f"{TUESDAY}\n{lines}", method="CANCEL"))
        assert (invitation.method, invitation.event.status, invitation.event.status_given) == (
            Method.CANCEL,
            status,
            given,
        )

    def test_a_cancellation_may_leave_the_start_out(self) -> None:
        [invitation], problems = read(calendar("DTSTAMP:20260301T080000Z\nSTATUS:CANCELLED", method="CANCEL"))
        assert (invitation.event.uid, invitation.event.start_given, problems) == ("een", False, ())

    def test_a_cancelled_occurrence_without_start_is_named(self) -> None:
        text = "RECURRENCE-ID:20260317T080000Z\nSTATUS:CANCELLED"
        [invitation], _ = read(calendar(text, method="CANCEL"))
        assert (invitation.event.recurrence_id, invitation.event.start_given) == ("2026-03-17T08:00:00Z", False)

    def test_nothing_to_hold_on_to_is_a_problem(self) -> None:
        found, problems = read(calendar("STATUS:CANCELLED", method="CANCEL"))
        assert found == ()
        assert [problem.code for problem in problems] == ["calendar.broken-event"]

    @pytest.mark.parametrize(
        ("line", "this_and_future"),
        [("RECURRENCE-ID:20260317T080000Z", False), ("RECURRENCE-ID;RANGE=THISANDFUTURE:20260317T080000Z", True)],
    )
    def test_from_here_on_is_noted(self, line: str, *, this_and_future: bool) -> None:
        [invitation], _ = read(calendar(f"{line}\n{TUESDAY}", method="CANCEL"))
        assert (invitation.event.recurrence_id, invitation.event.this_and_future) == (
            "2026-03-17T08:00:00Z",
            this_and_future,
        )

    def test_a_series_comes_with_its_exceptions_each_for_itself(self) -> None:
        exception = "RECURRENCE-ID:20260317T080000Z\nDTSTART:20260318T080000Z\nDURATION:PT1H"
        found, _ = read(calendar(f"{TUESDAY}\nRRULE:FREQ=WEEKLY", exception, method="REQUEST"))
        assert [(one.event.recurrence_id, one.event.recurring, one.event.start.day) for one in found] == [
            (None, True, 10),
            ("2026-03-17T08:00:00Z", False, 18),
        ]

    def test_the_name_of_an_occurrence_is_the_one_its_calendar_event_has(self) -> None:
        for line in ("RECURRENCE-ID;TZID=Europe/Amsterdam:20260317T090000", "RECURRENCE-ID:20260317T080000Z"):
            assert read(calendar(f"{line}\n{TUESDAY}"))[0][0].event.recurrence_id == "2026-03-17T08:00:00Z"

    def test_what_was_forwarded_is_marked(self) -> None:
        assert read(calendar(TUESDAY, method="REQUEST"), in_forward=True)[0][0].in_forward

    def test_tasks_and_free_busy_are_not_invitations(self) -> None:
        raw = calendar(method="REQUEST").replace(
            b"END:VCALENDAR", b"BEGIN:VTODO\r\nUID:x\r\nEND:VTODO\r\nEND:VCALENDAR"
        )
        assert read(raw) == ((), ())

    @pytest.mark.parametrize("raw", [b"", b"BEGIN:VCALENDAR", b"\xff" * 100, b"Beste Jan,"])
    def test_no_calendar_is_no_invitation(self, raw: bytes) -> None:
        assert read(raw)[0] == ()

    def test_a_bomb_in_an_invitation_is_only_its_first_occurrence(self) -> None:
        [invitation], _ = read(calendar(f"{TUESDAY}\nRRULE:FREQ=SECONDLY", method="REQUEST"))
        assert (invitation.event.recurring, invitation.event.start.isoformat()) == (True, "2026-03-10T09:00:00+01:00")
