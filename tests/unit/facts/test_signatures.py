"""Where a mail ends and its signature begins."""

from __future__ import annotations

import pytest

from crmlink.facts.quoting import visible_reply
from crmlink.facts.signatures import split_signature
from crmlink.model.contact import Address

BELOW = ["Jan de Vries", "Vries Advies | 06 - 12 34 56 78", "Al gedacht aan een APK voor uw pensioen?"]

CLOSINGS = [
    "Met vriendelijke groet,", "Met vriendelijke groeten", "Vriendelijke groet,", "Vriendelijke groeten,", "Hartelijke groet,", "Met hartelijke groeten,", "Groet,", "Groetjes", "Groeten,", "Veel groetjes,",
    "Mvg,", "mvg", "M.v.g.", "Mvrgr,", "Gr.", "gr", "Grt,", "Vr. gr.", "Hgr,", "Hoogachtend,", "Met de meeste hoogachting,", "Met zonnige groet,", "Warme groet,", "Beste groeten,", "Liefs,", "Met sportieve groet,", "Met vriendelijke groet, with kind regards,", "Hartelijke groet en tot gauw,",
    "Kind regards,", "Best regards,", "Regards,", "Best,", "Many greetings,", "Yours sincerely,", "Sincerely,", "Warm regards,", "All the best,", "Cheers,", "With best wishes,", "BR,", "Warmly,",
    "Mit freundlichen Grüßen", "Viele Grüße", "Liebe Grüße,", "Beste Grüße", "MfG", "LG", "Herzliche Grüße aus Berlin", "Hochachtungsvoll", "Freundliche Grüsse", "Schöne Grüße,",
    "Cordialement,", "Bien à vous,", "Bien cordialement", "Meilleures salutations,",
]  # fmt: skip


@pytest.mark.parametrize("closing", CLOSINGS)
def test_what_stands_under_a_closing_is_signature(closing: str) -> None:
    text, signature = split_signature(["Hoi Els,", "", "Dinsdag komt goed uit.", "", closing, *BELOW])
    assert text == ["Hoi Els,", "", "Dinsdag komt goed uit.", "", closing]
    assert signature == BELOW


@pytest.mark.parametrize(
    "line",
    [
        "Groet, Jan",
        "Mvg Jan de Vries",
        "gr. Jan",
        "Groetjes van Jan",
        "Best, Jan",
        "Liefs Jan",
        "LG Jan",
        "Thanks, Jan",
        "Tot dan! Jan",
        "Fijn weekend, Jan",
    ],
)
def test_a_name_may_stand_behind_the_closing(line: str) -> None:
    text, signature = split_signature(["Dinsdag is goed.", "", line, "", "Vries Advies", "Nu gratis scan?"])
    assert text[-1] == line
    assert signature[-1] == "Nu gratis scan?"


@pytest.mark.parametrize(
    "line",
    [
        "Bedankt,",
        "Alvast bedankt!",
        "Dank je wel,",
        "Thanks,",
        "Thank you!",
        "Tot dan,",
        "Fijn weekend!",
        "Danke,",
        "Vielen Dank",
        "Merci,",
        "Thanks a lot,",
        "Many thanks,",
        "Hartelijk dank,",
    ],
)
def test_thanks_end_a_mail_when_a_name_follows(line: str) -> None:
    text, signature = split_signature(
        ["Dinsdag is goed.", "", line, "Jan", "Vries Advies, sinds 1980. Kent u onze APK al?"]
    )
    assert text[-1] == line
    assert signature[0] == "Jan"


@pytest.mark.parametrize("line", ["Bedankt!", "Thanks", "Dank je wel.", "Tot dan!", "Thank you,", "Danke!"])
def test_thanks_before_a_paragraph_do_not_end_a_mail(line: str) -> None:
    lines = ["Dat is mooi.", line, "", "Kun je ook nog even naar de tweede bijlage kijken voor vrijdag?"]
    assert split_signature(lines) == (lines, [])


@pytest.mark.parametrize(
    "lines",
    [
        ["Thanks,", "", "I will call you tomorrow about the two open points."],
        ["Groeten aan Piet, en zeg hem dat ik dinsdag kom!", "", "Wil jij de sleutel meenemen?"],
        ["De groeten van mijn moeder trouwens.", "Kom je zondag ook?"],
        ["Beste Jan,", "", "Kun je dinsdag?"],
        ["Best Jan, can you come on Tuesday?", "I will bring the keys."],
        ["Lieve Els,", "Kom je?"],
        ["Hoi", "", "Wil je de vriendelijke groeten van ons allemaal overbrengen aan het hele team?", "Dat is aardig."],
        ["Succes met de presentatie, en laat me weten hoe het ging."],
        ["Met Jan gesproken.", "Hij komt dinsdag."],
        ["- punt een", "- punt twee", "", "---", "", "Kunnen we die dinsdag bespreken?"],
    ],
)  # fmt: skip
def test_ordinary_lines_stay(lines: list[str]) -> None:
    assert split_signature(lines) == (lines, [])


@pytest.mark.parametrize(
    "line",
    [
        "Verstuurd vanaf mijn iPhone", "Verzonden vanaf mijn iPad", "Verzonden met Outlook voor Android", "Verstuurd via mijn Samsung Galaxy-smartphone", "Verzonden vanuit Mail voor Windows", "Dit bericht is verzonden vanaf mijn telefoon, excuus voor typefouten", "Download Outlook voor iOS<https://aka.ms/x>",
        "Sent from my iPhone", "Sent from Outlook for Android", "Sent from Mail for Windows", "Sent via BlackBerry", "Get Outlook for iOS", "Get [Outlook for Android](https://aka.ms/x)", "Sent from my phone, please excuse typos.",
        "Von meinem iPhone gesendet", "Gesendet mit der WEB.DE Mail App", "Envoyé de mon iPhone", "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
    ],
)  # fmt: skip
def test_what_devices_add_is_signature(line: str) -> None:
    assert split_signature(["Dinsdag is goed.", "", line, "", "Met wat reclame erbij?"]) == (
        ["Dinsdag is goed."],
        [line, "", "Met wat reclame erbij?"],
    )


@pytest.mark.parametrize(
    "line",
    [
        "Dit bericht is vertrouwelijk en alleen bestemd voor de geadresseerde.", "De informatie in dit e-mailbericht is uitsluitend bestemd voor de geadresseerde.", "Aan dit bericht kunnen geen rechten worden ontleend.", "Disclaimer: op al onze diensten zijn onze voorwaarden van toepassing.", "Denk aan het milieu voordat u deze e-mail afdrukt.",
        "This e-mail and any attachments are confidential and intended solely for the addressee.", "CONFIDENTIALITY NOTICE: this message is for you only.", "If you are not the intended recipient, please delete this message.", "Please consider the environment before printing this e-mail.", "Diese E-Mail enthält vertrauliche Informationen.",
    ],
)  # fmt: skip
def test_small_print_is_signature(line: str) -> None:
    assert split_signature(["Dinsdag is goed.", "", line, "Heeft u vragen?"])[0] == ["Dinsdag is goed."]


def test_the_delimiter_of_the_standard_begins_the_signature() -> None:
    assert split_signature(["Goed.", "-- ", "Jan", "Kent u onze site al?"]) == (
        ["Goed."],
        ["-- ", "Jan", "Kent u onze site al?"],
    )


@pytest.mark.parametrize("mark", ["P.S.", "PS:", "Ps.", "PS", "p.s.", "P.S. -", "NB:"])
def test_a_postscript_below_the_name_belongs_to_the_text(mark: str) -> None:
    text, signature = split_signature(
        ["Goed.", "", "Groet,", "Jan", "", f"{mark} neem je de sleutel mee?", "", "Vries Advies", "Kent u ons al?"]
    )
    assert text == ["Goed.", "", "Groet,", "", f"{mark} neem je de sleutel mee?"]
    assert "Kent u ons al?" in signature


def test_the_writers_own_name_alone_ends_the_mail() -> None:
    writer = Address("Petra van den Berg", "petra@berg.example")
    assert split_signature(["Kun je donderdag?", "", "Petra", "Berg Bouw | bel ons"], writer=writer) == (
        ["Kun je donderdag?"],
        ["Petra", "Berg Bouw | bel ons"],
    )
    assert split_signature(["Kun je donderdag?", "P. van den Berg"], writer=writer)[0] == ["Kun je donderdag?"]
    assert split_signature(["Kun je donderdag?", "PB"], writer=writer)[0] == ["Kun je donderdag?"]


def test_a_greeting_to_a_namesake_is_no_signature() -> None:
    lines = ["Petra,", "", "kun je donderdag?"]
    assert split_signature(lines, writer=Address("Petra Smit", "petra@smit.example")) == (lines, [])


@pytest.mark.parametrize(
    "thanks",
    [
        "Dank voor de foto's van de nieuwe winkel aan de haven. Die zijn mooi geworden.",
        "Thanks for the drawings of the second floor and the roof. They are quite clear.",
    ],
)
def test_a_sentence_of_thanks_is_no_farewell(thanks: str) -> None:
    reply = visible_reply(f"Hoi Floor,\n\n{thanks}\n\nWanneer kunnen we beginnen?\n\nGroet,\nKarin").reply
    assert "Wanneer kunnen we beginnen?" in reply
