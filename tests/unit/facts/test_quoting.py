"""What a mail's writer newly wrote, whatever client they use."""

from __future__ import annotations

import pytest

from crmlink.facts.quoting import visible_reply
from crmlink.model.contact import Address

EMPTY_QUOTE = "> Kun je donderdag?\n> Groet, Els"

INTRODUCTIONS = {
    "Gmail in Dutch": "Op di 11 mrt 2025 om 16:08 schreef Els de Boer <els@kantoor.example>:",
    "Gmail in Dutch over two lines": "Op di 11 mrt 2025 om 16:08 schreef Els de Boer <\nels@kantoor.example>:",
    "Apple Mail in Dutch": "Op 11 mrt 2025, om 16:08 heeft Els de Boer <els@kantoor.example> het volgende geschreven:",
    "Thunderbird in Dutch": "Op 14-01-2025 om 09:12 schreef Els de Boer:",
    "Thunderbird the other way round": "Els de Boer schreef op 14-01-2025 om 09:12:",
    "webmail in Dutch": "Els de Boer <els@kantoor.example> schreef op 14 januari 2025 om 09:12:",
    "Roundcube in Dutch": "Els de Boer schreef op 2025-01-14 09:12:",
    "Horde in Dutch": "Citeren Els de Boer <els@kantoor.example>:",
    "Gmail in English": "On Tue, 14 Jan 2025 at 09:12, Els de Boer <els@kantoor.example> wrote:",
    "Outlook for Mac": 'On 14/01/2025, 09:12, "Els de Boer" <els@kantoor.example> wrote:',
    "Evolution": "On Tue, 2025-01-14 at 09:12 +0100, Els de Boer wrote:",
    "Gmail in German": "Am Di., 14. Jan. 2025 um 09:12 Uhr schrieb Els de Boer <els@kantoor.example>:",
    "Apple Mail in German": "Am 14.01.2025 um 09:12 schrieb Els de Boer <els@kantoor.example>:",
    "web.de": "Els de Boer <els@kantoor.example> schrieb am 14.01.2025 09:12:",
    "German perfect tense": "Am 14.01.2025 hat Els de Boer <els@kantoor.example> geschrieben:",
    "Gmail in French": "Le mar. 14 janv. 2025 à 09:12, Els de Boer <els@kantoor.example> a écrit :",
    "Thunderbird in French": "Le 14/01/2025 à 09:12, Els de Boer a écrit :",
    "Gmail in Spanish": "El mar, 14 ene 2025 a las 9:12, Els de Boer (<els@kantoor.example>) escribió:",
    "Gmail in Italian": "Il giorno mar 14 gen 2025 alle ore 09:12 Els de Boer <els@kantoor.example> ha scritto:",
    "old Gmail": "2025-01-14 9:12 GMT+01:00 Els de Boer <els@kantoor.example>:",
}

BLOCKS = {
    "Outlook in Dutch": "Van: Els de Boer <els@kantoor.example>\nVerzonden: dinsdag 14 januari 2025 09:12\nAan: Jan Smit\nOnderwerp: RE: offerte\n\nKun je donderdag?",
    "Outlook in Dutch with bold names": "*Van:* Els de Boer\n*Verzonden:* dinsdag 14 januari 2025 09:12\n*Aan:* Jan\n*Onderwerp:* offerte\n\nKun je donderdag?",
    "Outlook on the web": "________________________________\nVan: Els de Boer <els@kantoor.example>\nVerzonden: dinsdag 14 januari 2025 09:12\nAan: Jan Smit\nOnderwerp: RE: offerte\n\nKun je donderdag?",
    "old Outlook": "-----Oorspronkelijk bericht-----\nVan: Els de Boer\nVerzonden: dinsdag 14 januari 2025 09:12\nAan: Jan\nOnderwerp: offerte\n\nKun je donderdag?",
    "Samsung": "-------- Oorspronkelijk bericht --------\nVan: Els <els@kantoor.example>\nDatum: 14-01-2025 09:12 (GMT+01:00)\nAan: Jan\nOnderwerp: Re: offerte\n\nKun je donderdag?",
    "Outlook in English": "From: Els de Boer <els@kantoor.example>\nSent: Tuesday, January 14, 2025 9:12 AM\nTo: Jan Smit\nSubject: RE: quote\n\nCan you do Thursday?",
    "Outlook in German": "Von: Els de Boer <els@kantoor.example>\nGesendet: Dienstag, 14. Januar 2025 09:12\nAn: Jan Smit\nBetreff: AW: Angebot\n\nGeht Donnerstag?",
    "Outlook in French": "De : Els de Boer <els@kantoor.example>\nEnvoyé : mardi 14 janvier 2025 09:12\nÀ : Jan Smit\nObjet : RE: devis\n\nJeudi ?",
    "Gmail forward": "---------- Forwarded message ---------\nVan: Els de Boer <els@kantoor.example>\nDate: di 11 mrt 2025 om 16:08\nSubject: offerte\nTo: <jan@bedrijf.example>\n\nKun je donderdag?",
    "Apple forward in Dutch": "Begin doorgestuurd bericht:\n\nVan: Els de Boer <els@kantoor.example>\nOnderwerp: offerte\nDatum: 14 januari 2025 om 09:12:00 CET\nAan: jan@bedrijf.example\n\nKun je donderdag?",
    "Zoho": "---- Op di, 14 jan. 2025 09:12:00 +0100 Els de Boer <els@kantoor.example> schreef ----\n\nKun je donderdag?",
    "reversed fields": "Van: Els de Boer\nAan: Jan Smit\nDatum: 14 januari 2025 09:12\n\nKun je donderdag?",
}


@pytest.mark.parametrize("introduction", INTRODUCTIONS.values(), ids=INTRODUCTIONS.keys())
def test_what_an_introduction_announces_is_cut(introduction: str) -> None:
    read = visible_reply(f"Dat is goed.\n\n{introduction}\n\n{EMPTY_QUOTE}")
    assert read.reply == "Dat is goed."
    assert "donderdag" in read.quoted


@pytest.mark.parametrize("introduction", INTRODUCTIONS.values(), ids=INTRODUCTIONS.keys())
def test_an_unmarked_quote_after_an_introduction_is_cut(introduction: str) -> None:
    read = visible_reply(f"Dat is goed.\n\n{introduction}\n\nKun je donderdag?\nGroet, Els")
    assert read.reply == "Dat is goed."


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS.keys())
def test_what_stands_under_a_block_of_fields_is_cut(block: str) -> None:
    read = visible_reply(f"Ja hoor, donderdag past mij.\n\n{block}")
    assert read.reply == "Ja hoor, donderdag past mij."
    assert read.quoted


def test_answers_between_quoted_lines_are_kept_without_the_lines() -> None:
    text = f"{INTRODUCTIONS['Gmail in Dutch']}\n> Kun je donderdag?\n\nJa, om tien uur.\n\n> En neem je de tekening mee?\n\nZeker."
    assert visible_reply(text).reply == "Ja, om tien uur.\n\nZeker."


def test_answers_below_a_first_part_with_a_closing_are_kept() -> None:
    text = "Zie mijn antwoorden hieronder.\n\nGroet,\nJan\n\n> Kun je donderdag?\n\nJa, om tien uur."
    assert visible_reply(text).reply == "Zie mijn antwoorden hieronder.\n\nGroet,\n\nJa, om tien uur."


@pytest.mark.parametrize(
    "sentence",
    [
        "Op 3 maart schreef ik je over de offerte: daar wacht ik nog op.",
        "Van: maandag tot en met vrijdag zijn we open.",
        "On Monday I wrote you about this: any news?",
        "Dit is het oorspronkelijk bericht dat ik bedoelde.",
        "Wat ik schreef: het kan donderdag.",
        "Op 3 maart 2026 om 10:00 schreef ik je:\n'ik kom'\nmaar dat lukt niet.",
        "Op 3 maart schreef Piet:\n'ik kom'\nWat nu?",
        "On 3 March 2026 at 10:00 we wrote:\n'no'",
        "Ik heb 3 opmerkingen:",
        "Datum: 3 mei\nTijd: 10:00\nPlaats: Utrecht",
        "Vertrek van station Utrecht\nVan: Utrecht\nDatum: 3 mei\nTijd: 9 uur",
    ],
)
def test_ordinary_sentences_that_look_like_introductions_stay(sentence: str) -> None:
    assert visible_reply(f"Hoi Els,\n\n{sentence}\n\nKun jij dat nakijken?").reply.endswith("Kun jij dat nakijken?")


def test_a_table_with_bars_is_no_quote() -> None:
    text = "Dit zijn de uren:\n\n| dag | uren |\n| ma | 8 |\n| di | 6 |\n\nKlopt dat?"
    assert visible_reply(text).reply == text


def test_only_a_quote_leaves_nothing() -> None:
    assert visible_reply("> Kun je donderdag?") == visible_reply("> Kun je donderdag?\n\n")
    assert visible_reply("> Kun je donderdag?").reply == ""


def test_a_forwarded_mail_without_a_word_leaves_nothing() -> None:
    assert visible_reply(BLOCKS["Gmail forward"]).reply == ""


def test_the_signature_of_a_known_writer_is_found_without_a_closing() -> None:
    writer = Address("Sanne Wijn", "s.wijn@zorghuis.example")
    read = visible_reply(
        "Dinsdag kan ik.\n\nSanne Wijn | HR\nZorghuis | ma, di\nHeb jij je verlof al opgenomen?", writer=writer
    )
    assert read.reply == "Dinsdag kan ik."
    assert "verlof" in read.signature


def test_the_slogan_of_the_writers_company_is_signature() -> None:
    writer = Address("Wim", "wim@degroenetuin.example")
    read = visible_reply(
        "Ik sta morgen om 8 uur voor de deur.\n\nDe Groene Tuin - al een afspraak gemaakt?", writer=writer
    )
    assert read.reply == "Ik sta morgen om 8 uur voor de deur."


def test_thousands_of_lines_take_no_time() -> None:
    assert len(visible_reply("On 1\n" * 100_000).reply) < 100_000
