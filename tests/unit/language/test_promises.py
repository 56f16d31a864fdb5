"""What the writer of a mail promises, over many sentences that people might write."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crmlink.language.phrases import meaning
from crmlink.language.promises import find_promises
from crmlink.model.reading import DateMention, Grain, NearMiss, Promise

SAMPLES: dict[str, list[str]] = tomllib.loads(
    Path(__file__).with_name("promise_samples.toml").read_text(encoding="utf-8")
)
ZONE = ZoneInfo("Europe/Amsterdam")


def read(
    text: str, *, language: str = "nl", dates: tuple[DateMention, ...] = ()
) -> tuple[tuple[Promise, ...], tuple[NearMiss, ...]]:
    return find_promises(text, language=language, dates=dates)


def mention(text: str, quote: str, day: int) -> DateMention:
    deadline = datetime(2025, 3, day, 17, tzinfo=ZONE)
    return DateMention(quote, deadline, None, Grain.DAY, text.index(quote), deadline)


def rows(ending: str) -> list[tuple[str, str]]:
    return [(name[:2], text) for name, texts in SAMPLES.items() if name.endswith(ending) for text in texts]


@pytest.mark.parametrize(("language", "text"), rows("_promises"), ids=str)
def test_promises(language: str, text: str) -> None:
    promises, _ = read(text, language=language)

    assert promises
    assert all(promise.quote == text and promise.offset == 0 for promise in promises)
    assert all(meaning(promise.rule) != promise.rule for promise in promises)


@pytest.mark.parametrize(("language", "text"), rows("_left_alone"), ids=str)
def test_leaves_alone(language: str, text: str) -> None:
    assert not read(text, language=language)[0]


def test_two_promises_for_two_days_in_one_sentence() -> None:
    text = "Ik bel dinsdag de gemeente en vrijdag laat ik je weten wat zij zeggen."
    promises, _ = read(text, dates=(mention(text, "dinsdag", 4), mention(text, "vrijdag", 7)))

    assert [promise.due and promise.due.day for promise in promises] == [4, 7]


def test_a_limit_goes_before_another_date_of_the_same_clause() -> None:
    text = "Het verslag van maandag stuur ik je uiterlijk vrijdag toe."
    (promise,), _ = read(text, dates=(mention(text, "maandag", 3), mention(text, "vrijdag", 7)))

    assert promise.due == datetime(2025, 3, 7, 17, tzinfo=ZONE)


def test_a_promise_without_a_date_has_none() -> None:
    text = "Ik mail je de cijfers. Vrijdag is alles klaar."
    promises, _ = read(text, dates=(mention(text, "Vrijdag", 7),))

    assert promises[0].due is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        pytest.param("Ik mail je de cijfers. Uiterlijk vrijdag.", "vrijdag", id="a limit alone"),
        pytest.param("Ik mail je de cijfers. Of vrijdag?", None, id="a question"),
        pytest.param("Ik mail je de cijfers. De vergadering van vrijdag gaat door.", None, id="a sentence of its own"),
    ],
)
def test_a_next_sentence_that_says_only_a_day_sets_it(text: str, day: str | None) -> None:
    promises, _ = read(text, dates=(mention(text, "vrijdag", 7),))

    assert bool(promises[0].due) is bool(day)


def test_a_second_act_after_and_has_its_own_day() -> None:
    text = "Ik zoek de bonnen vandaag bij elkaar en scan ze morgen in."
    promises, _ = read(text, dates=(mention(text, "vandaag", 4), mention(text, "morgen", 5)))

    assert [promise.due and promise.due.day for promise in promises] == [4, 5]


def test_a_date_that_names_a_thing_is_no_deadline() -> None:
    text = "Ik stuur je de notulen van maandag."
    (promise,), _ = read(text, dates=(mention(text, "maandag", 3),))

    assert promise.due is None


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        pytest.param("Misschien bel ik je morgen.", "nl.promise.hedge", id="a hedge"),
        pytest.param("Hopelijk stuur ik je morgen de cijfers.", "nl.promise.wish", id="a wish"),
        pytest.param("Hierbij stuur ik je de notulen.", "nl.promise.past", id="done with this mail"),
    ],
)
def test_a_near_miss_names_the_rule_that_stopped_it(text: str, rule: str) -> None:
    promises, misses = read(text)

    assert not promises
    assert [miss.stopped_by for miss in misses] == [rule]


def test_a_wish_in_one_clause_leaves_the_promise_in_the_next() -> None:
    promises, _ = read("Ik hoop dat het lukt, ik bel je morgen.")

    assert promises


def test_an_unknown_language_finds_nothing() -> None:
    assert read("Je vous appelle demain.", language="fr") == ((), ())
