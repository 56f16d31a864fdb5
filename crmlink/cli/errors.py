"""The only place that prints errors: what happened, to what, what to do next; tracebacks only with -v."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from crmlink.cli.tracebacks import safe_traceback
from crmlink.model.errors import CrmlinkError, SettingsError

INTERNAL_ERROR = 70  # EX_SOFTWARE of sysexits.h
INTERRUPTED = 130


def guarded(command: Callable[[], int | None], *, verbose: Callable[[], bool]) -> int:
    """Run the command and return its exit code; `verbose` is asked only when something went wrong."""
    try:
        return command() or 0
    except click.ClickException as error:  # wrong usage: click says it best
        error.show()
        return error.exit_code
    except CrmlinkError as error:
        tell(error, trace=error if verbose() else None)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        print("crmlink: stopped", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (`crmlink lapses | head`); point stdout at nothing so that exit is quiet.
        sys.stdout = None
        return 0
    except Exception as error:  # noqa: BLE001 -- the last line of defence: say it in one line, never lose the code
        if verbose():
            print(safe_traceback(error), file=sys.stderr)
        print(
            f"crmlink: internal error: {type(error).__name__}\n  -> run it again with -v and report what it prints",
            file=sys.stderr,
        )
        return INTERNAL_ERROR


def tell(error: CrmlinkError, *, whose: str = "", trace: BaseException | None = None) -> None:
    """Print what happened, to whom of several accounts, and what to do next; with `trace` how it came to that."""
    lines = error.problems if isinstance(error, SettingsError) else (str(error),)
    for line in lines:
        print(f"crmlink: {whose}{line}", file=sys.stderr)
    if error.hint:
        print(f"  -> {error.hint}", file=sys.stderr)
    if trace:
        print(safe_traceback(trace), file=sys.stderr)
