"""A small chart parser: it composes words into values by rules over categories, and knows nothing of dates.

In: for each position the terminals that begin there; a terminal may cover several positions, and they may overlap.
Out: for each position everything that could be composed there. A rule is a pattern of categories and a function that
makes a value of the matched values, or None to refuse. In a pattern `a|b` is a choice, `(a)` must be there but is not
passed on, and a trailing `?` makes a part optional: None is passed for it when it is absent.
Cells are built from the right to the left, so that all that may follow an item is complete when the item is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, TypeVar

Maker = TypeVar("Maker", bound=Callable[..., Any])

_ALIKE = 5
"""How many readings of one category over the same words are kept; more never mattered, and it bounds the work."""


@dataclass(frozen=True, slots=True)
class Item:
    """One category over the positions from where it stands up to (not including) `end`."""

    category: str
    end: int
    value: Any
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """What a pattern makes: `make(context, *values)`."""

    category: str
    make: Callable[..., Any]
    weight: int


@dataclass(slots=True)
class _Node:
    then: dict[str, _Node] = field(default_factory=dict)
    rules: list[tuple[Rule, tuple[int | None, ...]]] = field(default_factory=list)


Cell = dict[str, list[Item]]
"""Category to the items of it that begin at one position."""


class Grammar:
    """A set of rules, kept as one tree of categories so that shared beginnings are walked once."""

    def __init__(self) -> None:
        self._root = _Node()

    def rule(self, category: str, *patterns: str, weight: int = 0) -> Callable[[Maker], Maker]:
        """Register the decorated function as the maker of `category` for each pattern."""

        def register(make: Maker) -> Maker:
            for pattern in patterns:
                self._add(pattern.split(), Rule(category, make, weight))
            return make

        return register

    def include(self, other: Grammar) -> None:
        """Take over all rules of another grammar."""
        _merge(self._root, other._root)

    def _add(self, pattern: Sequence[str], rule: Rule) -> None:
        choices = [[*part.strip("()?").split("|"), *([""] if part.endswith("?") else [])] for part in pattern]
        passed = [not part.startswith("(") for part in pattern]
        for choice in product(*choices):
            node = self._root
            slots: list[int | None] = []
            depth = 0
            for category, is_passed in zip(choice, passed, strict=True):
                if is_passed:
                    slots.append(depth if category else None)
                if category:
                    node = node.then.setdefault(category, _Node())
                    depth += 1
            node.rules.append((rule, tuple(slots)))

    def parse(self, context: object, terminals: Sequence[Sequence[Item]]) -> list[Cell]:
        """All items by position, then by category."""
        chart: list[Cell] = [{} for _ in range(len(terminals) + 1)]
        for position in reversed(range(len(terminals))):
            cell = chart[position]
            waiting = list(terminals[position])
            while waiting:
                item = waiting.pop(0)
                alike = cell.setdefault(item.category, [])
                if sum(other.end == item.end for other in alike) < _ALIKE:
                    alike.append(item)
                    waiting.extend(self._grow(context, item, chart))
        return chart

    def _grow(self, context: object, first: Item, chart: list[Cell]) -> Iterator[Item]:
        node = self._root.then.get(first.category)
        if node is None:
            return
        for found, items in _walk(node, (first,), chart):
            for rule, slots in found.rules:
                value = rule.make(context, *(None if slot is None else items[slot].value for slot in slots))
                if value is not None:
                    yield Item(rule.category, items[-1].end, value, rule.weight + sum(item.weight for item in items))


def _walk(node: _Node, items: tuple[Item, ...], chart: list[Cell]) -> Iterator[tuple[_Node, tuple[Item, ...]]]:
    if node.rules:
        yield node, items
    cell = chart[items[-1].end]
    if not cell:
        return
    for category, following in node.then.items():
        for item in cell.get(category, ()):
            yield from _walk(following, (*items, item), chart)


def _merge(into: _Node, other: _Node) -> None:
    into.rules.extend(other.rules)
    for category, node in other.then.items():
        _merge(into.then.setdefault(category, _Node()), node)
