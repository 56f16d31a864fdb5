"""Every letter, in every language and register, soon and late, first and again, with each optional part and without."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from crmlink.drafts.context import LETTERS, TEMPLATE_CONTRACT, LetterFacts
from crmlink.drafts.render import render
from crmlink.drafts.samples import sample_letters
from crmlink.drafts.template_set import shipped_templates
from crmlink.drafts.tone import tone_problems
from crmlink.drafts.validate import validate_templates

LANGUAGES = sorted(shipped_templates().languages)
CLOSINGS = {
    "nl": ("Met vriendelijke groet,", "Groet,"),
    "en": ("Kind regards,", "Best,"),
    "de": ("Mit freundlichen Grüßen", "Viele Grüße"),
}
MOMENTS = {language: next(sample_letters(language, "missed")).options for language in LANGUAGES}
MATRIX = [(language, letter) for language in LANGUAGES for letter in LETTERS]


@cache
def rendered(language: str, letter: str) -> tuple[tuple[LetterFacts, str], ...]:
    return tuple((facts, render(facts, shipped_templates())) for facts in sample_letters(language, letter))


def test_three_languages_are_complete() -> None:
    assert LANGUAGES == ["de", "en", "nl"]


def test_the_shipped_templates_are_valid() -> None:
    assert validate_templates(shipped_templates()) == ()


@pytest.mark.parametrize(("language", "letter"), MATRIX)
def test_every_letter_keeps_the_rules_of_tone(language: str, letter: str) -> None:
    for facts, _ in rendered(language, letter):
        for count in (0, 1, 3):
            some = replace(facts, options=MOMENTS[language][:count])
            body = render(some, shipped_templates())
            assert tone_problems(body, some) == (), f"{some}\n{body}"


@pytest.mark.parametrize(("language", "letter"), MATRIX)
def test_every_letter_begins_with_the_salutation_and_ends_with_the_name(language: str, letter: str) -> None:
    for facts, body in rendered(language, letter):
        assert body.startswith(facts.salutation + "\n\n")
        assert body.endswith(f"{CLOSINGS[language][not facts.formal]}\n{facts.signature}\n")


@pytest.mark.parametrize(("language", "letter"), MATRIX)
def test_every_letter_shows_all_its_moments_on_lines_of_their_own(language: str, letter: str) -> None:
    for facts, body in rendered(language, letter):
        assert [line[2:] for line in body.split("\n") if line.startswith("- ")] == list(facts.options)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("letter", ["unanswered", "promise"])
def test_a_letter_about_words_quotes_them_and_names_a_day_for_it(language: str, letter: str) -> None:
    for facts, body in rendered(language, letter):
        opens, closes = "„“" if language == "de" else '""'
        assert (f"{opens}{facts.quote}{closes}" in body) == bool(facts.quote)
        assert (facts.new_day in body) == (not facts.by_phone)


@pytest.mark.parametrize(
    ("language", "letter"), [pair for pair in MATRIX if pair[1] not in {"they_cancelled", "clash"}]
)
def test_a_late_letter_opens_otherwise_than_a_soon_one(language: str, letter: str) -> None:
    bodies = {
        facts: body for facts, body in rendered(language, letter) if facts.mine and (facts.silent or letter != "missed")
    }
    openings = {
        late: {body.split("\n\n")[1] for facts, body in bodies.items() if facts.late is late} for late in (True, False)
    }
    assert openings[True].isdisjoint(openings[False])


@pytest.mark.parametrize(("language", "letter"), [pair for pair in MATRIX if pair[1] != "they_cancelled"])
def test_the_second_time_reads_otherwise_than_the_first(language: str, letter: str) -> None:
    bodies = [(facts, body) for facts, body in rendered(language, letter) if facts.mine]
    first = {body for facts, body in bodies if not facts.again}
    second = {body for facts, body in bodies if facts.again}
    assert first.isdisjoint(second)


@pytest.mark.parametrize("language", LANGUAGES)
def test_when_they_cancelled_nobody_apologises(language: str) -> None:
    sorry = {
        "nl": ("sorry", "spijt", "excuses", "fout"),
        "en": ("apolog", "my mistake", "my fault"),
        "de": ("entschuldig", "tut mir leid"),
    }
    for _, body in rendered(language, "they_cancelled"):
        assert not any(word in body.lower() for word in sorry[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_nudge_names_the_question_and_offers_nothing(language: str) -> None:
    for facts, body in rendered(language, "waiting"):
        assert (facts.quote in body) or not facts.quote
        assert facts.when in body or facts.when.capitalize() in body or facts.when.replace("on ", "On ") in body
        tempted = replace(facts, options=MOMENTS[language], new_day="donderdag", phone="06 1234 5678")
        assert render(tempted, shipped_templates()) == body


def test_a_nudge_that_presses_or_leaves_no_way_out_is_told() -> None:
    facts, body = rendered("nl", "waiting")[0]
    firm = body.replace("er is geen haast bij", "graag zo spoedig mogelijk")
    assert "It presses" in {one.rule for one in tone_problems(firm, facts)}
    bare = body.split("Uw reactie")[0] + "Graag hoor ik van u.\n\nMet vriendelijke groet,\nMarleen van der Veen\n"
    assert [one.rule for one in tone_problems(bare, facts)] == ["It leaves no easy way to say no"]


def test_a_dutch_nudge() -> None:
    facts = LetterFacts(
        template="waiting",
        language="nl",
        salutation="Hoi Gijs,",
        signature="Marleen",
        formal=False,
        mine=False,
        when="op dinsdag 24 februari",
        quote="Kun je me de tekeningen van de serre sturen?",
    )
    assert render(facts, shipped_templates()) == (
        "Hoi Gijs,\n"
        "\n"
        'Op dinsdag 24 februari vroeg ik je: "Kun je me de tekeningen van de serre sturen?"\n'
        "\n"
        "Je reactie is nog welkom; er is geen haast bij."
        " Als het inmiddels niet meer nodig is of je er voorlopig niet aan toekomt, hoor ik dat ook graag.\n"
        "\n"
        "Groet,\n"
        "Marleen\n"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_cancellation_by_nobody_holds_no_apology(language: str) -> None:
    sorry = {"nl": ("sorry", "spijt", "excuses"), "en": ("sorry", "apolog"), "de": ("entschuldig", "tut mir leid")}
    for facts, body in rendered(language, "cancelled"):
        if not facts.mine:
            assert not any(word in body.lower() for word in sorry[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_quote_leaves_a_letter_short(language: str) -> None:
    for letter in ("unanswered", "promise"):
        for facts in sample_letters(language, letter):
            body = render(replace(facts, quote="heel " * 23 + "lang"), shipped_templates())
            assert len([word for line in body.split("\n") if not line.startswith("- ") for word in line.split()]) <= 120


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_trip_is_only_named_when_they_came(language: str) -> None:
    for facts, body in rendered(language, "missed"):
        assert ("Hilversum" in body) == (facts.they_came and facts.place != "")


def test_the_contract_names_every_fact_a_template_sees() -> None:
    facts = next(iter(sample_letters("nl", "missed")))
    assert [line.name for line in TEMPLATE_CONTRACT] == list(facts.variables())


def test_a_dutch_letter_that_was_missed_two_weeks_ago() -> None:
    facts = LetterFacts(
        template="missed",
        language="nl",
        salutation="Geachte heer Van der Berg,",
        signature="Marleen van der Veen",
        formal=True,
        late=True,
        silent=True,
        when="op dinsdag 3 maart",
        reason="travel",
        place="Hilversum",
        they_came=True,
        options=("donderdag 26 maart om 10:00 uur", "maandag 30 maart om 13:30 uur"),
    )
    assert render(facts, shipped_templates()) == (
        "Geachte heer Van der Berg,\n"
        "\n"
        "Op dinsdag 3 maart bent u voor niets naar Hilversum gekomen, en sindsdien hebt u niets meer van mij gehoord."
        " Voor allebei bied ik u mijn oprechte excuses aan."
        " Ik was op reis en heb onze afspraak niet verzet; dat had ik wel moeten doen.\n"
        "\n"
        "Ik maak het graag goed en kom deze keer naar u toe, als u dat prettig vindt. Schikt een van deze momenten u?\n"
        "\n"
        "- donderdag 26 maart om 10:00 uur\n"
        "- maandag 30 maart om 13:30 uur\n"
        "\n"
        "Past geen van deze momenten, dan richt ik mij graag naar uw agenda.\n"
        "\n"
        "Met vriendelijke groet,\n"
        "Marleen van der Veen\n"
    )


LITTLE = {"nl": "Veel ruimte heb ik", "en": "much room in the coming", "de": "Viel Spielraum habe ich"}


@pytest.mark.parametrize(("language", "letter"), MATRIX)
def test_fewer_moments_than_wished_are_admitted_where_the_letter_is_about_finding_one(
    language: str, letter: str
) -> None:
    for facts, body in rendered(language, letter):
        about_moments = letter not in {"promise", "unanswered"} or facts.by_phone
        assert (LITTLE[language] in body) == (facts.few and about_moments)


@pytest.mark.parametrize(
    ("language", "letter"), [pair for pair in MATRIX if pair[1] not in {"they_cancelled", "waiting", "silent"}]
)
def test_who_waits_for_the_end_of_a_long_absence_is_told_so(language: str, letter: str) -> None:
    told = [facts.back in body for facts, body in rendered(language, letter) if facts.back and not facts.again]
    assert told
    assert all(told)
