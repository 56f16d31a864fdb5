"""Signals: to stop and to read the settings again."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading

import pytest

from crmlink.app.service.signals import Stopped, heeded


def test_to_stop_is_raised_once_and_wakes_whoever_waits() -> None:
    with heeded() as signals, pytest.raises(Stopped):  # noqa: PT012 -- where it is raised is up to Python
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            threading.Event().wait(30)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)  # while it ends: nothing more is raised
            assert select.select([signals], [], [], 30)[0]


def test_to_read_the_settings_again_is_noted_and_wakes_whoever_waits() -> None:
    with heeded() as signals:
        assert not signals.reload_asked()
        os.kill(os.getpid(), signal.SIGHUP)
        assert select.select([signals], [], [], 30)[0]
        assert signals.reload_asked()
        assert not signals.reload_asked()
        assert not select.select([signals], [], [], 0)[0]


def test_a_stop_that_was_swallowed_is_raised_again() -> None:
    with heeded() as signals:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            threading.Event().wait(30)
        except Stopped:
            pass  # as code in C does, that calls Python and can pass on no error
        with pytest.raises(Stopped):
            signals.reload_asked()


def test_afterwards_everything_is_as_before() -> None:
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    threads = threading.active_count()
    with heeded():
        assert signal.getsignal(signal.SIGTERM) != before[0]
    assert [signal.getsignal(number) for number in numbers] == before
    assert signal.set_wakeup_fd(-1) == -1
    assert threading.active_count() == threads


def test_code_that_never_comes_back_to_python_does_not_keep_the_process() -> None:
    stuck = (
        "import contextlib, hashlib\n"
        "from crmlink.app.service.signals import Stopped, heeded\n"
        "with heeded(last_seconds=0.3):\n"
        "    with contextlib.suppress(Stopped):\n"  # it may come before the sum has begun
        "        print('stuck', flush=True)\n"
        "        hashlib.pbkdf2_hmac('sha256', b'', b'', 2**31 - 1)\n"
        "    hashlib.pbkdf2_hmac('sha256', b'', b'', 2**31 - 1)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", stuck], stdout=subprocess.PIPE)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"stuck\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
