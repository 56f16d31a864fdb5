"""Weighs the words of a sentence where phrases alone are not enough.

A language may have a `weights.toml`: how strongly a rule, a word or a pair of words speaks for a request. The weights
were fitted once (logistic regression); here they are only added up. In: the words and the rules that were hit. Out: a
probability, and the words that weighed most, so that a person can check it. Decides nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from math import exp

from crmlink.language.phrases import Hit
from crmlink.language.wording import Wording

_REASONS = 3
_LENGTHS = ((3, "1-3"), (8, "4-8"), (15, "9-15"), (30, "16-30"))


@dataclass(frozen=True, slots=True)
class Weighing:
    """How probable it is that the sentence asks something, and the features that spoke most for that, heaviest first.

    Below one half the features are those that spoke most against it.
    """

    probability: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of one language by feature: "rule:can-you", "word:send", "first:let's", "pair:need to"."""

    bias: float
    by_feature: dict[str, float]

    def weigh(self, wording: Wording, hits: tuple[Hit, ...]) -> Weighing:
        """Add up what the sentence holds; each feature counts once."""
        present = {feature for feature in _features(wording, hits) if feature in self.by_feature}
        total = self.bias + sum(self.by_feature[feature] for feature in present)
        side = 1 if total > 0 else -1
        ranked = sorted((-side * self.by_feature[feature], feature) for feature in present)
        return Weighing(1 / (1 + exp(-total)), tuple(feature for weight, feature in ranked if weight < 0)[:_REASONS])


@cache
def weights(language: str) -> Weights | None:
    """The weights of a language, None when it has none."""
    source = resources.files("crmlink.language") / language / "weights.toml"
    if not source.is_file():
        return None
    data = tomllib.loads(source.read_text(encoding="utf-8"))
    flat = {
        f"{group}:{name}": weight for group, table in data.items() if group != "bias" for name, weight in table.items()
    }
    return Weights(data["bias"], flat)


def _features(wording: Wording, hits: tuple[Hit, ...]) -> Iterator[str]:
    words = wording.words
    yield from (f"rule:{hit.rule.name.rpartition('.')[2]}" for hit in hits)
    yield from (f"word:{word}" for word in words)
    yield from (f"pair:{one} {two}" for one, two in pairwise(words))
    if words:
        yield f"first:{words[0]}"
        yield f"first:{' '.join(words[:2])}"
    if wording.asks:
        yield "form:question"
    yield f"form:{next((name for most, name in _LENGTHS if len(words) <= most), '31-')} words"
