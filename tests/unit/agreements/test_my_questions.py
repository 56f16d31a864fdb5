"""Questions of the owner to others: which mails ask one, and what closes it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crmlink.agreements.my_questions import my_questions
from crmlink.agreements.picture import Picture
from crmlink.model.agreement import Agreement, State
from crmlink.model.contact import Address
from crmlink.model.ids import MessageId
from crmlink.model.mail import Automatic, Message, Role
from crmlink.model.meeting import Event, Method
from crmlink.model.reading import MeetingAct, Reading
from tests.picture_of import GIJS, ME, OMAR, POLICY, asking, event, itip, mail, march, mine, picture, talking

ASK = mine("ask", march(3), subject="Serre")
QUOTE = "Kun je me de tekeningen van de serre sturen?"
SAID = {"ask": asking(QUOTE, to_me=False)}
CROWD = tuple(Address("", f"x{number}@many.example") for number in range(4))


def _view(*mails: Message, events: tuple[Event, ...] = (), said: dict[str, Reading] = SAID, day: int = 20) -> Picture:
    return picture(mails, now=march(day), readings=said, events=events)


def _one(view: Picture) -> Agreement:
    (found,) = my_questions(view)
    return found


def test_a_question_in_my_mail_waits_and_quotes_its_words() -> None:
    found = _one(_view(ASK))
    assert (found.state, found.quote, found.contact.address) == (State.OPEN, QUOTE, GIJS.address)
    assert (found.made_at, found.anchor, found.others) == (march(3), ASK, ())


def test_a_question_to_two_is_one_question_to_both() -> None:
    found = _one(_view(replace(ASK, to=(GIJS, OMAR))))
    assert (found.contact.address, found.others) == (GIJS.address, (OMAR,))


def test_a_second_mail_in_one_breath_belongs_to_the_question() -> None:
    more = mine("more", march(3, 11), subject="Serre", answers="ask", text="Bijlage vergeten, hier is hij.")
    assert _one(_view(ASK, more)).anchor == more


ANSWERED = {
    "an answer in the thread": mail("a", march(5), subject="Re: Serre", answers="ask"),
    "an answer at once, by another clock": mail("a", march(3), subject="Re: Serre", answers="ask"),
    "somebody else who answers in the thread": mail("a", march(5), sender=OMAR, subject="Re: Serre", answers="ask"),
    "an answer in a new thread": mail("a", march(5), subject="Serre"),
    "a mail about the same under another subject": mail("a", march(5), subject="Groet", text="Hier de tekeningen."),
    "a mail about a talk we had": mail("a", march(5), subject="Vandaag", text="Zoals telefonisch besproken."),
    "an invitation": mail(
        "a", march(5), subject="Kijken", invitations=[itip(Method.REQUEST, event(start=march(24)))], automatic=Automatic.INVITATION
    ),
}  # fmt: skip
TAKEN_FURTHER = {
    "my reminder": mine("a", march(10), subject="Serre", answers="ask"),
    "my reminder in a new thread": mine("a", march(10), subject="Serre"),
    "that I need it no more, the same day": mine("a", march(3, 12), answers="ask", text="Al gevonden, laat maar."),
    "my mail about the talk we had": mine("a", march(5), subject="Ja", text="Dank, zoals telefonisch besproken."),
    "my forwarding it to somebody else": mine("a", march(5), to=(OMAR,), subject="Fwd: Serre", answers="ask"),
    "that it could not be delivered": mail(
        "a", march(3, 11), sender=Address("", "mailer-daemon@example.nl"), answers="ask", automatic=Automatic.BOUNCE
    ),
}
STILL_WAITS = {
    "an automatic reply": mail("a", march(4), subject="Afwezig", answers="ask", automatic=Automatic.AUTO_REPLY),
    "a mail of theirs about something else": mail("a", march(5), subject="Parkeren", text="Past donderdag?"),
    "a mail of mine about something else": mine("a", march(5), subject="Parkeren", text="Donderdag past."),
    "a mail of theirs from before": mail("a", march(2), subject="Serre"),
    "a mail from the future of a replay": mail("a", march(21), subject="Re: Serre", answers="ask"),
    "a mail of somebody else about the same": mail("a", march(5), sender=OMAR, subject="Serre"),
}


@pytest.mark.parametrize("other", ANSWERED.values(), ids=ANSWERED)
def test_it_is_answered_by(other: Message) -> None:
    found = _one(_view(ASK, other))
    assert (found.state, found.evidence[-1].ref) == (State.KEPT, "<a@test>")


@pytest.mark.parametrize("other", TAKEN_FURTHER.values(), ids=TAKEN_FURTHER)
def test_it_waits_no_more_after(other: Message) -> None:
    found = _one(_view(ASK, other))
    assert (found.state, found.evidence[-1].ref) == (State.WITHDRAWN, "<a@test>")


@pytest.mark.parametrize("other", STILL_WAITS.values(), ids=STILL_WAITS)
def test_it_still_waits_after(other: Message) -> None:
    assert _one(_view(ASK, other)).state is State.OPEN


MEETINGS = {
    "a meeting made since": (event(start=march(24), created=march(5)), State.KEPT),
    "a meeting held since": (event(start=march(10), created=march(1)), State.KEPT),
    "a meeting made before that is still to come": (event(start=march(24), created=march(1)), State.OPEN),
    "a meeting with somebody else": (event(start=march(10), created=march(5), others=(OMAR,)), State.OPEN),
}


@pytest.mark.parametrize(("what", "state"), MEETINGS.values(), ids=MEETINGS)
def test_a_meeting(what: Event, state: State) -> None:
    assert _one(_view(ASK, events=(what,))).state is state


NO_QUESTION = {
    "to more than three people": replace(ASK, to=(*CROWD[:3], GIJS)),
    "with a crowd in copy": replace(ASK, cc=(OMAR, *CROWD)),
    "with somebody in blind copy": replace(ASK, bcc=(OMAR,)),
    "to a list by its name": replace(ASK, to=(Address("", "leden-list@club.example"),)),
    "to an address nobody reads": replace(ASK, to=(Address("", "no-reply@shop.example"),)),
    "to myself": replace(ASK, to=(ME.mailbox,)),
    "only in a draft": replace(ASK, role=Role.DRAFTS),
    "thrown away": replace(ASK, role=Role.TRASH),
    "written by a program of mine": replace(ASK, automatic=Automatic.AUTO_REPLY),
    "in my name, by whoever sent it to me": replace(ASK, role=Role.INBOX),
    "in answer to a mail out of sight": replace(ASK, in_reply_to=MessageId("<long-ago@test>")),
    "of somebody else": replace(ASK, sender=OMAR, from_me=False, to=(GIJS,)),
}


@pytest.mark.parametrize("message", NO_QUESTION.values(), ids=NO_QUESTION)
def test_nobody_is_asked_anything_by_a_mail(message: Message) -> None:
    assert my_questions(_view(message)) == ()


def test_an_address_that_mail_of_a_list_goes_to_is_no_person() -> None:
    club = Address("Club", "allen@club.example")
    listed = mail("post", march(1), to=(club,), automatic=Automatic.LIST)
    assert my_questions(_view(listed, replace(ASK, to=(club,)))) == ()


def test_a_blind_copy_to_the_crm_hides_nobody() -> None:
    view = _view(replace(ASK, bcc=(Address("", "files@crm.example"),)))
    assert my_questions(view) == ()
    assert _one(replace(view, policy=replace(POLICY, crm_bcc="files@crm.example"))).state is State.OPEN


@pytest.mark.parametrize("act", [act for act in MeetingAct if act is not MeetingAct.NONE])
def test_a_mail_about_a_meeting_asks_nothing_here(act: MeetingAct) -> None:
    reading = replace(talking(act, when=march(24)), requests=SAID["ask"].requests)
    assert my_questions(_view(ASK, said={"ask": reading})) == ()


SAYINGS = {
    "a courtesy": asking("Ik hoor graag wat je ervan vindt.", to_me=False),
    "a promise that sounds like a request": asking("Ik bel je morgen even terug.", to_me=False),
    "a question that had its day": asking("Kun je de sleutel vandaag ophalen?", due=march(3, 17), to_me=False),
}


@pytest.mark.parametrize("reading", SAYINGS.values(), ids=SAYINGS)
def test_no_question_is(reading: Reading) -> None:
    assert my_questions(_view(ASK, said={"ask": reading})) == ()


def test_a_reminder_asks_nothing_new() -> None:
    text = "Heb je al naar mijn vorige mail gekeken?"
    assert my_questions(_view(replace(ASK, text=text), said={"ask": asking(text, to_me=False)})) == ()


def test_a_letter_that_crmlink_drafted_asks_nothing() -> None:
    assert my_questions(_view(ASK), besides={ASK.id}) == ()


def test_what_i_asked_of_many_in_the_same_words_is_a_circular() -> None:
    names = [f"n{number}" for number in range(4)]
    said = dict.fromkeys(names, SAID["ask"])
    letters = [mine(name, march(3), to=(to,), subject=name) for name, to in zip(names, CROWD, strict=True)]
    assert my_questions(_view(*letters, said=said)) == ()
    assert len(my_questions(_view(*letters[:3], said=said))) == 3


def _times(*mails: Message) -> list[tuple[str, State]]:
    said = dict.fromkeys(("ask", "again", "third"), SAID["ask"])
    return [(one.ref, one.state) for one in my_questions(_view(*mails, said=said))]


AGAIN = mine("again", march(9), subject="Re: Serre", answers="ask")
THIRD = mine("third", march(13), subject="Re: Serre", answers="again")


def test_asked_again_is_no_new_question_however_often() -> None:
    assert _times(ASK, AGAIN, THIRD) == [("<ask@test>", State.WITHDRAWN)]
    loose = replace(THIRD, in_reply_to=None, references=(), subject="Serre")
    assert _times(ASK, AGAIN, loose) == [("<ask@test>", State.WITHDRAWN)]


def test_after_an_answer_there_may_be_a_new_question() -> None:
    answer = mail("a", march(5), subject="Re: Serre", answers="ask")
    assert _times(ASK, answer, AGAIN) == [("<ask@test>", State.KEPT), ("<again@test>", State.OPEN)]
    late = mail("a", march(11), subject="Re: Serre", answers="again")
    assert _times(ASK, AGAIN, late, THIRD) == [("<ask@test>", State.WITHDRAWN), ("<third@test>", State.OPEN)]


def test_a_reminder_alone_in_sight_is_no_question() -> None:
    assert _times(AGAIN) == []
