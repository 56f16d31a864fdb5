"""How a command ends: the code of the contract, one line for a person, a traceback only on request."""

from __future__ import annotations

from collections.abc import Callable

import click
import pytest

from crmlink.cli.errors import guarded
from crmlink.model.errors import (
    CrmlinkError,
    FolderError,
    LedgerError,
    LoginError,
    SettingsError,
    SourceError,
    TemplateError,
    UntrustedError,
    UsageError,
)

CODES = {
    UsageError: 2,
    SourceError: 75,
    LedgerError: 75,
    LoginError: 77,
    UntrustedError: 78,
    FolderError: 78,
    TemplateError: 78,
}


def _raise(error: BaseException) -> Callable[[], int | None]:
    def command() -> int | None:
        raise error

    return command


@pytest.mark.parametrize(("kind", "code"), CODES.items(), ids=[kind.__name__ for kind in CODES])
def test_each_error_has_its_code_and_two_lines(
    kind: type[CrmlinkError], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(_raise(kind("it broke", hint="mend it")), verbose=lambda: False) == code
    assert capsys.readouterr().err == "crmlink: it broke\n  -> mend it\n"


def test_settings_errors_are_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(_raise(SettingsError(("one", "two"), hint="mend")), verbose=lambda: False) == 78
    assert capsys.readouterr().err == "crmlink: one\ncrmlink: two\n  -> mend\n"


def test_a_bug_is_one_line_without_its_message_and_a_traceback_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(_raise(RuntimeError("mail text")), verbose=lambda: False) == 70
    assert "mail text" not in capsys.readouterr().err
    guarded(_raise(RuntimeError("mail text")), verbose=lambda: True)
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()], ids=["in the program", "at a question"])
def test_ctrl_c_says_stopped(error: BaseException, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(_raise(error), verbose=lambda: False) == 130
    assert "stopped" in capsys.readouterr().err


def test_wrong_usage_is_told_by_click(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(_raise(click.UsageError("No such option: --send")), verbose=lambda: False) == 2
    assert "No such option: --send" in capsys.readouterr().err


def test_a_command_gives_its_own_code_or_none() -> None:
    assert guarded(lambda: 1, verbose=lambda: False) == 1
    assert guarded(lambda: None, verbose=lambda: False) == 0
