"""Promises: what closes one, what replaces one, and what only looks like it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crmlink.agreements.picture import Picture
from crmlink.agreements.promises import promises
from crmlink.model.agreement import Agreement, State
from crmlink.model.contact import Address
from crmlink.model.mail import Attachment, Automatic, Message, Role
from crmlink.model.meeting import EventStatus
from crmlink.model.reading import MeetingAct, MeetingTalk, Promise, Reading
from tests.picture_of import GIJS, ME, OMAR, event, mail, march, mine, picture, promising

SEND = "Ik stuur je vrijdag de offerte."
CALL = "Ik bel je morgen."
MADE = mine("made", march(3), subject="Kast")
COLLEAGUE = Address("Els", "els@example.nl")
PDF = Attachment("offerte.pdf", "application/pdf", 900)
LOGO = Attachment("image001.png", "image/png", 900)


def _mine(text: str, *, subject: str = "Re: Kast", file: Attachment | None = None) -> Message:
    sent = mine("later", march(5), text=text, subject=subject, answers="made" if subject == "Re: Kast" else None)
    return replace(sent, attachments=(file,)) if file else sent


def _theirs(text: str, *, sender: Address = GIJS) -> Message:
    return mail("later", march(5), sender=sender, text=text, subject="Re: Kast", answers="made")


def _one(view: Picture) -> Agreement:
    (agreement,) = promises(view)
    return agreement


KEEPS_SENDING = {
    "a file in the conversation": _mine("Bekijk het eens.", file=PDF),
    "a file in a new mail that names the thing": _mine("Dag Gijs", subject="Offerte kast", file=PDF),
    "words that hand it over": _mine("Hierbij de offerte."),
    "a new mail as promised": _mine("Zoals beloofd.", subject="Iets anders"),
    "a link": _mine("Kijk op https://example.nl/offerte"),
    "the thing named with its number": _mine("De offerte komt uit op 1200 euro."),
    "their thanks for sending": _theirs("Dank voor het toesturen!"),
    "their thanks for the thing by name": _theirs("Bedankt voor de offerte."),
}
KEEPS_NO_SENDING = {
    "a logo": _mine("Tot later!", file=LOGO),
    "a file in a mail about something else": _mine("Ter info", subject="Parkeren", file=Attachment("kaart.pdf", "", 9)),
    "an excuse that names the thing": _mine("Sorry, de offerte ligt nog op mijn bureau en komt er echt aan."),
    "a thank-you of mine": _mine("Top, dank!"),
    "their thanks for the promise": _theirs("Fijn, dank je wel!"),
    "their thanks beforehand": _theirs("Alvast dank voor het toesturen."),
    "their receipt of the mail": _theirs("Ik heb je mail ontvangen."),
    "somebody else's thanks": _theirs("Dank voor het toesturen!", sender=OMAR),
    "an automatic reply of theirs": replace(_theirs("Ontvangen."), automatic=Automatic.AUTO_REPLY),
    "a draft of mine": replace(_mine("Hierbij de offerte."), role=Role.DRAFTS),
}
KEEPS_CALLING = {
    "words about the talk, in a new mail": _mine("Zoals net besproken.", subject="Vervolg"),
    "their thanks for the call": _theirs("Dank voor het telefoontje."),
    "a voicemail": _mine("Ik heb op je voicemail gesproken."),
    "the answer by mail": _mine("Het mag, mits voor negen uur."),
}


@pytest.mark.parametrize("later", KEEPS_SENDING.values(), ids=KEEPS_SENDING)
def test_a_promise_to_send_is_kept_by(later: Message) -> None:
    agreement = _one(picture([MADE, later], now=march(10), readings={"made": promising(SEND, due=march(6, 17))}))
    assert agreement.state is State.KEPT
    assert agreement.evidence[-1].ref == later.id


@pytest.mark.parametrize("later", KEEPS_NO_SENDING.values(), ids=KEEPS_NO_SENDING)
def test_a_promise_to_send_is_not_kept_by(later: Message) -> None:
    view = picture([MADE, later], now=march(10), readings={"made": promising(SEND, due=march(6, 17))})
    assert _one(view).state is State.OPEN


@pytest.mark.parametrize("later", KEEPS_CALLING.values(), ids=KEEPS_CALLING)
def test_a_promise_to_call_is_kept_by(later: Message) -> None:
    view = picture([MADE, later], now=march(10), readings={"made": promising(CALL, due=march(4, 17))})
    assert _one(view).state is State.KEPT


def test_a_call_in_the_calendar_keeps_it_unless_cancelled() -> None:
    readings = {"made": promising(CALL, due=march(4, 17))}
    held = event(start=march(4), created=march(1))
    assert _one(picture([MADE], now=march(10), readings=readings, events=[held])).state is State.KEPT
    off = replace(held, status=EventStatus.CANCELLED)
    assert _one(picture([MADE], now=march(10), readings=readings, events=[off])).state is State.OPEN
    with_omar = event(start=march(4), others=(OMAR,))
    assert _one(picture([MADE], now=march(10), readings=readings, events=[with_omar])).state is State.OPEN


def test_a_colleague_may_deliver() -> None:
    sent = mail("later", march(5), sender=COLLEAGUE, to=(GIJS,), subject="Re: Kast", answers="made", text="Hierbij.")
    view = picture([MADE, sent], now=march(10), readings={"made": promising(SEND)})
    assert _one(view).evidence[-1].rule == "promise.delivered-by-colleague"


def test_they_may_let_go_and_i_may_take_back() -> None:
    readings = {"made": promising(SEND, due=march(6, 17))}
    released = _one(picture([MADE, _theirs("Hoeft niet meer.")], now=march(10), readings=readings))
    taken_back = _one(picture([MADE, _mine("We maken toch geen offerte.")], now=march(10), readings=readings))
    assert (released.state, taken_back.state) == (State.WITHDRAWN, State.WITHDRAWN)


def test_a_new_promise_about_the_same_takes_its_place() -> None:
    again = mine("again", march(6), subject="Re: Kast", answers="made")
    readings = {
        "made": promising(SEND, due=march(6, 17)),
        "again": promising("Je hebt hem dinsdag.", due=march(10, 17)),
    }
    old, new = promises(picture([MADE, again], now=march(11), readings=readings))
    assert (old.state, old.evidence[-1].quote) == (State.MOVED, "Je hebt hem dinsdag.")
    assert (new.state, new.due) == (State.OPEN, march(10, 17))


def test_a_promise_about_another_thing_does_not() -> None:
    again = mine("again", march(6), subject="Re: Kast", answers="made")
    readings = {"made": promising(SEND), "again": promising("Maandag krijg je de planning.")}
    assert [one.state for one in promises(picture([MADE, again], now=march(11), readings=readings))] == [
        State.OPEN,
        State.OPEN,
    ]


def test_what_one_mail_promises_for_one_day_is_one_agreement() -> None:
    both = Reading(
        "nl", promises=(Promise("Ik zoek het uit.", "r", 0), Promise("Je hoort vrijdag.", "r", 20, march(6, 17)))
    )
    agreement = _one(picture([MADE], now=march(5), readings={"made": both}))
    assert (agreement.quote, agreement.due) == ("Je hoort vrijdag.", march(6, 17))
    assert [one.quote for one in agreement.evidence] == ["Je hoort vrijdag.", "Ik zoek het uit."]


def test_a_copy_of_a_promise_is_no_second_one() -> None:
    copy = mine("copy", march(3, 11), subject="Kast")
    said = promising(SEND, due=march(6, 17))
    assert _one(picture([MADE, copy], now=march(5), readings={"made": said, "copy": said})).ref == MADE.id


def test_words_that_agree_to_a_meeting_are_left_to_meetings() -> None:
    words = "Prima, ik kom dinsdag om tien uur."
    said = Reading(
        "nl", promises=(Promise(words, "r", 0, march(10)),), meeting=MeetingTalk(MeetingAct.ACCEPT, quote=words)
    )
    assert promises(picture([MADE], now=march(5), readings={"made": said})) == ()


NOBODY = {
    "myself": replace(MADE, to=(ME.mailbox,)),
    "an address nobody reads": replace(MADE, to=(Address("", "no-reply@shop.example"),)),
    "people in Cc only": replace(MADE, to=(), cc=(GIJS,)),
    "anybody by a mail under my name in the inbox": replace(MADE, role=Role.INBOX),
    "more than ten people": replace(MADE, to=tuple(Address("", f"x{n}@many.example") for n in range(11))),
}


@pytest.mark.parametrize("message", NOBODY.values(), ids=NOBODY)
def test_nothing_is_promised_to(message: Message) -> None:
    assert promises(picture([message], now=march(5), readings={"made": promising(SEND)})) == ()


def test_to_several_the_first_is_the_contact_and_all_are_written_to() -> None:
    agreement = _one(picture([replace(MADE, to=(OMAR, GIJS))], now=march(5), readings={"made": promising(SEND)}))
    assert agreement.contact.address == OMAR.address
    assert agreement.others == (OMAR, GIJS)


def test_the_draft_would_answer_their_newest_mail_or_my_own_promise() -> None:
    readings = {"made": promising(SEND)}
    assert _one(picture([MADE], now=march(5), readings=readings)).anchor == MADE
    reply = _theirs("Fijn, dank je wel!")
    assert _one(picture([MADE, reply], now=march(6), readings=readings)).anchor == reply


def test_what_cannot_be_seen_to_be_done_is_unsure() -> None:
    sure, vague = (
        _one(picture([MADE], now=march(5), readings={"made": promising(words)})).confidence
        for words in ("Ik stuur het je.", "Komt goed.")
    )
    assert sure > 0.6 > vague
