"""Words and numbers that look like dates and are none: a wrong date in an apology is worse than none."""

from __future__ import annotations

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from crmlink.language.dates import find_dates
from crmlink.model.workdays import WorkingCalendar

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
WEDNESDAY = datetime(2026, 3, 11, 10, 20, tzinfo=AMSTERDAM)
CALENDAR = WorkingCalendar(AMSTERDAM, "NL")

SILENT = {
    "nl": [
        "Ik doe het zo.",
        "Beste Jan, bedankt voor je bericht.",
        "Het kost € 14.30 per stuk.",
        "Versie 1.2.3 is uit.",
        "Bel 06-12345678 of 020 123 45 67.",
        "We hebben 3 vragen en 12 opmerkingen.",
        "Kamer 12, Kalverstraat 9-11.",
        "De eerste keer ging het mis.",
        "Op de eerste plaats staat de klant.",
        "De tweede optie is beter.",
        "Ik ben om een afspraak verlegen.",
        "Elke maandag hebben we overleg.",
        "Prettig weekend!",
        "Fijne avond en goede reis.",
        "Met vr. gr., Peter",
        "Zo doen we dat, en wo is een afkorting.",
        "Wij zitten 24/7 voor u klaar.",
        "De uitslag was 3-1.",
        "Dat duurt 2-3 dagen.",
        "Er kwamen 10-12 mensen.",
        "Na vrijdag heb ik pas weer tijd.",
        "Sinds maandag ben ik ziek.",
        "Vrijdag 14 maart 2026",
        "Het is 31 februari.",
        "NEN 7510 en ISO 27001:2013.",
        "Tot snel, tot dan, tot gauw!",
        "In de week ben ik druk.",
        "We zijn met zijn drieën.",
        "Artikel 12 en bijlage 3.",
        "De volgende morgen was alles weg.",
        "Ik kan het 3 uur rekken.",
        "Dan is Jan eerste aanspreekpunt.",
        "15% korting op 20 artikelen.",
    ],
    "en": [
        "You may march in, it is a must.",
        "Sorry for what this may cause.",
        "It is easy for one of us.",
        "Let me know if one afternoon works.",
        "⑴ and ² and ٣ are no dates.",
        "We sat in the sun.",
        "Dear April, dear June, thank you.",
        "Chapters 1 to 3 read well.",
        "Items 1-14 are closed.",
        "Let me give you a second.",
        "The second time was better.",
        "It is on the first floor.",
        "The 15th floor is ours.",
        "We are at 3 million now.",
        "Have a nice weekend!",
        "Happy Easter!",
        "Every Friday we have cake.",
        "Call +31 20 123 4567.",
        "Version 10.10 costs $12.30.",
        "It scored 8/10 and 3/4.",
        "I will wed her, mon ami.",
        "10/12/2026 could be two days.",
        "Friday, March 14, 2026",
        "After Friday I have time.",
        "We won 3 to 1.",
        "I need half of it, a quarter perhaps.",
    ],
    "de": [
        "Guten Morgen Herr Krüger!",
        "Schönes Wochenende!",
        "Die erste Frage ist offen.",
        "Das kostet 12,50 Euro, also 3.5 Prozent mehr.",
        "Jeden Montag ist Besprechung.",
        "Er mag das so.",
        "Um 3 Prozent gestiegen.",
        "Seit Montag bin ich krank.",
        "Zimmer 12, Hauptstraße 9.",
        "Version 2.1 ist da.",
        "Am Morgenstern 5 in Berlin.",
        "So geht das nicht, mit mir nicht.",
    ],
}
ROWS = [(text, language) for language, texts in SILENT.items() for text in texts]


@pytest.mark.parametrize(("text", "language"), [pytest.param(*row, id=row[0]) for row in ROWS])
def test_no_date(text: str, language: str) -> None:
    found = find_dates(text, language=language, said_at=WEDNESDAY, calendar=CALENDAR)
    assert [mention.quote for mention in found] == []


@pytest.mark.parametrize(
    "piece",
    ["1 ", "1.", "om ", "maandag ", "om 3 uur ", "aan het einde van de ", "voor half 3 ", "1-", "/", "een uur en "],
)
def test_a_hundred_kilobytes_of_anything_take_no_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    begun = time.process_time()
    find_dates(text, language="nl", said_at=WEDNESDAY, calendar=CALENDAR)
    assert time.process_time() - begun < 10  # a catastrophe takes hours; a slow machine takes a second
