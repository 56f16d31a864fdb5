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


def phrase_date(moment: datetime, language: str, *, now: datetime, with_zone: bool = False) -> str:
    """Day and time of an option. `moment` is read in its own zone; `with_zone` adds the city of that zone."""
    time = phrase_time(moment, language)
    joint = {"nl": "om", "en": "at", "de": "um"}[language]
    zone = f" ({_zone_words(moment, language)})" if with_zone else ""
    return f"{phrase_day(moment.date(), language, now=now)} {joint} {time}{zone}"


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
        time = {"nl": " om ", "en": " at ", "de": " um "}[language] + phrase_time(moment, language)
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


def _zone_words(moment: datetime, language: str) -> str:
    city = (
        str(get_timezone_name(moment, locale=_LOCALE[language], return_zone=True)).rpartition("/")[2].replace("_", " ")
    )
    return {"nl": f"tijd in {city}", "en": f"{city} time", "de": f"Zeit in {city}"}[language]
