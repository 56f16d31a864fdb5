"""Writes days and moments as a person would: "dinsdag 24 maart om 10:00 uur".

Decides on words only. In: aware moments, the moment of writing and a language (nl, en, de). Month and weekday names
come from babel. The year is named only when it is not the current one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_date, get_timezone_name

_LOCALE = {"nl": "nl", "en": "en_GB", "de": "de"}
_DAY = {"nl": "EEEE d MMMM", "en": "EEEE d MMMM", "de": "EEEE, d. MMMM"}
_PLAIN_DAY = {"nl": "d MMMM", "en": "d MMMM", "de": "d. MMMM"}
_AT = {"nl": "om", "en": "at", "de": "um"}
_ON = {"nl": "op ", "en": "on ", "de": "am "}
_PARTS_OF_TODAY = {
    "nl": ("vanochtend", "vanmiddag", "vanavond"),
    "en": ("this morning", "this afternoon", "this evening"),
    "de": ("heute Morgen", "heute Nachmittag", "heute Abend"),
}
_NOON, _EVENING = 12, 18
_WEEK = 7


@dataclass(frozen=True, slots=True)
class When:
    """A day in running text: bare ("dinsdag 3 maart") and with its preposition ("op dinsdag 3 maart")."""

    bare: str
    adverb: str


def phrase_date(moment: datetime, language: str, *, now: datetime, aside: str = "") -> str:
    """Day and time of an option, read in the moment's own zone, with an aside in brackets: "10:00 uur (bij u 9:00 uur)"."""
    words = f"{phrase_day(moment.date(), language, now=now)} {_AT[language]} {phrase_time(moment, language)}"
    return f"{words} ({aside})" if aside else words


def phrase_theirs(theirs: datetime, language: str, *, day: date, reader: str) -> str:
    """The same moment by the reader's clock; with the weekday when it is another one there than `day`.

    `reader` is the word for who reads it, in the languages that need one: jou, u, dir, Ihnen.
    """
    time = phrase_time(theirs, language)
    if theirs.date() != day:
        time = f"{format_date(theirs, 'EEEE', locale=_LOCALE[language])} {_AT[language]} {time}"
    return {"nl": f"bij {reader} {time}", "en": f"{time} your time", "de": f"bei {reader} {time}"}[language]


def phrase_zone(moment: datetime, language: str) -> str:
    """Whose clock a time is meant by: "Amsterdam time"."""
    zone = str(get_timezone_name(moment, locale=_LOCALE[language], return_zone=True))
    city = zone.rpartition("/")[2].replace("_", " ")
    return {"nl": f"tijd in {city}", "en": f"{city} time", "de": f"Zeit in {city}"}[language]


def phrase_day(day: date, language: str, *, now: datetime, weekday: bool = True) -> str:
    """A day with or without its weekday: "dinsdag 24 maart", "24 maart", with the year when it is another one."""
    pattern = (_DAY if weekday else _PLAIN_DAY)[language]
    return format_date(day, pattern if day.year == now.year else f"{pattern} y", locale=_LOCALE[language])


def phrase_time(moment: datetime, language: str) -> str:
    """A time of day: nl "9:30 uur", en "9:30", de "9:30 Uhr"."""
    suffix = {"nl": " uur", "en": "", "de": " Uhr"}[language]
    return f"{moment.hour}:{moment.minute:02}{suffix}"


def phrase_when(moment: datetime | date, language: str, *, now: datetime, with_time: bool = False) -> When:
    """A day as seen from now: "vanmiddag", "afgelopen dinsdag", "op dinsdag 3 maart".

    A draft may lie in its folder for a day or two, so "yesterday" is never written; "today" only for a moment of today.
    """
    day = moment.date() if isinstance(moment, datetime) else moment
    time = ""
    if with_time and isinstance(moment, datetime):
        time = f" {_AT[language]} {phrase_time(moment, language)}"
    if day == now.date() and isinstance(moment, datetime):
        part = _PARTS_OF_TODAY[language][(moment.hour >= _NOON) + (moment.hour >= _EVENING)] + time
        return When(part, part)
    if timedelta() < now.date() - day < timedelta(days=_WEEK):
        return _last_days(day, language, time)
    bare = phrase_day(day, language, now=now) + time
    return When(bare, _ON[language] + bare)


def _last_days(day: date, language: str, time: str) -> When:
    name = format_date(day, "EEEE", locale=_LOCALE[language])
    match language:
        case "nl":
            return When(f"afgelopen {name}{time}", f"afgelopen {name}{time}")
        case "de":
            return When(f"letzten {name}{time}", f"am letzten {name}{time}")
        case _:
            return When(f"last {name}{time}", f"last {name}{time}")
