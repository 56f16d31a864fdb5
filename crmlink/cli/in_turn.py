"""Runs a command for each account in turn: one that fails leaves the others running, and the worst exit code counts.

With one account nothing is added: its document, its words, its error. With several each has a heading, and `--json` gives
one document with theirs in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from crmlink.app.config.accounts import Account
from crmlink.cli.errors import INTERNAL_ERROR, tell
from crmlink.cli.main import Call
from crmlink.cli.session import print_json
from crmlink.model.errors import CrmlinkError, UsageError

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command has to say of one account: as a document, and in words. `error` must be mended all the same."""

    document: dict[str, Any]
    show: Callable[[], None]
    code: int = 0
    error: CrmlinkError | None = None


Run = Callable[[Account], Ended]


def in_turn(accounts: tuple[Account, ...], run: Run, *, as_json: bool = False) -> int:
    """Run it for each account and tell what comes of it; the exit code.

    Raises:
        CrmlinkError: of the only account there is.
        UsageError: of any account: what was asked cannot work for the others either.
    """
    if len(accounts) == 1:
        return _alone(run(accounts[0]), as_json=as_json)
    ends = [_tried(one, run, as_json=as_json) for one in accounts]
    if as_json:
        print_json({"schema": SCHEMA, "accounts": [document for document, _ in ends]})
    return max(code for _, code in ends)


def _alone(ended: Ended, *, as_json: bool) -> int:
    if as_json:
        print_json(ended.document)
    else:
        ended.show()
    if ended.error:
        raise ended.error
    return ended.code


def _tried(account: Account, run: Run, *, as_json: bool) -> tuple[dict[str, Any], int]:
    """One of several accounts: its document and exit code."""
    if not as_json:
        click.secho(f"{account.name} <{account.address}>", bold=True)
    document: dict[str, Any] = {"account": account.address}
    code, error = 0, None
    try:
        ended = run(account)
        document |= ended.document
        if not as_json:
            ended.show()
        code, error = ended.code, ended.error
    except (UsageError, BrokenPipeError):
        raise
    except CrmlinkError as failure:
        error = failure
    except Exception as failure:  # noqa: BLE001 -- the other accounts must have their turn
        error = _BugError(failure)
    if error:
        code = max(code, error.exit_code)
        tell(error, whose=f"{account.name}: ", trace=error if _verbose() else None)
        document["error"] = {"code": code, "message": str(error), "hint": error.hint}
    if not as_json:
        click.echo()
    return document, code


class _BugError(CrmlinkError):
    """An error that nobody foresaw; of its own words nothing is told."""

    exit_code = INTERNAL_ERROR

    def __init__(self, cause: Exception) -> None:
        hint = "run it for this account with -v and report what it prints"
        super().__init__(f"internal error: {type(cause).__name__}", hint=hint)
        self.__cause__ = cause


def _verbose() -> bool:
    call = click.get_current_context().find_object(Call)
    return bool(call and call.verbose)
