"""Which addresses are one person, and who needs attention."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crmlink.model.agreement import AgreementKind, State
from crmlink.model.contact import Card
from crmlink.model.history import ContactDay, PastAgreement
from crmlink.model.ids import AgreementId
from crmlink.model.lapse import Fault
from crmlink.trust.attention import by_attention, silence, well_repaired
from crmlink.trust.company import companies
from crmlink.trust.people import Person, people
from crmlink.trust.relation import Relation, entry

NOW = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
TODAY = NOW.date()


@pytest.mark.parametrize(
    ("names", "together"),
    [
        ({"jan@acme.nl": ["Jan Berg"], "j.berg@mail.acme.nl": ["Berg, Jan"]}, True),
        ({"jan@acme.nl": ["Jan Berg"], "jan@other.nl": ["Jan Berg"]}, False),
        ({"jan@gmail.com": ["Jan Berg"], "berg@gmail.com": ["Jan Berg"]}, False),
        ({"jan@acme.nl": ["Jan"], "jan2@acme.nl": ["Jan"]}, False),
        ({"jan@acme.nl": ["Jan Berg"], "info@acme.nl": ["Jan Berg"]}, False),
        ({"jan@acme.co.uk": ["Jan Berg"], "jan@other.co.uk": ["Jan Berg"]}, False),
    ],
    ids=[
        "one name at one company, written in two ways",
        "one name at two companies",
        "one name at free mail may be anybody's",
        "a first name alone may be anybody's",
        "an office stays an office",
        "two companies below one public suffix",
    ],
)
def test_who_is_one_person(names: dict[str, list[str]], *, together: bool) -> None:
    found = people(names)
    assert [len(one.addresses) for one in found] == ([2] if together else [1, 1])


def test_the_address_book_joins_and_names() -> None:
    card = Card("Jan van den Berg", ("jan@acme.nl", "jan.berg@gmail.com"), "Acme Bouw", "directeur")
    (one,) = people({"jan.berg@gmail.com": ["janneman"], "jan@acme.nl": ["J. Berg"]}, [card])
    assert one == Person(
        "jan@acme.nl", ("jan.berg@gmail.com", "jan@acme.nl"), "Jan van den Berg", "acme.nl", "Acme Bouw", "directeur"
    )
    (company,) = companies([Relation(one)])
    assert (company.domain, company.name) == ("acme.nl", "Acme Bouw")


def test_the_name_told_most_is_shown_and_an_office_is_marked() -> None:
    one, office = people({"a@acme.nl": ["J. Berg", "Jan Berg", "Jan Berg"], "info@acme.nl": [""]})
    assert (one.name, one.office, one.called) == ("Jan Berg", False, "Jan Berg")
    assert (office.office, office.called) == (True, "info@acme.nl")


def _past(number: int, days_ago: int, *, broken: bool = False, repaired_days_ago: int | None = None) -> PastAgreement:
    at = NOW - timedelta(days=days_ago)
    return PastAgreement(
        id=AgreementId(str(number)),
        address="a@acme.nl",
        name="",
        kind=AgreementKind.MEETING,
        state=State.MISSED if broken else State.KEPT,
        fault=Fault.ME if broken else Fault.UNKNOWN,
        made_at=at - timedelta(days=3),
        ref="uid",
        ended_at=at,
        broken_at=at if broken else None,
        repaired_at=None if repaired_days_ago is None else NOW - timedelta(days=repaired_days_ago),
    )


def _relation(*past: PastAgreement, address: str = "a@acme.nl", heard: tuple[int, ...] = ()) -> Relation:
    days = tuple(ContactDay(address, TODAY - timedelta(days=ago), 1) for ago in heard)
    entries = sorted((entry(one, NOW) for one in past), key=lambda one: one.at)
    return Relation(Person(address, (address,)), tuple(entries), days)


def test_well_repaired_is_who_was_let_down_made_good_and_kept_faith_with_since() -> None:
    repaired = _past(1, 40, broken=True, repaired_days_ago=30)
    assert well_repaired(_relation(repaired, _past(2, 10)))
    assert not well_repaired(_relation(repaired, _past(2, 35)))
    assert not well_repaired(_relation(repaired, _past(2, 10), _past(3, 5, broken=True)))
    assert not well_repaired(_relation(_past(2, 10)))


def test_silence_is_measured_by_their_own_rhythm() -> None:
    weekly = tuple(range(30, 80, 7))
    found = silence(_relation(heard=weekly), TODAY)
    assert found is not None
    assert (found.days, found.usual, found.longest) == (30, 7, 7)
    assert silence(_relation(heard=tuple(range(20, 80, 7))), TODAY) is None  # two pauses and a bit
    assert silence(_relation(heard=(30, 60)), TODAY) is None  # no rhythm shows
    assert silence(_relation(heard=(13, 14, 15, 16, 17)), TODAY) is None  # less than two weeks
    assert silence(_relation(heard=(40, 41, 42, 43, 100)), TODAY) is None  # there was a longer pause before


def test_what_is_broken_comes_first_then_who_fell_silent_then_the_latest() -> None:
    broken = _relation(_past(1, 5, broken=True), address="z@acme.nl", heard=(50,))
    quiet = _relation(address="y@acme.nl", heard=tuple(range(30, 80, 7)))
    late, early = _relation(address="x@acme.nl", heard=(1,)), _relation(address="w@acme.nl", heard=(2,))
    listed = by_attention([early, late, quiet, broken, _relation(address="v@acme.nl")], TODAY)
    assert [one.person.address[0] for one in listed] == ["z", "y", "x", "w", "v"]
