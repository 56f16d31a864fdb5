"""The phrase engine: its data is sound, and its syntax means what it says."""

from __future__ import annotations

import re

import pytest

from crmlink.language.phrases import LANGUAGES, meaning, phrasebook
from crmlink.language.wording import wording

FAMILIES = ("requests", "promises")


def hits(sentence: str, *, language: str = "nl", family: str = "requests") -> set[str]:
    found = phrasebook(language, family).hits(wording(sentence))
    return {hit.rule.name.rpartition(".")[2] for hit in found}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_compiles_and_every_rule_explains_itself(language: str, family: str) -> None:
    book = phrasebook(language, family)

    for cues in (*book.by_word.values(), *book.by_stem.values()):
        for cue in cues:
            re.compile(cue.pattern)
    assert book.rules
    for name, rule in book.rules.items():
        assert meaning(name) == rule.means
        assert len(rule.means.split()) > 2


@pytest.mark.parametrize(
    ("sentence", "rule"),
    [
        pytest.param("Wil je mij dat sturen", "kunt-u", id="words next to each other"),
        pytest.param("Ik zie uw brief met spoed tegemoet", "hoor-graag", id="a gap between words"),
        pytest.param("Joost, bel me", "stuur-mij", id="a clause after a called name"),
        pytest.param("Hoe gaat het met u?", "how-are-you", id="a question in so many words"),
    ],
)
def test_a_phrase_is_found(sentence: str, rule: str) -> None:
    assert rule in hits(sentence)


@pytest.mark.parametrize(
    ("sentence", "rule"),
    [
        pytest.param("Ik wil dat je stuurt", "kunt-u", id="the words stand in another order"),
        pytest.param("Zij zei bel me", "stuur-mij", id="no clause begins there"),
        pytest.param("Laten ik en jij dat weten", "laat-weten", id="a word between that may not be there"),
    ],
)
def test_a_phrase_is_not_found(sentence: str, rule: str) -> None:
    assert rule not in hits(sentence)


def test_an_unknown_language_or_rule_means_nothing() -> None:
    assert not phrasebook("fr", "requests").rules
    assert not phrasebook("nl", "songs").rules
    assert meaning("nl.request.no-such-rule") == "nl.request.no-such-rule"
