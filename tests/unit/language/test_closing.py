"""Words that close something, and the words beside them that take it back."""

from __future__ import annotations

import pytest

from crmlink.language.closing import Closing, closing_words, is_assent, is_courtesy, is_mere_thanks

SAID = {
    "nl it is solved": ("nl", Closing.WITHDRAWN, "Inmiddels opgelost.", True),
    "nl it is still not solved": ("nl", Closing.WITHDRAWN, "Het is nog steeds niet opgelost.", False),
    "nl whether it is solved is asked": ("nl", Closing.WITHDRAWN, "Is het al opgelost?", False),
    "nl when it is solved": ("nl", Closing.WITHDRAWN, "Als het opgelost is, hoor ik het wel.", False),
    "nl you need not do anything": ("nl", Closing.WITHDRAWN, "Je hoeft niets meer te doen.", True),
    "nl another supplier was chosen": ("nl", Closing.WITHDRAWN, "We hebben een andere leverancier gekozen.", True),
    "nl it was sent by a colleague": ("nl", Closing.WITHDRAWN, "Piet heeft het al gestuurd.", True),
    "nl thanks for the help": ("nl", Closing.THANKED, "Bedankt voor je hulp!", True),
    "nl thanks beforehand for the help": ("nl", Closing.THANKED, "Alvast bedankt voor je hulp!", False),
    "nl received": ("nl", Closing.RECEIVED, "In goede orde ontvangen.", True),
    "nl nothing received": ("nl", Closing.RECEIVED, "Ik heb nog niets ontvangen.", False),
    "nl only the mail was received": ("nl", Closing.RECEIVED, "Ik heb je mail ontvangen.", False),
    "nl would like to receive": ("nl", Closing.RECEIVED, "Wanneer mogen wij het ontvangen", False),
    "nl spoken on the phone": ("nl", Closing.SPOKEN, "Zoals zojuist telefonisch besproken.", True),
    "nl something is to be discussed": ("nl", Closing.SPOKEN, "Fijn om dat nog te bespreken.", False),
    "nl handed over": ("nl", Closing.DELIVERED, "Hierbij de offerte.", True),
    "nl will follow": ("nl", Closing.DELIVERED, "De offerte zit volgende week in de bijlage.", False),
    "nl taken back": ("nl", Closing.REFUSED, "We brengen toch geen offerte uit.", True),
    "nl not today is not taken back": ("nl", Closing.REFUSED, "Vandaag kan ik helaas niet sturen.", False),
    "en never mind": ("en", Closing.WITHDRAWN, "Never mind, found it.", True),
    "en still not sorted": ("en", Closing.WITHDRAWN, "It is still not sorted.", False),
    "en thanks for sending": ("en", Closing.RECEIVED, "Thank you for sending the slides.", True),
    "en haven't received": ("en", Closing.RECEIVED, "We haven't received anything.", False),
    "en good talking to you": ("en", Closing.SPOKEN, "It was good talking to you this morning.", True),
    "en looking forward to talking": ("en", Closing.SPOKEN, "Looking forward to talking to you.", False),
    "de it is settled": ("de", Closing.WITHDRAWN, "Das hat sich erledigt.", True),
    "de not settled yet": ("de", Closing.WITHDRAWN, "Das ist noch nicht erledigt.", False),
    "de received": ("de", Closing.RECEIVED, "Gut angekommen, danke.", True),
    "de handed over": ("de", Closing.DELIVERED, "Anbei das Angebot.", True),
}
POLITE = {
    "thanks for a mail": ("Hoi Gijs,\n\nDank voor je mail!\n\nGroet,\nMarleen", "nl", (True, True, False)),
    "a yes": ("Prima, doen we!", "nl", (True, False, True)),
    "no problem is a yes": ("Sure, no problem.", "en", (True, False, True)),
    "a no answers but agrees to nothing": ("Nee.", "nl", (True, False, False)),
    "a fact is no courtesy": ("Zes weken, inclusief montage.", "nl", (False, False, False)),
    "a greeting alone is none either": ("Dag Gijs", "nl", (False, False, False)),
    "thanks with a question is none": ("Dank! En de kleur?", "nl", (False, False, False)),
    "alles klar": ("Alles klar, vielen Dank!", "de", (True, True, False)),
}


@pytest.mark.parametrize(("language", "kind", "text", "closes"), SAID.values(), ids=SAID)
def test_words_close_unless_something_takes_them_back(language: str, kind: Closing, text: str, closes: bool) -> None:  # noqa: FBT001 -- a table
    found = closing_words(text, kind, language=language)
    assert bool(found) is closes
    assert found in text


@pytest.mark.parametrize(("text", "language", "expected"), POLITE.values(), ids=POLITE)
def test_politeness_is_told_from_answers(text: str, language: str, expected: tuple[bool, bool, bool]) -> None:
    found = (
        is_courtesy(text, language=language),
        is_mere_thanks(text, language=language),
        is_assent(text, language=language),
    )
    assert found == expected


def test_wrapped_lines_and_curly_marks_read_the_same() -> None:
    text = "Hallo,\n\nheel hartelijk dank voor deze mooie middag, en ook bedankt voor\nhet toesturen van de stukken."
    assert closing_words(text, Closing.RECEIVED, language="nl").startswith("bedankt voor\nhet toesturen")
    assert closing_words("It’s sorted.", Closing.WITHDRAWN, language="en") == "It’s sorted"


def test_an_unknown_language_is_read_as_english() -> None:
    assert closing_words("Never mind.", Closing.WITHDRAWN, language="fr")


def test_a_long_mail_is_read_in_no_time() -> None:
    assert closing_words("dank voor de " * 8000, Closing.NAMED_THANKS, language="nl")
    assert not closing_words("is heb zijn " * 8000, Closing.REFUSED, language="nl")
