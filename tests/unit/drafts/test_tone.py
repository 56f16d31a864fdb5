"""The rules of tone find what a letter may never say."""

from __future__ import annotations

import pytest

from crmlink.drafts.tone import tone_problems
from crmlink.model.reading import Register

FORMAL, INFORMAL = Register.FORMAL, Register.INFORMAL

GOOD = """Hoi Gijs,

Je stond vanmiddag voor een dichte deur. Dat is mijn fout, sorry.

Komt een van deze momenten uit?

- dinsdag 24 maart om 10:00 uur

Groet,
Marleen
"""


def test_a_good_letter_has_no_problems() -> None:
    assert tone_problems(GOOD, language="nl", register=INFORMAL) == ()


SPOILED = {
    "a pitch": ("sorry.", "sorry. We hebben nu een mooie aanbieding.", "sells"),
    "by the way": ("sorry.", "sorry. Trouwens, het loopt goed hier.", "sells"),
    "an excuse": ("sorry.", "sorry, door omstandigheden.", "excuse"),
    "a hollow apology": ("Dat is mijn fout, sorry.", "Mocht dit tot ongemak hebben geleid.", "excuse"),
    "pressure": ("Komt een", "Laat het z.s.m. weten. Komt een", "presses"),
    "u among je": ("Je stond", "U stond", "address"),
    "two exclamation marks": ("sorry.", "sorry! Echt!", "exclamation"),
    "a link": ("sorry.", "sorry: https://plan.example", "link"),
    "a gap": ("vanmiddag voor", "vanmiddag  voor", "gap"),
    "a trace of the template": ("sorry.", "sorry {{ naam }}.", "template"),
    "nothing filled in": ("vanmiddag", "None", "template"),
    "too many words": ("sorry.", "sorry, " + "heel " * 120 + "erg.", "120 words"),
    "no salutation": ("Hoi Gijs,\n\n", "", "complete letter"),
}


@pytest.mark.parametrize(("words", "instead", "rule"), SPOILED.values(), ids=SPOILED)
def test_a_spoiled_letter_is_found_out(words: str, instead: str, rule: str) -> None:
    assert words in GOOD
    problems = tone_problems(GOOD.replace(words, instead), language="nl", register=INFORMAL)
    assert any(rule in problem for problem in problems), problems


def test_a_letter_without_a_next_step_is_no_amends() -> None:
    letter = "Hoi Gijs,\n\nHet spijt me zeer.\n\nGroet,\nMarleen\n"
    assert tone_problems(letter, language="nl", register=INFORMAL) == (
        "It holds no next step: no date, no call, no question for a date.",
    )


def test_one_exclamation_mark_is_too_much_in_a_formal_letter_only() -> None:
    letter = "Dear Jane,\n\nI am sorry!\n\nWhen would suit you?\n\nBest,\nMarleen\n"
    assert tone_problems(letter, language="en", register=INFORMAL) == ()
    assert tone_problems(letter, language="en", register=FORMAL) == ("It has too many exclamation marks.",)


def test_the_words_of_the_other_are_not_judged() -> None:
    letter = 'Geachte heer Smit,\n\nU vroeg mij: "Kun je de prijs sturen!" Wanneer schikt het u?\n\nGroet,\nMarleen\n'
    assert tone_problems(letter, language="nl", register=FORMAL) == ()


def test_du_in_a_formal_german_letter_is_found_and_sie_in_an_informal_one() -> None:
    letter = "Hallo Jan,\n\nwann passt es {}?\n\nViele Grüße\nMarleen\n"
    assert tone_problems(letter.format("dir"), language="de", register=INFORMAL) == ()
    assert tone_problems(letter.format("dir"), language="de", register=FORMAL) != ()
    assert tone_problems(letter.format("Ihnen"), language="de", register=INFORMAL) != ()
