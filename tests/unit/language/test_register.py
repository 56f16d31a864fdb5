"""How a mail addresses its reader."""

from __future__ import annotations

import time

import pytest

from crmlink.language.body import find_body
from crmlink.language.register import read_register
from crmlink.model.reading import Register

FORMAL, INFORMAL, NEUTRAL = Register.FORMAL, Register.INFORMAL, Register.NEUTRAL

LETTERS = [
    (FORMAL, "nl", "Geachte mevrouw Bos,\n\nKunt u mij de stukken sturen?\n\nHoogachtend,\nP. de Graaf"),
    (FORMAL, "nl", "Beste Jan, dank voor uw bericht."),
    (FORMAL, "nl", "Geachte heer Van der Berg,\n\nDe stukken volgen morgen.\n\nMet vriendelijke groet,\nAnna"),
    (FORMAL, "nl", "Beste mevrouw Smit,\n\nHierbij de factuur.\n\nMet vriendelijke groet,\nHenk"),
    (FORMAL, "nl", "Wilt u dit nakijken? Je weet maar nooit wat er misgaat, en uw naam staat eronder."),
    (FORMAL, "nl", "Dag mevrouw Pieters, hebt u mijn bericht gelezen?"),
    (FORMAL, "nl", "De bijlage stuur ik u morgen toe.\n\nHoogachtend"),
    (INFORMAL, "nl", "Hoi Jan,\n\nHeb je de stukken al?\n\nGroetjes, Anna"),
    (INFORMAL, "nl", "Beste Jan, dank voor je bericht. Ik kom er morgen op terug."),
    (INFORMAL, "nl", "Hebben jullie de sleutel?"),
    (INFORMAL, "nl", "Ha Piet, vrijdag is prima. Gr. Karel"),
    (INFORMAL, "nl", "Als ge mij de cijfers bezorgt, kijk ik ze na. Ik stuur u dan mijn opmerkingen."),
    (INFORMAL, "nl", "Dag Dries, ik mail u morgen de simulatie."),
    (INFORMAL, "nl", "top, ik stuur u de lijst den 3de door"),
    (INFORMAL, "nl", "morgen om 10 u of 11 uur, ff kijken nog"),
    (INFORMAL, "nl", "Sleutel ligt onder de mat."),
    (INFORMAL, "nl", "Beste Els, wat lief van jou! Dank je wel."),
    (
        INFORMAL,
        "nl",
        "Goed geregeld, hoor je nog van. Heeft uw collega het ook gezien? Laat het je niet gek maken, jij.",
    ),
    (NEUTRAL, "nl", "De offerte is akkoord.\n\nMet vriendelijke groet,\nAnna de Wit"),
    (
        INFORMAL,
        "nl",
        "Hoi Petra,\n\nDe proef ligt klaar.\n\ngr. Kim\n\nHeeft u onze nieuwe folder al gezien? Vraag uw offerte aan!",
    ),
    (
        FORMAL,
        "nl",
        "Geachte redactie,\n\nDe tekst volgt.\n\nMet vriendelijke groet,\nTim\n\nHeb jij je al ingeschreven voor onze nieuwsbrief?",
    ),
    (FORMAL, "en", "Dear Ms Brown,\n\nPlease find the offer attached.\n\nYours sincerely,\nJ. Visser"),
    (FORMAL, "en", "Dear Sir or Madam,\n\nI am writing about your advertisement.\n\nYours faithfully,\nK. Mulder"),
    (INFORMAL, "en", "Hi Anna,\n\nWill do!\n\nCheers,\nBen"),
    (INFORMAL, "en", "Hey, got it, thanks!!"),
    (
        NEUTRAL,
        "en",
        "Dear Anna,\n\nThe chapters will be with you on Monday as agreed, and the index will follow.\n\nKind regards,\nBen",
    ),
    (FORMAL, "de", "Sehr geehrte Frau Klein,\n\nvielen Dank für Ihre Anfrage.\n\nMit freundlichen Grüßen\nM. Vogel"),
    (FORMAL, "de", "Hallo Herr Meier, können Sie mir die Liste schicken?"),
    (INFORMAL, "de", "Hallo Jonas, kannst du mir deine Liste schicken? LG Kim"),
    (INFORMAL, "de", "Liebe Eva, habt ihr Zeit? Ich freue mich auf euch."),
    (INFORMAL, "de", "Moin, sie kommt morgen. Bringst du Kuchen mit?"),
    (NEUTRAL, "fr", "Bonjour, pouvez-vous m'aider?"),
]


@pytest.mark.parametrize(("register", "language", "text"), LETTERS, ids=lambda one: str(one)[:70])
def test_reads_the_register(register: Register, language: str, text: str) -> None:
    assert read_register(text, language=language) is register


def test_nothing_written_is_neutral() -> None:
    assert read_register("", language="nl") is NEUTRAL


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("Tot morgen.\n\nMet vriendelijke groet,\nAnna", "Tot morgen."),
        ("Tot morgen.\n\nAnna de Wit\nAdviseur", "Tot morgen."),
        ("Tot morgen.\n\nAnna | advies en tekst", "Tot morgen."),
        ("Groeten uit Spanje! Tot morgen.", "Groeten uit Spanje! Tot morgen."),
        ("This was cancelled:\n\nKick-off Hannover", "This was cancelled:\n\nKick-off Hannover"),
        ("Jan\nben je er al?", "Jan\nben je er al?"),
    ],
    ids=["closing", "name", "name with trade", "first line", "announced title", "called by name"],
)
def test_the_body_ends_at_closing_or_name(text: str, body: str) -> None:
    assert text[: find_body(text).end].strip() == body


@pytest.mark.parametrize("piece", ["u ", "je", "Van ", "\n", ":", "9 u", "A.\n"])
def test_large_text_is_read_in_no_time(piece: str) -> None:
    read_register("warm", language="nl")
    start = time.perf_counter()
    read_register(piece * (2_000_000 // len(piece)), language="nl")
    assert time.perf_counter() - start < 10
