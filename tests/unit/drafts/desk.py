"""The invented owner, policy and moment that the tests of this stage share."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from crmlink.drafts.desk import Desk
from crmlink.drafts.render import render
from crmlink.drafts.template_set import shipped_templates
from crmlink.model.contact import Owner
from crmlink.model.meeting import Interval
from crmlink.model.policy import Policy, WhenTheyCancel, WorkingHours

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OFFICE_HOURS = WorkingHours(tuple((day, time(9), time(17, 30)) for day in range(5)))
OWNER = Owner("Marleen van der Veen", ("marleen@veen.example", "marleen@club.example"))


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment by the clock of Amsterdam."""
    return datetime(year, month, day, hour, minute, tzinfo=AMSTERDAM)


THURSDAY = local(2026, 3, 19, 9)


def a_policy(hours: WorkingHours = OFFICE_HOURS, *, zone: ZoneInfo = AMSTERDAM, options: int = 3) -> Policy:
    """An ordinary policy of an office in the Netherlands."""
    return Policy(
        zone=zone,
        language="nl",
        country="NL",
        working_hours=hours,
        lookback=timedelta(days=30),
        unanswered_after_working_days=3,
        promise_grace=timedelta(hours=24),
        options=options,
        max_drafts_per_day=5,
        when_they_cancel=WhenTheyCancel.NOTHING,
        ignore=frozenset(),
    )


def a_desk(*, now: datetime = THURSDAY, calendar_known: bool = True, busy: tuple[Interval, ...] = ()) -> Desk:
    """The desk of one pass with the shipped templates."""
    templates = shipped_templates()
    return Desk(
        owner=OWNER,
        policy=a_policy(),
        now=now,
        render=lambda facts: render(facts, templates),
        languages=templates.languages,
        busy=busy,
        calendar_known=calendar_known,
    )
