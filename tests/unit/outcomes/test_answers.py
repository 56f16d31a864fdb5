"""What comes back on a letter that was sent, and what is accepted of it, mail by mail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from crmlink.agreements.picture import Picture
from crmlink.language.reader import Reader
from crmlink.model.contact import Address
from crmlink.model.draft import Acceptance, Draft, DraftState, Option, Position, StoredDraft
from crmlink.model.ids import AgreementId, LapseId, MessageId
from crmlink.model.lapse import LapseKind
from crmlink.model.mail import Automatic, Message, Role
from crmlink.model.meeting import Method
from crmlink.model.reading import Register
from crmlink.outcomes.answers import SentLetter, sent_letters
from tests.picture_of import GIJS, ME, OMAR, POLICY, ZONE, event, itip, mail, march, mine, picture

BODY = """Hoi Gijs,

Komt een van deze momenten uit?

- dinsdag 24 maart om 10:00 uur
- woensdag 25 maart om 14:00 uur
- vrijdag 27 maart om 9:30 uur

Groet,
Marleen"""
OPTIONS = tuple(
    Option(start, start + timedelta(minutes=45)) for start in (march(24, 10), march(25, 14), march(27, 9, 30))
)
NEXT_DAY, NOW = march(19), march(23, 12)
APRIL = datetime(2026, 4, 2, 11, tzinfo=ZONE)
COLLEAGUE = Address("Ria Smit", "ria@bakker.example")
LETTER = mine("letter", march(18, 9), text=BODY, subject="Re: Koffie")


def stored(
    *, kind: LapseKind = LapseKind.CANCELLED, to: Iterable[Address] = (GIJS,), acceptance: Acceptance | None = None
) -> StoredDraft:
    draft = Draft(
        lapse=LapseId("lapse"),
        message_id=MessageId("<letter@test>"),
        to=tuple(to),
        subject="Re: Koffie",
        language="nl",
        register=Register.INFORMAL,
        options=OPTIONS,
        body=BODY,
        raw=b"",
    )
    state = DraftState.ACCEPTED if acceptance else DraftState.SENT
    return StoredDraft(
        draft, AgreementId("broken"), kind, Position("Drafts"), state, created_at=march(18, 8), acceptance=acceptance
    )


def seen(*mails: Message, now: datetime = NOW) -> Picture:
    """The letter and what came after, really read."""
    base = picture([LETTER, *mails], now=now)
    reader = Reader(ME, POLICY.workdays, "nl")
    return replace(base, readings={one.id: reader.read(one) for one in (LETTER, *mails)})


def settle(*mails: Message, draft: StoredDraft | None = None, now: datetime = NOW) -> SentLetter:
    (letter,) = sent_letters([draft or stored()], seen(*mails, now=now))
    return letter


def accepted(*mails: Message, draft: StoredDraft | None = None, now: datetime = NOW) -> Option | None:
    acceptance = settle(*mails, draft=draft, now=now).stored.acceptance
    return acceptance.option if acceptance else None


def answer(
    name: str, text: str, at: datetime = NEXT_DAY, *, sender: Address = GIJS, answers: str | None = "letter"
) -> Message:
    return mail(name, at, sender=sender, text=text, subject="Re: Koffie", answers=answers)


def test_the_answer_is_kept_with_its_words_and_its_mail() -> None:
    letter = settle(answer("een", "Dank je. De tweede graag!"))
    assert letter.message == LETTER
    assert letter.stored.state is DraftState.ACCEPTED
    assert letter.stored.acceptance == Acceptance(OPTIONS[1], MessageId("<een@test>"), "De tweede graag!", march(19))


def test_an_answer_in_the_same_conversation_need_not_refer_to_the_letter() -> None:
    assert accepted(answer("een", "Dinsdag past.", answers=None)) == OPTIONS[0]


def test_a_colleague_may_answer_and_a_stranger_may_not() -> None:
    assert accepted(answer("een", "Namens Gijs: dinsdag is goed.", sender=COLLEAGUE)) == OPTIONS[0]
    assert accepted(answer("een", "Dinsdag is goed.", sender=OMAR)) is None


@pytest.mark.parametrize("automatic", [Automatic.AUTO_REPLY, Automatic.NOTIFICATION])
def test_what_a_machine_writes_accepts_nothing(automatic: Automatic) -> None:
    assert accepted(replace(answer("een", "Dinsdag is goed."), automatic=automatic)) is None


def test_what_lies_in_trash_or_comes_later_than_now_does_not_count() -> None:
    assert accepted(replace(answer("een", "Dinsdag past."), role=Role.TRASH)) is None
    assert accepted(answer("een", "Dinsdag past.", march(22)), now=march(21)) is None


def test_a_moment_that_had_passed_when_they_wrote_is_not_accepted() -> None:
    assert accepted(answer("een", "De eerste graag.", march(24, 12)), now=march(24, 13)) is None


def test_the_newest_choice_wins() -> None:
    first, second = answer("een", "Dinsdag past."), answer("twee", "Toch liever de derde.", march(20))
    assert accepted(first, second) == OPTIONS[2]
    assert accepted(second, first) == OPTIONS[2]


def test_a_choice_can_be_taken_back() -> None:
    back = answer("twee", "Sorry, toch niet dinsdag.", march(20))
    assert accepted(answer("een", "Dinsdag past."), back) is None
    again = answer("drie", "Woensdag dan maar.", march(21))
    assert accepted(answer("een", "Dinsdag past."), back, again) == OPTIONS[1]


def test_a_question_about_something_else_takes_nothing_back() -> None:
    question = answer("twee", "Kun je me vrijdag 3 april de offerte sturen?", march(20))
    assert accepted(answer("een", "Dinsdag past."), question) == OPTIONS[0]


def test_to_ask_for_another_day_after_all_opens_it_again() -> None:
    other = answer("twee", "Ik moet dinsdag helaas verzetten. Kan het ook donderdag 2 april?", march(20))
    assert accepted(answer("een", "Dinsdag past."), other) is None


def test_what_is_written_after_the_meeting_began_chooses_nothing() -> None:
    later = answer("twee", "Vrijdag past.", march(24, 15))
    assert accepted(answer("een", "Dinsdag past."), later, now=march(25)) == OPTIONS[0]


def test_an_answer_that_is_gone_takes_nothing_back() -> None:
    known = Acceptance(OPTIONS[0], MessageId("<weg@test>"), "Dinsdag past.", march(19))
    assert settle(draft=stored(acceptance=known)).stored.acceptance == known
    assert accepted(answer("twee", "Toch niet dinsdag.", march(20)), draft=stored(acceptance=known)) is None


def test_a_letter_out_of_sight_stands_as_it_was_known() -> None:
    known = Acceptance(OPTIONS[0], MessageId("<weg@test>"), "Dinsdag past.", march(19))
    before = stored(acceptance=known)
    assert sent_letters([before], picture(now=march(30))) == (SentLetter(before),)


@pytest.mark.parametrize(
    "state", [state for state in DraftState if state not in {DraftState.SENT, DraftState.ACCEPTED}]
)
def test_a_letter_that_was_not_sent_gets_no_answer(state: DraftState) -> None:
    assert sent_letters([replace(stored(), state=state)], seen(answer("een", "Dinsdag past."))) == ()


# ------------------------------------------------------------------ several people


def test_several_people_must_agree() -> None:
    both = stored(to=(GIJS, OMAR))
    one = answer("een", "Dinsdag past.")
    assert accepted(one, draft=both) == OPTIONS[0]
    assert accepted(one, answer("twee", "Dinsdag is goed.", march(20), sender=OMAR), draft=both) == OPTIONS[0]
    assert accepted(one, answer("twee", "Vrijdag graag.", march(20), sender=OMAR), draft=both) is None
    assert accepted(one, answer("twee", "Geen van deze.", march(20), sender=OMAR), draft=both) is None


# ------------------------------------------------------------------ what was offered


def edited(text: str) -> Message:
    return replace(LETTER, text=text, full_text=text)


def settle_letter(letter: Message, *mails: Message) -> Option | None:
    base = picture([letter, *mails], now=march(23, 12))
    reader = Reader(ME, POLICY.workdays, "nl")
    view = replace(base, readings={one.id: reader.read(one) for one in (letter, *mails)})
    (found,) = sent_letters([stored()], view)
    return found.stored.acceptance.option if found.stored.acceptance else None


def test_a_time_the_owner_took_out_cannot_be_accepted() -> None:
    letter = edited(BODY.replace("- dinsdag 24 maart om 10:00 uur\n", ""))
    assert settle_letter(letter, answer("een", "Dinsdag past.")) is None
    assert settle_letter(letter, answer("een", "De eerste graag.")) == OPTIONS[1]


def test_a_time_the_owner_wrote_in_can_be_accepted() -> None:
    letter = edited(BODY.replace("vrijdag 27 maart om 9:30", "maandag 30 maart om 11:00"))
    assert settle_letter(letter, answer("een", "De laatste is prima.")) == Option(march(30, 11), march(30, 11, 45))
    assert settle_letter(letter, answer("een", "Vrijdag is prima.")) is None


def test_the_same_time_on_their_clock_is_no_second_offer() -> None:
    letter = edited(BODY.replace("om 14:00 uur", "om 14:00 uur (bij jou 13:00)"))
    assert settle_letter(letter, answer("een", "13:00 is prima.")) is None
    assert settle_letter(letter, answer("een", "De tweede.")) == OPTIONS[1]


def test_moments_offered_later_take_the_place_of_the_earlier_ones() -> None:
    anew = mine(
        "anew",
        march(20),
        text="Hoi Gijs,\n\nDinsdag lukt me toch niet, sorry. Zullen we donderdag 2 april om 11:00 uur doen?",
        subject="Re: Koffie",
        answers="een",
    )
    first = answer("een", "Dinsdag past.")
    assert accepted(first, anew) is None
    assert accepted(first, anew, answer("drie", "Prima!", march(21), answers="anew")) == Option(
        APRIL, APRIL + timedelta(minutes=45)
    )


def test_a_confirmation_of_the_owner_changes_nothing() -> None:
    confirms = mine(
        "ja", march(20), text="Fijn, tot dinsdag 24 maart om 10:00 uur!", subject="Re: Koffie", answers="een"
    )
    assert accepted(answer("een", "Dinsdag past."), confirms) == OPTIONS[0]


def test_a_bare_yes_is_enough_for_the_only_moment_of_a_meeting_and_not_beside_a_promise() -> None:
    letter = edited("Hoi Gijs,\n\nKomt dinsdag 24 maart om 10:00 uur je uit?\n\nGroet,\nMarleen")
    assert settle_letter(letter, answer("een", "Prima!")) == OPTIONS[0]
    base = picture([letter, answer("een", "Prima!")], now=march(23))
    reader = Reader(ME, POLICY.workdays, "nl")
    view = replace(base, readings={one.id: reader.read(one) for one in (letter, answer("een", "Prima!"))})
    (found,) = sent_letters([stored(kind=LapseKind.PROMISE)], view)
    assert found.stored.acceptance is None


def test_their_invitation_for_one_of_the_moments_accepts_it() -> None:
    invited = mail(
        "een",
        march(19),
        subject="Koffie",
        text="",
        answers="letter",
        automatic=Automatic.INVITATION,
        invitations=[itip(Method.REQUEST, event("nieuw@test", march(25, 14), organizer=GIJS))],
    )
    assert accepted(invited) == OPTIONS[1]
