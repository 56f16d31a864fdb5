"""The language of a mail, also of very short and mixed ones."""

from __future__ import annotations

import time

import pytest

from crmlink.language.identify import identify

MAILS = [
    ("nl", "Prima, tot morgen!"),
    ("nl", "Kun je de deadline voor de planning nog checken voor de meeting met het sales team?"),
    ("nl", "Hoi Kevin, heb je een update over de feedback?"),
    ("nl", "ff bellen vanmiddag?"),
    ("nl", "Bedankt voor je mail. Zie https://www.example.com/the-best-of-what-you-should-know"),
    ("nl", "Dag Peter, merci voor de cijfers. Ik bezorg u het dossier tegen donderdag."),
    ("nl", "Wij hebben de offerte ontvangen en gaan akkoord."),
    (
        "nl",
        "Goedemiddag,\n\nDe levering komt woensdag.\n\nMet vriendelijke groet,\nJohn Smith\nHead of Marketing and Sales\nYour partner in the cloud",
    ),
    ("nl", "Is de sleutel al gevonden?"),
    ("nl", "klopt helemaal"),
    ("en", "Thanks, see you tomorrow."),
    ("en", "Please find the invoice attached."),
    ("en", "Dear Mr Van den Berg, could you confirm the delivery in Rotterdam?"),
    ("en", "ok for me, we come tuesday with two guys"),
    (
        "en",
        "Hi Jeroen,\n\nWill do.\n\nBest,\nSarah\n\nVan der Meer Advocaten\nWij staan voor u klaar in heel Nederland",
    ),
    ("en", "Quick question: is the workshop still on?"),
    ("en", "I forwarded it to Klaas Jansen and Wouter de Vries in Apeldoorn."),
    ("en", "No worries at all."),
    ("de", "Vielen Dank für Ihre Nachricht."),
    ("de", "Koennen wir das Meeting auf Donnerstag verschieben?"),
    ("de", "Anbei die Unterlagen zum Projekt. Viele Gruesse"),
    ("de", "Hallo Jan, passt dir Montag?"),
    ("de", "Das Angebot ist in Ordnung, bitte schicken Sie die Rechnung."),
    ("fr", "Bonjour, pourriez-vous m'envoyer la facture?"),
    ("fr", "Merci beaucoup pour votre réponse."),
    ("fr", "Je vous confirme notre rendez-vous de lundi prochain."),
    (
        "nl",
        "Hallo allemaal,\n\nDe notulen staan klaar en maandag gaan we verder.\n\nIn short: we go on on Monday.\n\nGroeten",
    ),
    (
        "en",
        "Hello all,\n\nThe minutes are ready and we will go on with this on Monday.\n\nKortom: maandag verder.\n\nRegards",
    ),
]


@pytest.mark.parametrize(("language", "text"), MAILS, ids=lambda one: str(one)[:60])
@pytest.mark.parametrize("fallback", ["nl", "en", "de"])
def test_tells_the_language_whatever_the_fallback(language: str, text: str, fallback: str) -> None:
    assert identify(text, fallback=fallback) == language


@pytest.mark.parametrize(
    "text", ["", "👍", "Jan de Wit", "12-03-2025 14:30", "https://example.org/hello-there", "Excel", "OK!", "?!"]
)
def test_text_without_a_sign_gets_the_fallback(text: str) -> None:
    assert [identify(text, fallback=one) for one in ("nl", "en", "de", "fr")] == ["nl", "en", "de", "fr"]


def test_an_unknown_fallback_is_kept_when_nothing_tells() -> None:
    assert identify("42", fallback="es") == "es"


@pytest.mark.parametrize("piece", ["a", "woord ", "@", "www.", "A B ", "\n", "x | y\n"])
def test_large_text_is_read_in_no_time(piece: str) -> None:
    identify("warm", fallback="nl")
    start = time.perf_counter()
    identify(piece * (2_000_000 // len(piece)), fallback="nl")
    assert time.perf_counter() - start < 10
