"""What dates in office mail mean, when they are said on Wednesday 11 March 2026 at 10:20."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from crmlink.language.dates import find_dates
from crmlink.model.reading import DateMention
from crmlink.model.workdays import WorkingCalendar

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
WEDNESDAY = datetime(2026, 3, 11, 10, 20, tzinfo=AMSTERDAM)
CALENDAR = WorkingCalendar(AMSTERDAM, "NL")


def read(text: str, language: str) -> tuple[DateMention, ...]:
    return find_dates(text, language=language, said_at=WEDNESDAY, calendar=CALENDAR)


def starts(text: str, language: str) -> list[str]:
    return [mention.start.strftime("%Y-%m-%d %H:%M").removesuffix(" 00:00") for mention in read(text, language)]


DUTCH = [
    ("Ik kom er vrijdag op terug.", "2026-03-13"),
    ("Je hoort woensdag van me.", "2026-03-18"),
    ("Je krijgt het morgen aan het eind van de dag.", "2026-03-12 16:00"),
    ("Ik bel je morgenochtend even.", "2026-03-12"),
    ("Vanmiddag rond half drie heb ik tijd.", "2026-03-11 14:30"),
    ("Overmorgen stuur ik de offerte.", "2026-03-13"),
    ("Zoals eergisteren besproken.", "2026-03-09"),
    ("Kunnen we maandag 16 maart om 10.00 uur?", "2026-03-16 10:00"),
    ("Past do 19/3 om 15u30?", "2026-03-19 15:30"),
    ("Volgende week donderdag om kwart over drie is prima.", "2026-03-19 15:15"),
    ("Om tien voor half vijf sta ik op de stoep.", "2026-03-11 16:20"),
    ("Aanstaande vrijdag leveren we.", "2026-03-13"),
    ("Vrijdag a.s. leveren we.", "2026-03-13"),
    ("Vrijdag jl. spraken we elkaar.", "2026-03-06"),
    ("Afgelopen maandag was ik er niet.", "2026-03-09"),
    ("Over twee weken heb ik de cijfers.", "2026-03-25"),
    ("Begin volgende week ontvangt u het voorstel.", "2026-03-16"),
    ("Halverwege april is het klaar.", "2026-04-11"),
    ("Eind deze maand is de migratie.", "2026-03-21"),
    ("De factuur volgt op 1 april.", "2026-04-01"),
    ("De factuur van 2 maart staat nog open.", "2026-03-02"),
    ("We zien elkaar 14-4-2026.", "2026-04-14"),
    ("Deadline: 2026-05-08.", "2026-05-08"),
    ("De oplevering staat in week 42.", "2026-10-12"),
    ("In het derde kwartaal schalen we op.", "2026-07-01"),
    ("Na Pasen, op tweede paasdag, ben ik vrij.", "2026-04-06"),
    ("Met Koningsdag zijn we dicht.", "2026-04-27"),
    ("De training is van 13 tot 15 mei.", "2026-05-13"),
    ("We vergaderen tussen 13.30 en 15 uur.", "2026-03-11 13:30"),
    ("We zijn donderdagmiddag na drieën te bereiken.", "2026-03-12 15:00"),
    ("Twee weken geleden vroeg ik erom.", "2026-02-25"),
    ("Het is over een halfuur zover.", "2026-03-11 10:50"),
    ("Laatste vrijdag van maart is de borrel.", "2026-03-27"),
    ("De trein gaat vrijdag om 5 uur in de morgen.", "2026-03-13 05:00"),
    ("Zullen we vrijdag 13.30 doen?", "2026-03-13 13:30"),
]
ENGLISH = [
    ("I'll send it on Friday.", "2026-03-13"),
    ("You will have it by Monday the 16th.", "2026-03-16"),
    ("Shall we meet next Thursday at half nine?", "2026-03-19 09:30"),
    ("Let's talk tomorrow at noon.", "2026-03-12 12:00"),
    ("I can do 3:30 to 5 pm tomorrow.", "2026-03-12 15:30"),
    ("The board meets on March 24th, 2026.", "2026-03-24"),
    ("The board meets the 2nd of April at 9am.", "2026-04-02 09:00"),
    ("It is due in a fortnight.", "2026-03-25 10:00"),
    ("I was there last Monday.", "2026-03-09"),
    ("Two weeks ago you asked for this.", "2026-02-25"),
    ("Are you free Friday the 13th?", "2026-03-13"),
    ("We close on Easter Monday.", "2026-04-06"),
    ("We are off on Thanksgiving.", "2026-11-26"),
    ("It ships in Q3.", "2026-07-01"),
    ("The first Tuesday of June works.", "2026-06-02"),
    ("I'll be back by close of business.", "2026-03-11 17:00"),
    ("Call me at a quarter to four.", "2026-03-11 15:45"),
    ("Tonight at eight suits me.", "2026-03-11 20:00"),
    ("The call is at 3pm GMT.", "2026-03-11 16:00"),
    ("In half an hour I'll know.", "2026-03-11 10:50"),
    ("The week of April 6th is full.", "2026-04-06"),
    ("Could we move it to 14/4/2026?", "2026-04-14"),
    ("Could we move it to 4/14/2026?", "2026-04-14"),
]
GERMAN = [
    ("Ich melde mich am Freitag.", "2026-03-13"),
    ("Bis Montag, den 16. März, haben Sie es.", "2026-03-16"),
    ("Morgen früh rufe ich an.", "2026-03-12"),
    ("Heute Nachmittag um halb drei passt es.", "2026-03-11 14:30"),
    ("Nächsten Dienstag um 9 Uhr.", "2026-03-17 09:00"),
    ("Nächste Woche Mittwoch bin ich da.", "2026-03-18"),
    ("Der Vertrag läuft am 30.06.2026 aus.", "2026-06-30"),
    ("Am 15.4. um 10 Uhr?", "2026-04-15 10:00"),
    ("Vor drei Tagen kam die Rechnung.", "2026-03-08 10:00"),
    ("In KW 14 liefern wir.", "2026-03-30"),
    ("Ende April sind wir fertig.", "2026-04-21"),
    ("An Heiligabend ist geschlossen.", "2026-12-24"),
    ("Nach Pfingstmontag, also am 26. Mai.", "2026-05-26"),
    ("Wir treffen uns um Viertel vor drei.", "2026-03-11 14:45"),
    ("Die Schulung ist vom 13. bis 15. Mai.", "2026-05-13"),
    ("Jeden Montag ist Jour fixe, der nächste ist am 23.3.", "2026-03-23"),
]
ROWS = [
    *((text, "nl", start) for text, start in DUTCH),
    *((text, "en", start) for text, start in ENGLISH),
    *((text, "de", start) for text, start in GERMAN),
]


@pytest.mark.parametrize(("text", "language", "start"), [pytest.param(*row, id=row[0]) for row in ROWS])
def test_start(text: str, language: str, start: str) -> None:
    assert starts(text, language)[-1:] == [start]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        pytest.param("Dinsdag of donderdag?", "nl", ["2026-03-17", "2026-03-19"], id="a list of days goes on in time"),
        pytest.param(
            "Volgende week dinsdag of donderdag?",
            "nl",
            ["2026-03-17", "2026-03-19"],
            id="the second day is of that week too",
        ),
        pytest.param(
            "Vrijdag is goed, ik bel om 10u15.",
            "nl",
            ["2026-03-13", "2026-03-13 10:15"],
            id="a time is of the day before it",
        ),
        pytest.param(
            "Vrijdag is goed. Ik bel om 11 uur.",
            "nl",
            ["2026-03-13", "2026-03-11 11:00"],
            id="but not over a full stop",
        ),
        pytest.param("Tuesday or Thursday at 3pm", "en", ["2026-03-17", "2026-03-19 15:00"], id="a list with a time"),
        pytest.param("Is Friday, March 13 ok voor jou?", "nl", ["2026-03-13"], id="an English date in a Dutch mail"),
        pytest.param("Passt am Dienstag um 15 Uhr?", "en", ["2026-03-17 15:00"], id="a German date in an English mail"),
        pytest.param("Maandag\n16 maart", "nl", ["2026-03-16"], id="a date over a line end"),
        pytest.param(
            "Maandag (16/03/2026) is er overleg.", "nl", ["2026-03-16"], id="a date in brackets tells which Monday"
        ),
        pytest.param("- maandag\n- dinsdag", "nl", ["2026-03-16", "2026-03-17"], id="a list of lines is no range"),
        pytest.param("bis Freitag,\n13. März", "xx", ["2026-03-13"], id="an unknown language is still read"),
    ],
)
def test_several(text: str, language: str, expected: list[str]) -> None:
    assert starts(text, language) == expected


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Graag hoor ik voor vrijdag 13 maart 15:00 uur van je.", "voor vrijdag 13 maart 15:00 uur"),
        ("🙂 Tot morgen!", "Tot morgen"),
        ("Ik zie het. Overmorgen, ’s ochtends, kan ook.", "Overmorgen"),
    ],
)
def test_the_quote_stands_where_the_offset_says(text: str, quote: str) -> None:
    (mention, *_) = read(text, "nl")
    assert mention.quote == quote
    assert text[mention.offset :].startswith(quote)


def test_the_moment_is_told_on_the_owners_clock() -> None:
    late = datetime.fromisoformat("2026-03-10T23:30:00+00:00")
    (mention,) = find_dates("Tomorrow.", language="en", said_at=late, calendar=CALENDAR)
    assert mention.start == datetime(2026, 3, 12, tzinfo=AMSTERDAM)


def test_an_interval_tells_its_end_and_a_day_does_not() -> None:
    interval, day = read("Tomorrow between 9 and 11 am, or on Friday.", "en")
    assert (interval.end, day.end) == (datetime(2026, 3, 12, 11, tzinfo=AMSTERDAM), None)
