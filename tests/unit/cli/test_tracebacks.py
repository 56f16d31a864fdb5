"""A traceback tells where it broke, and not on what."""

from __future__ import annotations

from typing import NoReturn

import pytest

from crmlink.cli.tracebacks import safe_traceback
from crmlink.model.errors import SourceError

WORDS = "de tekst van een mail"


def _break(error: Exception) -> NoReturn:
    raise error


def _lead_to(first: Exception, second: Exception, *, hidden: bool = False) -> NoReturn:
    try:
        _break(first)
    except type(first) as error:
        raise second from (None if hidden else error)


def _stumble(first: Exception, second: Exception) -> NoReturn:
    try:
        _break(first)
    except type(first):
        _break(second)


def _told(error: BaseException) -> str:
    told = safe_traceback(error)
    assert WORDS not in told
    assert "in _break" in told or error.__suppress_context__
    return told


def test_the_words_of_foreign_errors_are_left_out_along_the_whole_chain() -> None:
    with pytest.raises(SourceError) as caught:
        _lead_to(ValueError(WORDS), SourceError("the connection broke"))
    told = _told(caught.value)
    assert told.index("ValueError\n") < told.index("SourceError: the connection broke\n")


def test_an_error_while_another_is_handled_tells_both() -> None:
    with pytest.raises(KeyError) as caught:
        _stumble(ValueError(WORDS), KeyError(WORDS))
    told = _told(caught.value)
    assert told.index("ValueError\n") < told.index("KeyError\n")


def test_an_error_that_hides_what_led_to_it_keeps_it_hidden() -> None:
    with pytest.raises(RuntimeError) as caught:
        _lead_to(ValueError(WORDS), RuntimeError(WORDS), hidden=True)
    assert "ValueError\n" not in _told(caught.value)


def test_what_the_operating_system_says_is_told_without_the_path() -> None:
    with pytest.raises(PermissionError) as caught:
        _break(PermissionError(13, "Permission denied", WORDS))
    assert "PermissionError: Permission denied\n" in _told(caught.value)
