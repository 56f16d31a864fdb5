"""What a mail asks of the owner, over many sentences that people might write."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crmlink.language.phrases import meaning
from crmlink.language.requests import Addressing, find_requests
from crmlink.model.reading import DateMention, Grain, NearMiss, Request

SAMPLES: dict[str, list[str]] = tomllib.loads(
    Path(__file__).with_name("request_samples.toml").read_text(encoding="utf-8")
)
SANNE = Addressing(owner_names=("Sanne", "Sanne Wouters"), other_names=("Piet", "Piet de Vries"))
FRIDAY = datetime(2025, 3, 7, 17, tzinfo=ZoneInfo("Europe/Amsterdam"))


def read(
    text: str, *, language: str = "nl", addressing: Addressing = SANNE, dates: tuple[DateMention, ...] = ()
) -> tuple[tuple[Request, ...], tuple[NearMiss, ...]]:
    return find_requests(text, language=language, addressing=addressing, dates=dates)


def rows(ending: str) -> list[tuple[str, str]]:
    return [(name[:2], text) for name, texts in SAMPLES.items() if name.endswith(ending) for text in texts]


@pytest.mark.parametrize(("language", "text"), rows("_asks"), ids=str)
def test_asks(language: str, text: str) -> None:
    requests, _ = read(text, language=language)

    assert requests
    assert all(request.to_me and request.quote in text for request in requests)
    assert all(meaning(request.rule) != request.rule for request in requests)


@pytest.mark.parametrize(("language", "text"), rows("_left_alone"), ids=str)
def test_leaves_alone(language: str, text: str) -> None:
    assert not read(text, language=language)[0]


def test_the_quote_is_the_sentence_and_stands_where_it_says() -> None:
    text = "Hoi Sanne,\n\nDank voor de stukken. Kun je ook de begroting sturen?\n\nGroet,\nOmar"
    (request,), _ = read(text)

    assert request.quote == "Kun je ook de begroting sturen?"
    assert text[request.offset :].startswith(request.quote)


def test_each_question_of_a_list_is_a_request() -> None:
    requests, _ = read("Nog drie vragen:\n\n- Hoe hoog wordt de muur?\n- Welke steen?\n- Doet u ook de tuin?\n")

    assert [request.quote for request in requests][-3:] == [
        "Hoe hoog wordt de muur?",
        "Welke steen?",
        "Doet u ook de tuin?",
    ]


@pytest.mark.parametrize(
    ("text", "addressing", "to_me"),
    [
        pytest.param("Sanne, kun jij dit regelen?", SANNE, True, id="called by name"),
        pytest.param("San, kun jij dit regelen?", SANNE, True, id="called by pet name"),
        pytest.param("Piet, kun jij dit regelen?", SANNE, False, id="somebody else called by name"),
        pytest.param("@Piet kun jij dit regelen?", SANNE, False, id="somebody else called with an at sign"),
        pytest.param("Piet - kun jij dit regelen?", SANNE, False, id="somebody else called with a dash"),
        pytest.param("Verder, kun jij dit regelen?", SANNE, True, id="an opener is no name"),
        pytest.param("Hoi Piet,\nkun jij dit regelen?", SANNE, False, id="somebody else greeted"),
        pytest.param("Hoi Piet,\n\nKun jij dit regelen?", SANNE, False, id="a greeting holds for the whole mail"),
        pytest.param("Hoi Piet,\n\nDank!\n\nSanne, kun jij dit regelen?", SANNE, True, id="called later on"),
        pytest.param("Piet, dank.\n\nKunnen jullie dit regelen?", SANNE, True, id="a call ends with its paragraph"),
        pytest.param("Kun jij dit regelen?", Addressing(to_owner=False), False, id="the owner only gets a copy"),
        pytest.param(
            "Sanne, kun jij dit regelen?", Addressing(("Sanne",), to_owner=False), True, id="a copy, but called by name"
        ),
        pytest.param("Kun jij dit regelen?", Addressing(from_owner=True), False, id="the owner asks himself"),
    ],
)
def test_whom_it_is_asked_of(text: str, addressing: Addressing, *, to_me: bool) -> None:
    assert [request.to_me for request in read(text, addressing=addressing)[0]] == [to_me]


@pytest.mark.parametrize(
    "text",
    [
        "Heb jij het wachtwoord van de wifi?\n\nLaat maar, al gevonden!",
        "Weet jij waar de sleutel ligt? Inmiddels gevonden, dank.",
        "Kun je me bellen? Je hoeft niet meer te reageren, het is opgelost.",
    ],
)
def test_what_the_mail_takes_back_is_no_request(text: str) -> None:
    requests, misses = read(text)

    assert not requests
    assert misses[0].stopped_by in {"nl.request.laat-maar", "nl.request.al-gevonden"}


@pytest.mark.parametrize(
    "text",
    [
        "Kun je de factuur sturen? De lekkage bij de buren is vorige week inmiddels opgelost.",
        "Stuur je mij de sleutel terug?\n\nVergeet mijn vraag niet!",
    ],
)
def test_what_was_solved_elsewhere_takes_nothing_back(text: str) -> None:
    assert read(text)[0]


def test_an_english_mail_takes_its_question_back() -> None:
    assert not read("Where is the key?\n\nNever mind, just found it.", language="en")[0]
    assert read("Where is the key? I have to reply to Anna today.", language="en")[0]


def test_a_near_miss_names_the_rule_that_stopped_it() -> None:
    _, (miss,) = read("Mocht je nog vragen hebben, bel me dan even.")

    assert miss.stopped_by == "nl.request.closer"
    assert miss.looked_like == "request"


def test_a_cold_sale_asks_nothing_of_me() -> None:
    text = (
        "Hi Sanne,\n\nI came across your website. We help companies like yours double your sales.\n"
        "Would you have 20 minutes next Tuesday for a short demo?\n\nNot interested? Just reply stop."
    )
    requests, misses = read(text, language="en")

    assert not any(request.to_me for request in requests)
    assert "en.request.pitch" in {miss.stopped_by for miss in misses}


def test_a_bare_question_in_a_long_mail_to_a_circle_is_discussion() -> None:
    text = "The standard says little about tables. " * 20 + "Is that a problem of the standard?"

    assert not read(text, language="en", addressing=Addressing(to_owner=False))[0]
    assert read(text, language="en")[0]


CIRCLE = Addressing(owner_names=("Sanne",), to_owner=False)


@pytest.mark.parametrize(
    ("text", "language", "addressing", "stopped_by"),
    [
        pytest.param("Is dat wel slim? Volgens mij niet.", "nl", SANNE, "nl.request.own-answer", id="answered"),
        pytest.param("Would that help? It might.", "en", CIRCLE, "en.request.own-opinion", id="an opinion to a circle"),
        pytest.param(
            "Heb je ook last van ratten? Met onze vallen niet meer.", "nl", SANNE, "nl.request.sells", id="a sale"
        ),
    ],
)
def test_a_question_the_writer_answers_is_none(
    text: str, language: str, addressing: Addressing, stopped_by: str
) -> None:
    requests, misses = read(text, language=language, addressing=addressing)

    assert not requests
    assert stopped_by in {miss.stopped_by for miss in misses}


def test_a_question_to_the_reader_stays_one_before_an_opinion() -> None:
    requests, _ = read("Wat vind je van het logo? Persoonlijk vind ik het groen te fel.")

    assert [request.quote for request in requests] == ["Wat vind je van het logo?"]


def test_words_that_weighed_are_named() -> None:
    requests, _ = read("Meeting tomorrow to discuss the agenda at your office.", language="en")

    assert requests[0].rule == "en.request.weighed"
    assert "discuss" in requests[0].because


def test_a_letter_that_promises_asks_nothing_softly() -> None:
    requests, _ = read("Thanks for flagging. Let me look into it and I'll get back to you.", language="en")

    assert not requests


def test_a_request_carries_the_date_of_its_sentence() -> None:
    text = "Het is dinsdag besproken. Kun je me vrijdag bellen?"
    mention = DateMention("vrijdag", FRIDAY, None, Grain.DAY, text.index("vrijdag"), FRIDAY)

    assert [request.due for request in read(text, dates=(mention,))[0]] == [FRIDAY]


def test_an_unknown_language_finds_nothing() -> None:
    assert read("Pouvez-vous m'appeler ?", language="fr") == ((), ())
