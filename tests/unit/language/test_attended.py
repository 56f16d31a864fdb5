"""Words that show that a meeting took place, and words that only look so."""

from __future__ import annotations

import pytest

from crmlink.language.attended import attended_words

HELD = {
    "nl": [
        "Fijn dat je er was vanmiddag!",
        "Leuk je gesproken te hebben.",
        "Dank voor het prettige gesprek van gisteren.",
        "Bedankt voor de rondleiding.",
        "Bijgaand de notulen.",
        "Naar aanleiding van ons overleg stuur ik je de cijfers.",
        "Het was een leuk gesprek.",
    ],
    "en": [
        "Thanks for meeting yesterday.",
        "It was great to see you!",
        "Good talking to you.",
        "Thank you for your time this morning.",
        "Following our meeting, here are the figures.",
        "Attached are the minutes of our meeting.",
    ],
    "de": ["Vielen Dank für das nette Gespräch.", "Schön, dass Sie da waren.", "Anbei das Protokoll."],
}
NOT_HELD = {
    "nl": [
        "Ik stond voor een dichte deur.",
        "Het lijkt me leuk je te ontmoeten.",
        "Leuk om kennis te maken, ik kijk ernaar uit!",
        "Helaas gaat ons gesprek niet door.",
        "Dank voor de uitnodiging.",
        "Jammer dat je er niet was.",
    ],
    "en": [
        "I stood at a closed door.",
        "It would be great to see you.",
        "Looking forward to meeting you.",
        "Sorry I missed our meeting.",
        "Thanks for the invitation.",
    ],
    "de": ["Ich freue mich auf unser Gespräch.", "Danke für die Einladung.", "Leider waren Sie nicht da."],
}


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, texts in HELD.items() for text in texts])
def test_it_took_place(language: str, text: str) -> None:
    found = attended_words(text, language=language)
    assert found
    assert found in text


@pytest.mark.parametrize(
    ("language", "text"), [(language, text) for language, texts in NOT_HELD.items() for text in texts]
)
def test_it_did_not_or_not_yet(language: str, text: str) -> None:
    assert attended_words(text, language=language) == ""


def test_an_unknown_language_is_read_as_english() -> None:
    assert attended_words("Good talking to you.", language="fr")
