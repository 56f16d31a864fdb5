"""What the operating system tells the daemon: stop (SIGTERM, SIGINT) or read the settings again (SIGHUP).

To stop is an exception, raised wherever the program is: what the ledger says by then is enough for the next start to
go on. Python raises it between two of its own steps only. Code in C that does not come back, such as a name server that
is asked and does not answer, would keep the process for long; so a thread that only listens for signals ends
the process when it is still there some seconds later.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Final

STOP: Final = (signal.SIGTERM, signal.SIGINT)
LAST_SECONDS: Final = 8.0
"""So long after a signal to stop the process ends at the latest."""


class Stopped(BaseException):
    """Raised by SIGTERM and SIGINT, wherever the program is; no handler of errors may catch it."""


class Signals:
    """What was asked for since the block began. `fileno` becomes readable when a signal came."""

    def __init__(self, wake: socket.socket) -> None:
        self._wake = wake
        self._reload = False
        self.stop_asked = False

    def fileno(self) -> int:
        """For whoever waits on descriptors."""
        return self._wake.fileno()

    def reload_asked(self) -> bool:
        """Whether SIGHUP came since the last call. Raises Stopped when that was lost on its way."""
        with contextlib.suppress(BlockingIOError):
            while self._wake.recv(64):
                pass
        if self.stop_asked:  # it was raised where errors are swallowed
            raise Stopped
        asked, self._reload = self._reload, False
        return asked

    def stop(self, _number: int, _frame: FrameType | None) -> None:
        """The handler of SIGTERM and SIGINT."""
        if not self.stop_asked:
            self.stop_asked = True
            raise Stopped

    def reload(self, _number: int, _frame: FrameType | None) -> None:
        """The handler of SIGHUP: a pass under way is finished first."""
        self._reload = True


@contextmanager
def heeded(*, last_seconds: float = LAST_SECONDS) -> Iterator[Signals]:
    """Heed signals while the block runs; in the main thread only."""
    with ExitStack() as stack:
        told, teller, wake, waker = (
            stack.enter_context(one) for pair in (socket.socketpair(), socket.socketpair()) for one in pair
        )
        for one in (teller, wake, waker):
            one.setblocking(False)
        stack.enter_context(_listener(_Ears(told, waker, last_seconds), teller))
        signals = Signals(wake)
        with _handled({**dict.fromkeys(STOP, signals.stop), signal.SIGHUP: signals.reload}):
            yield signals


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Only turn SIGTERM and SIGINT into `Stopped` while the block runs."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Stopped

    with _handled(dict.fromkeys(STOP, stop)):
        yield


@contextmanager
def _handled(handlers: Mapping[signal.Signals, Callable[[int, FrameType | None], None]]) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Ears:
    """The thread that hears of every signal at once, whatever the program is doing."""

    def __init__(self, told: socket.socket, waker: socket.socket, last_seconds: float) -> None:
        self._told = told
        self._waker = waker
        self._last_seconds = last_seconds
        self.over = threading.Event()

    def listen(self) -> None:
        """Until the other end is closed."""
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())  # they are for the main thread
        while number := self._told.recv(1):
            if number[0] in {*STOP, signal.SIGHUP}:
                with contextlib.suppress(OSError):  # full: then it is awake
                    self._waker.send(number)
            if number[0] in STOP and not self.over.wait(self._last_seconds):
                os._exit(0)


@contextmanager
def _listener(ears: _Ears, teller: socket.socket) -> Iterator[None]:
    thread = threading.Thread(target=ears.listen, daemon=True)
    thread.start()
    before = signal.set_wakeup_fd(teller.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        ears.over.set()
        teller.close()
        thread.join()
