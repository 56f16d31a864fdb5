"""Writes facts as JSON and reads them back as they were, by the types their dataclasses declare.

A dataclass becomes the list of its fields, without the last ones that have their default. A datetime keeps its zone by
name (RFC 9557: "2026-03-10T09:00:00+01:00[Europe/Amsterdam]"), because reckoning with it depends on that. What reads
must be the same version of the code that wrote: nothing here converts between versions. Reading runs no code but that
of the declared types.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import types
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, Final, NewType, TypeVar, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from crmlink.model.contact import Address

T = TypeVar("T")
_Convert = Callable[[Any], Any]
_DATES: Final = frozenset({date, datetime})
_PLAIN: Final = frozenset({str, int, float, bool})
_BROKEN: Final = (ValueError, TypeError, LookupError, AttributeError, RecursionError)


class CodecError(ValueError):
    """The text is not what this version writes."""


def encode(value: object) -> str:
    """A dataclass as one line of JSON."""
    kind: Any = type(value)
    fields = _encoder(kind)(value)
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair, as some charsets can hide in a mail
        return json.dumps(fields, separators=(",", ":"))
    return text


def decode(kind: type[T], text: str) -> T:
    """The dataclass of that type that was encoded.

    Raises:
        CodecError: it was not.
    """
    declared: Any = kind
    try:
        found: T = _decoder(declared)(json.loads(text))
    except _BROKEN as error:
        raise CodecError(f"no {kind.__name__}: {type(error).__name__}") from error
    return found


@cache
def _encoder(kind: Any) -> _Convert:
    """How a value of that declared type becomes JSON."""
    if kind in _PLAIN or isinstance(kind, NewType) or _is_enum(kind):
        return _same
    if kind in _DATES:
        return _written
    inner = _inner(kind)
    if inner is None:
        return _fields_of(kind)
    way = _encoder(inner)
    if get_origin(kind) is tuple:
        return lambda value: [way(one) for one in value]
    return lambda value: None if value is None else way(value)


@cache
def _decoder(kind: Any) -> _Convert:
    """How JSON becomes a value of that declared type."""
    if kind in _PLAIN:
        return _same
    if isinstance(kind, NewType):
        return sys.intern  # names recur in many messages: each is kept once
    if _is_enum(kind):
        return {str(one): one for one in kind}.__getitem__
    if kind in _DATES:
        return _read
    inner = _inner(kind)
    if inner is None:
        return _built(kind)
    way = _decoder(inner)
    if get_origin(kind) is tuple:
        return lambda value: tuple([way(one) for one in value])
    return lambda value: None if value is None else way(value)


def _inner(kind: Any) -> Any:
    """What a tuple holds, or what stands beside None; None for a dataclass. A date may be a moment as well."""
    if get_origin(kind) is tuple:
        return get_args(kind)[0]
    if get_origin(kind) in (Union, types.UnionType):
        members = [one for one in get_args(kind) if one is not types.NoneType]
        return datetime if _DATES.issuperset(members) else members[0]
    return None


def _fields_of(kind: Any) -> _Convert:
    hints = get_type_hints(kind)
    plan = [(one.name, _encoder(hints[one.name]), one.default) for one in dataclasses.fields(kind)]

    def convert(value: Any) -> list[Any]:
        fields = [getattr(value, name) for name, _, _ in plan]
        while fields and fields[-1] == plan[len(fields) - 1][2]:
            fields.pop()
        return [way(one) for one, (_, way, _) in zip(fields, plan, strict=False)]

    return convert


def _built(kind: Any) -> _Convert:
    if kind is Address:
        return _address
    hints = get_type_hints(kind)
    ways = [_decoder(hints[one.name]) for one in dataclasses.fields(kind)]

    def convert(values: list[Any]) -> Any:
        return kind(*[way(one) for way, one in zip(ways, values, strict=False)])

    return convert


def _address(values: list[Any]) -> Address:
    return _shared_address(*values)


@lru_cache(maxsize=20_000)
def _shared_address(name: str, address: str) -> Address:
    return Address(name, address)


def _same(value: Any) -> Any:
    return value


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, StrEnum)


def _written(moment: date) -> str:
    zone = moment.tzinfo if isinstance(moment, datetime) else None
    return f"{moment.isoformat()}[{zone.key}]" if isinstance(zone, ZoneInfo) else moment.isoformat()


def _read(text: str) -> date:
    if "T" not in text:
        return date.fromisoformat(text)
    if not text.endswith("]"):
        return datetime.fromisoformat(text)
    moment, _, zone = text[:-1].partition("[")
    given = datetime.fromisoformat(moment)
    local = given.replace(tzinfo=ZoneInfo(zone))
    # The hour that the clock goes through twice in autumn: the offset says which one is meant.
    return local if local.utcoffset() == given.utcoffset() else local.replace(fold=1)
