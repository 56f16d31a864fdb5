"""Where sentences begin and end in what people type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlink.language.sentences import LONGEST, sentences

WRAPPED = (
    "Naar aanleiding van ons gesprek van vorige week stuur ik u hierbij de\n"
    "aangepaste tekening, zodat u daarmee naar de gemeente kunt."
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Dank je. Tot dan!", ["Dank je.", "Tot dan!"], id="a full stop and an exclamation mark end"),
        pytest.param("klaar op 1 na. die komt nog", ["klaar op 1 na.", "die komt nog"], id="small letters may begin"),
        pytest.param(
            "Vraag dhr. De Boer i.v.m. de bon.", ["Vraag dhr. De Boer i.v.m. de bon."], id="Dutch abbreviations"
        ),
        pytest.param("Ask Mr. Hill, e.g. today.", ["Ask Mr. Hill, e.g. today."], id="English abbreviations"),
        pytest.param("Wir kommen z.B. am Montag.", ["Wir kommen z.B. am Montag."], id="German abbreviations"),
        pytest.param("Dat kan om 10.30 uur.", ["Dat kan om 10.30 uur."], id="a clock time is no end"),
        pytest.param("Am 13. März also.", ["Am 13. März also."], id="a German ordinal is no end"),
        pytest.param("Het is zo. En nu?", ["Het is zo.", "En nu?"], id="a word that looks like a day ends"),
        pytest.param("Tot vr. 12 mei dan.", ["Tot vr. 12 mei dan."], id="a day before a number goes on"),
        pytest.param(
            "Zie https://a.example/b.c?d=e. Goed?", ["Zie https://a.example/b.c?d=e.", "Goed?"], id="addresses"
        ),
        pytest.param("- Kan dat?\n- Wie komt?\n", ["Kan dat?", "Wie komt?"], id="list items stand alone"),
        pytest.param("1. Prijs\n2. Datum", ["Prijs", "Datum"], id="numbered items stand alone"),
        pytest.param("13. März passt mir.", ["13. März passt mir."], id="a date at the start is no list item"),
        pytest.param(WRAPPED, [WRAPPED], id="a wrapped line goes on"),
        pytest.param(
            "Beste Jan,\nhoe gaat het?\n\nGroet,\nPiet",
            ["Beste Jan,", "hoe gaat het?", "Groet,", "Piet"],
            id="greeting and closing",
        ),
        pytest.param("Dat klopt... denk ik.", ["Dat klopt... denk ik."], id="dots before a small letter go on"),
        pytest.param("Kom je (ja?) of niet?", ["Kom je (ja?) of niet?"], id="a mark in brackets goes on"),
        pytest.param("Dat is klaar.Kun je kijken?", ["Dat is klaar.", "Kun je kijken?"], id="a forgotten space"),
        pytest.param(" \n\n .. ! \n", [], id="marks alone are no sentence"),
    ],
)
def test_cuts(text: str, expected: list[str]) -> None:
    assert [sentence.text for sentence in sentences(text)] == expected


@given(st.text(alphabet="abcD .,?!\n-1Ee:'\u2019\r\té", max_size=300))
def test_every_sentence_is_an_exact_slice_in_order(text: str) -> None:
    end = 0
    for sentence in sentences(text):
        assert text[sentence.offset : sentence.offset + len(sentence.text)] == sentence.text
        assert sentence.offset >= end
        end = sentence.offset + len(sentence.text)


@given(st.text(alphabet="ab .?\n-", max_size=200))
def test_no_word_is_lost(text: str) -> None:
    kept = "".join(sentence.text for sentence in sentences(text))
    assert kept.count("a") + kept.count("b") == text.count("a") + text.count("b")


def test_a_line_without_an_end_is_cut() -> None:
    found = sentences("woord " * 40_000)

    assert all(len(sentence.text) <= LONGEST for sentence in found)
    assert sum(sentence.text.count("woord") for sentence in found) == 40_000
