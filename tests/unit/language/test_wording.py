"""The plain words of a sentence, and where clauses begin."""

from __future__ import annotations

import pytest

from crmlink.language.wording import MOST_WORDS, wording


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        pytest.param("Kun JIJ dat?", ["kun", "jij", "dat", "?"], id="lower case, marks apart"),
        pytest.param("I don’t know, I`ll ask", ["i", "don't", "know", ",", "i'll", "ask"], id="quotes straight"),
        pytest.param("I do n't , I 'll ask .", ["i", "don't", ",", "i'll", "ask"], id="contractions written apart"),
        pytest.param(
            "om 10.30 uur z.s.m. graag", ["om", "10.30", "uur", "z.s.m", "graag"], id="times and abbreviations"
        ),
        pytest.param("foto's naar a.b@c.example", ["foto's", "naar", "a.b@c.example"], id="addresses stay whole"),
    ],
)
def test_words(sentence: str, words: list[str]) -> None:
    assert list(wording(sentence).words) == words


def test_offsets_point_at_the_word_in_the_sentence() -> None:
    sentence = "I do n't see why he 'll come"
    words = wording(sentence)

    assert sentence[words.offset(words.words.index("see")) :].startswith("see why")
    assert sentence[words.offset(words.words.index("come")) :] == "come"


def test_clauses_begin_after_marks_and_conjunctions() -> None:
    words = wording("Joost, ik kom en bel je")

    assert [word for index, word in enumerate(words.words) if words.begins_clause(index)] == ["joost", "ik", "bel"]


def test_a_sentence_begins_after_a_called_name_but_not_after_a_late_comma() -> None:
    words = wording("Joost, stuur dat maar, bel dan")

    assert words.begins_sentence(words.words.index("stuur"))
    assert not words.begins_sentence(words.words.index("bel"))


def test_an_endless_sentence_is_read_up_to_a_point_with_its_mark() -> None:
    words = wording("woord " * 1000 + "?")

    assert len(words.words) == MOST_WORDS
    assert words.asks
