"""What a mail does to a meeting, over many mails that people might write."""

from __future__ import annotations

import time
import tomllib
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crmlink.language.dates import find_dates
from crmlink.language.meetings import read_meeting
from crmlink.language.phrases import meaning
from crmlink.model.lapse import Fault
from crmlink.model.reading import DateMention, MeetingAct, MeetingTalk
from crmlink.model.workdays import WorkingCalendar

ZONE = ZoneInfo("Europe/Amsterdam")
SAID_AT = datetime(2025, 3, 5, 9, 0, tzinfo=ZONE)
HERE = Path(__file__)
SAMPLES: dict[str, list[str]] = tomllib.loads(HERE.with_name("meeting_samples.toml").read_text(encoding="utf-8"))
MAILS: list[str] = [
    mail
    for name in ("meeting_mails.toml", "meeting_talk.toml")
    for mail in tomllib.loads(HERE.with_name(name).read_text(encoding="utf-8"))["mails"]
]
SIDES = {"writer": (Fault.ME, Fault.THEM), "reader": (Fault.THEM, Fault.ME), "nobody": (Fault.NOBODY, Fault.NOBODY)}


def dates_in(text: str, language: str) -> tuple[DateMention, ...]:
    calendar = WorkingCalendar(country="NL", zone=ZONE)
    return find_dates(text, language=language, said_at=SAID_AT, calendar=calendar)


def read(text: str, *, language: str = "nl", from_me: bool = False) -> MeetingTalk:
    return read_meeting(text, language=language, from_me=from_me, dates=dates_in(text, language))[0]


def rows(*names: str) -> list[tuple[str, str]]:
    return [(row[:2], row[4:]) for name in names for row in SAMPLES[name]]


def told(act: str) -> list[str]:
    return [act] if act in SAMPLES else ["no_show_by_writer", "no_show_by_reader"]


def mails() -> list[tuple[str, str, str, str]]:
    """Act, side, language and text of each longer mail."""
    heads = [(row.partition(": ")[0].split(), row.partition(": ")[2]) for row in MAILS]
    return [(act, side, language, text) for (act, side, language), text in heads]


@pytest.mark.parametrize(
    ("act", "language", "text"),
    [(act, *row) for act in MeetingAct for row in rows(*told(act))],
    ids=str,
)
def test_reads_the_act_of_a_short_mail(act: MeetingAct, language: str, text: str) -> None:
    assert read(text, language=language).act is act


@pytest.mark.parametrize(("act", "side", "language", "text"), mails(), ids=lambda one: str(one)[:60])
def test_reads_act_and_fault_of_a_mail(act: str, side: str, language: str, text: str) -> None:
    mine, theirs = (read(text, language=language, from_me=from_me) for from_me in (True, False))
    assert (mine.act, theirs.act) == (act, act)
    assert (mine.fault, theirs.fault) == SIDES.get(side, (None, None))


@pytest.mark.parametrize("language", ["nl", "en", "de"])
def test_each_act_has_at_least_forty_samples_over_all_languages(language: str) -> None:
    assert all(len(rows(*told(act))) >= 40 for act in MeetingAct)
    assert all(any(row[0] == language for row in rows(*told(act))) for act in MeetingAct)


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("nl", "Kunnen we onze afspraak van dinsdag 11 maart verzetten naar donderdag 13 maart?", 13),
        ("nl", "Donderdag 13 maart lukt toch niet, kan het vrijdag 14 maart?", 14),
        ("nl", "Zullen we dinsdag 11 maart om 10 uur bellen?", 11),
        ("nl", "Dinsdag 11 maart is prima, tot dan!", 11),
        ("nl", "Het overleg van maandag 10 maart gaat niet door.", 10),
        ("en", "Could we move our call from Tuesday 11 March to Thursday 13 March?", 13),
        ("de", "Können wir unseren Termin am 11. März auf den 13. März verschieben?", 13),
    ],
    ids=str,
)
def test_tells_the_time_that_is_meant(language: str, text: str, day: int) -> None:
    when = read(text, language=language).when
    assert when is not None
    assert when.start.day == day


def test_quotes_the_sentence_with_its_rule() -> None:
    text = (
        "Beste Jan,\n\nDank voor je mail. Ik moet onze afspraak van morgen helaas afzeggen. Tot later!\n\nGroet, Piet"
    )
    talk = read(text)
    assert talk.quote == "Ik moet onze afspraak van morgen helaas afzeggen."
    assert text[talk.offset :].startswith(talk.quote)
    assert talk.rule == "nl.meeting.afzeggen"


def test_slogans_below_the_closing_are_not_read() -> None:
    assert (
        read("De tekst is klaar.\n\nMet vriendelijke groet,\nAnja\n\nZullen we morgen bellen?").act is MeetingAct.NONE
    )


def test_words_left_alone_are_near_misses() -> None:
    text = "Mocht je onze afspraak moeten afzeggen, bel dan even."
    talk, misses = read_meeting(text, language="nl", from_me=False, dates=())
    assert talk == MeetingTalk()
    assert [(miss.looked_like, miss.stopped_by) for miss in misses][:1] == [("cancel", "nl.meeting.if")]


@pytest.mark.parametrize(
    ("language", "text", "act"),
    [
        ("nl", "Ik lig met koorts op bed, de rondgang van morgen wordt niks.", MeetingAct.CANCEL),
        ("nl", "De rondgang van morgen is niks bijzonders.", MeetingAct.NONE),
        ("nl", "Mijn auto staat met pech. Zou ons gesprek van 10 uur ook om 13 uur kunnen?", MeetingAct.RESCHEDULE),
        ("nl", "Zou vrijdag om 13 uur kunnen voor een gesprek?", MeetingAct.PROPOSE),
        ("nl", "Vorige week lag ik met koorts op bed. Zullen we vrijdag bellen?", MeetingAct.PROPOSE),
        ("en", "My van broke down. Would Friday work for our site visit instead?", MeetingAct.RESCHEDULE),
        ("en", "My van broke down, so the parcels are late.", MeetingAct.NONE),
        ("de", "Ich liege mit Fieber im Bett. Ohne mich bitte heute in der Besprechung.", MeetingAct.CANCEL),
    ],
    ids=str,
)
def test_what_keeps_somebody_away_turns_a_doubt_into_an_act(language: str, text: str, act: MeetingAct) -> None:
    assert read(text, language=language).act is act


def test_words_that_say_nothing_alone_are_no_near_misses() -> None:
    text = "Kun je mij voor vrijdag de notulen van het overleg sturen?"
    _, misses = read_meeting(text, language="nl", from_me=False, dates=dates_in(text, "nl"))
    assert not {"offer", "denied"} & {miss.looked_like for miss in misses}


def test_rules_of_what_breaks_a_meeting_have_a_meaning_for_people() -> None:
    assert meaning("nl.break.kept-away") == "says what keeps somebody away"


def test_a_language_without_phrases_tells_nothing() -> None:
    assert read_meeting("Je dois annuler notre rendez-vous.", language="fr", from_me=False, dates=()) == (
        MeetingTalk(),
        (),
    )


@pytest.mark.parametrize("piece", ["kunnen we ", "ik moet ", "dinsdag ", "niet, ", "a" * 50, ". ", "\n", "Jan "])
def test_large_text_is_read_in_linear_time(piece: str) -> None:
    text = piece * (400_000 // len(piece))
    read_meeting(piece, language="nl", from_me=False, dates=())
    start = time.perf_counter()
    read_meeting(text, language="nl", from_me=False, dates=())
    assert time.perf_counter() - start < 10
