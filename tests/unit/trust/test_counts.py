"""Counts are what a plain recount of the same history gives, whatever the history."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from statistics import median

from hypothesis import given
from hypothesis import strategies as st

from crmlink.model.agreement import AgreementKind, State
from crmlink.model.history import ContactDay, PastAgreement
from crmlink.model.ids import AgreementId
from crmlink.model.lapse import Fault
from crmlink.trust.company import companies
from crmlink.trust.people import people
from crmlink.trust.relation import Ending, relations
from crmlink.trust.timeline import months_until, timeline

NOW = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
ADDRESSES = (
    "gijs@bakker.example",
    "g.bakker@bakker.example",
    "els@gmail.com",
    "info@bakker.example",
    "omar@kade.example",
)
NAMES = {
    "gijs@bakker.example": ["Gijs Bakker"],
    "g.bakker@bakker.example": ["Bakker, Gijs"],
    "els@gmail.com": ["Els Smit"],
    "info@bakker.example": ["Gijs Bakker"],
    "omar@kade.example": ["Omar"],
}
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 -- hypothesis adds the zone
hours = st.none() | st.integers(0, 900).map(lambda hour: timedelta(hours=hour))


@st.composite
def histories(draw: st.DrawFn) -> list[PastAgreement]:
    found = []
    for number in range(draw(st.integers(0, 12))):
        made = draw(moments)
        due, ended, broken, repaired = (None if gap is None else made + gap for gap in draw(st.tuples(*[hours] * 4)))
        found.append(
            PastAgreement(
                id=AgreementId(str(draw(st.integers(0, 6)) if number > 6 else number)),
                address=draw(st.sampled_from(ADDRESSES)),
                name="",
                kind=draw(st.sampled_from(AgreementKind)),
                state=draw(st.sampled_from(State)),
                fault=draw(st.sampled_from(Fault)),
                made_at=made,
                ref="<a@b>",
                due=due,
                ended_at=ended,
                broken_at=broken,
                repaired_at=repaired,
                dismissed=draw(st.booleans()),
            )
        )
    return list({(one.id, one.address): one for one in found}.values())


def _recount(one: PastAgreement) -> str:
    """The same judgement in other words."""
    is_open = one.state.value in ("open", "proposed")
    if is_open and one.kind.value == "meeting":
        return "open" if one.due is not None and one.due > NOW else "settled"
    if not one.broken_at:
        return "open" if is_open else "kept" if one.state.value == "kept" else "settled"
    if one.fault.value == "them":
        return "theirs"
    if one.fault.value != "me":
        return "settled"
    if one.repaired_at:
        return "repaired"
    return "settled" if one.dismissed or one.state.value == "withdrawn" else "broken"


@given(histories())
def test_each_agreement_counts_once_under_its_ending_for_each_person(history: list[PastAgreement]) -> None:
    found = relations(people(NAMES), history, [], NOW)

    assert {one.person.address: len(one.person.addresses) for one in found} == {
        "els@gmail.com": 1,
        "g.bakker@bakker.example": 2,
        "info@bakker.example": 1,
        "omar@kade.example": 1,
    }
    for one in found:
        last_of: dict[str, PastAgreement] = {}
        for address in one.person.addresses:
            for past in history:
                if past.address == address:
                    last_of.setdefault(past.id, past)
        wanted = Counter(_recount(past) for past in last_of.values())
        assert {ending.value: one.count(ending) for ending in Ending} == {
            ending.value: wanted[ending.value] for ending in Ending
        }
        took = [
            (past.ended_at - past.made_at).total_seconds() / 3600
            for past in last_of.values()
            if past.kind.value == "request" and past.state.value == "kept" and past.ended_at
        ]
        assert one.hours_to_answer == (median(took) if took else None)


@given(histories())
def test_the_months_of_a_person_add_up_to_what_ended_in_them(history: list[PastAgreement]) -> None:
    firsts = months_until(date(2026, 11, 27), 24)
    for one in relations(people(NAMES), history, [], NOW):
        months = timeline(one.entries, [], firsts, UTC)
        within = [
            each
            for each in one.entries
            if each.ending is not Ending.OPEN and date(2024, 12, 1) <= each.at.date() <= date(2026, 11, 30)
        ]
        assert Counter(each.ending for each in within) == sum((Counter(month.endings) for month in months), Counter())


@given(histories())
def test_a_company_counts_an_agreement_with_several_of_its_people_once(history: list[PastAgreement]) -> None:
    found = {one.domain: one for one in companies(relations(people(NAMES), history, [], NOW))}
    assert set(found) == {"bakker.example", "kade.example"}
    for domain, company in found.items():
        ids = {past.id for past in history if past.address.endswith(f"@{domain}")}
        assert len(company.together.entries) == len(ids)


def test_contact_is_added_up_by_month_and_the_last_day_is_known() -> None:
    days = [
        ContactDay("els@gmail.com", date(2026, 10, 30), 1, 2, 0),
        ContactDay("els@gmail.com", date(2026, 11, 1), 3, 0, 1),
    ]
    one = next(one for one in relations(people(NAMES), [], days, NOW) if one.person.address == "els@gmail.com")
    october, november = timeline(one.entries, one.days, months_until(date(2026, 11, 27), 2), UTC)
    assert (october.mails_in, october.mails_out, october.meetings) == (1, 2, 0)
    assert (november.mails_in, november.mails_out, november.meetings) == (3, 0, 1)
    assert one.last_contact == date(2026, 11, 1)


def test_months_are_counted_over_the_turn_of_the_year() -> None:
    assert months_until(date(2026, 2, 3), 3) == (date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1))
