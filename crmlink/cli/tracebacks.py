"""A traceback for `-v` that can be sent to anybody: where it broke, without the words it broke on.

The message of an error that crmlink did not raise itself may hold anything: a line of mail, a row of a database, a
password. So only the type of such an error is told, and what the operating system says. Source lines are crmlink's
and its libraries' own; values of variables are never shown.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator

from crmlink.model.errors import CrmlinkError


def safe_traceback(error: BaseException) -> str:
    """The error with all that led to it, the cause first."""
    return "".join("".join(part) for part in _chain(error))


def _chain(error: BaseException) -> Iterator[list[str]]:
    earlier, said = error.__cause__, "The above was the direct cause of this:"
    if earlier is None and not error.__suppress_context__:
        earlier, said = error.__context__, "While that was handled, this happened:"
    if earlier is not None:
        yield from _chain(earlier)
        yield [f"\n{said}\n\n"]
    yield ["Traceback (most recent call last):\n", *traceback.format_tb(error.__traceback__), f"{_named(error)}\n"]


def _named(error: BaseException) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if isinstance(error, CrmlinkError):
        return f"{kind}: {error}"
    return f"{kind}: {error.strerror}" if isinstance(error, OSError) and error.strerror else kind
