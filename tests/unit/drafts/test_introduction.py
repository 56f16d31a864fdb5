"""The letters of a warm introduction: in every language and register, by the rules of tone, with the owner's own words."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from crmlink.drafts.context import INTRODUCTIONS
from crmlink.drafts.correspondence import Correspondence
from crmlink.drafts.introduction import Party, introduction_letter
from crmlink.drafts.render import render
from crmlink.drafts.samples import sample_letters
from crmlink.drafts.template_set import shipped_templates
from crmlink.drafts.tone import tone_problems
from crmlink.model.contact import Contact
from crmlink.model.draft import Draft
from crmlink.model.introduction import Introduction, IntroductionStep
from crmlink.model.reading import Register
from tests.unit.drafts.desk import a_desk

LANGUAGES = sorted(shipped_templates().languages)
MATRIX = [(language, letter) for language in LANGUAGES for letter in INTRODUCTIONS]
WORDS = "Els zoekt iemand die al eens een landgoed heeft opengesteld, en Omar deed dat vorig jaar."
ELS, OMAR = Contact("Els Smit", "els@smit.example"), Contact("Omar El Idrissi", "omar@elidrissi.example")
ASK = Introduction(ELS.address, OMAR.address, WORDS, IntroductionStep.ASK)
BOTH = replace(ASK, step=IntroductionStep.INTRODUCE)


def letter(
    introduction: Introduction,
    els: Register = Register.INFORMAL,
    omar: Register = Register.INFORMAL,
    *,
    languages: tuple[str, str] = ("nl", "nl"),
) -> Draft:
    introduced = Party(ELS, Correspondence(languages[0], register=els))
    asked = Party(OMAR, Correspondence(languages[1], register=omar))
    return introduction_letter(introduction, introduced, asked, a_desk())


@pytest.mark.parametrize(("language", "name"), MATRIX)
def test_every_letter_keeps_the_rules_of_tone_and_the_owners_words(language: str, name: str) -> None:
    samples = list(sample_letters(language, name))
    assert {facts.formal for facts in samples} == {True, False}
    for facts in samples:
        body = render(facts, shipped_templates())
        assert tone_problems(body, facts) == (), body
        assert f"\n\n{facts.quote}\n\n" in body
        assert facts.introduced in body


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("Bovendien geef ik je korting op onze diensten.", "It sells"),
        ("Reageer je voor vrijdag? Het hoeft niet.", "It presses"),
        ("Sorry dat ik je stoor, het hoeft niet.", "It apologises for what was not your fault"),
        ("Ik stel jullie gewoon voor.", "It leaves no easy way to say no"),
        ("Wat vindt u daarvan? Het hoeft niet.", "It mixes the forms of address"),
    ],
)
def test_a_letter_that_sells_presses_or_leaves_no_way_out_is_found_out(words: str, rule: str) -> None:
    facts = next(one for one in sample_letters("nl", "introduce_ask") if not one.formal)
    body = f"Hoi Jan,\n\n{words}\n\nGroet,\nMarleen\n"
    assert rule in {breach.rule for breach in tone_problems(body, facts)}


def test_the_one_who_is_asked_is_asked_alone() -> None:
    draft = letter(ASK)
    assert [one.address for one in draft.to] == [OMAR.address]
    assert draft.subject == "Kennismaking met Els Smit"
    assert draft.body.startswith("Beste Omar,\n\nIk breng je graag in contact met Els Smit.\n\n" + WORDS)
    assert ELS.address not in draft.raw.decode()


def test_both_are_written_to_formally_if_either_is() -> None:
    informal, formal = letter(BOTH), letter(BOTH, els=Register.FORMAL)
    assert [one.address for one in informal.to] == [ELS.address, OMAR.address]
    assert informal.body.startswith("Beste Els en Omar,\n\nGraag stel ik jullie aan elkaar voor.")
    assert formal.body.startswith("Geachte dames en heren,\n\nGraag stel ik u aan elkaar voor.")
    assert informal.subject == "Kennismaking: Els Smit en Omar El Idrissi"


def test_two_who_share_no_language_get_that_of_the_owner() -> None:
    assert letter(BOTH, languages=("en", "en")).language == "en"
    assert letter(BOTH, languages=("de", "en")).language == "nl"
    assert letter(ASK, languages=("nl", "de")).body.startswith("Hallo Omar,\n\nich würde dich gern mit Els Smit")


def test_what_the_owner_writes_is_text_and_no_template() -> None:
    words = "Els kan {{ 7*7 }} dingen; <b>echt</b>."
    assert words in letter(replace(ASK, purpose=words)).body


def test_its_name_is_the_same_for_the_same_pair_and_another_for_each_letter_and_round() -> None:
    turned = replace(ASK, introduced=ASK.asked, asked=ASK.introduced)
    assert turned.id == ASK.id
    assert len({one.id for one in (ASK, BOTH, replace(ASK, round=1), replace(ASK, asked="wie@elders.example"))}) == 4
    names = {letter(one).message_id for one in (ASK, BOTH, replace(ASK, round=1))}
    assert len(names) == 3
    sent = message_from_bytes(letter(ASK).raw, EmailMessage, policy=policy.default)
    assert (sent["Message-ID"], sent["In-Reply-To"]) == (letter(ASK).message_id, None)
