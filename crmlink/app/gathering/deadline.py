"""A limit to what reading one item may cost, in processor time: a slow or sleeping machine is nobody's fault.

Two limits, because no single one holds. At the first, Python itself is interrupted, also inside a regular expression,
and goes on with the next item. Code in C that never comes back to Python does not notice; at the second limit the
operating system ends the process, which nothing can catch. `black_box` then says which item it was. Works in the main
thread, where signals arrive; elsewhere the block simply runs.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Final, NoReturn

# Whatever swallows the first interruption is interrupted again.
_AGAIN: Final = 1.0


@dataclass(frozen=True, slots=True)
class Limit:
    """Seconds of processor time: at `seconds` the reading is interrupted, at `last` the process ends."""

    seconds: float = 20
    last: float = 60


class TooLongError(BaseException):
    """The time is over. No `except Exception` of a library may catch it."""


@contextmanager
def limited(limit: Limit) -> Iterator[None]:
    """Let the block cost no more than this. Raises TooLongError, or ends the process."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGPROF, _interrupt)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, limit.last)
        signal.setitimer(signal.ITIMER_PROF, limit.seconds, _AGAIN)
        yield
    finally:
        try:
            signal.setitimer(signal.ITIMER_PROF, 0)
        finally:  # an interruption that was on its way arrives here at the latest
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGPROF, before)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let the block take no more time than this by the clock on the wall, waiting included. Raises TooLongError.

    Only for what asks others over a network: there a slow machine is not to be told from a slow answer.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
        yield
    finally:
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
        finally:
            signal.signal(signal.SIGALRM, before)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise TooLongError
