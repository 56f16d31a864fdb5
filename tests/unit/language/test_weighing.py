"""Weights add up, explain themselves, and only overrule where they may."""

from __future__ import annotations

from crmlink.language.phrases import phrasebook
from crmlink.language.weighing import Weighing, weights
from crmlink.language.wording import wording


def weigh(sentence: str) -> Weighing:
    table = weights("en")
    assert table
    words = wording(sentence)
    return table.weigh(words, phrasebook("en", "requests").hits(words))


def test_a_clear_request_outweighs_a_plain_statement() -> None:
    assert weigh("Please send me the report, can you?").probability > 0.8
    assert weigh("The weather was mild all of last summer.").probability < 0.2


def test_the_heaviest_features_come_first() -> None:
    table = weights("en")
    reasons = weigh("Please send me the report on Friday.").reasons

    assert table
    sizes = [abs(table.by_feature[reason]) for reason in reasons]
    assert sizes == sorted(sizes, reverse=True)
    assert reasons


def test_a_language_without_weights_is_not_weighed() -> None:
    assert weights("nl") is None
    assert weights("fr") is None
