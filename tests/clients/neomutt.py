"""What an owner does in neomutt: keys typed into a terminal, and what the screen shows.

neomutt runs with a configuration of its own in a pseudo terminal; its editor is a script that exchanges words, and it
sends through a program that hands mail to the catcher. Every step waits for what a person would see.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self
from urllib.parse import quote

import pexpect
import pyte

from crmlink.demo.servers.accounts import ImapAccount
from tests.servers.installed import ServerNotInstalledError

HAND_OVER: Final = Path(__file__).with_name("hand_over.py")
LINES, COLUMNS = 30, 100
# Whoever runs the tests may have a terminal of another size.
TERMINAL: Final = {"TERM": "xterm", "LC_ALL": "C.UTF-8", "LINES": str(LINES), "COLUMNS": str(COLUMNS)}
PATIENCE: Final = 30.0  # seconds; a machine may be slow, but it is never this slow
ESCAPE: Final = "\x1b"
ENTER: Final = "\r"


class Neomutt:
    """neomutt for one account; a context manager. `port` is where its mail is handed over, `home` a directory for it."""

    def __init__(self, account: ImapAccount, port: int, home: Path) -> None:
        program = shutil.which("neomutt")
        if program is None:
            raise ServerNotInstalledError("neomutt is not installed: apt-get install neomutt (or .ci/install)")
        self._program, self._home = program, home
        self._editor = home / "editor"
        self.edit_with("")
        (home / "neomuttrc").write_text(_configuration(account, self._editor, port))
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.Stream(self._screen)
        self._child: pexpect.spawn[str] | None = None
        self._words = itertools.count(1)

    def edit_with(self, sed: str) -> None:
        """From now on, what the owner changes in every text that is opened: a sed script; empty changes nothing."""
        self._editor.write_text(f"#!/bin/sh\nexec sed -i '{sed}' \"$1\"\n")
        self._editor.chmod(0o700)

    def start(self) -> None:
        """Open the inbox."""
        self._child = pexpect.spawn(
            self._program,
            ["-n", "-F", str(self._home / "neomuttrc")],
            env={**os.environ, **TERMINAL, "HOME": str(self._home)},
            dimensions=(LINES, COLUMNS),
            encoding="utf-8",
            codec_errors="replace",
        )
        self.back_to("INBOX")

    def press(self, keys: str) -> None:
        """Type."""
        assert self._child is not None
        self._child.send(keys)

    def see(self, words: str) -> str:
        """Wait until the screen shows these words; gives the whole screen."""
        return self._until(lambda shown: words in shown, words)

    def back_to(self, folder: str) -> None:
        """Wait until neomutt shows the list of this folder and listens again: it has done all that was typed before."""
        self._until(lambda shown: f"NeoMutt: +{folder}" in shown and "NeoMutt: Compose" not in shown, folder)
        word = f"ready-{next(self._words)}"
        self.press(f":echo {word}{ENTER}")
        self.see(word)

    def _until(self, enough: Callable[[str], bool], wanted: str) -> str:
        assert self._child is not None
        deadline = time.monotonic() + PATIENCE
        while not enough(shown := "\n".join(self._screen.display)):
            assert time.monotonic() < deadline, f"never seen: {wanted}\n{shown}"
            with contextlib.suppress(pexpect.TIMEOUT):
                self._stream.feed(self._child.read_nonblocking(65536, timeout=0.1))
        return shown

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._child is not None:
            self._child.close(force=True)


def _configuration(account: ImapAccount, editor: Path, port: int) -> str:
    """The whole neomuttrc."""
    password = account.password.replace("\\", "\\\\").replace('"', '\\"')
    return f"""
set folder = "imap://{quote(account.user, safe="")}@{account.host}:{account.port}/"
set imap_pass = "{password}"
set ssl_starttls = no
set ssl_force_tls = no
set spool_file = "+INBOX"
set postponed = "+Drafts"
set record = "+Sent"
set trash = "+Trash"
set from = "{account.user}"
set real_name = "Marleen van der Veen"
set use_envelope_from = yes
set editor = "{editor}"
set sendmail = "{sys.executable} {HAND_OVER} {port} -i"
set sleep_time = 0
set delete = yes
set quit = yes
"""
